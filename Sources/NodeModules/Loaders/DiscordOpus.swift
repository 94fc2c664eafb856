/// @discordjs/opus, whose place names the exact version of the C library it was built with.
///
/// Convention: `prebuild/node-v<ABI>-napi-v<N>-<platform>-<arch>-<libc>-<version>/opus.node`, by Discord's fork of
/// node-pre-gyp, which knows `{libc_version}`.
///
/// Precedence: There is one place; a binary fetched on a system with another C library lies elsewhere and is not found.
///
/// Source: discordjs/opus `package.json` and `lib/index.js` of 0.10.0; discordjs/node-pre-gyp `lib/util/versioning.js` of 0.4.5.
enum DiscordOpus: PackageLoader {
  static let id = "discordjs-opus"

  static let packageNames = ["@discordjs/opus"]

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    guard let version = search.process.platform.glibcVersion ?? (search.isMusl ? "" : nil) else {
      return .unknown("the target's version of the C library is not known")
    }
    switch NodePreGyp.find(search.directory + "/package.json", search.process) {
    case .failure(let error): return .fails(error)
    case .success(let template):
      let place = template.replacing("{libc_version}", with: version)
      switch try search.require(place, from: search.directory + "/lib") {
      case .success(let module): return .found(module.path)
      case .failure(let error): return .fails(error)
      }
    }
  }
}
