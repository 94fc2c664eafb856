/// What the names on a file's path say it was built for.
///
/// Packages that ship one binary for each platform name the platform in a directory, in the file or in the npm package:
/// `prebuilds/linux-x64/`, `lib/binding/node-v115-darwin-arm64/`, `skia.linux-x64-gnu.node`, `@img/sharp-linuxmusl-x64`.
public struct PlatformTokens: Hashable, Sendable {
  /// As `process.platform` spells them.
  public private(set) var platforms: Set<String> = []
  /// As `process.arch` spells them.
  public private(set) var architectures: Set<String> = []
  /// `glibc`, `musl`.
  public private(set) var libcs: Set<String> = []
  public private(set) var moduleVersions: Set<Int> = []
  public private(set) var nodeMajors: Set<Int> = []
  /// `node`, `electron` or `node-webkit`, where the name of a prebuilt file says so.
  public private(set) var runtimes: Set<String> = []

  /// Whether the names are meant for a target.
  public enum Match: Hashable, Sendable {
    /// They name the target's platform or architecture.
    case matches
    /// They name nothing.
    case neutral
    /// They name something else; what, such as `darwin-arm64`.
    case foreign(String)
  }

  /// Reads the names of `components`, directories first.
  public init(_ components: some Sequence<String>) {
    for component in components { read(Self.normalized(component)) }
  }

  public func match(_ target: NodePlatform) -> Match {
    let isAndroid = platforms.contains("android")
    if isAndroid || !platforms.isEmpty && !platforms.contains(target.platform) { return .foreign(named) }
    if !architectures.isEmpty, !architectures.contains(target.architecture) { return .foreign(named) }
    if !libcs.isEmpty, !libcs.contains(target.libc) { return .foreign(named) }
    if let version = target.moduleVersion, !moduleVersions.isEmpty, !moduleVersions.contains(version) {
      return .foreign("NODE_MODULE_VERSION " + list(moduleVersions))
    }
    if let major = target.nodeMajor, !nodeMajors.isEmpty, !nodeMajors.contains(major) {
      return .foreign("Node.js " + list(nodeMajors))
    }
    if !runtimes.isEmpty, !runtimes.contains("node") { return .foreign(runtimes.sorted().joined(separator: ", ")) }
    return platforms.isEmpty && architectures.isEmpty ? .neutral : .matches
  }

  private func list(_ numbers: Set<Int>) -> String { numbers.sorted().map(String.init).joined(separator: ", ") }

  /// Such as `darwin-arm64` or `linux-musl-x64`.
  private var named: String {
    (platforms.sorted() + libcs.sorted() + architectures.sorted()).joined(separator: "-")
  }
}

extension PlatformTokens {
  private mutating func read(_ component: String) {
    let tokens = Self.tokens(of: component)
    for (index, token) in tokens.enumerated() {
      let previous = index > 0 ? tokens[index - 1] : ""
      read(token, after: previous)
    }
    readPrisma(component)
    readBareModuleVersion(component, tokens)
  }

  private static func tokens(of component: String) -> [String] {
    component.utf8.split(whereSeparator: isSeparator).map { String(Substring($0)) }
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "+"),
      UInt8(ascii: " "), UInt8(ascii: "@"):
      true
    default: false
    }
  }

  /// In lower case, and with `x64` for `x86_64`, which would be two words.
  private static func normalized(_ component: String) -> String {
    let component = component.lowercased()
    guard Self.has("x86", in: component) else { return component }
    var rest = component[...]
    var text = ""
    while !rest.isEmpty {
      if rest.hasPrefix("x86_64") || rest.hasPrefix("x86-64") {
        text += "x64"
        rest = rest.dropFirst(6)
      } else {
        text.append(rest.removeFirst())
      }
    }
    return text
  }

  private mutating func read(_ token: String, after previous: String) {
    if let platform = Self.platformNames[token] { platforms.insert(platform) }
    if let architecture = Self.architectureNames[token] { architectures.insert(architecture) }
    if let libc = Self.libcNames[token] { libcs.insert(libc) }
    // turbo and old esbuild: `linux-64`, `windows-32`.
    if token == "64" || token == "32", Self.platformNames[previous] != nil {
      architectures.insert(token == "64" ? "x64" : "ia32")
    }
    if token.hasPrefix("abi"), let version = Int(token.dropFirst(3)) { moduleVersions.insert(version) }
    // `node-v115` is a module version, `node-20` (deasync) a release: no release has a number as high as the lowest
    // module version in use.
    if previous == "node", let number = Int(token.hasPrefix("v") ? token.dropFirst() : token[...]) {
      if number >= Self.lowestModuleVersion { moduleVersions.insert(number) } else { nodeMajors.insert(number) }
    }
    if token == "electron" || token == "webkit" && previous == "node" { runtimes.insert(token) }
  }

  /// Whether `text` has `part` in it, byte for byte: many times faster than characters, for every component of every path.
  private static func has(_ part: String, in text: String) -> Bool {
    let (text, part) = (text.utf8, part.utf8)
    guard let first = part.first else { return true }
    var rest = text[...]
    while let start = rest.firstIndex(of: first) {
      rest = rest[start...]
      if rest.starts(with: part) { return true }
      rest = rest.dropFirst()
    }
    return false
  }

  /// Prisma names its x86-64 engines after the distribution alone: `libquery_engine-rhel-openssl-3.0.x.so.node`.
  private mutating func readPrisma(_ component: String) {
    guard
      ["query_engine-", "query-engine-", "schema-engine-", "migration-engine-"].contains(where: {
        Self.has($0, in: component)
      })
    else { return }
    if Self.has("-rhel-", in: component) || Self.has("-debian-", in: component) {
      platforms.insert("linux")
      architectures.insert("x64")
    }
  }

  /// `linux-x64-115` (node-sass, fibers, Sentry): a number that can only be a module version, beside platform and architecture.
  private mutating func readBareModuleVersion(_ component: String, _ tokens: [String]) {
    guard tokens.contains(where: { Self.platformNames[$0] != nil }),
      tokens.contains(where: { Self.architectureNames[$0] != nil })
    else { return }
    let stem = component.hasSuffix(".node") ? component.dropLast(5) : component[...]
    for part in stem.utf8.split(whereSeparator: { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }) {
      if let number = Int(Substring(part)), (Self.lowestModuleVersion...400).contains(number) {
        moduleVersions.insert(number)
      }
    }
  }

  /// Node.js 4's. See `doc/abi_version_registry.json` in Node.js.
  private static let lowestModuleVersion = 46

  static let platformNames = [
    "linux": "linux", "linuxmusl": "linux", "linuxglibc": "linux", "darwin": "darwin", "macos": "darwin",
    "macosx": "darwin", "osx": "darwin", "win32": "win32", "windows": "win32", "win64": "win32", "msvc": "win32",
    "freebsd": "freebsd", "openbsd": "openbsd", "netbsd": "netbsd", "android": "android", "androideabi": "android",
    "sunos": "sunos", "aix": "aix", "openharmony": "openharmony", "ohos": "openharmony", "ios": "ios",
  ]

  static let architectureNames = [
    "x64": "x64", "amd64": "x64", "arm64": "arm64", "aarch64": "arm64", "arm64v8": "arm64", "armv8": "arm64",
    "arm": "arm", "armv6": "arm", "armv7": "arm", "armhf": "arm", "armv7l": "arm", "armv6l": "arm", "ia32": "ia32",
    "x86": "ia32", "i386": "ia32", "i686": "ia32", "riscv64": "riscv64", "riscv64d": "riscv64", "riscv64gc": "riscv64",
    "ppc64": "ppc64", "ppc64le": "ppc64", "powerpc64le": "ppc64", "s390x": "s390x", "loong64": "loong64",
    "loongarch64": "loong64", "mips64el": "mips64el", "wasm32": "wasm32",
  ]

  private static let libcNames = [
    "gnu": "glibc", "glibc": "glibc", "linuxglibc": "glibc", "gnueabihf": "glibc", "musl": "musl", "linuxmusl": "musl",
    "musleabihf": "musl", "alpine": "musl",
  ]
}

extension PlatformTokens {
  /// Whether an npm package's name carries a platform and an architecture, as `lightningcss-linux-x64-gnu` does.
  public static func isPlatformPackage(_ name: String) -> Bool {
    let last = lastPart(of: name)
    guard mayNamePlatformAndArchitecture(last) else { return false }
    let tokens = PlatformTokens([last])
    return !tokens.platforms.isEmpty && !tokens.architectures.isEmpty
  }

  /// Two words, and in one of them a digit or `arm`, as every architecture's name has: what the thousands of other names lack
  /// is quickly seen.
  private static func mayNamePlatformAndArchitecture(_ name: String) -> Bool {
    let isWords = name.utf8.contains(where: isSeparator)
    return isWords && (name.utf8.contains { (0x30...0x39).contains($0) } || hasArm(name))
  }

  private static func hasArm(_ name: String) -> Bool {
    var previous: (UInt8, UInt8) = (0, 0)
    for byte in name.utf8 {
      if previous == (UInt8(ascii: "a"), UInt8(ascii: "r")), byte | 0x20 == UInt8(ascii: "m") { return true }
      previous = (previous.1, byte | 0x20)
    }
    return false
  }

  /// The names under which the package that wants the platform package `name` may stand, the likeliest first.
  static func familyNames(of name: String) -> [String] {
    let scope = name.first == "@" ? name.split(separator: "/").first.map(String.init) : nil
    let stem = stem(of: lastPart(of: name))
    var names: [String] = []
    if let scope {
      if !stem.isEmpty { names.append(scope + "/" + stem) }
      names.append(String(scope.dropFirst()))
    }
    if !stem.isEmpty { names.append(stem) }
    return names
  }

  /// `name` without the words from its first platform word on: `sharp` of `sharp-linuxmusl-x64`.
  private static func stem(of name: String) -> String {
    let parts = name.split(separator: "-", omittingEmptySubsequences: false)
    let kept = parts.prefix { part in
      let tokens = PlatformTokens([String(part)])
      return tokens.platforms.isEmpty && tokens.architectures.isEmpty
    }
    return kept.joined(separator: "-")
  }

  private static func lastPart(of name: String) -> String {
    guard let slash = name.utf8.lastIndex(of: UInt8(ascii: "/")) else { return name }
    return String(name[name.utf8.index(after: slash)...])
  }
}
