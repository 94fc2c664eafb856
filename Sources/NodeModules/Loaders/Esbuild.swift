/// esbuild, whose JavaScript starts a program that comes as one npm package for each platform.
///
/// Convention: `@esbuild/<platform>-<arch>/bin/esbuild`; from 0.13 to 0.15 `esbuild-<platform>-<arch>`, where x64 is `64`. The
/// program is linked statically and needs no C library.
///
/// Precedence: `ESBUILD_BINARY_PATH` where that file exists (and is not `/usr/bin/esbuild`), the platform's package,
/// `lib/downloaded-<package>-esbuild` beside esbuild's main file. Up to 0.12 `bin/esbuild` itself.
///
/// Source: evanw/esbuild `lib/npm/node-platform.ts` of 0.13 to 0.28.
enum Esbuild: PackageLoader {
  static let id = "esbuild"

  static let packageNames = ["esbuild"]

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    let directory = search.directory + "/lib"
    if !search.package.isAtLeast(0, 13) { return try start(search.directory + "/bin/esbuild", &search) }
    if let path = search.variable("ESBUILD_BINARY_PATH"), path != "/usr/bin/esbuild", search.process.exists(path) {
      return try start(path, &search)
    }
    let platform = search.process.platform
    let isScoped = search.package.isAtLeast(0, 16)
    let architecture = !isScoped && platform.architecture == "x64" ? "64" : platform.architecture
    let name = "\(isScoped ? "@esbuild/" : "esbuild-")\(platform.platform)-\(architecture)"
    switch search.resolve("\(name)/bin/esbuild", from: directory) {
    case .success(let path): return try start(path, &search)
    case .failure(let error):
      let downloaded = "\(directory)/downloaded-\(name.replacing("/", with: "-", maxReplacements: 1))-esbuild"
      if search.package.isAtLeast(0, 13, 4), search.exists(downloaded) { return try start(downloaded, &search) }
      if case .success = search.resolve(name, from: directory) { return .fails(error) }
      return .fails(NodeError(otherPlatform(name, isScoped, search) ?? notFound(name, search)))
    }
  }

  private static func start(
    _ path: String, _ search: inout AddonSearch
  ) throws(AddonSearch.End) -> AddonSearch.Result {
    guard search.exists(path) else { return .fails(NodeError(code: "ENOENT", "spawn \(path) ENOENT")) }
    return try search.start(path).map { .fails($0) } ?? .found(path)
  }

  /// In esbuild's order: those of Unix first.
  private static let others = [
    "aix-ppc64", "android-arm64", "darwin-arm64", "darwin-x64", "freebsd-arm64", "freebsd-x64", "linux-arm",
    "linux-arm64", "linux-ia32", "linux-mips64el", "linux-ppc64", "linux-riscv64", "linux-s390x", "linux-x64",
    "linux-loong64", "netbsd-arm64", "netbsd-x64", "openbsd-arm64", "openbsd-x64", "sunos-x64", "win32-arm64",
    "win32-ia32", "win32-x64",
  ]

  /// What esbuild says where the package of another platform lies beside it.
  private static func otherPlatform(_ name: String, _ isScoped: Bool, _ search: AddonSearch) -> String? {
    let modules = NodePath.directory(of: search.directory)
    guard search.package.isAtLeast(0, 14, 13), NodePath.name(of: modules) == "node_modules" else { return nil }
    let names = others.map { other in
      if isScoped { return "@esbuild/" + other }
      let old = other.replacing("win32-", with: "windows-").replacing("ia32", with: "32").replacing("x64", with: "64")
      return "esbuild-" + old.replacing("mips64el", with: "mips64le").replacing("ppc64", with: "ppc64le")
    }
    guard let other = names.first(where: { search.process.exists("\(modules)/\($0)") }) else { return nil }
    let isNewer = search.package.isAtLeast(0, 15, 9)
    return """

      You installed esbuild \(isNewer ? "for" : "on") another platform than the one you're currently using.
      This won't work because esbuild is written with native code and needs to
      install a platform-specific binary executable.

      Specifically the "\(other)" package is present but this platform
      needs the "\(name)" package instead. People often get into this
      situation by installing esbuild on Windows or macOS and copying "node_modules"
      into a Docker image that runs Linux, or by copying "node_modules" between
      Windows and WSL environments.

      If you are installing with npm, you can try not copying the "node_modules"
      directory when you copy the files over, and running "npm ci" or "npm install"
      on the destination platform after the copy. Or you could consider using yarn
      instead \(isNewer ? "of npm " : "")which has built-in support for installing a package on multiple
      platforms simultaneously.

      If you are installing with yarn, you can try listing both this platform and the
      other platform in your ".yarnrc.yml" file using the "supportedArchitectures"
      feature: https://yarnpkg.com/configuration/yarnrc/#supportedArchitectures
      Keep in mind that this means multiple copies of esbuild will be present.

      Another alternative is to use the "esbuild-wasm" package instead, which works
      the same way on all platforms. But it comes with a heavy performance cost and
      can sometimes be 10x slower than the "esbuild" package, so you may also not
      want to do that.

      """
  }

  private static func notFound(_ name: String, _ search: AddonSearch) -> String {
    let start = """
      The package "\(name)" could not be found, and is needed by esbuild.

      If you are installing esbuild with npm, make sure that you don't specify the

      """
    if !search.package.isAtLeast(0, 15, 9) {
      return start + """
        "--no-optional" flag. The "optionalDependencies" package.json feature is used
        by esbuild to install the correct binary executable for your current platform.
        """
    }
    return start + """
      "--no-optional" or "--omit=optional" flags. The "optionalDependencies" feature
      of "package.json" is used by esbuild to install the correct binary executable
      for your current platform.
      """
  }
}
