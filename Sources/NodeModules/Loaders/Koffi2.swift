/// koffi 2, which carries the binaries of all platforms.
///
/// Convention: `build/koffi/<platform>_<arch>/koffi.node`; a build for musl is named `musl_<arch>`.
///
/// Precedence: `build/koffi/linux_<arch>`, then `build/koffi/musl_<arch>`. Where neither loads, every place that exists of
/// `koffi/build/koffi`, `build/koffi`, `koffi`, `node_modules/koffi/build/koffi` and `../../bin/Koffi` (seen from the directory
/// above the npm package, for both names) is tried; the first error is then thrown even if a later one loads.
///
/// Source: koffi's published `index.js`, 2.16.3 (and that of an earlier 2.x, which differs only in the first of those places).
enum Koffi2: PackageLoader {
  static let id = "koffi-2"

  static func isUsed(by package: NPMPackage) -> Bool {
    package.name == "koffi" && package.isAtLeast(2) && !package.isAtLeast(3)
  }

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    if let error = Koffi3.unsupportedNode(search) { return .fails(error) }
    let architecture = search.process.platform.architecture
    let triplets = ["linux_" + architecture, "musl_" + architecture]
    let direct = triplets.map { "./build/koffi/\($0)/koffi.node" }
    if let module = try search.first(of: direct, from: search.directory).module { return .found(module.path) }
    let root = NodePath.directory(of: search.directory)
    let places = triplets.flatMap { triplet in
      ["/koffi/build/koffi/", "/build/koffi/", "/koffi/", "/node_modules/koffi/build/koffi/", "/../../bin/Koffi/"]
        .map { NodePath.normalize(root + $0 + triplet + "/koffi.node") }
    }
    var firstError: NodeError?
    var found: String?
    for place in places where search.process.exists(place) {
      if let error = try search.open(place) {
        firstError = firstError ?? error
      } else {
        found = place
        break
      }
    }
    if let firstError { return .fails(firstError) }
    if let found { return .found(found) }
    return .fails(NodeError("Cannot find the native Koffi module; did you bundle it correctly?"))
  }
}
