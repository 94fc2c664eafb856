/// What is known of one npm package that should be replaced, whatever its binaries do.
public struct Advisory: Hashable, Sendable {
  public var package: String
  /// What its own project says of it, one clause.
  public var status: String
  /// The first Node.js major version on which it cannot be built or loaded; `nil` where it still works.
  public var brokenSince: Int?
  /// Maintained npm packages, or what Node.js has built in, that do the same; the first is the one to take.
  public var replacements: [Replacement]
  /// Where the status is stated.
  public var source: String

  public enum Replacement: Hashable, Sendable {
    case npm(String)
    case builtIn(String)
  }

  /// Replacements that come as one npm package for each platform: npm has to be told which one.
  /// Source: their loaders, section 3 of the facts (koffi 3, napi-rs packages).
  public static let platformSpecific: Set<String> = [
    "koffi", "ffi-rs", "@napi-rs/canvas", "@napi-rs/keyring", "@node-rs/bcrypt", "@node-rs/argon2", "sass-embedded",
  ]

  /// Replacements whose newest release needs a Node-API version that older runtimes lack, and the release for those.
  /// Source: WiseLibs/better-sqlite3 issue 1514; its binding.gyp has NAPI_VERSION=10 since 13.0.
  public static let nodeAPIFloors: [String: (nodeAPI: Int, older: String)] = [
    "better-sqlite3": (10, "better-sqlite3@12")
  ]

  /// The advisory for the npm package called `name`.
  public static func find(_ name: String) -> Advisory? { table[name] }

  private static let table = Dictionary(uniqueKeysWithValues: all.map { ($0.package, $0) })
}

extension Advisory {
  /// Every row is a statement of the project itself, or of its issue threads, read in September 2026.
  public static let all: [Advisory] = [
    Advisory(
      package: "ffi", status: "abandoned (last change in 2019) and does not build on Node.js 12 and later",
      brokenSince: 12,
      replacements: [.npm("koffi"), .npm("ffi-rs")], source: "node-ffi/node-ffi issues 571, 607"),
    Advisory(
      package: "ref", status: "abandoned (last change in 2019) and does not build on Node.js 12 and later",
      brokenSince: 12,
      replacements: [.npm("koffi")], source: "TooTallNate/ref issues 107, 131"),
    Advisory(
      package: "ref-struct", status: "abandoned; it needs ref, which does not build on Node.js 12 and later",
      brokenSince: 12, replacements: [.npm("koffi"), .npm("ref-struct-di")], source: "TooTallNate/ref issue 124"),
    Advisory(
      package: "ref-array", status: "abandoned; it needs ref, which does not build on Node.js 12 and later",
      brokenSince: 12, replacements: [.npm("koffi"), .npm("ref-array-di")], source: "TooTallNate/ref issue 124"),
    Advisory(
      package: "ffi-napi", status: "unmaintained (last release in 2022); its call-backs crash on newer Node.js",
      brokenSince: nil,
      replacements: [.npm("koffi"), .npm("ffi-rs")], source: "node-ffi-napi/node-ffi-napi issues 99, 247, 268"),
    Advisory(
      package: "ref-napi", status: "unmaintained (last release in 2021); it can crash during garbage collection",
      brokenSince: nil,
      replacements: [.npm("koffi")], source: "node-ffi-napi/ref-napi issue 54"),
    Advisory(
      package: "grpc", status: "deprecated; it works on Node.js up to 14", brokenSince: 15,
      replacements: [.npm("@grpc/grpc-js")], source: "grpc/grpc-node README"),
    Advisory(
      package: "node-sass", status: "at its end of life since July 2024; the last release supports Node.js up to 20",
      brokenSince: 21, replacements: [.npm("sass"), .npm("sass-embedded")], source: "sass/node-sass README"),
    Advisory(
      package: "fibers", status: "obsolete: not compatible with Node.js 16 and later", brokenSince: 16,
      replacements: [.builtIn("async functions")], source: "laverdet/node-fibers README"),
    Advisory(
      package: "sqlite3", status: "deprecated and unmaintained since 2026", brokenSince: nil,
      replacements: [.npm("better-sqlite3"), .builtIn("node:sqlite (Node.js 22.5 and later)")],
      source: "TryGhost/node-sqlite3 README"),
    Advisory(
      package: "leveldown", status: "superseded by classic-level", brokenSince: nil,
      replacements: [.npm("classic-level")], source: "Level/leveldown README"),
    Advisory(
      package: "keytar", status: "archived in December 2022", brokenSince: nil,
      replacements: [.npm("@napi-rs/keyring")], source: "microsoft/vscode-vsce issue 850"),
    Advisory(
      package: "libxmljs", status: "without an npm release since 2023 and without binaries for newer Node.js",
      brokenSince: nil, replacements: [.npm("libxml2-wasm")], source: "libxmljs/libxmljs issues 664, 672"),
    Advisory(
      package: "libxmljs2", status: "no longer maintained", brokenSince: nil,
      replacements: [.npm("libxml2-wasm")], source: "marudor/libxmljs2 README"),
    Advisory(
      package: "heapdump", status: "without a release since 2022; it does not build on Node.js 20", brokenSince: 20,
      replacements: [.builtIn("v8.writeHeapSnapshot()")], source: "hiero-ledger/hiero-json-rpc-relay issue 2835"),
    Advisory(
      package: "v8-profiler", status: "abandoned (last change in 2017) and does not build on Node.js 10 and later",
      brokenSince: 10, replacements: [.npm("v8-profiler-next"), .builtIn("node:inspector")],
      source: "hyj1991/v8-profiler-node8 package.json"),
    Advisory(
      package: "segfault-handler", status: "without a release since 2020", brokenSince: nil,
      replacements: [.builtIn("node --report-on-signal")], source: "ddopson/node-segfault-handler history"),
    Advisory(
      package: "bigint-buffer", status: "unmaintained, with an unfixed buffer overflow (CVE-2025-3194)",
      brokenSince: nil, replacements: [.npm("@vekexasia/bigint-buffer2"), .npm("bigint-conversion")],
      source: "no2chem/bigint-buffer issue 62"),
  ]
}
