import NativeBinaries

/// What an object of the catalog exports, where its file is not at hand: the catalog's tables answer by name.
public struct ListedExports: Sendable {
  private enum Basis {
    case node(Node)
    /// What comes before a name in the table, the set, and the versions that the library defines.
    case library(prefix: SymbolSets.Hash, set: UInt64, versions: [String], isComplete: Bool)
  }

  /// A release of Node.js, judged by the measured ones of its line that enclose it.
  private struct Node {
    /// The sets of the release itself, or else of the nearest older and the nearest newer one: a name that either has may
    /// be exported. 0 where nothing of the line was measured.
    var line: UInt64
    /// Where the release is newer than all measured ones, the sets of the later lines: its libraries may have been
    /// brought to their state. 0 otherwise.
    var later: UInt64
    /// The Node-API functions; `nil` where only the table tells.
    var nodeAPI: Set<String>?
  }

  private let basis: Basis
  /// The release that the names were read from, where it is not the target's own.
  public let measuredOn: NodeVersion?

  /// Whether a name that is not listed is not exported. Not so for releases of which only the Node-API functions are known.
  public var isWhole: Bool {
    switch basis {
    case .node(let node): node.line != 0
    case .library: true
    }
  }

  /// What a release of Node.js exports; `nil` where nothing of its line is known.
  init?(node version: NodeVersion, architecture: Architecture, nodeAPI: Set<String>?) {
    let list = SymbolSetList.builtIn
    let line = list.nodes.filter { $0.version.line == version.line }
    guard !line.isEmpty || nodeAPI != nil else { return nil }
    // The other architecture counts where it was measured nearer: a release exports nearly the same names on both.
    let older = line.filter { $0.version <= version }.map(\.version)
    let ownOlder = line.filter { $0.version <= version && $0.architecture == architecture }.map(\.version)
    let newer = line.filter { $0.version > version }.map(\.version)
    let enclosing = Set([ownOlder.max(), older.max(), older.max() == version ? nil : newer.min()].compactMap { $0 })
    measuredOn = enclosing.contains(version) ? nil : enclosing.filter { $0 < version }.max() ?? enclosing.min()
    basis = .node(
      Node(
        line: list.nodeSets { node in
          let isOwn = node.architecture == architecture
          let hasOwn = list.nodes.contains { $0.version == node.version && $0.architecture == architecture }
          return enclosing.contains(node.version) && (isOwn || !hasOwn)
        },
        later: newer.isEmpty && older.max() != version ? list.nodeSets { $0.version > version } : 0, nodeAPI: nodeAPI))
  }

  /// What a library defines, by the measured one of the same origin; `nil` where none was measured.
  init?(library soname: String, versions: SymbolVersions, architecture: Architecture) {
    guard let suite = versions.suite else { return nil }
    let set = SymbolSetList.builtIn.librarySet(suite, architecture)
    guard set != 0 else { return nil }
    measuredOn = nil
    var prefix = SymbolSets.Hash()
    prefix.add(soname + " ")
    basis = .library(
      prefix: prefix, set: set, versions: versions.defined, isComplete: versions.complete)
  }

  /// Whether a reference to `name` binds to it; true as well where it may.
  ///
  /// - Parameter isExact: the reference takes no definition without a version (`SymbolLookup.Version.isHidden`).
  public func mayDefine(_ name: ArraySlice<UInt8>, version: String?, isExact: Bool) -> Bool {
    switch basis {
    case .node(let node): !(isExact && version != nil) && Self.exports(node, name)
    case .library(let prefix, let set, let versions, let isComplete):
      Self.defines(name, version, prefix, set, versions, isComplete)
    }
  }

  private static func exports(_ node: Node, _ name: ArraySlice<UInt8>) -> Bool {
    if let known = node.nodeAPI, isNodeAPI(name) { return known.contains(String(decoding: name, as: UTF8.self)) }
    if node.line == 0 { return false }
    let sets = SymbolSets.node.sets(of: name)
    return sets & node.line != 0 || sets & node.later != 0 && !isV8(name)
  }

  private static func defines(
    _ name: ArraySlice<UInt8>, _ version: String?, _ prefix: SymbolSets.Hash, _ set: UInt64, _ versions: [String],
    _ isComplete: Bool
  ) -> Bool {
    var start = prefix
    start.add(name)
    if versions.isEmpty { return SymbolSets.libraries.sets(of: start) & set != 0 }
    start.add(CollectionOfOne(UInt8(ascii: "@")))
    func has(_ version: String) -> Bool {
      var hash = start
      hash.add(version)
      return SymbolSets.libraries.sets(of: hash) & set != 0
    }
    if let version { return (!isComplete || versions.contains(version)) && has(version) }
    return versions.contains(where: has)
  }

  /// Names that only Node.js can define: Node-API and, mangled, what is in its namespaces `v8` and `node`.
  public func isNodesOwn(_ name: ArraySlice<UInt8>) -> Bool {
    guard case .node(let node) = basis else { return false }
    if Self.isNodeAPI(name) { return node.nodeAPI != nil || node.line != 0 }
    return node.line != 0 && (Self.isV8(name) || Self.mangledScope(name)?.starts(with: "4node".utf8) ?? false)
  }

  private static func isNodeAPI(_ name: ArraySlice<UInt8>) -> Bool {
    name.starts(with: "napi_".utf8) || name.starts(with: "node_api_".utf8)
  }

  /// V8's interface does not change within a line. Source: Node.js's ABI policy, BUILDING.md "Addons" and doc/api/addons.md.
  private static func isV8(_ name: ArraySlice<UInt8>) -> Bool { mangledScope(name)?.starts(with: "2v8".utf8) ?? false }

  /// What follows the start of a nested name in an Itanium-mangled symbol: `2v87Context3NewEv` of `_ZN2v87Context3NewEv`.
  private static func mangledScope(_ name: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    for start in ["_ZNK", "_ZN", "_ZTVN", "_ZTIN", "_ZTSN", "_ZTTN"] where name.starts(with: start.utf8) {
      return name.dropFirst(start.utf8.count)
    }
    return nil
  }
}
