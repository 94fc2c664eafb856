import CLibrary
import PackageFiles

/// Why an npm package counts as native.
public enum NativeEvidence {
  /// Libraries and build tools that only native packages depend on.
  private static let tools = NameTable([
    "bindings", "nan", "node-addon-api", "node-gyp-build", "node-gyp-build-optional-packages", "prebuild-install",
    "@mapbox/node-pre-gyp", "node-pre-gyp", "@discordjs/node-pre-gyp", "napi-macros", "cmake-js", "cmake-ts",
    "pkg-prebuilds", "require-addon", "@neon-rs/load", "install-artifact-from-github", "node-gyp", "detect-libc",
  ])

  private static let scriptWords = [
    "node-gyp", "prebuild-install", "node-pre-gyp", "cmake-js", "node-gyp-build", "prebuildify", "install-from-cache",
    "cargo", "neon",
  ]

  /// The reasons, the strongest first; none where nothing tells of native code.
  ///
  /// - Parameter binaries: how many native binaries the package has.
  public static func reasons(for package: NPMPackage, binaries: Int, hasBindingGyp: Bool) -> [String] {
    var reasons: [String] = []
    if binaries > 0 { reasons.append(binaries == 1 ? "a native binary" : "\(binaries) native binaries") }
    if hasBindingGyp { reasons.append("binding.gyp") }
    if package.gypfile == true { reasons.append("gypfile in package.json") }
    if package.binary != nil { reasons.append("binary in package.json") }
    if package.napi != nil { reasons.append("napi in package.json") }
    if package.isAddon { reasons.append("addon in package.json") }
    if package.main?.hasSuffix(".node") ?? false { reasons.append("main is an addon") }
    if let script = package.installScript, let word = scriptWords.first(where: { contains($0, script) }) {
      reasons.append("its install script runs \(word)")
    }
    let (needed, optional) = (package.dependencies, package.optionalDependencies)
    // Most packages of a tree need nothing.
    if !needed.isEmpty || !optional.isEmpty,
      let tool = [needed, optional].compactMap({ $0.lazy.filter(tools.contains).min() }).min()
    {
      reasons.append("it depends on \(tool)")
    }
    if !optional.isEmpty, let platform = optional.lazy.filter(PlatformTokens.isPlatformPackage).min() {
      reasons.append("optional dependencies for each platform, such as \(platform)")
    }
    if PlatformTokens.isPlatformPackage(package.name), !package.os.isEmpty || !package.cpu.isEmpty {
      reasons.append("it is for one platform")
    }
    // What such a package lacks is told by nothing but its loader.
    if reasons.isEmpty, let loader = Loaders.named(for: package) { reasons.append("its loader is known: \(loader.id)") }
    return reasons
  }

  /// Whether the file that `require` of the package gives mentions an addon, or a library that loads one: only going through
  /// it tells whether it loads any.
  public static func mentionsAddon(_ package: NPMPackage, in tree: any FileTree) -> Bool {
    let entry = entryFile(of: package)
    return tree.withFirstFile(of: entry.paths, upTo: entry.byteLimit, entry.mentionsAddon) ?? false
  }

  /// Where to look for a mention of an addon.
  struct EntryFile {
    /// The file is at the first of them where there is one.
    var paths: [TreePath]
    var byteLimit: Int { 4 << 20 }

    func mentionsAddon(_ contents: RawSpan) -> Bool { contents.withUnsafeBytes { mentions(in: $0) } }
  }

  static func entryFile(of package: NPMPackage) -> EntryFile {
    // The loader libraries themselves mention every place where an addon can be.
    let isLibrary = tools.contains(package.name) || Loaders.library(named: package.name) != nil
    return EntryFile(paths: isLibrary ? [] : entries(of: package))
  }

  /// Where the file that `require` of the package gives can be, the first that there is.
  private static func entries(of package: NPMPackage) -> [TreePath] {
    if let exports = package.exports,
      let target = PackageExports(conditions: ["node", "require", "node-addons"]).target(of: ".", in: exports)
        ?? PackageExports(conditions: ["node", "import", "node-addons"]).target(of: ".", in: exports)
    {
      return package.path.descending(target).map { [$0] } ?? []
    }
    let index = package.path.appending("index.js")
    guard let main = package.main, !main.isEmpty, let path = package.path.descending(main), !path.isRoot else {
      return [index]
    }
    return [path, path.withSuffix(".js"), path.appending("index.js"), index]
  }

  /// Whether `require('./x.node')`, a loader library's name or a place of addons stands in JavaScript.
  private static func mentions(in bytes: UnsafeRawBufferPointer) -> Bool {
    guard let start = bytes.baseAddress else { return false }
    var position = 0
    while true {
      // Three bytes of `node`, of `bindings` and of `build/`.
      position = airworthy_find_triple(start, bytes.count, position, "nod", "din", "ld/")
      if position >= bytes.count { return false }
      if isMention(in: bytes, at: position) { return true }
      position += 1
    }
  }

  private static func isMention(in bytes: UnsafeRawBufferPointer, at position: Int) -> Bool {
    func stands(_ word: StaticString, at start: Int) -> Bool {
      let count = word.utf8CodeUnitCount
      guard start >= 0, bytes.count - start >= count else { return false }
      return UnsafeRawBufferPointer(rebasing: bytes[start..<start + count])
        .elementsEqual(UnsafeRawBufferPointer(start: word.utf8Start, count: count))
    }
    switch bytes[position] {
    case UInt8(ascii: "n"):
      let endings: [StaticString] = [".node'", ".node\"", ".node`"]
      return endings.contains { stands($0, at: position - 1) } || stands("node-gyp-build", at: position)
        || stands("node-pre-gyp", at: position)
    case UInt8(ascii: "d"): return stands("'bindings'", at: position - 4) || stands("\"bindings\"", at: position - 4)
    default: return stands("build/Release", at: position - 3) || stands("build/Debug", at: position - 3)
    }
  }

  private static func contains(_ word: String, _ text: String) -> Bool {
    text.utf8.indices.contains { text[$0...].utf8.starts(with: word.utf8) }
  }
}
