/// node-sass, whose install script fetches one binary for one version of Node.js.
///
/// Convention: `vendor/<platform>-<arch>-<ABI>/binding.node`.
///
/// Precedence: `SASS_BINARY_PATH` or `npm_config_sass_binary_path`, else the directory of `SASS_BINARY_DIR` or
/// `npm_config_sass_binary_dir` (`vendor` by default) with `SASS_BINARY_NAME`. The musl variant is told by node's own bytes, on
/// x64 only.
///
/// Source: sass/node-sass `lib/extensions.js`, `lib/binding.js` and `lib/errors.js` of 4.10 to 9.0.0.
enum NodeSass: PackageLoader {
  static let id = "node-sass"

  static let packageNames = ["node-sass"]

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    let name = environmentName(search)
    let directory =
      search.variable("SASS_BINARY_DIR") ?? search.variable("npm_config_sass_binary_dir")
      ?? search.directory + "/vendor"
    let place =
      search.variable("SASS_BINARY_PATH") ?? search.variable("npm_config_sass_binary_path")
      ?? "\(directory)/\(name)/binding.node"
    if search.exists(place) { return try search.open(place).map { .fails($0) } ?? .found(place) }
    let current = human(name, search)
    if current.isSupported {
      guard search.process.isDirectory(directory) else {
        return .fails(
          NodeError(code: "ENOENT", "ENOENT: no such file or directory, scandir '\(directory)'"))
      }
      let found = search.process.names(in: directory).map { "  - " + human($0, search).text }
      return .fails(
        NodeError(
          """
          Missing binding \(place)
          Node Sass could not find a binding for your current environment: \(current.text)

          Found bindings for the following environments:
          \(found.joined(separator: "\n"))

          This usually happens because your environment has changed since running `npm install`.
          Run `npm rebuild node-sass` to download the binding for your current environment.
          """))
    }
    return .fails(
      NodeError(
        """
        Node Sass does not yet support your current environment: \(current.text)
        For more information on which environments are supported please see:
        https://github.com/sass/node-sass/releases/tag/v\(search.package.version ?? "")
        """))
  }

  private static func environmentName(_ search: AddonSearch) -> String {
    if let name = search.variable("SASS_BINARY_NAME") ?? search.variable("npm_config_sass_binary_name") { return name }
    let platform = search.process.platform
    let variant = search.isMusl && platform.architecture == "x64" ? "_musl" : ""
    let version = platform.moduleVersion.map(String.init) ?? ""
    return "\(platform.platform)\(variant)-\(platform.architecture)-\(version)"
  }

  /// What node-sass calls an environment, and whether it knows all of its parts.
  private static func human(_ name: String, _ search: AddonSearch) -> (text: String, isSupported: Bool) {
    let parts = name.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3 else { return ("Unknown environment (\(name))", false) }
    let platform = [
      "darwin": "OS X", "freebsd": "FreeBSD", "linux": "Linux", "linux_musl": "Linux/musl", "win32": "Windows",
    ][parts[0]]
    let architecture = ["ia32": "32-bit", "x86": "32-bit", "x64": "64-bit"][parts[1]]
    let runtime = Int(parts[2].prefix { $0.isNumber }).flatMap { runtimes(of: search.package)[$0] }
    let words = [
      platform ?? "Unsupported platform (\(parts[0]))", architecture ?? "Unsupported architecture (\(parts[1]))",
      "with",
      runtime ?? "Unsupported runtime (\(parts[2]))",
    ]
    return (words.joined(separator: " "), platform != nil && architecture != nil && runtime != nil)
  }

  /// The versions of Node.js that a release of node-sass has a name for.
  private static func runtimes(of package: NPMPackage) -> [Int: String] {
    var names = [
      11: "Node 0.10.x", 14: "Node 0.12.x", 42: "io.js 1.x", 43: "io.js 1.1.x", 44: "io.js 2.x", 45: "io.js 3.x",
      46: "Node.js 4.x", 47: "Node.js 5.x", 48: "Node.js 6.x", 49: "Electron 1.3.x", 50: "Electron 1.4.x",
      51: "Node.js 7.x", 53: "Electron 1.6.x", 57: "Node.js 8.x", 59: "Node.js 9.x", 64: "Node.js 10.x",
      67: "Node.js 11.x",
    ]
    if package.isAtLeast(4, 12) { names[72] = "Node.js 12.x" }
    if package.isAtLeast(4, 13) { names[79] = "Node.js 13.x" }
    if package.isAtLeast(4, 14) { names[83] = "Node.js 14.x" }
    if package.isAtLeast(5) { names[88] = "Node.js 15.x" }
    if package.isAtLeast(6) { names[93] = "Node.js 16.x" }
    if package.isAtLeast(7) { names[102] = "Node.js 17.x" }
    if package.isAtLeast(8) { (names[108], names[111]) = ("Node.js 18.x", "Node.js 19.x") }
    if package.isAtLeast(9) { names[115] = "Node.js 20.x" }
    return names
  }
}
