import Testing

@testable import NodeModules

/// Packages that carry, or were given at installation, their binary themselves.
struct CarriedBinaryTests {
  private static let node18 = LoaderWorld.node("18.20.8", modules: 108, nodeAPI: 9, "x64", glibc: "2.26")
  private static let musl = LoaderWorld.node("20.20.2", modules: 115, nodeAPI: 9, "x64", glibc: nil)

  /// Source: koffi's published `index.js`, 2.16.3 and 2.7.2.
  private static let koffi: [LoaderCase] = [
    LoaderCase(
      name: "the target's binary is taken of all", package: "koffi", version: "2.16.3",
      files: [
        "build/koffi/linux_x64/koffi.node": "ok", "build/koffi/darwin_arm64/koffi.node": "crash SIGSEGV",
        "build/koffi/musl_x64/koffi.node": "ok",
      ], expected: .found("build/koffi/linux_x64/koffi.node"), attempts: ["loads build/koffi/linux_x64/koffi.node"]),
    LoaderCase(
      name: "the build for musl is tried second", package: "koffi", version: "2.9.0",
      files: ["build/koffi/linux_x64/koffi.node": "throws a", "build/koffi/musl_x64/koffi.node": "ok"],
      expected: .found("build/koffi/musl_x64/koffi.node")),
    LoaderCase(
      name: "where neither loads the first error of the later search is thrown", package: "koffi", version: "2.16.3",
      files: ["build/koffi/linux_arm64/koffi.node": "throws a"], platform: LoaderWorld.arm64, expected: .fails("a")),
    LoaderCase(
      name: "only another platform's", package: "koffi", version: "2.8.0",
      files: ["build/koffi/win32_x64/koffi.node": "ok"],
      expected: .fails("Cannot find the native Koffi module; did you bundle it correctly?")),
    LoaderCase(
      name: "2.7 knows no build for musl and looks in the package itself", package: "koffi", version: "2.7.2",
      files: [
        "index.js":
          "let roots = [__dirname]; native = require('./build/koffi/linux_x64/koffi.node'); `${root}/build/koffi/${triplet}/koffi.node`, `${root}/koffi/${triplet}/koffi.node`",
        "koffi/linux_x64/koffi.node": "ok", "build/koffi/musl_x64/koffi.node": "crash SIGSEGV",
      ], expected: .found("koffi/linux_x64/koffi.node")),
  ]

  /// Source: awslabs/aws-crt-nodejs `lib/native/binding.js`, 1.15.20 to 1.21.0.
  private static let commonRuntime: [LoaderCase] = [
    LoaderCase(
      name: "the C library is in the directory's name", package: "aws-crt", version: "1.21.0",
      files: [
        "dist/bin/linux-x64-glibc/aws-crt-nodejs.node": "ok", "dist/bin/linux-x64-musl/aws-crt-nodejs.node": "ok",
        "dist/bin/darwin-arm64/aws-crt-nodejs.node": "ok",
      ], expected: .found("dist/bin/linux-x64-glibc/aws-crt-nodejs.node")),
    LoaderCase(
      name: "before 1.16 it is not", package: "aws-crt", version: "1.15.20",
      files: ["dist/bin/linux-x64/aws-crt-nodejs.node": "ok"],
      expected: .found("dist/bin/linux-x64/aws-crt-nodejs.node")),
    LoaderCase(
      name: "what a broken binary throws is final", package: "aws-crt", version: "1.21.0",
      files: ["dist/bin/linux-x64-glibc/aws-crt-nodejs.node": "throws a"],
      variables: ["AWS_CRT_NODEJS_BINARY_ABSOLUTE_PATH": "/opt/crt.node"], expected: .fails("a")),
    LoaderCase(
      name: "the places are listed", package: "aws-crt", version: "1.21.0",
      files: ["dist/bin/darwin-arm64/aws-crt-nodejs.node": "ok"], platform: LoaderWorld.arm64,
      variables: ["AWS_CRT_NODEJS_BINARY_ABSOLUTE_PATH": "/opt/crt.node"],
      expected: .fails(
        "AWS CRT binary not present in any of the following locations:\n\t$HOME/dist/bin/linux-arm64-glibc/aws-crt-nodejs.node\n\t/opt/crt.node"
      )),
    LoaderCase(
      name: "a place from the environment serves", package: "aws-crt", version: "1.21.0",
      files: ["/opt/crt.node": "ok"],
      variables: ["AWS_CRT_NODEJS_BINARY_ABSOLUTE_PATH": "/opt/crt.node"], expected: .found("/opt/crt.node")),
    LoaderCase(
      name: "1.18 shows the place without its extension", package: "aws-crt", version: "1.18.0", files: ["dist/a": ""],
      expected: .fails(
        "AWS CRT binary not present in any of the following locations:\n\t$HOME/dist/bin/linux-x64-glibc/aws-crt-nodejs"
      )),
  ]

  /// Source: WiseLibs/better-sqlite3 `lib/binding.js`, 13.0.3.
  private static let sqlite: [LoaderCase] = [
    LoaderCase(
      name: "the prebuilt file comes first", package: "better-sqlite3", version: "13.0.3",
      files: [
        "prebuilds/linux-x64.node": "ok", "prebuilds/darwin-arm64.node": "ok", "build/Debug/better_sqlite3.node": "ok",
      ],
      expected: .found("prebuilds/linux-x64.node")),
    LoaderCase(
      name: "Debug comes before Release", package: "better-sqlite3", version: "13.0.0",
      files: ["build/Debug/better_sqlite3.node": "ok", "build/Release/better_sqlite3.node": "ok"],
      expected: .found("build/Debug/better_sqlite3.node")),
    LoaderCase(
      name: "nothing is there", package: "better-sqlite3", version: "13.0.3",
      files: ["prebuilds/linux-arm64.node": "ok"],
      expected: .fails("Cannot find module '$HOME/build/Release/better_sqlite3.node'")),
    LoaderCase(
      name: "Node-API 10 crashes an older Node.js", package: "better-sqlite3", version: "13.0.3",
      files: ["prebuilds/linux-x64.node": "crash SIGSEGV", "build/Release/better_sqlite3.node": "ok"],
      expected: .crash("SIGSEGV")),
    LoaderCase(
      name: "on musl", package: "better-sqlite3", version: "13.0.3", files: ["prebuilds/linuxmusl-x64.node": "ok"],
      platform: musl, expected: .found("prebuilds/linuxmusl-x64.node")),
  ]

  private static let grpcManifest =
    "\"main\": \"index.js\", \"binary\": {\"module_name\": \"grpc_node\", \"module_path\": \"src/node/extension_binary/{node_abi}-{platform}-{arch}-{libc}\", \"host\": \"https://node-precompiled-binaries.grpc.io/\"}"

  /// Source: grpc/grpc-node `packages/grpc-native-core/src/grpc_extension.js`, 1.24.
  private static let grpc: [LoaderCase] = [
    LoaderCase(
      name: "the binary for the module version is taken", package: "grpc", version: "1.24.11", manifest: grpcManifest,
      files: ["src/node/extension_binary/node-v115-linux-x64-glibc/grpc_node.node": "ok"],
      expected: .found("src/node/extension_binary/node-v115-linux-x64-glibc/grpc_node.node")),
    LoaderCase(
      name: "what is there instead is listed", package: "grpc", version: "1.24.11", manifest: grpcManifest,
      files: [
        "src/node/extension_binary/node-v93-darwin-x64-unknown/grpc_node.node": "ok",
        "src/node/extension_binary/node-v93-linux-x64-glibc/grpc_node.node": "ok",
      ],
      expected: .fails(
        """
        Failed to load gRPC binary module because it was not installed for the current system
        Expected directory: node-v115-linux-x64-glibc
        Found: [node-v93-darwin-x64-unknown, node-v93-linux-x64-glibc]
        This problem can often be fixed by running "npm rebuild" on the current system
        Original error: Cannot find module '$HOME/src/node/extension_binary/node-v115-linux-x64-glibc/grpc_node.node'
        """)),
    LoaderCase(
      name: "nothing was installed", package: "grpc", version: "1.24.11", manifest: grpcManifest, files: [:],
      expected: .fails(
        "The gRPC binary module was not installed. This may be fixed by running \"npm rebuild\"\nOriginal error: Cannot find module '$HOME/src/node/extension_binary/node-v115-linux-x64-glibc/grpc_node.node'"
      )),
    LoaderCase(
      name: "a broken binary is named", package: "grpc", version: "1.24.11", manifest: grpcManifest,
      files: ["src/node/extension_binary/node-v115-linux-x64-glibc/grpc_node.node": "throws a"],
      expected: .fails("Failed to load $HOME/src/node/extension_binary/node-v115-linux-x64-glibc/grpc_node.node. a")),
  ]

  private static func missingSass(_ found: String, version: String = "108", node: String = "18.x") -> String {
    """
    Missing binding $HOME/vendor/linux-x64-\(version)/binding.node
    Node Sass could not find a binding for your current environment: Linux 64-bit with Node.js \(node)

    Found bindings for the following environments:
    \(found)

    This usually happens because your environment has changed since running `npm install`.
    Run `npm rebuild node-sass` to download the binding for your current environment.
    """
  }

  /// Source: sass/node-sass `lib/extensions.js` and `lib/errors.js`, 4.14.1 to 9.0.0.
  private static let sass: [LoaderCase] = [
    LoaderCase(
      name: "the binary for the module version is taken", package: "node-sass", version: "9.0.0",
      files: ["vendor/linux-x64-115/binding.node": "ok"], expected: .found("vendor/linux-x64-115/binding.node")),
    LoaderCase(
      name: "the binaries that are there are named", package: "node-sass", version: "8.0.0",
      files: ["vendor/darwin-x64-108/binding.node": "ok", "vendor/linux-x64-93/binding.node": "ok"], platform: node18,
      expected: .fails(missingSass("  - OS X 64-bit with Node.js 18.x\n  - Linux 64-bit with Node.js 16.x"))),
    LoaderCase(
      name: "arm64 has no name", package: "node-sass", version: "9.0.0", files: [:], platform: LoaderWorld.arm64,
      expected: .fails(
        """
        Node Sass does not yet support your current environment: Linux Unsupported architecture (arm64) with Node.js 20.x
        For more information on which environments are supported please see:
        https://github.com/sass/node-sass/releases/tag/v9.0.0
        """)),
    LoaderCase(
      name: "a Node.js of later years has no name", package: "node-sass", version: "4.14.1", files: [:],
      platform: node18,
      expected: .fails(
        """
        Node Sass does not yet support your current environment: Linux 64-bit with Unsupported runtime (108)
        For more information on which environments are supported please see:
        https://github.com/sass/node-sass/releases/tag/v4.14.1
        """)),
    LoaderCase(
      name: "a path from the environment wins", package: "node-sass", version: "9.0.0",
      files: ["/opt/sass.node": "ok", "vendor/linux-x64-115/binding.node": "crash SIGSEGV"],
      variables: ["SASS_BINARY_PATH": "/opt/sass.node"], expected: .found("/opt/sass.node")),
    LoaderCase(
      name: "vendor/ itself is missing", package: "node-sass", version: "9.0.0", files: [:],
      expected: .fails("ENOENT: no such file or directory, scandir '$HOME/vendor'")),
  ]

  /// Source: abbr/deasync `index.js`, 0.1.0 to 0.1.31.
  private static let deasync: [LoaderCase] = [
    LoaderCase(
      name: "the exact version comes before the major one", package: "deasync", version: "0.1.31",
      files: ["bin/linux-x64-node-20.20/deasync.node": "ok", "bin/linux-x64-node-20/deasync.node": "ok"],
      expected: .found("bin/linux-x64-node-20.20/deasync.node")),
    LoaderCase(
      name: "the major version serves", package: "deasync", version: "0.1.31",
      files: ["bin/linux-x64-node-20/deasync.node": "ok", "bin/darwin-x64-node-20/deasync.node": "ok"],
      expected: .found("bin/linux-x64-node-20/deasync.node")),
    LoaderCase(
      name: "bindings looks last", package: "deasync", version: "0.1.31", files: ["build/Release/deasync.node": "ok"],
      expected: .found("build/Release/deasync.node")),
    LoaderCase(
      name: "a broken binary is followed by bindings", package: "deasync", version: "0.1.31",
      files: ["bin/linux-x64-node-20/deasync.node": "throws a", "build/deasync.node": "ok"],
      expected: .found("build/deasync.node")),
  ]

  /// Source: laverdet/node-fibers `fibers.js`, 3.1.1 to 5.0.3.
  private static let fibers: [LoaderCase] = [
    LoaderCase(
      name: "the C library is in the name", package: "fibers", version: "5.0.3",
      files: ["bin/linux-x64-115-glibc/fibers.node": "ok"], expected: .found("bin/linux-x64-115-glibc/fibers.node")),
    LoaderCase(
      name: "before 4 it is not", package: "fibers", version: "3.1.1", files: ["bin/linux-x64-115/fibers.node": "ok"],
      expected: .found("bin/linux-x64-115/fibers.node")),
    LoaderCase(
      name: "nothing fits", package: "fibers", version: "5.0.3", files: ["bin/linux-x64-93-glibc/fibers.node": "ok"],
      expected: .fails("Missing binary. See message above.")),
  ]

  @Test(
    "Packages that carry their binary do what their source says",
    arguments: koffi + commonRuntime + sqlite + grpc + sass + deasync + fibers)
  func carried(_ one: LoaderCase) throws { try one.check() }
}
