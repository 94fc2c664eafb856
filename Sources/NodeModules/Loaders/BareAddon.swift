/// Packages with `"addon": true`, Holepunch's, whose script calls `require-addon`.
///
/// Convention: `require.addon = require('require-addon')` and `require.addon('.', __filename)` in `binding.js`; see require-addon for
/// the places.
///
/// Precedence: Whatever require-addon finds.
///
/// Source: holepunchto/sodium-native `binding.js` of 5.1.0.
enum BareAddon: PackageLoader {
  static let id = "bare-addon"
  static let isForNamedPackages = false

  static func isUsed(by package: NPMPackage) -> Bool {
    package.isAddon && package.dependencies.contains("require-addon")
  }

  static func isUsed(in search: AddonSearch) -> Bool { isUsed(by: search.package) && script(search) != nil }

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    guard let (path, specifier) = script(search) else { return .unknown("no script of it calls require-addon") }
    let call = LibraryCall(
      library: "require-addon", member: nil, arguments: [.string(specifier), .string(path)], file: path)
    switch try RequireAddon.call(call, &search) {
    case .module(let path): return .found(path)
    case .error(let error): return .fails(error)
    default: return .unknown("what require-addon finds could not be told")
    }
  }

  /// The script that calls the library, and the specifier that it passes.
  private static func script(_ search: AddonSearch) -> (path: String, specifier: String)? {
    let process = search.process
    for directory in [search.directory, search.directory + "/lib"] {
      let names = process.names(in: directory).filter { [".js", ".cjs"].contains(NodePath.suffix(of: "/" + $0)) }
      for name in names.prefix(40) {
        let path = directory + "/" + name
        guard let text = process.text(of: path, limit: 1 << 20), text.mentions("require-addon"),
          let behind = text.rest(behind: "require.addon(")
        else { continue }
        let rest = behind.drop(while: \.isWhitespace)
        guard let quote = rest.first, quote == "'" || quote == "\"" else { continue }
        return (path, String(rest.dropFirst().prefix { $0 != quote }))
      }
    }
    return nil
  }
}
