/// What is known of Node.js by release: module versions, Node-API versions, and how `process.dlopen` behaves.
///
/// Source and date of each fact stand in `Sources/CatalogData/catalog/node-releases.json`.
public struct NodeReleases: Sendable {
  /// By release line.
  private let moduleVersions: [String: Int]
  private let nodeAPI: NodeAPI
  private let behaviours: [Behaviour: Rule]

  /// The releases that the executable knows.
  public static let builtIn = NodeReleases(CatalogValue(file: "node-releases.json"))

  init(_ file: CatalogValue) {
    func versions(_ list: CatalogValue) -> [NodeVersion] { list.elements.map { $0.parsed { NodeVersion($0) } } }
    moduleVersions = file["moduleVersions"]["lines"].members(\.integer)
    let versionsOfNodeAPI = file["nodeAPI"]
    nodeAPI = NodeAPI(
      since: versionsOfNodeAPI["since"].members(versions), default: versionsOfNodeAPI["default"].integer,
      experimental: versionsOfNodeAPI["experimental"].integer)
    let rules = file["behaviours"].members { Rule(since: versions($0["since"]), source: $0["source"].string) }
    behaviours = Dictionary(
      uniqueKeysWithValues: Behaviour.allCases.map { behaviour in
        guard let rule = rules[behaviour.rawValue] else { preconditionFailure("no releases for \(behaviour)") }
        return (behaviour, rule)
      })
  }

  /// The `NODE_MODULE_VERSION` of a release; `nil` for a line that is not known.
  public func moduleVersion(of node: NodeVersion) -> Int? { moduleVersions[node.line] }

  /// The release line (`20`, `0.10`) that has a `NODE_MODULE_VERSION`; `nil` for the numbers of Electron and of
  /// development builds.
  public func line(ofModuleVersion version: Int) -> String? {
    moduleVersions.first { $0.value == version }?.key
  }

  /// The newest Node-API version of a release (`process.versions.napi`); `nil` where it has no Node-API.
  public func nodeAPIMaximum(of node: NodeVersion) -> Int? {
    nodeAPI.since.filter { reached(by: node, $0.value) }.compactMap { Int($0.key) }.max()
  }

  /// The first release of each line that has a Node-API version, oldest first; every later line has it too.
  /// Empty where no release has it.
  public func releases(withNodeAPI version: Int) -> [NodeVersion] { nodeAPI.since[String(version)] ?? [] }

  /// What a module is taken to be compiled for that does not say, or says less.
  public var defaultNodeAPIVersion: Int { nodeAPI.default }

  /// What a module says that was compiled with `NAPI_EXPERIMENTAL`; every release takes it.
  public var experimentalNodeAPIVersion: Int { nodeAPI.experimental }

  /// What becomes of a module whose `node_api_module_get_api_version_v1` answers `version`.
  ///
  /// Only for modules that register by `napi_register_module_v1`: those that register by a constructor are never asked.
  public func outcome(ofNodeAPI version: Int, on node: NodeVersion) -> NodeAPIOutcome {
    guard has(.checksNodeAPIVersion, node), version != nodeAPI.experimental, version > nodeAPI.default,
      let newest = nodeAPIMaximum(of: node), version > newest
    else { return .accepted }
    return has(.crashesOnNewerNodeAPI, node) ? .crashes(supported: newest) : .refused(supported: newest)
  }

  /// What Node.js does with a module of some Node-API version; `supported` is the newest version it has.
  public enum NodeAPIOutcome: Hashable, Sendable {
    case accepted
    /// Throws `<file> requires Node-API version …`. No release is known to: the ones that check crash.
    case refused(supported: Int)
    /// Dies by SIGSEGV, without a word.
    case crashes(supported: Int)
  }

  /// Whether a release behaves in a way that others do not.
  public func has(_ behaviour: Behaviour, _ node: NodeVersion) -> Bool {
    guard let rule = behaviours[behaviour] else { return false }
    return reached(by: node, rule.since)
  }

  /// Where the fact about a behaviour comes from.
  public func source(of behaviour: Behaviour) -> String { behaviours[behaviour]?.source ?? "" }

  /// A way in which releases of Node.js differ when they load an addon.
  public enum Behaviour: String, Hashable, Sendable, CaseIterable {
    /// Compares the Node-API version that a module was compiled for with its own.
    case checksNodeAPIVersion
    /// Dies of that comparison by SIGSEGV instead of throwing.
    case crashesOnNewerNodeAPI
    /// Errors of `process.dlopen` carry `code: 'ERR_DLOPEN_FAILED'`.
    case hasDlopenErrorCode
    /// `Module did not self-register: '<path>'.` instead of `Module did not self-register.`
    case namesModuleThatDidNotRegister
    /// `was compiled against a different Node.js version using …` instead of `Module version mismatch. Expected 48, got 57.`
    case explainsModuleVersion
    /// Takes the loader's message for text; releases before (since they have error codes) took it for a format.
    case quotesDlopenErrors
    /// Finds `node_register_module_vN` and `napi_register_module_v1` in modules without a registering constructor.
    case findsRegistrationBySymbol
  }

  /// From these releases on in their lines, and in every line after the last one.
  private func reached(by node: NodeVersion, _ since: [NodeVersion]) -> Bool {
    guard let last = since.max() else { return false }
    return node >= last || since.contains { $0.line == node.line && node >= $0 }
  }

  private struct NodeAPI {
    let since: [String: [NodeVersion]]
    let `default`: Int
    let experimental: Int
  }

  private struct Rule {
    let since: [NodeVersion]
    let source: String
  }
}
