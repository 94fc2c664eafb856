/// The Node-API functions that Node.js exports, by version and by release.
///
/// Source and date stand in `Sources/CatalogData/catalog/node-api-symbols.json`.
public struct NodeAPISymbols: Sendable {
  private let introduced: [String: [String]]
  private let measured: [Measured]

  /// The functions that the executable knows.
  public static let builtIn = NodeAPISymbols(CatalogValue(file: "node-api-symbols.json"))

  init(_ file: CatalogValue) {
    introduced = file["introduced"].members(\.strings)
    measured = file["measured"].elements.map { entry in
      Measured(version: entry["version"].parsed { NodeVersion($0) }, beyond: entry["beyond"].strings)
    }
  }

  /// The Node-API version that has a function first; `nil` for one that is experimental or not known.
  public func version(introducing name: String) -> Int? {
    introduced.first { $0.value.contains(name) }.flatMap { Int($0.key) }
  }

  /// What a release exports to addons: `napi_…`, `node_api_…` and `node_module_register`.
  ///
  /// A release that was not measured has what its nearest older measured release of the same line has, or else what its
  /// Node-API version promises; then the answer can lack functions that the release has already.
  public func exports(of node: NodeVersion, nodeAPI newest: Int?) -> Exports {
    let known = measured.filter { $0.version.line == node.line && $0.version <= node }.max { $0.version < $1.version }
    var names: Set<String> = ["node_module_register"]
    for (version, added) in introduced where Int(version).map({ $0 <= newest ?? 0 }) ?? false { names.formUnion(added) }
    names.formUnion(known?.beyond ?? [])
    return Exports(names: names, measuredOn: known?.version)
  }

  /// The names that a release of Node.js exports, and the release that they were read from.
  public struct Exports: Hashable, Sendable {
    public let names: Set<String>
    /// The release whose binary was read; `nil` when the names follow from the Node-API version alone.
    public let measuredOn: NodeVersion?
  }

  private struct Measured: Sendable {
    let version: NodeVersion
    /// What it exports of versions that it does not claim to have yet, and of the experimental ones.
    let beyond: [String]
  }
}
