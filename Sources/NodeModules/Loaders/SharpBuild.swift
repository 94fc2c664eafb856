/// sharp up to 0.32, whose install script puts one binary into the npm package.
///
/// Convention: `build/Release/sharp-<platform>.node` since 0.29.0, `build/Release/sharp.node` before; libvips lies in
/// `vendor/`, which the addon's `DT_RPATH` finds. The platform is `linux-x64`, `linuxmusl-x64`, `linux-arm64v8` …, of
/// `npm_config_arch`, `npm_config_platform` and `npm_config_libc` where they are set at run time.
///
/// Precedence: There is one place. Up to 0.28 `vendor/<libvips>/platform.json` is compared with the platform first. 0.29.0,
/// 0.29.1 and versions before 0.24 write the error and exit with status 1 instead of throwing.
///
/// Source: lovell/sharp `lib/sharp.js` of 0.29.0 to 0.32.6, `lib/constructor.js` of 0.22.1 to 0.28.3, `lib/libvips.js` and
/// `lib/platform.js`.
enum SharpBuild: PackageLoader {
  static let id = "sharp-build"

  static let packageNames = ["sharp"]

  /// Before 0.22.1 the package calls `bindings`.
  static func isUsed(by package: NPMPackage) -> Bool {
    isNamed(package) && package.isAtLeast(0, 22, 1) && !package.isAtLeast(0, 33)
  }

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    let platform = platform(search)
    let isNamed = search.package.isAtLeast(0, 29)
    if !isNamed, let error = foreignLibrary(search, platform) { return .fails(error) }
    let file = isNamed ? "sharp-\(platform).node" : "sharp.node"
    switch try search.require("../build/Release/" + file, from: search.directory + "/lib") {
    case .success(let module): return .found(module.path)
    case .failure(let error):
      let text = isNamed ? message(error, platform, search) : oldMessage(error, search)
      let exits = isNamed ? !search.package.isAtLeast(0, 29, 2) : !search.package.isAtLeast(0, 24)
      if exits { throw .crash(signal: nil, exit: 1, message: text) }
      return .fails(NodeError(text))
    }
  }

  /// `lib/platform.js`.
  private static func platform(_ search: AddonSearch) -> String {
    let architecture = search.variable("npm_config_arch") ?? search.process.platform.architecture
    let platform = search.variable("npm_config_platform") ?? search.process.platform.platform
    var libc = search.isMusl ? "musl" : ""
    if search.package.isAtLeast(0, 30, 7), let wanted = search.variable("npm_config_libc") { libc = wanted }
    if platform != "linux" || libc == "glibc" { libc = "" }
    let suffix =
      switch architecture {
      case "arm": "armv" + (search.variable("npm_config_arm_version") ?? "6")
      case "arm64": "arm64v" + (search.variable("npm_config_arm_version") ?? "8")
      default: architecture
      }
    return "\(platform)\(libc)-\(suffix)"
  }

  /// `hasVendoredLibvips` up to 0.28, which throws where `vendor/` was filled for another platform or libvips.
  private static func foreignLibrary(_ search: AddonSearch, _ platform: String) -> NodeError? {
    let vendor = search.directory + "/vendor"
    let wanted = (search.process.json(search.directory + "/package.json")?["config"]?["libvips"]?.string ?? "")
      .prefix { $0.isNumber || $0 == "." }
    let isVersioned = search.package.isAtLeast(0, 26)
    let place = isVersioned ? "\(vendor)/\(wanted)" : vendor
    if !isVersioned, let found = search.process.json(vendor + "/versions.json")?["vips"]?.string, found != wanted {
      return NodeError(
        "Found vendored libvips v\(found) but require v\(wanted). Please remove the 'node_modules/sharp/vendor' directory and run 'npm install'."
      )
    }
    guard let found = search.process.json(place + "/platform.json")?.string, found != platform else { return nil }
    let start = "'\(found)' binaries cannot be used on the '\(platform)' platform. Please remove the "
    return NodeError(
      isVersioned
        ? start + "'node_modules/sharp' directory and run 'npm install' on the '\(platform)' platform."
        : start + "'node_modules/sharp/vendor' directory and run 'npm install'.")
  }

  /// Since 0.29.
  private static func message(_ error: NodeError, _ platform: String, _ search: AddonSearch) -> String {
    let package = search.package
    var lines = [
      "", "Something went wrong installing the \"sharp\" module", "", error.message, "", "Possible solutions:",
    ]
    let parts = platform.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    if package.isAtLeast(0, 30, 7), parts[0] == "linux", error.message.contains("Module did not self-register") {
      lines.append("- Using worker threads? See https://sharp.pixelplumbing.com/install#worker-threads")
    }
    lines.append(
      package.isAtLeast(0, 30, 5)
        ? "- Install with verbose logging and look for errors: \"npm install --ignore-scripts=false --foreground-scripts --verbose sharp\""
        : "- Install with the --verbose flag and look for errors: \"npm install --ignore-scripts=false --verbose sharp\""
    )
    let node = search.process.platform
    lines.append(
      package.isAtLeast(0, 30)
        ? "- Install for the current \(platform) runtime: \"npm install --platform=\(parts[0]) --arch=\(parts.count > 1 ? parts[1] : "undefined") sharp\""
        : "- Install for the current runtime: \"npm install --platform=\(node.platform) --arch=\(node.architecture) sharp\""
    )
    lines.append("- Consult the installation documentation: https://sharp.pixelplumbing.com/install")
    return lines.joined(separator: "\n")
  }

  /// Up to 0.28.
  private static func oldMessage(_ error: NodeError, _ search: AddonSearch) -> String {
    let package = search.package
    var lines = ["", "Something went wrong installing the \"sharp\" module", "", error.message, ""]
    if error.message.contains("NODE_MODULE_VERSION") {
      lines.append("- Ensure the version of Node.js used at install time matches that used at runtime")
    } else if error.message.contains("invalid ELF header") {
      lines.append("- Ensure \"\(search.process.platform.platform)\" is used at install time as well as runtime")
    } else if !package.isAtLeast(0, 24) {
      lines.append("- Remove the \"node_modules/sharp\" directory, run \"npm install\" and look for errors")
    } else if !package.isAtLeast(0, 28), error.message.contains("Cannot find module") {
      lines.append("- Run \"npm rebuild --verbose sharp\" and look for errors")
    } else {
      lines.append("- Remove the \"node_modules/sharp\" directory then run")
      let name = package.isAtLeast(0, 28) ? " sharp" : ""
      lines.append("  \"npm install --ignore-scripts=false --verbose\(name)\" and look for errors")
    }
    let page = package.isAtLeast(0, 24) ? "install" : "en/stable/install/"
    lines += [
      "- Consult the installation documentation at https://sharp.pixelplumbing.com/\(page)",
      "- Search for this error at https://github.com/lovell/sharp/issues", "",
    ]
    return lines.joined(separator: "\n")
  }
}
