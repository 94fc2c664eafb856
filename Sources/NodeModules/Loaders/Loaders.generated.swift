// Generated from the loaders' files by Scripts/generate-loaders; do not edit.
// swift-format-ignore-file

/// Every loader.
enum Loaders {
  /// Those of named packages first, then by id.
  static let packages: [any PackageLoader.Type] = [
    AWSCommonRuntime.self,
    BetterSQLite3.self,
    Couchbase.self,
    Deasync.self,
    DiscordOpus.self,
    Esbuild.self,
    Farmhash.self,
    Fibers.self,
    Fsevents.self,
    GRPC.self,
    Koffi3.self,
    Koffi2.self,
    Libdatadog.self,
    LightningCSS.self,
    NextSWC.self,
    NodePty.self,
    NodeSass.self,
    OnnxRuntime.self,
    OracleDB.self,
    ParcelWatcher.self,
    Prisma.self,
    Rollup.self,
    Sharp.self,
    SharpBuild.self,
    Snowflake.self,
    SparticuzChromium.self,
    TensorFlow.self,
    Turbo.self,
    NapiRs.self,
    Neon.self,
  ]

  static let libraries: [any LibraryLoader.Type] = [
    Bindings.self,
    CMakeTS.self,
    DetectLibc.self,
    NodeGypBuild.self,
    NodeGypBuildOptionalPackages.self,
    NodePreGyp.self,
    PkgPrebuilds.self,
    RequireAddon.self,
  ]

  static let layouts: [any InstalledLayout.Type] = [
    CMakeJS.self,
    InstallArtifact.self,
    PrebuildInstall.self,
  ]
}

extension LoaderDocumentation {
  /// Every loader's documentation, in the order of `Loaders`.
  public static let all: [LoaderDocumentation] = [
    LoaderDocumentation(
      id: "aws-crt", kind: .named,
      summary: "aws-crt, which carries the binaries of all platforms.",
      convention: "`dist/bin/<platform>-<arch>-<glibc|musl>/aws-crt-nodejs.node`; before 1.16 `dist/bin/<platform>-<arch>/`.",
      precedence: "That place, then (since 1.21) `AWS_CRT_NODEJS_BINARY_RELATIVE_PATH` and `AWS_CRT_NODEJS_BINARY_ABSOLUTE_PATH`. The first file that exists is required, and what that throws is final.",
      source: "awslabs/aws-crt-nodejs `lib/native/binding.js` of 1.15.20, 1.16.0, 1.20 and 1.21.0."),
    LoaderDocumentation(
      id: "better-sqlite3", kind: .named,
      summary: "better-sqlite3 13 and later, which carries the binaries of all platforms.",
      convention: "`prebuilds/<linux|linuxmusl|…>-<x64|arm64>.node`, flat files; a binary built in place lies in `build/`.",
      precedence: "The prebuilt file, `build/Debug/better_sqlite3.node`, `build/Release/better_sqlite3.node`: the first that exists is required, when the first `Database` is opened.",
      source: "WiseLibs/better-sqlite3 `lib/binding.js` of 13.0.0 to 13.0.3. Up to 12 the package calls `bindings`."),
    LoaderDocumentation(
      id: "couchbase", kind: .named,
      summary: "couchbase 4.2.5 and later, which comes as one npm package for each platform.",
      convention: "`@couchbase/couchbase-<linux|linuxmusl>-<arch>-napi`, with one file `couchbase-v<version>-napi-v<N>-<platform>-<arch>-<ssl>.node`.",
      precedence: "`CN_PREBUILD_PATH_OVERRIDE`; the first `*.node` of `build/`, `build/Release/`, `build/RelWithDebInfo/` and `build/Debug/`; the file of the platform's package for its OpenSSL (`boringssl`, or `openssl3` since Node.js 18 and `openssl1` before), of which there must be exactly one.",
      source: "couchbase/couchnode `scripts/prebuilds.js` and `lib/binding.ts` of 4.2.5 to 4.7.1. Before 4.2.5 it calls `bindings`."),
    LoaderDocumentation(
      id: "deasync", kind: .named,
      summary: "deasync, which carries the binaries of several versions of Node.js.",
      convention: "`bin/<platform>-<arch>-node-<version>/deasync.node`.",
      precedence: "The directory of Node.js's major and minor version, then (since 0.1.10) that of its major version: the first that exists is required. If nothing is there or it does not load, `bindings` looks for `deasync`, and its error is the one that is seen.",
      source: "abbr/deasync `index.js` of 0.1.0, 0.1.10 and 0.1.31."),
    LoaderDocumentation(
      id: "discordjs-opus", kind: .named,
      summary: "@discordjs/opus, whose place names the exact version of the C library it was built with.",
      convention: "`prebuild/node-v<ABI>-napi-v<N>-<platform>-<arch>-<libc>-<version>/opus.node`, by Discord's fork of node-pre-gyp, which knows `{libc_version}`.",
      precedence: "There is one place; a binary fetched on a system with another C library lies elsewhere and is not found.",
      source: "discordjs/opus `package.json` and `lib/index.js` of 0.10.0; discordjs/node-pre-gyp `lib/util/versioning.js` of 0.4.5."),
    LoaderDocumentation(
      id: "esbuild", kind: .named,
      summary: "esbuild, whose JavaScript starts a program that comes as one npm package for each platform.",
      convention: "`@esbuild/<platform>-<arch>/bin/esbuild`; from 0.13 to 0.15 `esbuild-<platform>-<arch>`, where x64 is `64`. The program is linked statically and needs no C library.",
      precedence: "`ESBUILD_BINARY_PATH` where that file exists (and is not `/usr/bin/esbuild`), the platform's package, `lib/downloaded-<package>-esbuild` beside esbuild's main file. Up to 0.12 `bin/esbuild` itself.",
      source: "evanw/esbuild `lib/npm/node-platform.ts` of 0.13 to 0.28."),
    LoaderDocumentation(
      id: "farmhash", kind: .named,
      summary: "farmhash 5 and later, which carries the binaries of all platforms.",
      convention: "`build/farmhash-<platform>-<arch>.node`, the platform with `musl` behind it on musl.",
      precedence: "`src/build/Release/farmhash-<platform>.node`, `build/farmhash-<platform>.node`. What they throw is replaced by one line.",
      source: "lovell/farmhash `index.js` and `platform.js` of 5.0.0 and 5.0.1. Before 5 it requires `build/Release/farmhash.node`."),
    LoaderDocumentation(
      id: "fibers", kind: .named,
      summary: "fibers, which carries the binaries of several platforms and versions of Node.js.",
      convention: "`bin/<platform>-<arch>-<ABI>-<libc>/fibers.node` (since 4.0; before without the C library).",
      precedence: "There is one place. What it throws is written to standard error and replaced by one line.",
      source: "laverdet/node-fibers `fibers.js` of 3.1.1 to 5.0.3."),
    LoaderDocumentation(
      id: "fsevents", kind: .named,
      summary: "fsevents, macOS's file events.",
      convention: "`fsevents.node`, a Mach-O file.",
      precedence: "On anything but macOS `fsevents.js` throws before it looks for the file; chokidar and the others that use it ask for the platform first, so that a copy in a package for Linux is dead weight only.",
      source: "fsevents/fsevents `fsevents.js` of 2.3."),
    LoaderDocumentation(
      id: "grpc", kind: .named,
      summary: "grpc, the legacy binding to gRPC's C library.",
      convention: "node-pre-gyp's `src/node/extension_binary/node-v<ABI>-<platform>-<arch>-<libc>/grpc_node.node`.",
      precedence: "There is one place. What it throws is replaced by what lies in `extension_binary/` instead.",
      source: "grpc/grpc-node `packages/grpc-native-core/src/grpc_extension.js` of 1.24."),
    LoaderDocumentation(
      id: "koffi", kind: .named,
      summary: "koffi 3, which comes as one npm package for each platform.",
      convention: "`@koromix/koffi-<platform>-<arch>`, with `linux_<arch>/koffi.node` and `musl_<arch>/koffi.node` in it.",
      precedence: "`require` of the platform's package; the same package beside koffi by its path; `build/koffi/linux_<arch>`, `build/koffi/musl_<arch>`. What exists and does not load is passed over; the first error is thrown if nothing loads.",
      source: "koffi's published `index.js`, 3.1.6 (`loadStatic`, `loadDynamic`, `wrapNative`)."),
    LoaderDocumentation(
      id: "koffi-2", kind: .named,
      summary: "koffi 2, which carries the binaries of all platforms.",
      convention: "`build/koffi/<platform>_<arch>/koffi.node`; a build for musl is named `musl_<arch>`.",
      precedence: "`build/koffi/linux_<arch>`, then `build/koffi/musl_<arch>`. Where neither loads, every place that exists of `koffi/build/koffi`, `build/koffi`, `koffi`, `node_modules/koffi/build/koffi` and `../../bin/Koffi` (seen from the directory above the npm package, for both names) is tried; the first error is then thrown even if a later one loads.",
      source: "koffi's published `index.js`, 2.16.3 (and that of an earlier 2.x, which differs only in the first of those places)."),
    LoaderDocumentation(
      id: "libdatadog", kind: .named,
      summary: "@datadog/libdatadog, of which dd-trace loads one part after the other.",
      convention: "`prebuilds/linuxglibc-<arch>/<part>-<ABI>.node`, `<part>-napi.node` or `<part>.node`, hyphens in a part's name as underscores; parts for WebAssembly lie in `prebuilds/<part>/`.",
      precedence: "`build/Release/<part>.node`; the first directory there is of `prebuilds/<platform><libc>-<arch>` and `prebuilds/<platform>-<arch>`, and in it the three names in that order; WebAssembly. dd-trace goes on without a part that does not load.",
      source: "DataDog/libdatadog-nodejs `load.js` of 0.2.1 to 0.9."),
    LoaderDocumentation(
      id: "lightningcss", kind: .named,
      summary: "lightningcss, which comes as one npm package for each platform.",
      convention: "`lightningcss-<tuple>`, such as `lightningcss-linux-x64-gnu`.",
      precedence: "The platform's package, then `lightningcss.<tuple>.node` in the npm package itself, whose error is the one that is seen. Up to 1.30 `CSS_TRANSFORMER_WASM` leads to the WebAssembly build in `pkg/` instead.",
      source: "parcel-bundler/lightningcss `node/index.js` of 1.15.0, 1.30.1 and 1.31.0."),
    LoaderDocumentation(
      id: "next-swc", kind: .named,
      summary: "next's compiler, which only a build needs.",
      convention: "`@next/swc-<tuple>`, such as `@next/swc-linux-x64-gnu`.",
      precedence: "`@next/swc/native/next-swc.<tuple>.node` for each tuple of the architecture (`gnu`, then `musl`: the C library is not told apart), then `@next/swc-<tuple>` for each. `next build` goes on with a download and with WebAssembly; `next start` and standalone output never load it.",
      source: "vercel/next.js `packages/next/src/build/swc/index.ts` (15 and 16)."),
    LoaderDocumentation(
      id: "node-pty", kind: .named,
      summary: "node-pty, which has binaries for macOS and Windows only and is built on Linux.",
      convention: "`build/Release/pty.node` and, since 1.1, `prebuilds/<platform>-<arch>/pty.node`.",
      precedence: "`build/Release`, `build/Debug`, `prebuilds/<platform>-<arch>`, each in the npm package and then in `lib/` for bundled code; up to 1.0 only the first two, and the error of `build/Release` is thrown.",
      source: "microsoft/node-pty `src/utils.ts` (`loadNativeModule`) of 1.1.0 and 1.2.0-beta, `src/unixTerminal.ts` of 1.0.0."),
    LoaderDocumentation(
      id: "node-sass", kind: .named,
      summary: "node-sass, whose install script fetches one binary for one version of Node.js.",
      convention: "`vendor/<platform>-<arch>-<ABI>/binding.node`.",
      precedence: "`SASS_BINARY_PATH` or `npm_config_sass_binary_path`, else the directory of `SASS_BINARY_DIR` or `npm_config_sass_binary_dir` (`vendor` by default) with `SASS_BINARY_NAME`. The musl variant is told by node's own bytes, on x64 only.",
      source: "sass/node-sass `lib/extensions.js`, `lib/binding.js` and `lib/errors.js` of 4.10 to 9.0.0."),
    LoaderDocumentation(
      id: "onnxruntime-node", kind: .named,
      summary: "onnxruntime-node, which carries the binaries of all platforms.",
      convention: "`bin/napi-v<N>/<platform>/<arch>/onnxruntime_binding.node`, with `libonnxruntime.so.1` beside it (`DT_RUNPATH` `$ORIGIN`). N is 3 in older releases and 6 in newer ones.",
      precedence: "There is one place, whose N stands in `dist/binding.js`.",
      source: "microsoft/onnxruntime `js/node/lib/binding.ts` and the published `dist/binding.js`."),
    LoaderDocumentation(
      id: "oracledb", kind: .named,
      summary: "oracledb, which carries the binaries of all platforms and since version 6 needs none of them.",
      convention: "`build/Release/oracledb-<version>-<platform>-<arch>.node`.",
      precedence: "Since 6.0 the Thin mode is JavaScript and loads nothing; only `initOracleClient()` loads the binary. Up to 5 it is required at once: the prebuilt file, `build/Release/oracledb.node`, `build/Debug/oracledb.node`, and the first two below `node_modules/oracledb/` for bundled code. An error other than `MODULE_NOT_FOUND` ends the search.",
      source: "oracle/node-oracledb `lib/oracledb.js` and `lib/util.js` of 5.5.0, 6.0.0 and 7.0.1."),
    LoaderDocumentation(
      id: "parcel-watcher", kind: .named,
      summary: "@parcel/watcher 2.2 and later, which comes as one npm package for each platform.",
      convention: "`@parcel/watcher-<platform>-<arch>-glibc`, or `-musl`, with `watcher.node` as its main file.",
      precedence: "The platform's package, `build/Release/watcher.node`, `build/Debug/watcher.node`. Since 2.5.0 an error other than `MODULE_NOT_FOUND` ends the search and is thrown as it is; before, it was passed over.",
      source: "parcel-bundler/watcher `index.js` of 2.2.0, 2.4.0, 2.5.0 and 2.6.0."),
    LoaderDocumentation(
      id: "prisma", kind: .named,
      summary: "Prisma Client 4 to 6, whose query engine is an addon or a program; Prisma 7 has none.",
      convention: "`libquery_engine-<target>.so.node`, or `query-engine-<target>` with `engineType = \"binary\"`, in the generated client; the target is `rhel-openssl-3.0.x` on Amazon Linux 2023, `rhel-openssl-1.0.x` on Amazon Linux 2, `linux-arm64-openssl-…` on arm64, told by `/etc/os-release` and the first `libssl.so.*` in the system's directories. From 6.16 on `engineType = \"client\"`, and always from 7 on, the client is WebAssembly with a driver adapter.",
      precedence: "`PRISMA_QUERY_ENGINE_LIBRARY` or `PRISMA_QUERY_ENGINE_BINARY`, without a look at anything else; else the generated client's directory, the directory above `runtime/`, the generator's output, `../../../.prisma/client` seen from `runtime/`, `/tmp/prisma-engines`, the schema's directory: the first that has the file. Up to 4.14 the order is another and the text too.",
      source: "prisma/prisma `packages/client/src/runtime/core/engines/` (`common/resolveEnginePath.ts`, `library/DefaultLibraryLoader.ts` and the texts in `common/errors/engine-not-found/`) and `packages/internals/src/utils/handleEngineLoadingErrors.ts` of 4.15, 5.22 and 6.19.3; `packages/engine-core` of 4.0 and 4.8."),
    LoaderDocumentation(
      id: "rollup", kind: .named,
      summary: "rollup 4, which comes as one npm package for each platform.",
      convention: "`@rollup/rollup-<tuple>`, such as `@rollup/rollup-linux-x64-gnu`.",
      precedence: "`dist/rollup.<tuple>.node` where it exists, else the platform's package; there is no second attempt. Since 4.6.0 whatever is thrown is replaced by one message.",
      source: "rollup/rollup `native.js` of 4.0.0 to 4.62.5."),
    LoaderDocumentation(
      id: "sharp", kind: .named,
      summary: "sharp 0.33 and later, which comes as one npm package for each platform.",
      convention: "`@img/sharp-<platform>/sharp.node` by the package's exports; the addon needs libvips from `@img/sharp-libvips-<platform>`, which its `DT_RUNPATH` finds. The platform is `linux-x64`, `linuxmusl-x64`, `linux-arm64` ….",
      precedence: "`src/build/Release/sharp-<platform>.node` (from 0.35 on with the version behind it), the WebAssembly build beside it, `@img/sharp-<platform>`, `@img/sharp-wasm32` (not in 0.35.0 and 0.35.1). Whatever fails is passed over; the error lists all but what was not found.",
      source: "lovell/sharp `lib/sharp.js` of 0.33.0, 0.33.1, 0.33.2, 0.33.5 and 0.34.5, `lib/sharp.mjs` of 0.35.0 to 0.35.3, and `lib/libvips.js` (`isUnsupportedNodeRuntime`)."),
    LoaderDocumentation(
      id: "sharp-build", kind: .named,
      summary: "sharp up to 0.32, whose install script puts one binary into the npm package.",
      convention: "`build/Release/sharp-<platform>.node` since 0.29.0, `build/Release/sharp.node` before; libvips lies in `vendor/`, which the addon's `DT_RPATH` finds. The platform is `linux-x64`, `linuxmusl-x64`, `linux-arm64v8` …, of `npm_config_arch`, `npm_config_platform` and `npm_config_libc` where they are set at run time.",
      precedence: "There is one place. Up to 0.28 `vendor/<libvips>/platform.json` is compared with the platform first. 0.29.0, 0.29.1 and versions before 0.24 write the error and exit with status 1 instead of throwing.",
      source: "lovell/sharp `lib/sharp.js` of 0.29.0 to 0.32.6, `lib/constructor.js` of 0.22.1 to 0.28.3, `lib/libvips.js` and `lib/platform.js`."),
    LoaderDocumentation(
      id: "snowflake-sdk", kind: .named,
      summary: "snowflake-sdk 2.3 and later, which carries an optional addon for all platforms.",
      convention: "`dist/lib/minicore/binaries/sf_mini_core_<version>.<tuple>.node`.",
      precedence: "`SNOWFLAKE_DISABLE_MINICORE` with any value skips it; otherwise the one file for the platform is required and whatever it throws is kept for the log.",
      source: "snowflakedb/snowflake-connector-nodejs `lib/minicore/minicore.ts` of 2.3 to 3.1."),
    LoaderDocumentation(
      id: "sparticuz-chromium", kind: .named,
      summary: "@sparticuz/chromium, which carries Chromium compressed.",
      convention: "`bin/chromium.br` and archives beside it, which JavaScript inflates into `/tmp`; none of them is an ELF file in the package.",
      precedence: "`executablePath()` inflates `chromium.br`, `fonts.tar.br`, `swiftshader.tar.br` and, where `AWS_EXECUTION_ENV` or `AWS_LAMBDA_JS_RUNTIME` names a runtime of Amazon Linux 2023, `al2023.tar.br`. The directory must be there.",
      source: "Sparticuz/chromium `source/index.ts` (current)."),
    LoaderDocumentation(
      id: "tfjs-node", kind: .named,
      summary: "@tensorflow/tfjs-node, which looks for its addon before it requires it.",
      convention: "node-pre-gyp's `lib/napi-v<N>/tfjs_binding.node`; `libtensorflow.so.2` lies in `deps/lib`, which the addon's `DT_RUNPATH` finds.",
      precedence: "There is one place, N being the highest of `binary.napi_versions` that the running Node.js has.",
      source: "tensorflow/tfjs `tfjs-node/src/index.ts` (the look for the file in releases since 1.2.10)."),
    LoaderDocumentation(
      id: "turbo", kind: .named,
      summary: "turbo, whose command starts a program that comes as one npm package for each platform.",
      convention: "`@turbo/<platform>-<arch>/bin/turbo`, where x64 is `64`; before turbo 2.9 `turbo-<platform>-<arch>`.",
      precedence: "`TURBO_BINARY_PATH`, `@turbo/<platform>-<arch>`, `turbo-<platform>-<arch>`. Then the command tries to run `npm install`, which fails on Lambda, writes what it found and exits with status 1.",
      source: "vercel/turborepo `packages/turbo/bin/turbo` (2.9)."),
    LoaderDocumentation(
      id: "napi-rs", kind: .generic,
      summary: "napi-rs, whose command generates the JavaScript that finds the binary.",
      convention: "`<name>.<tuple>.node` beside the generated file, or the npm package `<package>-<tuple>`; the tuple is `linux-x64-gnu`, `linux-x64-musl`, `linux-arm64-gnu` ….",
      precedence: "Version 2: the local file where it exists, else the platform's package; the last error is thrown. Version 3: `NAPI_RS_NATIVE_LIBRARY_PATH`, or else the local file, then the platform's package; then, if nothing loaded, `<name>.wasi.cjs` and `<package>-wasm32-wasi`. From 3.1.1 to 3.1.5 a platform package of another version is refused unless `NAPI_RS_ENFORCE_VERSION_CHECK` is set; since 3.2.0 only if it is set. `NAPI_RS_FORCE_WASI` loads WebAssembly first or in any case.",
      source: "napi-rs/napi-rs `cli/src/js-binding-template.ts` of 2.0.0 and 2.18.4, `cli/src/api/templates/js-binding.ts` of 3.0.0 to 3.8.6."),
    LoaderDocumentation(
      id: "neon", kind: .generic,
      summary: "@neon-rs/load, which Neon's packages call with a table of their platforms.",
      convention: "One npm package for each platform with `index.node` as its main file; the calling script lists them as `'linux-x64-gnu': () => require('@scope/linux-x64-gnu')`.",
      precedence: "A platform that is not in the table is refused at once. At the first use `debug()`, where there is one (usually `../index.node`), whose errors are swallowed; then the platform's entry.",
      source: "dherman/neon-rs `pkgs/load/src/index.ts` (0.1 to 0.2)."),
    LoaderDocumentation(
      id: "bindings", kind: .library,
      summary: "`bindings`, which looks for what node-gyp and others build, place after place.",
      convention: "`require('bindings')('name')` tries thirteen places below the nearest directory above the calling file that has a `package.json` or a `node_modules`: `build/name.node`, `build/Debug`, `build/Release`, `out/Debug`, `Debug`, `out/Release`, `Release`, `build/default`, `compiled/<version>/<platform>/<arch>`, `addon-build/…/install-root`, `lib/binding/node-v<abi>-<platform>-<arch>`.",
      precedence: "in that order; Debug comes before Release. A file that is there but does not load ends the search with its error. Up to version 1.3.1 only the first nine are tried.",
      source: "TooTallNate/node-bindings `bindings.js` 1.5.0, 1.3.1."),
    LoaderDocumentation(
      id: "cmake-ts", kind: .library,
      summary: "`cmake-ts`, whose loader reads a manifest of all builds; zeromq since 6.3 uses it.",
      convention: "`build/manifest.json` maps a build's description (JSON text with `os`, `arch`, `libc`, `abi`) to the addon's path below `build/`.",
      precedence: "The builds whose `os`, `arch` and `libc` are the target's, the highest `abi` first; each is required until one does not throw. The errors are swallowed.",
      source: "cmake-ts `src/manifest.ts` and `src/loader.ts` as published in zeromq 6.3 to 6.5; the stack that the texts end with is left out."),
    LoaderDocumentation(
      id: "detect-libc", kind: .library,
      summary: "`detect-libc`, which tells packages whether they run on glibc or musl.",
      convention: "It loads nothing itself: `familySync()` gives `glibc` or `musl`, `isNonGlibcLinuxSync()` a truth value; before 2.0 `family`, `version` and `isNonGlibcLinux` are plain members.",
      precedence: "Since 2.1 node's own interpreter, then `/usr/bin/ldd`, `process.report` and `getconf`; on Lambda's images all of them say glibc.",
      source: "lovell/detect-libc `lib/detect-libc.js` of 1.0.3 and 2.1.2."),
    LoaderDocumentation(
      id: "node-gyp-build", kind: .library,
      summary: "`node-gyp-build`, which finds the binaries that prebuildify put under `prebuilds/`.",
      convention: "`require('node-gyp-build')(__dirname)` opens one file: the first `*.node` of `build/Release` or `build/Debug`, or else the best of `prebuilds/<platform>-<arch>/`, whose names carry tags between dots: `node`, `napi`, `abi115`, `uv1`, `armv8`, `glibc`, `musl`.",
      precedence: "`build/Release`, `build/Debug` – whatever they were built for –, then `prebuilds/`, then `prebuilds/` beside `node`. Among prebuilds: a `node` tag before none, a module version before none, more tags before fewer, then byte order. The one file's error is the package's. Before 4.8 a file needs a runtime tag and `napi` or a module version; before 4.3 a directory has one architecture; 3.x takes `node-<abi>.node` or `node-napi.node` of `<platform><libc>-<arch>` or `<platform>-<arch>`.",
      source: "prebuild/node-gyp-build `node-gyp-build.js` 4.8.4, 4.7, 4.2 and `index.js` 3.9."),
    LoaderDocumentation(
      id: "node-gyp-build-optional-packages", kind: .library,
      summary: "`node-gyp-build-optional-packages`, node-gyp-build's way with one npm package for each platform.",
      convention: "`@name/name-<platform>-<arch>` (for `@scope/name` `@scope/name-<platform>-<arch>`; before 5.0 always `name-<platform>-<arch>`), with files such as `node.abi115.glibc.node` and `node.napi.glibc.node` beside its main file.",
      precedence: "`<NAME>_PREBUILD`, the first `*.node` of `build/Release`, of `build/Debug`, `prebuilds/<platform>-<arch>`, the same beside `node`, the platform's package. Names are read as by node-gyp-build before 4.8. If the package is there and none of its files fits, `require(undefined)` throws.",
      source: "the published `index.js` of 4.3 and `node-gyp-build.js` of 5.2."),
    LoaderDocumentation(
      id: "node-pre-gyp", kind: .library,
      summary: "`@mapbox/node-pre-gyp` and its forks: the place of the addon is a template in `package.json`.",
      convention: "`binary.find('package.json')` puts `binary.module_path` – with `{node_abi}`, `{napi_build_version}`, `{platform}`, `{arch}`, `{libc}` and others filled in – and `binary.module_name` together. It does not look whether the file is there; the package requires it.",
      precedence: "one file. `{napi_build_version}` is the highest of `binary.napi_versions` that the *running* Node.js has, which may be another one than at the installation.",
      source: "mapbox/node-pre-gyp `lib/pre-binding.js`, `lib/util/versioning.js`, `lib/util/napi.js`, 1.0.10 and 2.0."),
    LoaderDocumentation(
      id: "pkg-prebuilds", kind: .library,
      summary: "`pkg-prebuilds`, for what cmake-js and node-gyp build.",
      convention: "`require('pkg-prebuilds')(__dirname, { name, napi_versions })` looks for `prebuilds/<name>-<platform>-<arch>[-musl]/node-napi-v<N>.node`.",
      precedence: "`build/Debug/<name>.node`, `build/Release/<name>.node`, then the prebuilt file of each version in `napi_versions`, in that order: the first that is a file is required.",
      source: "Julusian/pkg-prebuilds `bindings.js` and `lib/prebuild.js` of 0.2 and 1.0."),
    LoaderDocumentation(
      id: "require-addon", kind: .library,
      summary: "`require-addon`, by which Holepunch's packages (`\"addon\": true`) find prebuilt binaries.",
      convention: "`prebuilds/<platform>-<arch>[-musl]/<name>.node`, the name with `__` for a scope's slash; with `@<version>` behind it for one version only.",
      precedence: "In the package's directory and every one above it up to `/`: the file with the version, then the one without. Each is required, whatever it throws is passed over. Last come names of libraries linked to the program, which never fit in Node.js.",
      source: "holepunchto/require-addon `lib/node.js` 1.2.0 and holepunchto/bare-addon-resolve `index.js`."),
    LoaderDocumentation(
      id: "cmake-js", kind: .layout,
      summary: "cmake-js, which builds with CMake when a package is installed.",
      convention: "`build/<configuration>/<target>.node`, the configuration `Release` or `Debug`.",
      precedence: "Nothing of it runs later: the package uses `bindings`, `pkg-prebuilds` or a fixed path. It builds for the system it runs on.",
      source: "cmake-js/cmake-js `lib/cMake.js` of 7.4.0."),
    LoaderDocumentation(
      id: "install-artifact-from-github", kind: .layout,
      summary: "install-artifact-from-github, which fetches one binary when a package such as re2 is installed.",
      convention: "The release's file `<platform>-<arch>-<ABI>` (with the C library behind the platform on musl) becomes the file that `--artifact` names: `build/Release/re2.node`.",
      precedence: "Nothing of it runs later: the package requires the fixed path. Where nothing can be fetched the package is built.",
      source: "uhop/install-artifact-from-github `bin/install-from-cache.js`; uhop/node-re2 `package.json`."),
    LoaderDocumentation(
      id: "prebuild-install", kind: .layout,
      summary: "prebuild-install, which fetches one binary when a package is installed.",
      convention: "The archive `<name>-v<version>-<runtime>-v<ABI>-<platform><libc>-<arch>.tar.gz` of the project's releases is unpacked into the package: `build/Release/<name>.node`. With `runtime` `napi` the ABI is the Node-API version.",
      precedence: "Nothing of it runs later: the package uses `bindings` or a fixed path. `npm_config_platform`, `npm_config_arch`, `npm_config_libc` and `npm_config_target` choose the binary at installation; a package manager that skips install scripts leaves none.",
      source: "prebuild/prebuild-install `rc.js`, `util.js` and `download.js` of 7.1.3; deprecated since February 2026."),
  ]
}
