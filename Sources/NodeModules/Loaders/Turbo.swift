/// turbo, whose command starts a program that comes as one npm package for each platform.
///
/// Convention: `@turbo/<platform>-<arch>/bin/turbo`, where x64 is `64`; before turbo 2.9 `turbo-<platform>-<arch>`.
///
/// Precedence: `TURBO_BINARY_PATH`, `@turbo/<platform>-<arch>`, `turbo-<platform>-<arch>`. Then the command tries to run
/// `npm install`, which fails on Lambda, writes where it looked and what is there instead, and exits with status 1.
///
/// Source: vercel/turborepo `packages/turbo/bin/turbo` (2.9); what it says of a lock file is left out.
enum Turbo: PackageLoader {
  static let id = "turbo"

  static let packageNames = ["turbo"]

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    if let path = search.variable("TURBO_BINARY_PATH") {
      if search.exists(path) { return try start(path, &search) }
      throw .crash(
        signal: nil, exit: 1,
        message: """
          Turborepo was unable to find the executable specified by TURBO_BINARY_PATH:
          \(path)

          TURBO_BINARY_PATH is intended for development use-cases. You likely want to unset the environment variable.
          """)
    }
    let platform = search.process.platform
    let requests = names(platform.platform, platform.architecture == "x64" ? "64" : platform.architecture)
    for request in requests {
      if case .success(let path) = search.resolve(request, from: search.directory + "/bin") {
        return try start(path, &search)
      }
    }
    throw .crash(signal: nil, exit: 1, message: message(requests, search))
  }

  private static func names(_ platform: String, _ architecture: String) -> [String] {
    let suffix = platform == "windows" ? ".exe" : ""
    return ["@turbo/", "turbo-"].map { "\($0)\(platform)-\(architecture)/bin/turbo\(suffix)" }
  }

  private static func start(
    _ path: String, _ search: inout AddonSearch
  ) throws(AddonSearch.End) -> AddonSearch.Result {
    try search.start(path).map { .fails($0) } ?? .found(path)
  }

  private static func message(_ requests: [String], _ search: AddonSearch) -> String {
    let platform = search.process.platform
    let architecture = platform.architecture == "x64" ? "64" : platform.architecture
    return """
      Turborepo did not find the correct binary for your platform.
      We will attempt to install it now.
      Installation has failed.

      ***

      Turborepo failed to start.

      Turborepo detected that you are running:
      \(platform.platform) \(architecture)

      ***

      We were not able to find the binary at:
      \(requests.joined(separator: "\nor: "))

      We looked for it at:
      \(folders(search).joined(separator: "\n"))

      ***

      \(others(requests, search))

      ***

      If you believe this is an error, please include this message in your report.
      """
  }

  /// `require.resolve.paths`: `NODE_PATH` and what Node.js adds behind it.
  private static func folders(_ search: AddonSearch) -> [String] {
    let home = search.variable("HOME").map { [$0 + "/.node_modules", $0 + "/.node_libraries"] } ?? []
    let prefix = NodePath.resolve(search.process.executable, "../../lib/node")
    return ModuleResolution.folders(above: search.directory + "/bin") + search.process.modulePath + home + [prefix]
  }

  private static func others(_ requests: [String], _ search: AddonSearch) -> String {
    let all = ["darwin", "linux", "windows"].flatMap { platform in
      ["64", "arm64"].flatMap { names(platform, $0) }
    }
    let resolution = ModuleResolution(process: search.process)
    let installed = all.filter { name in
      guard !requests.contains(name), case .success = resolution.resolve(name, from: search.directory + "/bin") else {
        return false
      }
      return true
    }
    if installed.isEmpty {
      return "We did not find any binaries on this system.\n"
        + "This can happen if you run installation with the --no-optional flag."
    }
    return """
      Turborepo checked to see if binaries for another platform are installed.
      This typically indicates an error in sharing of pre-resolved node_modules across platforms.
      One common reason for this is copying files to Docker.

      We found these unnecessary binaries:
      \(installed.joined(separator: "\n"))
      """
  }
}
