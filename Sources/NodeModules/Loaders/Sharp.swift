/// sharp 0.33 and later, which comes as one npm package for each platform.
///
/// Convention: `@img/sharp-<platform>/sharp.node` by the package's exports; the addon needs libvips from
/// `@img/sharp-libvips-<platform>`, which its `DT_RUNPATH` finds. The platform is `linux-x64`, `linuxmusl-x64`, `linux-arm64` ….
///
/// Precedence: `src/build/Release/sharp-<platform>.node` (from 0.35 on with the version behind it), the WebAssembly build beside
/// it, `@img/sharp-<platform>`, `@img/sharp-wasm32` (not in 0.35.0 and 0.35.1). Whatever fails is passed over; the error lists all
/// but what was not found.
///
/// Source: lovell/sharp `lib/sharp.js` of 0.33.0, 0.33.1, 0.33.2, 0.33.5 and 0.34.5, `lib/sharp.mjs` of 0.35.0 to 0.35.3, and
/// `lib/libvips.js` (`isUnsupportedNodeRuntime`).
enum Sharp: PackageLoader {
  static let id = "sharp"

  static let packageNames = ["sharp"]

  static func isUsed(by package: NPMPackage) -> Bool { isNamed(package) && package.isAtLeast(0, 33) }

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    let package = search.package
    let name = runtime(search)
    let version = package.isAtLeast(0, 35) ? "-" + (package.version ?? "") : ""
    var requests = [
      "../src/build/Release/sharp-\(name)\(version).node", "../src/build/Release/sharp-wasm32\(version).node",
      "@img/sharp-\(name)/sharp.node",
    ]
    if !package.isAtLeast(0, 35) || package.isAtLeast(0, 35, 2) { requests.append("@img/sharp-wasm32/sharp.node") }
    let (module, errors) = try search.first(of: requests, from: search.directory + "/lib")
    if let module { return .found(module.path) }
    return .fails(NodeError(message(errors, search)))
  }

  /// sharp's name of the platform.
  private static func runtime(_ search: AddonSearch) -> String {
    let platform = search.process.platform
    return "\(platform.platform)\(search.isMusl ? "musl" : "")-\(platform.architecture)"
  }

  private static func message(_ errors: [NodeError], _ search: AddonSearch) -> String {
    let package = search.package
    let name = runtime(search)
    var lines = ["Could not load the \"sharp\" module using the \(name) runtime"]
    for error in errors {
      let code = error.code ?? "undefined"
      let isMissing = package.isAtLeast(0, 35) ? code.hasSuffix("MODULE_NOT_FOUND") : code == "MODULE_NOT_FOUND"
      if !isMissing { lines.append("\(code): \(error.message)") }
    }
    lines.append("Possible solutions:")
    if let (found, expected) = unsupportedNode(search) {
      lines += ["- Please upgrade Node.js:", "    Found \(found)", "    Requires \(expected)"]
    } else {
      lines += solutions(name, package)
    }
    lines += systemUpdate(errors, name, search)
    if errors.contains(where: { $0.code == "ERR_DLOPEN_DISABLED" }) {
      lines.append("- Run Node.js without using the --no-addons flag")
    }
    lines +=
      package.isAtLeast(0, 33, 1)
      ? ["- Consult the installation documentation:", "    See https://sharp.pixelplumbing.com/install"]
      : ["- Consult the installation documentation: https://sharp.pixelplumbing.com/install"]
    return lines.joined(separator: "\n")
  }

  /// The versions of Node.js that runs and that sharp wants, where they differ; sharp looks since 0.33.2.
  private static func unsupportedNode(_ search: AddonSearch) -> (found: String, expected: String)? {
    guard search.package.isAtLeast(0, 33, 2), let expected = search.package.nodeEngine,
      let range = VersionRange(expected), let found = search.process.platform.nodeVersion,
      let version = PackageVersion(found), !range.contains(version)
    else { return nil }
    return (found, expected)
  }

  /// Both of Lambda's architectures, with glibc and musl, are among sharp's prebuilt platforms in all versions.
  private static func solutions(_ name: String, _ package: NPMPackage) -> [String] {
    let parts = name.split(separator: "-")
    let (os, cpu) = (String(parts[0]), String(parts[1]))
    if !package.isAtLeast(0, 33, 1) {
      return [
        "- Add platform-specific dependencies:", "    npm install --os=\(os) --cpu=\(cpu) sharp", "  or",
        "    npm install --force @img/sharp-\(name)",
      ]
    }
    var lines = ["- Ensure optional dependencies can be installed:", "    npm install --include=optional sharp"]
    if !package.isAtLeast(0, 33, 5) { lines.append("    yarn add sharp --ignore-engines") }
    lines += [
      "- Ensure your package manager supports multi-platform installation:",
      "    See https://sharp.pixelplumbing.com/install#cross-platform", "- Add platform-specific dependencies:",
    ]
    if !package.isAtLeast(0, 33, 2) {
      return lines + ["    npm install --os=\(os) --cpu=\(cpu) sharp", "    npm install --force @img/sharp-\(name)"]
    }
    let system = os.hasSuffix("musl") ? String(os.dropLast(4)) + " --libc=musl" : os
    return lines + ["    npm install --os=\(system) --cpu=\(cpu) sharp"]
  }

  /// What sharp says where a symbol or a C++ version is missing: which libc its libvips wants.
  private static func systemUpdate(_ errors: [NodeError], _ name: String, _ search: AddonSearch) -> [String] {
    let package = search.package
    let wanted = package.isAtLeast(0, 33, 1) ? ["symbol not found", "cxxabi_"] : ["symbol not found"]
    let messages = errors.map { $0.message.lowercased() }
    guard messages.contains(where: { message in wanted.contains { message.contains($0) } }),
      let home = search.home(of: "@img/sharp-libvips-\(name)", from: search.directory + "/lib"),
      let manifest = search.process.json(home + "/package.json"),
      let table = manifest[package.isAtLeast(0, 33, 5) ? "config" : "engines"],
      let libc = table["musl"]?.string ?? table["glibc"]?.string
    else { return [] }
    let platform = search.process.platform
    return [
      "- Update your OS:", "    Found \(platform.libc) \(platform.glibcVersion ?? "null")",
      "    Requires \(table["musl"]?.string == nil ? "glibc" : "musl") \(libc)",
    ]
  }
}
