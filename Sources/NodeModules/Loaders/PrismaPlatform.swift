/// What Prisma makes of the system it runs on.
///
/// Source: prisma/prisma `packages/get-platform/src/getPlatform.ts` of 4.15, 5.22 and 6.19.3.
struct PrismaPlatform: Hashable {
  /// `rhel`, `debian`, `musl`, `nixos`, `arm`; `nil` where nothing tells.
  var distribution: String?
  /// `debian`, `rhel`, `alpine`, `arch` …: where libssl is looked for.
  var family: String?
  /// `ID` of `/etc/os-release`.
  var original: String?
  /// `1.0.x`, `1.1.x` or `3.0.x`; `nil` where none was found.
  var libssl: String?
  /// `binaryTarget`, such as `rhel-openssl-3.0.x`.
  var target = ""

  init(_ process: NodeProcess) {
    if let text = process.text(of: "/etc/os-release", limit: 1 << 16) {
      identify(text)
      libssl = Self.libssl(family, process)
    } else if !process.hasWholeSystem, process.platform.libc == "glibc", let release = process.platform.glibcVersion {
      // The catalog has no such files; these two are Amazon Linux 2 and 2023 by their C library.
      (distribution, family, original) = ("rhel", "rhel", "amzn")
      libssl = release == "2.26" ? "1.0.x" : "3.0.x"
    } else {
      libssl = Self.libssl(nil, process)
    }
    target = binaryTarget(process.platform)
  }

  /// `parseDistro`
  private mutating func identify(_ text: String) {
    let id = Self.value(of: "ID", in: text)
    let like = Self.value(of: "ID_LIKE", in: text)
    original = id
    switch id {
    case "alpine": (distribution, family) = ("musl", "alpine")
    case "raspbian": (distribution, family) = ("arm", "debian")
    case "nixos": (distribution, family) = ("nixos", "nixos")
    case "debian", "ubuntu": (distribution, family) = ("debian", "debian")
    case "rhel", "centos", "fedora": (distribution, family) = ("rhel", "rhel")
    default:
      if ["debian", "ubuntu"].contains(where: { like.contains($0) }) {
        (distribution, family) = ("debian", "debian")
      } else if id == "arch" || like.contains("arch") {
        (distribution, family) = ("debian", "arch")
      } else if ["centos", "fedora", "rhel", "suse"].contains(where: { like.contains($0) }) {
        (distribution, family) = ("rhel", "rhel")
      }
    }
  }

  private static func value(of key: String, in text: String) -> String {
    let line = text.split(separator: "\n").first { $0.lowercased().hasPrefix(key.lowercased() + "=") }
    return line.map { $0.dropFirst(key.count + 1).filter { $0 != "\"" }.lowercased() } ?? ""
  }

  /// `getSSLVersion`: the first `libssl.so.*` of the system's directories.
  private static func libssl(_ family: String?, _ process: NodeProcess) -> String? {
    // It runs `ls`, by the shell.
    if process.hasWholeSystem, !process.exists("/bin/sh") { return nil }
    let machine = process.platform.architecture == "arm64" ? "aarch64" : "x86_64"
    let own: [String] =
      switch family {
      case "debian": ["/usr/lib/\(machine)-linux-gnu", "/lib/\(machine)-linux-gnu"]
      case "rhel": ["/lib64", "/usr/lib64"]
      default: []
      }
    for directory in own + ["/lib64", "/usr/lib64", "/lib", "/usr/lib"] {
      let name = process.names(in: directory).first { $0.hasPrefix("libssl.so.") && !$0.hasPrefix("libssl.so.0") }
      guard let name else { continue }
      return version(ofLibrary: name)
    }
    return nil
  }

  /// `libssl.so.10` → `1.0.x`, `libssl.so.1.1` → `1.1.x`, `libssl.so.3` → `3.0.x`.
  static func version(ofLibrary name: String) -> String? {
    let digits = Array(name.dropFirst("libssl.so.".count))
    guard let major = digits.first, major.isNumber else { return nil }
    let hasMinor = digits.count > 2 && digits[1] == "." && digits[2].isNumber
    let minor = hasMinor && major == "1" ? digits[2] : "0"
    let version = "\(major).\(minor).x"
    return ["1.0.x", "1.1.x", "3.0.x"].contains(version) ? version : nil
  }

  /// `getBinaryTargetForCurrentPlatformInternal`, on Linux.
  private func binaryTarget(_ platform: NodePlatform) -> String {
    if distribution == "nixos" { return "linux-nixos" }
    let ssl = libssl ?? "1.1.x"
    if platform.architecture == "arm64" {
      return "\(distribution == "musl" ? "linux-musl-arm64" : "linux-arm64")-openssl-\(ssl)"
    }
    if distribution == "musl" {
      return libssl.map { $0.hasPrefix("1.") ? "linux-musl" : "linux-musl-openssl-\($0)" } ?? "linux-musl"
    }
    return "\(distribution ?? "debian")-openssl-\(ssl)"
  }
}
