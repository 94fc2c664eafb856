/// koffi 2, which carries the binaries of all platforms.
///
/// Convention: `build/koffi/<platform>_<arch>/koffi.node`; a build for musl is named `musl_<arch>`.
///
/// Precedence: `build/koffi/linux_<arch>`, then (in later 2.x) `build/koffi/musl_<arch>`. Where neither loads, the places of a list
/// that stands in `index.js` are looked at for both names (in 2.16, seen from the directory above the npm package,
/// `koffi/build/koffi`, `build/koffi`, `koffi`, `node_modules/koffi/build/koffi` and `../../bin/Koffi`; in 2.7, seen from the npm
/// package, `build/koffi`, `koffi` and `node_modules/koffi/build/koffi`). In later 2.x every one that exists is tried, and the first
/// error is then thrown even if a later one loads; in 2.7 only the first one that exists.
///
/// Source: koffi's published `index.js` of 2.7.2, 2.16.2 and 2.16.3.
enum Koffi2: PackageLoader {
  static let id = "koffi-2"

  static let packageNames = ["koffi"]

  static func isUsed(by package: NPMPackage) -> Bool {
    isNamed(package) && package.isAtLeast(2) && !package.isAtLeast(3)
  }

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    if let error = Koffi3.unsupportedNode(search) { return .fails(error) }
    let text = search.process.text(of: search.directory + "/index.js", limit: 4 << 20)
    let architecture = search.process.platform.architecture
    let names = text.map { $0.mentions("musl_") } ?? true ? ["linux_", "musl_"] : ["linux_"]
    let triplets = names.map { $0 + architecture }
    let direct = triplets.map { "./build/koffi/\($0)/koffi.node" }
    if let module = try search.first(of: direct, from: search.directory).module { return .found(module.path) }
    // Without a list of errors, the first place that exists decides.
    let goesOn = text.map { !$0.mentions("${process.platform}_${arch}/koffi.node") } ?? true
    var firstError: NodeError?
    var found: String?
    for place in places(triplets, text, search.directory) where search.exists(place) {
      if let error = try search.open(place) {
        if !goesOn { return .fails(error) }
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

  /// The places, as they stand in the script: `${root}/koffi/build/koffi/${triplet}/koffi.node`, and in the earlier one
  /// `/build/koffi/${process.platform}_${arch}/koffi.node` in a list.
  private static func places(_ triplets: [String], _ text: String?, _ directory: String) -> [String] {
    var folders: [String] = []
    for part in text?.split(separator: "${root}/").dropFirst() ?? [] {
      guard let end = part.firstRange(of: "/${")?.lowerBound, part[..<end].count < 80 else { continue }
      folders.append(String(part[..<end]))
    }
    if folders.isEmpty {
      for part in text?.split(separator: "/${process.platform}_${arch}/koffi.node").dropLast() ?? [] {
        guard let start = part.lastIndex(of: "`"), part[start...].count < 80 else { continue }
        folders.append(String(part[start...].dropFirst().trimmingPrefix("/")))
      }
    }
    if folders.isEmpty {
      folders = ["koffi/build/koffi", "build/koffi", "koffi", "node_modules/koffi/build/koffi", "../../bin/Koffi"]
    }
    let isAbove = text.map { $0.mentions("path.join(__dirname, \"..\")") || $0.mentions("path.join(__dirname, '..')") }
    let root = isAbove ?? true ? NodePath.directory(of: directory) : directory
    return triplets.flatMap { triplet in
      folders.map { NodePath.resolve(root, "\($0)/\(triplet)/koffi.node") }
    }
  }
}
