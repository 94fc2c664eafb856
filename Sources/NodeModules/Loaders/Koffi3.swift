/// koffi 3, which comes as one npm package for each platform.
///
/// Convention: `@koromix/koffi-<platform>-<arch>`, with `linux_<arch>/koffi.node` and `musl_<arch>/koffi.node` in it.
///
/// Precedence: `require` of the platform's package; the same package beside koffi by its path; `build/koffi/linux_<arch>`,
/// `build/koffi/musl_<arch>`. What exists and does not load is passed over; the first error is thrown if nothing loads.
///
/// Source: koffi's published `index.js`, 3.1.6 (`loadStatic`, `loadDynamic`, `wrapNative`).
enum Koffi3: PackageLoader {
  static let id = "koffi"

  static let packageNames = ["koffi"]

  static func isUsed(by package: NPMPackage) -> Bool { isNamed(package) && package.isAtLeast(3) }

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    if let error = unsupportedNode(search) { return .fails(error) }
    let platform = search.process.platform
    let name = "@koromix/koffi-" + platform.tuple
    if case .success(let module) = try search.require(name, from: search.directory) {
      return try platformAddon(module, &search)
    }
    var places: [String] = []
    if let home = search.home(of: name, from: search.directory) {
      places += ["linux_", "musl_"].map { "\(home)/\($0)\(platform.architecture)/koffi.node" }
    }
    places += ["linux_", "musl_"].map { "\(search.directory)/build/koffi/\($0)\(platform.architecture)/koffi.node" }
    var firstError: NodeError?
    for place in places where search.exists(place) {
      guard let error = try search.open(place) else { return .found(place) }
      firstError = firstError ?? error
    }
    return .fails(firstError ?? NodeError("Cannot find the native Koffi module; did you bundle it correctly?"))
  }

  /// The addon behind the platform package's own main file, where that is JavaScript.
  private static func platformAddon(
    _ module: AddonSearch.Module, _ search: inout AddonSearch
  ) throws(AddonSearch.End) -> AddonSearch.Result {
    guard case .script(let path) = module else { return .found(module.path) }
    let directory = NodePath.directory(of: path)
    let architecture = search.process.platform.architecture
    var firstError: NodeError?
    for libc in ["linux", "musl"] {
      let place = "\(directory)/\(libc)_\(architecture)/koffi.node"
      guard search.exists(place) else { continue }
      guard let error = try search.open(place) else { return .found(place) }
      firstError = firstError ?? error
    }
    return .fails(firstError ?? NodeError("Cannot find the native Koffi module; did you bundle it correctly?"))
  }

  /// Koffi wants Node-API 8.
  static func unsupportedNode(_ search: AddonSearch) -> NodeError? {
    let platform = search.process.platform
    guard let maximum = platform.nodeAPIMaximum, maximum < 8 else { return nil }
    let node = platform.nodeVersion ?? platform.nodeMajor.map { "\($0)" } ?? ""
    let api = search.package.isAtLeast(3) ? "Node-API" : "N-API"
    return NodeError(
      "This engine is based on Node \(node), but koffi does not support the Node \(platform.nodeNumbers.major).x branch (\(api) < 8)"
    )
  }
}
