import Testing

@testable import NodeModules

struct PlatformPackageTests {
  private static let npmBug =
    "npm has a bug related to optional dependencies (https://github.com/npm/cli/issues/4828). Please try `npm i` again after removing both package-lock.json and node_modules directory."

  /// Source: rollup/rollup `native.js`, 4.0.0 to 4.62.5.
  private static let rollup: [LoaderCase] = [
    LoaderCase(
      name: "the platform's package is taken", package: "rollup", version: "4.62.5",
      files: .installed("@rollup/rollup-linux-x64-gnu", "rollup.linux-x64-gnu.node"),
      expected: .found("~@rollup/rollup-linux-x64-gnu/rollup.linux-x64-gnu.node"),
      attempts: [
        "missing dist/rollup.linux-x64-gnu.node", "loads ~@rollup/rollup-linux-x64-gnu/rollup.linux-x64-gnu.node",
      ]),
    LoaderCase(
      name: "a local file is not followed by the package", package: "rollup", version: "4.62.5",
      files: ["dist/rollup.linux-x64-gnu.node": "throws x"] + .installed("@rollup/rollup-linux-x64-gnu"),
      expected: .fails("Cannot find module ./rollup.linux-x64-gnu.node. " + npmBug)),
    LoaderCase(
      name: "only another platform's package", package: "rollup", version: "4.13.0",
      files: .installed("@rollup/rollup-darwin-arm64"),
      expected: .fails("Cannot find module @rollup/rollup-linux-x64-gnu. " + npmBug)),
    LoaderCase(
      name: "before 4.6 the error is Node.js's own", package: "rollup", version: "4.5.2", files: [:],
      expected: .fails("Cannot find module '@rollup/rollup-linux-x64-gnu'")),
    LoaderCase(
      name: "on arm64", package: "rollup", version: "4.62.5", files: .installed("@rollup/rollup-linux-arm64-gnu"),
      platform: LoaderWorld.arm64, expected: .found("~@rollup/rollup-linux-arm64-gnu/index.node")),
  ]

  /// Source: parcel-bundler/lightningcss `node/index.js`, 1.15.0 to 1.31.0.
  private static let lightning: [LoaderCase] = [
    LoaderCase(
      name: "the platform's package is taken", package: "lightningcss", version: "1.31.0",
      files: .installed("lightningcss-linux-x64-gnu", "lightningcss.linux-x64-gnu.node"),
      expected: .found("~lightningcss-linux-x64-gnu/lightningcss.linux-x64-gnu.node")),
    LoaderCase(
      name: "the error of the local file hides that of the package", package: "lightningcss", version: "1.31.0",
      files: .installed("lightningcss-linux-x64-gnu", "a.node", "throws invalid ELF header"),
      expected: .fails("Cannot find module '../lightningcss.linux-x64-gnu.node'"),
      attempts: ["throws ~lightningcss-linux-x64-gnu/a.node", "missing lightningcss.linux-x64-gnu.node"]),
    LoaderCase(
      name: "the local file comes second", package: "lightningcss", version: "1.29.0",
      files: ["lightningcss.linux-arm64-gnu.node": "ok"], platform: LoaderWorld.arm64,
      expected: .found("lightningcss.linux-arm64-gnu.node")),
    LoaderCase(
      name: "up to 1.30 a variable leads to WebAssembly", package: "lightningcss", version: "1.30.2",
      files: ["pkg/index.js": ""] + .installed("lightningcss-linux-x64-gnu"), variables: ["CSS_TRANSFORMER_WASM": "1"],
      expected: .found("pkg/index.js")),
    LoaderCase(
      name: "since 1.31 it does not", package: "lightningcss", version: "1.31.0",
      files: ["pkg/index.js": ""] + .installed("lightningcss-linux-x64-gnu"), variables: ["CSS_TRANSFORMER_WASM": "1"],
      expected: .found("~lightningcss-linux-x64-gnu/index.node")),
  ]

  private static let noWatcher =
    "No prebuild or local build of @parcel/watcher found. Tried @parcel/watcher-linux-x64-glibc. Please ensure it is installed (don't use --no-optional when installing with npm). Otherwise it is possible we don't support your platform yet. If this is the case, please report an issue to https://github.com/parcel-bundler/watcher."

  /// Source: parcel-bundler/watcher `index.js`, 2.2.0 to 2.6.0.
  private static let watcher: [LoaderCase] = [
    LoaderCase(
      name: "the platform's package is taken", package: "@parcel/watcher", version: "2.6.0",
      files: .installed("@parcel/watcher-linux-x64-glibc", "watcher.node"),
      expected: .found("~@parcel/watcher-linux-x64-glibc/watcher.node")),
    LoaderCase(
      name: "nothing is there", package: "@parcel/watcher", version: "2.5.1", files: [:], expected: .fails(noWatcher),
      attempts: [
        "missing =@parcel/watcher-linux-x64-glibc", "missing build/Release/watcher.node",
        "missing build/Debug/watcher.node",
      ]),
    LoaderCase(
      name: "since 2.5 a broken binary's error is thrown as it is", package: "@parcel/watcher", version: "2.5.0",
      files: .installed("@parcel/watcher-linux-x64-glibc", "watcher.node", "throws invalid ELF header") + [
        "build/Release/watcher.node": "ok"
      ],
      expected: .fails("invalid ELF header")),
    LoaderCase(
      name: "before 2.5 it is passed over", package: "@parcel/watcher", version: "2.4.1",
      files: .installed("@parcel/watcher-linux-x64-glibc", "watcher.node", "throws invalid ELF header") + [
        "build/Release/watcher.node": "ok"
      ],
      expected: .found("build/Release/watcher.node")),
    LoaderCase(
      name: "on musl", package: "@parcel/watcher", version: "2.6.0",
      files: .installed("@parcel/watcher-linux-x64-musl", "watcher.node"),
      platform: LoaderWorld.node("22.20.0", modules: 127, nodeAPI: 10, "x64", glibc: nil),
      expected: .found("~@parcel/watcher-linux-x64-musl/watcher.node")),
  ]

  /// Source: koffi's published `index.js`, 3.1.6.
  private static let koffi: [LoaderCase] = [
    LoaderCase(
      name: "the platform's package is taken", package: "koffi", version: "3.1.6",
      files: .installed("@koromix/koffi-linux-x64", "linux_x64/koffi.node"),
      expected: .found("~@koromix/koffi-linux-x64/linux_x64/koffi.node")),
    LoaderCase(
      name: "a binary in the package itself serves too", package: "koffi", version: "3.0.0",
      files: ["build/koffi/linux_arm64/koffi.node": "ok"], platform: LoaderWorld.arm64,
      expected: .found("build/koffi/linux_arm64/koffi.node")),
    LoaderCase(
      name: "the build for musl is tried after one that does not load", package: "koffi", version: "3.0.0",
      files: ["build/koffi/linux_x64/koffi.node": "throws a", "build/koffi/musl_x64/koffi.node": "ok"],
      expected: .found("build/koffi/musl_x64/koffi.node")),
    LoaderCase(
      name: "the first error is thrown", package: "koffi", version: "3.0.0",
      files: ["build/koffi/linux_x64/koffi.node": "throws a", "build/koffi/musl_x64/koffi.node": "throws b"],
      expected: .fails("a")),
    LoaderCase(
      name: "only another platform's", package: "koffi", version: "3.1.6",
      files: .installed("@koromix/koffi-darwin-arm64"),
      expected: .fails("Cannot find the native Koffi module; did you bundle it correctly?")),
    LoaderCase(
      name: "Node-API 8 is needed", package: "koffi", version: "3.1.6", files: [:],
      platform: LoaderWorld.node("14.15.0", modules: 83, nodeAPI: 7, "x64", glibc: "2.26"),
      expected: .fails(
        "This engine is based on Node 14.15.0, but koffi does not support the Node 14.x branch (Node-API < 8)")),
  ]

  /// Source: couchbase/couchnode `scripts/prebuilds.js`, 4.7.1.
  private static let couchbase: [LoaderCase] = [
    LoaderCase(
      name: "the file of the platform's package is taken", package: "couchbase", version: "4.7.1",
      files: .installed("@couchbase/couchbase-linux-x64-napi", "index.js", "")
        + ["~@couchbase/couchbase-linux-x64-napi/couchbase-v4.7.1-napi-v6-linux-x64-openssl3.node": "ok"],
      expected: .found("~@couchbase/couchbase-linux-x64-napi/couchbase-v4.7.1-napi-v6-linux-x64-openssl3.node")),
    LoaderCase(
      name: "two files that fit are none", package: "couchbase", version: "4.7.1",
      files: .installed("@couchbase/couchbase-linux-x64-napi", "index.js", "") + [
        "~@couchbase/couchbase-linux-x64-napi/couchbase-v4.7.1-napi-v6-linux-x64-openssl3.node": "ok",
        "~@couchbase/couchbase-linux-x64-napi/couchbase-v4.7.1-napi-v6-linux-x64-boringssl.node": "ok",
      ],
      expected: .fails(
        "Could not find native build for platform=linux, arch=x64, runtime=napi, nodeVersion=20.20.2, sslType=openssl3, libc=linux loaded from $HOME."
      )),
    LoaderCase(
      name: "a local build comes first", package: "couchbase", version: "4.4.0",
      files: ["build/Release/couchbase_impl.node": "ok"],
      expected: .found("build/Release/couchbase_impl.node")),
    LoaderCase(
      name: "only another platform's", package: "couchbase", version: "4.7.1",
      files: .installed("@couchbase/couchbase-darwin-arm64-napi", "index.js", ""), platform: LoaderWorld.arm64,
      expected: .fails(
        "Could not find native build for platform=linux, arch=arm64, runtime=napi, nodeVersion=20.20.2, sslType=openssl3, libc=linux loaded from $HOME."
      )),
  ]

  /// Source: vercel/next.js `packages/next/src/build/swc/index.ts`.
  private static let next: [LoaderCase] = [
    LoaderCase(
      name: "the compiler's package is taken", package: "next", version: "15.1.0",
      files: .installed("@next/swc-linux-x64-gnu", "next-swc.linux-x64-gnu.node"),
      expected: .found("~@next/swc-linux-x64-gnu/next-swc.linux-x64-gnu.node")),
    LoaderCase(
      name: "without it the server runs", package: "next", version: "15.1.0",
      files: .installed("@next/swc-darwin-arm64"),
      expected: .goesWithout,
      attempts: [
        "missing =@next/swc/native/next-swc.linux-x64-gnu.node",
        "missing =@next/swc/native/next-swc.linux-x64-musl.node",
        "missing =@next/swc-linux-x64-gnu", "missing =@next/swc-linux-x64-musl",
      ]),
  ]

  @Test(
    "Packages with one npm package for each platform do what their source says",
    arguments: rollup + lightning + watcher + koffi + couchbase + next)
  func platformPackage(_ one: LoaderCase) throws { try one.check() }
}
