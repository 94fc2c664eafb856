/// turbo, whose command starts a program that comes as one npm package for each platform.
///
/// Convention: `@turbo/<platform>-<arch>/bin/turbo`, where x64 is `64`; before turbo 2.9 `turbo-<platform>-<arch>`.
///
/// Precedence: `TURBO_BINARY_PATH`, `@turbo/<platform>-<arch>`, `turbo-<platform>-<arch>`. Then the command tries to run
/// `npm install`, which fails on Lambda, writes what it found and exits with status 1.
///
/// Source: vercel/turborepo `packages/turbo/bin/turbo` (2.9).
enum Turbo: PackageLoader {
  static let id = "turbo"

  static func isUsed(by package: NPMPackage) -> Bool { package.name == "turbo" }

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    if let path = search.variable("TURBO_BINARY_PATH") {
      if search.exists(path) { return try start(path, &search) }
      return .fails(
        NodeError(
          """
          Turborepo was unable to find the executable specified by TURBO_BINARY_PATH:
          \(path)

          TURBO_BINARY_PATH is intended for development use-cases. You likely want to unset the environment variable.
          """))
    }
    let platform = search.process.platform
    let architecture = platform.architecture == "x64" ? "64" : platform.architecture
    let requests = ["@turbo/", "turbo-"].map { "\($0)\(platform.platform)-\(architecture)/bin/turbo" }
    for request in requests {
      if case .success(let path) = search.resolve(request, from: search.directory + "/bin") {
        return try start(path, &search)
      }
    }
    return .fails(
      NodeError(
        """
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
        """))
  }

  private static func start(
    _ path: String, _ search: inout AddonSearch
  ) throws(AddonSearch.End) -> AddonSearch.Result {
    try search.start(path).map { .fails($0) } ?? .found(path)
  }
}
