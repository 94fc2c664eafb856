import Testing

@testable import LambdaRuntimes

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What real Node.js binaries did with small addons: `Scripts/catalog/facts/node-measurements.json`.
struct NodeMeasurement: Decodable, Sendable, CustomTestStringConvertible {
  let version: NodeVersion
  let moduleVersion: Int
  let nodeAPI: Int
  let addons: [String: Answer]
  let exports: [String]

  struct Answer: Decodable, Sendable {
    let outcome: String
    let code: String?
    let message: String?
    let status: Int?
  }

  var testDescription: String { version.description }

  static let all: [NodeMeasurement] = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let facts = root.appending(path: "Scripts/catalog/facts/node-measurements.json")
    guard let data = try? Data(contentsOf: facts) else { return [] }
    return (try? JSONDecoder().decode([NodeMeasurement].self, from: data)) ?? []
  }()
}

@Suite struct CatalogNodeReleaseTests {
  let releases = NodeReleases.builtIn

  @Test func `Fourteen releases were measured, of the lines 12 to 24`() {
    #expect(NodeMeasurement.all.count == 14)
    #expect(Set(NodeMeasurement.all.map(\.version.line)) == ["12", "14", "16", "18", "20", "22", "24"])
  }

  @Test(arguments: NodeMeasurement.all)
  func `The tables say what the binary says of itself`(measured: NodeMeasurement) {
    #expect(releases.moduleVersion(of: measured.version) == measured.moduleVersion)
    #expect(releases.nodeAPIMaximum(of: measured.version) == measured.nodeAPI)
  }

  @Test(arguments: NodeMeasurement.all)
  func `A module of each Node-API version meets the fate that was measured`(measured: NodeMeasurement) throws {
    let asked = [
      "nodeAPI8": 8, "nodeAPI9": 9, "nodeAPI10": 10, "nodeAPI11": 11, "nodeAPIExperimental": 2_147_483_647,
      "nodeAPINegative": -1,
    ]
    for (addon, version) in asked {
      let answer = try #require(measured.addons[addon])
      switch releases.outcome(ofNodeAPI: version, on: measured.version) {
      case .accepted: #expect(answer.outcome == "loads", "\(addon)")
      case .refused: Issue.record("no measured release refuses")
      case .crashes(let supported):
        #expect(answer.outcome == "crashes" && answer.status == 139 && supported == measured.nodeAPI, "\(addon)")
      }
    }
    #expect(measured.addons["nodeAPI99ByConstructor"]?.outcome == "loads")
  }

  @Test(arguments: NodeMeasurement.all)
  func `Codes and messages are in the form that was measured`(measured: NodeMeasurement) throws {
    let foreign = try #require(measured.addons["moduleVersion42"])
    let nothing = try #require(measured.addons["notAnAddon"])
    for answer in [foreign, nothing] {
      #expect((answer.code == "ERR_DLOPEN_FAILED") == releases.has(.hasDlopenErrorCode, measured.version))
    }
    let named = nothing.message == "Module did not self-register: '/var/task/notAnAddon.node'."
    #expect(named == releases.has(.namesModuleThatDidNotRegister, measured.version))
    let explained = foreign.message?.contains("was compiled against a different Node.js version using") ?? false
    #expect(explained == releases.has(.explainsModuleVersion, measured.version))
  }

  @Test(arguments: NodeMeasurement.all)
  func `A measured release exports exactly the names that its binary has`(measured: NodeMeasurement) {
    let exports = NodeAPISymbols.builtIn.exports(of: measured.version, nodeAPI: measured.nodeAPI)
    #expect(exports.measuredOn == measured.version)
    #expect(exports.names == Set(measured.exports))
  }

  @Test func `A release that was not measured has what an older one of its line has`() throws {
    let symbols = NodeAPISymbols.builtIn
    let between = try symbols.exports(of: #require(NodeVersion("20.19.0")), nodeAPI: 9)
    #expect(between.measuredOn == NodeVersion("20.18.0"))
    #expect(between.names.contains("node_api_post_finalizer"))
    #expect(!between.names.contains("node_api_create_buffer_from_arraybuffer"))
    let old = try symbols.exports(of: #require(NodeVersion("10.24.1")), nodeAPI: 7)
    #expect(old.measuredOn == nil)
    #expect(old.names.contains("napi_set_instance_data") && !old.names.contains("napi_object_freeze"))
    let none = try symbols.exports(of: #require(NodeVersion("4.3.2")), nodeAPI: nil)
    #expect(none.names == ["node_module_register"])
  }

  @Test(arguments: [("napi_create_object", 1), ("napi_detach_arraybuffer", 7), ("node_api_symbol_for", 9)])
  func `A function has the Node-API version that brought it`(name: String, version: Int) {
    #expect(NodeAPISymbols.builtIn.version(introducing: name) == version)
  }

  @Test func `An unknown function has no Node-API version`() {
    #expect(NodeAPISymbols.builtIn.version(introducing: "node_api_set_prototype") == nil)
    #expect(NodeAPISymbols.builtIn.version(introducing: "napi_no_such_thing") == nil)
  }

  @Test(arguments: [
    ("0.10.42", 11), ("4.3.2", 46), ("6.10.3", 48), ("8.10.0", 57), ("10.24.1", 64), ("26.6.0", 147), ("25.0.0", 141),
  ])
  func `Module versions go by release line`(node: String, version: Int) throws {
    #expect(try releases.moduleVersion(of: #require(NodeVersion(node))) == version)
    #expect(try releases.line(ofModuleVersion: version) == #require(NodeVersion(node)).line)
  }

  @Test func `A line that is not known has no module version`() throws {
    #expect(try releases.moduleVersion(of: #require(NodeVersion("99.0.0"))) == nil)
    #expect(releases.line(ofModuleVersion: 138) == nil)
  }

  @Test(arguments: [
    ("8.5.0", nil), ("8.10.0", 2), ("8.11.2", 3), ("10.15.0", 3), ("10.23.0", 7), ("11.7.0", 3), ("12.22.0", 8),
    ("13.14.0", 5), ("18.16.1", 8), ("18.17.0", 9), ("20.2.0", 8), ("20.3.0", 9), ("22.13.1", 9), ("22.14.0", 10),
    ("23.5.0", 9), ("23.6.0", 10), ("26.6.0", 10), ("6.10.3", nil), ("0.10.42", nil),
  ])
  func `Node-API versions follow the matrix of the documentation`(node: String, version: Int?) throws {
    #expect(try releases.nodeAPIMaximum(of: #require(NodeVersion(node))) == version)
  }

  @Test(arguments: [
    ("18.16.1", false), ("18.17.0", true), ("19.9.0", false), ("20.1.0", false), ("20.2.0", true), ("21.0.0", true),
    ("26.0.0", true), ("16.20.2", false),
  ])
  func `The check of Node-API versions came with 18_17 and 20_2`(node: String, checks: Bool) throws {
    #expect(try releases.has(.checksNodeAPIVersion, #require(NodeVersion(node))) == checks)
  }

  @Test(arguments: [
    ("14.17.6", false), ("14.18.0", true), ("15.0.0", true), ("12.22.12", false), ("16.0.0", true),
  ])
  func `ERR_DLOPEN_FAILED came with 14_18 and 15`(node: String, has: Bool) throws {
    #expect(try releases.has(.hasDlopenErrorCode, #require(NodeVersion(node))) == has)
  }

  @Test func `Every behaviour has a rule and a source`() {
    for behaviour in NodeReleases.Behaviour.allCases { #expect(!releases.source(of: behaviour).isEmpty) }
  }

  @Test func `Every runtime's Node_js is of a known line`() {
    for runtime in Catalog.builtIn.runtimes {
      guard let node = runtime.node?.version else { continue }
      #expect(releases.moduleVersion(of: node) != nil, "\(runtime.id)")
    }
  }
}
