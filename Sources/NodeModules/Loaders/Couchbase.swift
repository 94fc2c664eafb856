/// couchbase 4.2.5 and later, which comes as one npm package for each platform.
///
/// Convention: `@couchbase/couchbase-<linux|linuxmusl>-<arch>-napi`, with one file
/// `couchbase-v<version>-napi-v<N>-<platform>-<arch>-<ssl>.node`.
///
/// Precedence: `CN_PREBUILD_PATH_OVERRIDE`; the first `*.node` of `build/`, `build/Release/`, `build/RelWithDebInfo/` and
/// `build/Debug/`; the file of the platform's package for its OpenSSL (`boringssl`, or `openssl3` since Node.js 18 and `openssl1`
/// before), of which there must be exactly one.
///
/// Source: couchbase/couchnode `scripts/prebuilds.js` and `lib/binding.ts` of 4.2.5 to 4.7.1. Before 4.2.5 it calls `bindings`.
enum Couchbase: PackageLoader {
  static let id = "couchbase"

  static let packageNames = ["couchbase"]

  static func isUsed(by package: NPMPackage) -> Bool { isNamed(package) && package.isAtLeast(4, 2, 5) }

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    if let path = search.variable("CN_PREBUILD_PATH_OVERRIDE") {
      return try result(search.require(path, from: search.directory + "/dist"))
    }
    if let local = localBuild(search) ?? platformBuild(&search) {
      return try result(search.require(local, from: search.directory + "/scripts"))
    }
    let platform = search.process.platform
    let target = [
      "platform=\(platform.platform)", "arch=\(platform.architecture)", "runtime=napi",
      "nodeVersion=\(platform.nodeVersion ?? "")", "sslType=\(ssl(search))", "libc=\(libc(search))",
    ]
    return .fails(
      NodeError(
        "Could not find native build for \(target.joined(separator: ", ")) loaded from \(search.directory)."))
  }

  private static func result(_ loaded: Result<AddonSearch.Module, NodeError>) -> AddonSearch.Result {
    switch loaded {
    case .success(let module): .found(module.path)
    case .failure(let error): .fails(error)
    }
  }

  private static func libc(_ search: AddonSearch) -> String { search.isMusl ? "linuxmusl" : "linux" }

  private static func ssl(_ search: AddonSearch) -> String {
    search.process.platform.nodeNumbers.major >= 18 ? "openssl3" : "openssl1"
  }

  private static func localBuild(_ search: AddonSearch) -> String? {
    for place in ["build", "build/Release", "build/RelWithDebInfo", "build/Debug"] {
      let directory = "\(search.directory)/\(place)"
      if let name = search.process.names(in: directory).first(where: { $0.hasSuffix(".node") }) {
        return "\(directory)/\(name)"
      }
    }
    return nil
  }

  private static func platformBuild(_ search: inout AddonSearch) -> String? {
    let architecture = search.process.platform.architecture
    let name = "@couchbase/couchbase-\(libc(search))-\(architecture)-napi"
    guard case .success(let main) = search.resolve(name, from: search.directory) else { return nil }
    let directory = NodePath.directory(of: main)
    let suits = search.process.names(in: directory).filter { file in
      let tokens = file.split(separator: "-", omittingEmptySubsequences: false)
      guard tokens.count >= 7, file.hasSuffix(".node"), let last = tokens.last else { return false }
      let kind = last.dropLast(".node".count)
      return (kind == "boringssl" || kind == ssl(search)) && tokens[tokens.count - 2] == architecture
        && tokens[tokens.count - 3] == libc(search)
    }
    return suits.count == 1 ? "\(directory)/\(suits[0])" : nil
  }
}
