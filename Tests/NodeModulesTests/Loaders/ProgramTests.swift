import Testing

@testable import NodeModules

/// Source: evanw/esbuild `lib/npm/node-platform.ts`, 0.13.5 to 0.28.2; vercel/turborepo `packages/turbo/bin/turbo`.
struct ProgramTests {
  private static func program(_ name: String, _ path: String, _ text: String = "ok") -> [String: String] {
    ["~\(name)/package.json": "{\"name\": \"\(name)\", \"version\": \"0.25.0\"}", "~\(name)/\(path)": text]
  }

  private static func otherPlatform(_ other: String, _ wanted: String, word: String, npm: String) -> String {
    """

    You installed esbuild \(word) another platform than the one you're currently using.
    This won't work because esbuild is written with native code and needs to
    install a platform-specific binary executable.

    Specifically the "\(other)" package is present but this platform
    needs the "\(wanted)" package instead. People often get into this
    situation by installing esbuild on Windows or macOS and copying "node_modules"
    into a Docker image that runs Linux, or by copying "node_modules" between
    Windows and WSL environments.

    If you are installing with npm, you can try not copying the "node_modules"
    directory when you copy the files over, and running "npm ci" or "npm install"
    on the destination platform after the copy. Or you could consider using yarn
    instead \(npm)which has built-in support for installing a package on multiple
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

  private static let esbuild: [LoaderCase] = [
    LoaderCase(
      name: "the platform's program is started", package: "esbuild", version: "0.25.0",
      files: ["lib/main.js": ""] + program("@esbuild/linux-x64", "bin/esbuild")
        + program("@esbuild/darwin-arm64", "bin/esbuild"),
      expected: .found("~@esbuild/linux-x64/bin/esbuild")),
    LoaderCase(
      name: "before 0.16 the names have no scope", package: "esbuild", version: "0.15.18",
      files: program("esbuild-linux-64", "bin/esbuild"), expected: .found("~esbuild-linux-64/bin/esbuild")),
    LoaderCase(
      name: "arm64 is arm64 in both", package: "esbuild", version: "0.14.54",
      files: program("esbuild-linux-arm64", "bin/esbuild"),
      platform: LoaderWorld.arm64, expected: .found("~esbuild-linux-arm64/bin/esbuild")),
    LoaderCase(
      name: "what the install script fetched comes second", package: "esbuild", version: "0.25.0",
      files: ["lib/downloaded-@esbuild-linux-x64-esbuild": "ok"],
      expected: .found("lib/downloaded-@esbuild-linux-x64-esbuild")),
    LoaderCase(
      name: "a path from the environment wins", package: "esbuild", version: "0.25.0",
      files: ["/opt/esbuild": "ok"] + program("@esbuild/linux-x64", "bin/esbuild"),
      variables: ["ESBUILD_BINARY_PATH": "/opt/esbuild"], expected: .found("/opt/esbuild")),
    LoaderCase(
      name: "/usr/bin/esbuild is no such path", package: "esbuild", version: "0.25.0",
      files: ["/usr/bin/esbuild": "crash SIGILL"] + program("@esbuild/linux-x64", "bin/esbuild"),
      variables: ["ESBUILD_BINARY_PATH": "/usr/bin/esbuild"], expected: .found("~@esbuild/linux-x64/bin/esbuild")),
    LoaderCase(
      name: "another platform's package is named", package: "esbuild", version: "0.25.0",
      files: program("@esbuild/darwin-arm64", "bin/esbuild") + program("@esbuild/win32-x64", "esbuild.exe"),
      expected: .fails(otherPlatform("@esbuild/darwin-arm64", "@esbuild/linux-x64", word: "for", npm: "of npm "))),
    LoaderCase(
      name: "0.14 says it in other words", package: "esbuild", version: "0.14.54",
      files: program("esbuild-darwin-64", "bin/esbuild"),
      expected: .fails(otherPlatform("esbuild-darwin-64", "esbuild-linux-64", word: "on", npm: ""))),
    LoaderCase(
      name: "no platform's package is there", package: "esbuild", version: "0.25.0", files: [:],
      expected: .fails(
        """
        The package "@esbuild/linux-x64" could not be found, and is needed by esbuild.

        If you are installing esbuild with npm, make sure that you don't specify the
        "--no-optional" or "--omit=optional" flags. The "optionalDependencies" feature
        of "package.json" is used by esbuild to install the correct binary executable
        for your current platform.
        """),
      attempts: [
        "missing =@esbuild/linux-x64/bin/esbuild", "missing lib/downloaded-@esbuild-linux-x64-esbuild",
        "missing =@esbuild/linux-x64",
      ]),
    LoaderCase(
      name: "0.13 says it in other words", package: "esbuild", version: "0.13.15", files: [:],
      expected: .fails(
        """
        The package "esbuild-linux-64" could not be found, and is needed by esbuild.

        If you are installing esbuild with npm, make sure that you don't specify the
        "--no-optional" flag. The "optionalDependencies" package.json feature is used
        by esbuild to install the correct binary executable for your current platform.
        """)),
    LoaderCase(
      name: "up to 0.12 bin/esbuild is the program", package: "esbuild", version: "0.12.29",
      files: ["bin/esbuild": "ok"],
      expected: .found("bin/esbuild")),
    LoaderCase(
      name: "a program that does not start", package: "esbuild", version: "0.25.0",
      files: program(
        "@esbuild/linux-x64", "bin/esbuild", "throws spawn $MODULES/@esbuild/linux-x64/bin/esbuild EACCES"),
      expected: .fails("spawn $MODULES/@esbuild/linux-x64/bin/esbuild EACCES")),
  ]

  private static let turbo: [LoaderCase] = [
    LoaderCase(
      name: "the scoped name comes first", package: "turbo", version: "2.9.0",
      files: program("@turbo/linux-64", "bin/turbo") + program("turbo-linux-64", "bin/turbo"),
      expected: .found("~@turbo/linux-64/bin/turbo")),
    LoaderCase(
      name: "the older name serves", package: "turbo", version: "2.1.0",
      files: program("turbo-linux-arm64", "bin/turbo"),
      platform: LoaderWorld.arm64, expected: .found("~turbo-linux-arm64/bin/turbo"),
      attempts: ["missing =@turbo/linux-arm64/bin/turbo", "loads ~turbo-linux-arm64/bin/turbo"]),
    LoaderCase(
      name: "a path from the environment must exist", package: "turbo", version: "2.9.0",
      files: program("@turbo/linux-64", "bin/turbo"), variables: ["TURBO_BINARY_PATH": "/opt/turbo"],
      expected: .exits(
        """
        Turborepo was unable to find the executable specified by TURBO_BINARY_PATH:
        /opt/turbo

        TURBO_BINARY_PATH is intended for development use-cases. You likely want to unset the environment variable.
        """)),
    LoaderCase(
      name: "another platform's program is named", package: "turbo", version: "2.9.0",
      files: program("@turbo/darwin-arm64", "bin/turbo") + program("turbo-windows-64", "bin/turbo.exe"),
      variables: ["NODE_PATH": "/opt/nodejs/node_modules"],
      expected: .exits(
        """
        Turborepo did not find the correct binary for your platform.
        We will attempt to install it now.
        Installation has failed.

        ***

        Turborepo failed to start.

        Turborepo detected that you are running:
        linux 64

        ***

        We were not able to find the binary at:
        @turbo/linux-64/bin/turbo
        or: turbo-linux-64/bin/turbo

        We looked for it at:
        $HOME/bin/node_modules
        $HOME/node_modules
        $MODULES
        /var/node_modules
        /node_modules
        /opt/nodejs/node_modules
        /var/lang/lib/node

        ***

        Turborepo checked to see if binaries for another platform are installed.
        This typically indicates an error in sharing of pre-resolved node_modules across platforms.
        One common reason for this is copying files to Docker.

        We found these unnecessary binaries:
        @turbo/darwin-arm64/bin/turbo
        turbo-windows-64/bin/turbo.exe

        ***

        If you believe this is an error, please include this message in your report.
        """)),
  ]

  @Test("Programs are found as their npm packages find them", arguments: esbuild + turbo)
  func program(_ one: LoaderCase) throws { try one.check() }
}
