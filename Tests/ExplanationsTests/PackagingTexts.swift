@testable import Explanations

/// Texts of npm packages' loaders, bundlers, installers and Lambda itself.
enum PackagingTexts {
  static let packages = [
    Case(
      "bindings", .addonNotPackaged,
      "Error: Could not locate the bindings file. Tried:\n → /var/task/build/hnswlib.node\n → /var/task/build/Debug/hnswlib.node\n → /var/task/build/Release/hnswlib.node"
    ),
    Case(
      "bindings, escaped", .addonNotPackaged,
      #""errorMessage": "Could not locate the bindings file. Tried:\n → /var/task/node_modules/iconv/build/iconv.node\n → /var/task/node_modules/iconv/build/Debug/iconv.node""#
    ),
    Case(
      "node-pre-gyp", .addonNotPackaged,
      #"{"errorType":"Runtime.ImportModuleError","errorMessage":"Error: Cannot find module '/var/task/node_modules/sqlite3/lib/binding/napi-v6-linux-glibc-x64/node_sqlite3.node'\nRequire stack:\n- /var/task/node_modules/sqlite3/lib/sqlite3-binding.js"}"#
    ),
    Case(
      "old sharp", .addonNotPackaged,
      "Something went wrong installing the \"sharp\" module\n\nCannot find module '../build/Release/sharp-linux-arm64v8.node'\nRequire stack:\n- /opt/nodejs/node_modules/sharp/lib/sharp.js"
    ),
    Case(
      "AWS CRT", .addonNotPackaged,
      "Error: AWS CRT binary not present in any of the following locations:\n\t/var/task/bin/linux-x64-glibc/aws-crt-nodejs"
    ),
    Case("Koffi", .addonNotPackaged, "Error: Cannot find the native Koffi module; did you bundle it correctly?"),
    Case(
      "node-gyp-build", .prebuildMissing,
      "Error: No native build was found for platform=linux arch=arm64 runtime=node abi=127 uv=1 armv=8 libc=glibc node=22.11.0\n    loaded from: /var/task/node_modules/@scope/thing\n"
    ),
    Case(
      "node-gyp-build in a bundle", .addonNotPackaged,
      "Error: No native build was found for platform=linux arch=x64 runtime=node abi=115 uv=1 libc=glibc node=20.18.0 webpack=true\n    loaded from: /var/task/dist\n"
    ),
    Case(
      "node-gyp-build 3", .prebuildMissing,
      "Error: No native build was found for runtime=node abi=108 platform=linuxglibc arch=x64"),
    Case(
      "require-addon", .prebuildMissing,
      "ADDON_NOT_FOUND: Cannot find addon '.' imported from 'file:///var/task/node_modules/sodium-native/binding.js'"),
    Case(
      "Couchbase", .prebuildMissing,
      "Error: Could not find native build for platform=linux, arch=x64, runtime=napi, nodeVersion=20.11.0, sslType=openssl3, libc=linux loaded from /var/task/node_modules/couchbase/dist."
    ),
    Case(
      "gRPC of another Node.js", .abiMismatch,
      "Failed to load gRPC binary module because it was not installed for the current system\nExpected directory: node-v93-linux-x64-glibc\nFound: [node-v72-linux-x64-glibc]"
    ),
    Case(
      "gRPC of a Mac", .prebuildMissing,
      "Failed to load gRPC binary module because it was not installed for the current system\nExpected directory: node-v72-linux-x64-glibc\nFound: [node-v72-darwin-x64-unknown]"
    ),
    Case(
      "Prisma", .engineNotPackaged,
      "PrismaClientInitializationError: \nInvalid `prisma.user.findMany()` invocation:\n\nPrisma Client could not locate the Query Engine for runtime \"linux-arm64-openssl-3.0.x\".\n\nThis happened because Prisma Client was generated for \"darwin-arm64\", but the actual deployment required \"linux-arm64-openssl-3.0.x\"."
    ),
    Case(
      "Prisma that hides a library", .missingLibrary,
      "Unable to require(`/var/task/libquery_engine-rhel-openssl-1.0.x.so.node`).\nPrisma cannot find the required `libssl` system library\nDetails: libssl.so.10: cannot open shared object file: No such file or directory"
    ),
    Case(
      "sharp without its package", .optionalDependencyMissing,
      "Error: Could not load the \"sharp\" module using the linux-arm64 runtime\nPossible solutions:\n- Ensure optional dependencies can be installed:\n    npm install --include=optional sharp"
    ),
    Case(
      "sharp that hides a library", .missingLibrary,
      "Error: Could not load the \"sharp\" module using the linux-x64 runtime\nERR_DLOPEN_FAILED: libvips-cpp.so.8.17.1: cannot open shared object file: No such file or directory\nPossible solutions:\n- Ensure optional dependencies can be installed:\n    npm install --include=optional sharp"
    ),
    Case(
      "sharp of a Mac", .foreignFormat,
      "Error: 'darwin-arm64v8' binaries cannot be used on the 'linux-x64' platform. Please remove the 'node_modules/sharp' directory and run 'npm install' on the 'linux-x64' platform."
    ),
    Case(
      "old processor", .cpuMicroarch,
      "Could not load the \"sharp\" module using the linux-x64 runtime\nUnsupported CPU: Prebuilt binaries for linux-x64 require v2 microarchitecture\nPossible solutions:"
    ),
    Case(
      "napi-rs that hides an arch", .wrongArch,
      "Error: Cannot find native binding. npm has a bug related to optional dependencies (https://github.com/npm/cli/issues/4828). Please try `npm i` again after removing both package-lock.json and node_modules directory.\n  [cause]: Error: /var/task/node_modules/@node-rs/argon2-linux-x64-gnu/argon2.linux-x64-gnu.node: cannot open shared object file: No such file or directory"
    ),
    Case(
      "napi-rs without its package", .optionalDependencyMissing,
      "Error: Cannot find module '@resvg/resvg-js-linux-arm64-gnu'\nRequire stack:\n- /var/task/node_modules/@resvg/resvg-js/js-binding.js"
    ),
    Case(
      "napi-rs, two releases", .staleArtifact,
      "Error: Native binding package version mismatch, expected 1.7.2 but got 1.6.0. You can reinstall dependencies to fix this issue."
    ),
    Case(
      "lightningcss", .optionalDependencyMissing,
      "Error: Cannot find module '../lightningcss.linux-x64-gnu.node'\nRequire stack:\n- /app/node_modules/lightningcss/node/index.js"
    ),
    Case(
      "Rollup", .optionalDependencyMissing,
      "Error: Cannot find module @rollup/rollup-linux-x64-musl. npm has a bug related to optional dependencies (https://github.com/npm/cli/issues/4828). Please try `npm i` again after removing both package-lock.json and node_modules directory."
    ),
    Case(
      "@parcel/watcher", .optionalDependencyMissing,
      "Error: No prebuild or local build of @parcel/watcher found. Tried @parcel/watcher-linux-arm64-glibc. Please ensure it is installed (don't use --no-optional when installing with npm)."
    ),
    Case(
      "SWC", .optionalDependencyMissing,
      " ⨯ Failed to load SWC binary for linux/x64, see more info here: https://nextjs.org/docs/messages/failed-loading-swc"
    ),
    Case(
      "esbuild missing", .optionalDependencyMissing,
      "Error: The package \"@esbuild/linux-arm64\" could not be found, and is needed by esbuild."),
    Case(
      "esbuild of a Mac", .optionalDependencyWrongPlatform,
      "Error: \nYou installed esbuild for another platform than the one you're currently using.\n\nSpecifically the \"@esbuild/darwin-arm64\" package is present but this platform\nneeds the \"@esbuild/linux-x64\" package instead."
    ),
    Case(
      "npm refuses a platform", .optionalDependencyWrongPlatform,
      "npm error code EBADPLATFORM\nnpm error notsup Unsupported platform for @rollup/rollup-darwin-arm64@4.9.1: wanted {\"os\":\"darwin\",\"cpu\":\"arm64\"} (current: {\"os\":\"linux\",\"cpu\":\"x64\"})"
    ),
    Case(
      "esbuild, two releases", .staleArtifact,
      "Error: Host version \"0.21.5\" does not match binary version \"0.19.12\""),
  ]

  static let platform = [
    Case(
      "Next.js", .tracedFileMissing,
      "Error: ENOENT: no such file or directory, open '/var/task/node_modules/tfjs-wasm/dist/tfjs-backend-wasm.wasm'\n    at /var/task/.next/server/app/api/route.js"
    ),
    Case(
      "Next.js and sharp's library", .tracedFileMissing,
      "ERR_DLOPEN_FAILED: libvips-cpp.so.42: cannot open shared object file: No such file or directory\n    at /var/task/apps/web/.next/server/chunks/12.js"
    ),
    Case(
      "esbuild", .bundlerNoLoader,
      "✘ [ERROR] No loader is configured for \".node\" files: node_modules/cpu-features/build/Release/cpufeatures.node"),
    Case(
      "webpack", .bundlerNoLoader,
      "ERROR in ./node_modules/ssh2/lib/protocol/crypto/build/Release/sshcrypto.node 1:0\nModule parse failed: Unexpected character '\u{7f}' (1:0)\nYou may need an appropriate loader to handle this file type, currently no loaders are configured to process this file."
    ),
    Case(
      "esbuild cannot resolve", .bundlerNoLoader,
      "✘ [ERROR] Could not resolve \"../build/Debug/zlib_bindings.node\"\n    node_modules/zlib-sync/index.js:1:23\n  esbuild"
    ),
    Case(
      "spawn EACCES", .permissionLost,
      "Error: spawn /var/task/node_modules/ffmpeg-static/ffmpeg EACCES\n    at Process.ChildProcess._handle.onexit (internal/child_process.js:269:19)"
    ),
    Case(
      "spawnSync EACCES", .permissionLost,
      "Error: spawnSync /var/task/node_modules/@esbuild/linux-x64/bin/esbuild EACCES"),
    Case("shell", .permissionLost, "/bin/sh: /var/task/bin/pg_dump: Permission denied"),
    Case("handler", .permissionLost, "EACCES: permission denied, open '/var/task/index.js'"),
    Case("chmod", .permissionLost, "Error: EROFS: read-only file system, chmod '/var/task/bin/wkhtmltopdf'"),
    Case("spawn ENOENT", .addonNotPackaged, "Error: spawn /var/task/bin/gs ENOENT"),
    Case(
      "cannot execute", .foreignFormat,
      "/bin/sh: /var/task/node_modules/ffprobe-static/bin/ffprobe: cannot execute binary file: Exec format error"),
    Case("extension", .wrongArch, "Error: fork/exec /opt/extensions/lumigo: exec format error\nExtension.LaunchError"),
    Case(
      "image", .wrongArch,
      "IMAGE\tLaunch error: fork/exec /lambda-entrypoint.sh: exec format error\tEntrypoint: [/lambda-entrypoint.sh]"),
    Case(
      "image being built", .buildEnvironment,
      "#7 [3/5] RUN npm ci\n#7 0.231 exec /bin/sh: exec format error\n#7 ERROR: process \"/bin/sh -c npm ci\" did not complete successfully: exit code: 1"
    ),
    Case(
      "node-gyp", .buildEnvironment,
      "npm error gyp ERR! find Python\nnpm error gyp ERR! find Python Python is not set from command line or npm configuration\nnpm error gyp ERR! stack Error: Could not find any Python installation to use"
    ),
    Case("make", .buildEnvironment, "gyp ERR! build error\ngyp ERR! stack Error: not found: make"),
    Case(
      "header", .buildEnvironment,
      "../src/binding.cc:3:10: fatal error: vips/vips8: No such file or directory\n../src/x.cc:1:10: fatal error: pg_config.h: No such file or directory\nmake: *** [x.o] Error 1"
    ),
    Case(
      "old sources", .buildEnvironment,
      "../src/ref.cc:12:3: error: 'class v8::Object' has no member named 'GetIndexedPropertiesExternalArrayData'\ngyp ERR! build error"
    ),
    Case(
      "unzipped size", .sizeLimit,
      "An error occurred: Function - Resource handler returned message: \"Unzipped size must be smaller than 262144000 bytes (Service: Lambda, Status Code: 400)\""
    ),
    Case(
      "upload size", .sizeLimit,
      "RequestEntityTooLargeException: Request must be smaller than 70167211 bytes for the UpdateFunctionCode operation"
    ),
    Case(
      "with layers", .sizeLimit,
      "InvalidParameterValueException: Function code combined with layers exceeds the maximum allowed size of 262144000 bytes. The actual size is 291505443 bytes."
    ),
    Case(
      "backslashes", .zipPaths,
      "Error: ENOENT: no such file or directory, open '/var/task/node_modules\\sharp\\package.json'"),
    Case("unzip", .zipPaths, "warning:  function.zip appears to use backslashes as path separators"),
    Case(
      "pnpm's links", .symlinkDropped,
      "Error: Cannot find module 'detect-libc'\nRequire stack:\n- /var/task/node_modules/.pnpm/sharp@0.33.5/node_modules/sharp/lib/libvips.js"
    ),
    Case(
      "timeout", .otherNotNative,
      "2024-03-01T10:00:00.000Z 4b3c1d2e-1111-4444-8888-aaaabbbbcccc Task timed out after 3.00 seconds"),
    Case(
      "own code", .otherNotNative,
      "TypeError: Cannot read properties of undefined (reading 'name')\n    at handler (/var/task/index.js:12:8)"),
    Case(
      "own module", .otherNotNative,
      "Runtime.ImportModuleError: Error: Cannot find module 'lodash'\nRequire stack:\n- /var/task/index.js"),
    Case(
      "addons switched off", .otherNotNative,
      "Error: Cannot load native addon because loading addons is disabled. code: 'ERR_DLOPEN_DISABLED'"),
  ]

  /// Found while the patterns were tried on other texts, and by real loaders.
  static let found = [
    Case(
      "gRPC of several platforms", .abiMismatch,
      "Failed to load gRPC binary module because it was not installed for the current system\nExpected directory: node-v83-linux-x64-glibc\nFound: [node-v72-darwin-x64-unknown, node-v72-linux-x64-glibc]"
    ),
    Case(
      "fibers alone", .prebuildMissing,
      "Error: Missing binary. See message above.\n    at Object.<anonymous> (/var/task/node_modules/fibers/fibers.js:30:8)"
    ),
    Case(
      "swc without its addon", .optionalDependencyMissing,
      "Error: Bindings not found.\n    at Compiler.<anonymous> (/var/task/node_modules/@swc/core/index.js:234:23)"),
    Case(
      "a platform package without the right file", .optionalDependencyWrongPlatform,
      "TypeError [ERR_INVALID_ARG_TYPE]: The \"id\" argument must be of type string. Received undefined\n    at require (node:internal/modules/helpers:177:18)\n    at load (/var/task/node_modules/node-gyp-build-optional-packages/index.js:22:10)"
    ),
    Case("spawn without a name", .permissionLost, "{\"errorMessage\":\"Error: spawn EACCES\",\"errorType\":\"Error\"}"),
    Case(
      "a layer's program", .wrongArch, "/bin/sh: line 1: /opt/bin/gs: cannot execute binary file: Exec format error"),
    Case(
      "an array of causes", .optionalDependencyMissing,
      "Error: Failed to load native binding\n    at Object.<anonymous> (/Users/jo/node_modules/@swc/core/binding.js:333:11) {\n  [cause]: [\n    Error: Cannot find module './swc.darwin-universal.node'"
    ),
    Case(
      "the source line that threw", .prebuildMissing,
      "/app/node_modules/node-gyp-build/index.js:59\n  throw new Error('No native build was found for ' + target + '\\n    loaded from: ' + dir + '\\n')\n  ^\n\nError: No native build was found for platform=linux arch=x64 runtime=node abi=115 uv=1 libc=glibc node=20.20.2\n    loaded from: /app/node_modules/leveldown"
    ),
    Case(
      "a file of a platform package", .optionalDependencyMissing,
      "Error: Cannot find module '@img/sharp-linux-x64/sharp.node'"),
    Case(
      "an apostrophe in the message", .damagedFile,
      "Error: /app/node_modules/a/a.node: ELF file's phentsize not the expected size"),
    Case(
      "Vercel without its name", .tracedFileMissing,
      "Error: Could not load the \"sharp\" module using the linux-x64 runtime\n    at Object.<anonymous> (/var/task/node_modules/sharp/lib/sharp.js:114:9)\n    at /opt/rust/nodejs.js:1:11506"
    ),
    Case("WebAssembly", .tracedFileMissing, "Error: ENOENT: no such file or directory, open '/var/task/sql-wasm.wasm'"),
    Case("Node.js 0.10", .abiMismatch, "Error: Symbol uname2_module not found."),
    Case("emulated build", .buildEnvironment, "qemu: uncaught target signal 11 (Segmentation fault) - core dumped"),
    Case(
      "Oracle's client", .missingLibrary,
      "Error: DPI-1047: Cannot locate a 64-bit Oracle Client library: \"libclntsh.so: cannot open shared object file: No such file or directory\"."
    ),
  ]

  static let all = packages + platform + found
}
