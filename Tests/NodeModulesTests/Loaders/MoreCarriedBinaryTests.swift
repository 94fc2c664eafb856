import Testing

@testable import NodeModules

struct MoreCarriedBinaryTests {
  private static let oraclePage =
    "Node-oracledb installation instructions: https://oracle.github.io/node-oracledb/INSTALL.html"

  /// Source: oracle/node-oracledb `lib/oracledb.js` and `lib/util.js`, 5.5.0 and 7.0.1.
  private static let oracle: [LoaderCase] = [
    LoaderCase(
      name: "since 6 nothing is loaded", package: "oracledb", version: "7.0.1",
      files: ["build/Release/oracledb-7.0.1-darwin-arm64.node": "crash SIGSEGV"], expected: .goesWithout, attempts: []),
    LoaderCase(
      name: "up to 5 the prebuilt file is required at once", package: "oracledb", version: "5.5.0",
      files: ["build/Release/oracledb-5.5.0-linux-x64.node": "ok"],
      expected: .found("build/Release/oracledb-5.5.0-linux-x64.node")),
    LoaderCase(
      name: "a build in place serves", package: "oracledb", version: "5.5.0",
      files: ["build/Release/oracledb.node": "ok"],
      expected: .found("build/Release/oracledb.node")),
    LoaderCase(
      name: "no binary is there", package: "oracledb", version: "5.5.0", files: [:], platform: LoaderWorld.arm64,
      expected: .fails(
        "NJS-045: cannot load a node-oracledb binary for Node.js 20.20.2 (linux arm64) \n  Looked for $HOME/build/Release/oracledb-5.5.0-linux-arm64.node, $HOME/build/Release/oracledb.node, $HOME/build/Debug/oracledb.node, $HOME/lib/node_modules/oracledb/build/Release/oracledb-5.5.0-linux-arm64.node, $HOME/lib/node_modules/oracledb/build/Release/oracledb.node\n  \(oraclePage)\n"
      )),
    LoaderCase(
      name: "a broken binary is explained", package: "oracledb", version: "5.5.0",
      files: ["build/Release/oracledb-5.5.0-linux-x64.node": "throws a", "build/Release/oracledb.node": "ok"],
      expected: .fails(
        "NJS-045: cannot load a node-oracledb binary for Node.js 20.20.2 (linux x64) \n  Node.js require('oracledb') error was:\n  a\n  \(oraclePage)\nYou must have 64-bit Oracle Client libraries configured with ldconfig, or in LD_LIBRARY_PATH.\nIf you do not have Oracle Database on this computer, then install the Instant Client Basic or Basic Light package from \nhttps://www.oracle.com/database/technologies/instant-client/linux-x86-64-downloads.html\n\n"
      )),
  ]

  /// Source: microsoft/node-pty `src/utils.ts` 1.1.0, `src/unixTerminal.ts` 1.0.0.
  private static let pty: [LoaderCase] = [
    LoaderCase(
      name: "the build comes before prebuilds", package: "node-pty", version: "1.1.0",
      files: ["build/Release/pty.node": "ok", "prebuilds/linux-x64/pty.node": "ok"],
      expected: .found("build/Release/pty.node")),
    LoaderCase(
      name: "a prebuilt file serves", package: "node-pty", version: "1.1.0",
      files: ["prebuilds/linux-arm64/pty.node": "ok"],
      platform: LoaderWorld.arm64, expected: .found("prebuilds/linux-arm64/pty.node")),
    LoaderCase(
      name: "the last error is shown", package: "node-pty", version: "1.1.0",
      files: ["build/Release/pty.node": "throws a", "prebuilds/darwin-arm64/pty.node": "ok"],
      expected: .fails(
        "Failed to load native module: pty.node, checked: build/Release, build/Debug, prebuilds/linux-x64: Error: Cannot find module './prebuilds/linux-x64/pty.node'"
      )),
    LoaderCase(
      name: "up to 1.0 the error of build/Release is thrown", package: "node-pty", version: "1.0.0",
      files: ["build/Release/pty.node": "throws a"], expected: .fails("a")),
  ]

  private static let opusManifest =
    "\"main\": \"lib/index.js\", \"binary\": {\"module_name\": \"opus\", \"module_path\": \"./prebuild/{node_abi}-napi-v{napi_build_version}-{platform}-{arch}-{libc}-{libc_version}/\", \"host\": \"https://github.com/\", \"remote_path\": \"v{version}\", \"package_name\": \"{module_name}-{napi_build_version}.tar.gz\", \"napi_versions\": [3]}"

  /// Source: discordjs/opus `package.json` 0.10.0; discordjs/node-pre-gyp `lib/util/versioning.js`.
  private static let opus: [LoaderCase] = [
    LoaderCase(
      name: "the C library's version is in the name", package: "@discordjs/opus", version: "0.10.0",
      manifest: opusManifest,
      files: ["prebuild/node-v115-napi-v3-linux-x64-glibc-2.34/opus.node": "ok"],
      expected: .found("prebuild/node-v115-napi-v3-linux-x64-glibc-2.34/opus.node")),
    LoaderCase(
      name: "a binary for another version is not found", package: "@discordjs/opus", version: "0.10.0",
      manifest: opusManifest,
      files: ["prebuild/node-v115-napi-v3-linux-x64-glibc-2.36/opus.node": "ok"],
      expected: .fails("Cannot find module '$HOME/prebuild/node-v115-napi-v3-linux-x64-glibc-2.34/opus.node'")),
  ]

  /// Source: lovell/farmhash `index.js`, 5.0.1.
  private static let farmhash: [LoaderCase] = [
    LoaderCase(
      name: "the prebuilt file is taken", package: "farmhash", version: "5.0.1",
      files: ["build/farmhash-linux-x64.node": "ok", "build/farmhash-darwin-arm64.node": "ok"],
      expected: .found("build/farmhash-linux-x64.node")),
    LoaderCase(
      name: "whatever is wrong is called unsupported", package: "farmhash", version: "5.0.1",
      files: ["build/farmhash-linux-x64.node": "throws a"], expected: .fails("Unsupported platform: linux-x64")),
  ]

  private static let tensorManifest =
    "\"main\": \"dist/index.js\", \"binary\": {\"module_name\": \"tfjs_binding\", \"module_path\": \"./lib/napi-v{napi_build_version}\", \"host\": \"https://storage.googleapis.com/\", \"remote_path\": \"./napi-v{napi_build_version}/\", \"package_name\": \"{module_name}.tar.gz\", \"napi_versions\": [3, 4, 5, 6, 7, 8]}"

  /// Source: tensorflow/tfjs `tfjs-node/src/index.ts`.
  private static let tensor: [LoaderCase] = [
    LoaderCase(
      name: "the highest common Node-API version is taken", package: "@tensorflow/tfjs-node", version: "4.22.0",
      manifest: tensorManifest, files: ["lib/napi-v8/tfjs_binding.node": "ok", "lib/napi-v7/tfjs_binding.node": "ok"],
      expected: .found("lib/napi-v8/tfjs_binding.node")),
    LoaderCase(
      name: "a file that is not there is explained", package: "@tensorflow/tfjs-node", version: "4.22.0",
      manifest: tensorManifest, files: [:],
      expected: .fails(
        "The Node.js native addon module (tfjs_binding.node) can not be found at path: $HOME/lib/napi-v8/tfjs_binding.node. \nPlease run command 'npm rebuild @tensorflow/tfjs-node build-addon-from-source' to rebuild the native addon module. \nIf you have problem with building the addon module, please check https://github.com/tensorflow/tfjs/blob/master/tfjs-node/WINDOWS_TROUBLESHOOTING.md or file an issue."
      )),
  ]

  /// Source: microsoft/onnxruntime `js/node/lib/binding.ts`.
  private static let onnx: [LoaderCase] = [
    LoaderCase(
      name: "the Node-API version of the script counts", package: "onnxruntime-node", version: "1.23.0",
      files: [
        "dist/binding.js": "require(`../bin/napi-v6/${process.platform}/${process.arch}/onnxruntime_binding.node`);",
        "bin/napi-v6/linux/x64/onnxruntime_binding.node": "ok", "bin/napi-v3/linux/x64/onnxruntime_binding.node": "ok",
        "bin/napi-v6/darwin/arm64/onnxruntime_binding.node": "ok",
      ], expected: .found("bin/napi-v6/linux/x64/onnxruntime_binding.node")),
    LoaderCase(
      name: "another platform's only", package: "onnxruntime-node", version: "1.14.0",
      files: ["bin/napi-v3/darwin/arm64/onnxruntime_binding.node": "ok"],
      expected: .fails("Cannot find module '../bin/napi-v3/linux/x64/onnxruntime_binding.node'")),
  ]

  /// Source: snowflakedb/snowflake-connector-nodejs `lib/minicore/minicore.ts`, 3.1; DataDog/libdatadog-nodejs `load.js`, 0.9;
  /// Sparticuz/chromium `source/index.ts`; fsevents `fsevents.js`.
  private static let optional: [LoaderCase] = [
    LoaderCase(
      name: "the minicore of the platform is loaded", package: "snowflake-sdk", version: "2.3.1",
      files: [
        "dist/lib/minicore/binaries/sf_mini_core_0.0.1.linux-x64-gnu.node": "ok",
        "dist/lib/minicore/binaries/sf_mini_core_0.0.1.darwin-arm64.node": "ok",
      ], expected: .found("dist/lib/minicore/binaries/sf_mini_core_0.0.1.linux-x64-gnu.node")),
    LoaderCase(
      name: "a minicore that does not load is not needed", package: "snowflake-sdk", version: "2.3.1",
      files: ["dist/lib/minicore/binaries/sf_mini_core_0.0.1.linux-x64-gnu.node": "throws a"], expected: .goesWithout),
    LoaderCase(
      name: "a variable skips it", package: "snowflake-sdk", version: "3.1.0",
      files: ["dist/lib/minicore/binaries/sf_mini_core_0.0.1.linux-x64-gnu.node": "crash SIGSEGV"],
      variables: ["SNOWFLAKE_DISABLE_MINICORE": "true"], expected: .goesWithout, attempts: []),
    LoaderCase(
      name: "a part for the module version comes first", package: "@datadog/libdatadog", version: "0.9.0",
      files: [
        "prebuilds/linuxglibc-x64/crashtracker-115.node": "ok", "prebuilds/linuxglibc-x64/crashtracker.node": "ok",
        "prebuilds/linuxmusl-x64/crashtracker.node": "ok",
      ], expected: .found("prebuilds/linuxglibc-x64/crashtracker-115.node")),
    LoaderCase(
      name: "nothing for the platform is not fatal", package: "@datadog/libdatadog", version: "0.9.0",
      files: ["prebuilds/darwin-arm64/crashtracker.node": "ok"], expected: .goesWithout),
    LoaderCase(
      name: "Chromium lies compressed in bin/", package: "@sparticuz/chromium", version: "143.0.0",
      files: ["bin/chromium.br": "x"],
      expected: .goesWithout),
    LoaderCase(
      name: "a bundler left bin/ behind", package: "@sparticuz/chromium", version: "143.0.0", files: [:],
      expected: .fails(
        "The input directory \"$HOME/bin\" does not exist. If you are using a bundler (esbuild, webpack, etc.), you must externalize @sparticuz/chromium so it is not relocated. See: https://github.com/Sparticuz/chromium#bundler-configuration"
      )),
    LoaderCase(
      name: "nothing asks for it on Linux", package: "fsevents", version: "2.3.3",
      files: ["fsevents.node": "crash SIGSEGV"],
      expected: .goesWithout, attempts: []),
  ]

  private static let zeromqBuild =
    "{\\\"os\\\":\\\"linux\\\",\\\"arch\\\":\\\"x64\\\",\\\"libc\\\":\\\"glibc\\\",\\\"abi\\\":127}"

  /// Source: zeromq/zeromq.js `src/load-addon.ts`, 6.3.0 to 6.5.0.
  private static let zeromq: [LoaderCase] = [
    LoaderCase(
      name: "the manifest is followed", package: "zeromq", version: "6.5.0",
      files: [
        "build/manifest.json": "{\"\(zeromqBuild)\": \"linux/x64/node/glibc-127-Release/addon.node\"}",
        "build/linux/x64/node/glibc-127-Release/addon.node": "ok",
      ], expected: .found("build/linux/x64/node/glibc-127-Release/addon.node")),
    LoaderCase(
      name: "6.4.2 reads the manifest without a look", package: "zeromq", version: "6.4.2", files: [:],
      expected: .fails(
        "Failed to load zeromq.js addon.node: Error: ENOENT: no such file or directory, open '$HOME/build/manifest.json'"
      )),
    LoaderCase(
      name: "6.3 tries the highest number first", package: "zeromq", version: "6.3.0",
      files: ["build/linux/x64/node/108/addon.node": "ok", "build/linux/x64/node/127/addon.node": "throws a"],
      expected: .found("build/linux/x64/node/108/addon.node"),
      attempts: ["throws build/linux/x64/node/127/addon.node", "loads build/linux/x64/node/108/addon.node"]),
    LoaderCase(
      name: "6.3 without a directory for the platform", package: "zeromq", version: "6.3.0",
      files: ["build/darwin/arm64/node/108/addon.node": "ok"],
      expected: .fails(
        "Failed to load zeromq.js addon.node: Error: ENOENT: no such file or directory, scandir '$HOME/build/linux/x64/node'"
      )),
    LoaderCase(
      name: "6.3 swallows why nothing loads", package: "zeromq", version: "6.3.0",
      files: ["build/linux/x64/node/108/addon.node": "throws a"],
      expected: .fails("No compatible zeromq.js addon found")),
    LoaderCase(
      name: "the command's engines are not the client's", package: "@prisma/engines", version: "6.19.0",
      files: ["libquery_engine-darwin-arm64.dylib.node": "x"], expected: .goesWithout),
  ]

  @Test(
    "More packages that carry their binary do what their source says",
    arguments: oracle + pty + opus + farmhash + tensor + onnx + optional + zeromq)
  func carried(_ one: LoaderCase) throws { try one.check() }
}
