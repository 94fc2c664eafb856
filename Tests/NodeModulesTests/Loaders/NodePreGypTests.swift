import Testing

@testable import NodeModules

/// Source: mapbox/node-pre-gyp `lib/util/versioning.js` and `lib/util/napi.js` of 0.6.40, 0.9.1, 0.12.0 and 1.0.0.
@Suite("node-pre-gyp's releases")
struct NodePreGypTests {
  private static let early: [(version: String, binary: String, expected: String)] = [
    // Node-API's names came with 0.8, its label with 0.11.
    (
      "0.6.40", #""module_path": "./{napi_build_version}/{node_napi_label}", "napi_versions": ["x"]"#,
      "$HOME/{napi_build_version}/{node_napi_label}/x.node"
    ),
    ("0.9.1", #""module_path": "./{node_napi_label}/{node_abi_napi}""#, "$HOME/{node_napi_label}/napi/x.node"),
    (
      "0.9.1",
      #""module_path": "./{napi_build_version}", "package_name": "{napi_build_version}", "napi_versions": [3]"#,
      "$HOME/3/x.node"
    ),
    (
      "0.12.0", #""module_path": "./{node_napi_label}", "remote_path": "{node_napi_label}", "napi_versions": [3]"#,
      "$HOME/napi-v3/x.node"
    ),
    (
      "0.9.1",
      #""module_path": "./{napi_build_version}", "package_name": "{napi_build_version}", "napi_versions": [99]"#,
      "The N-API version of this Node instance is 9. This module supports N-API version(s) 99. This Node instance cannot run this module."
    ),
    (
      "0.9.1", #""module_path": "./lib", "napi_versions": [99]"#,
      "When napi_versions is specified; module_path and either remote_path or package_name must contain the substitution string '{napi_build_version}`."
    ),
    ("0.12.0", #""module_path": "./lib", "napi_versions": [99]"#, "$HOME/lib/x.node"),
    // An empty field is missing since 0.9.1, one of another type since 1.0.
    ("0.6.40", #""module_path": """#, "$HOME/x.node"),
    (
      "0.9.1", #""module_path": """#,
      "x package.json is not node-pre-gyp ready:\npackage.json must declare these properties: \nbinary.module_path"
    ),
    (
      "0.12.0", #""module_path": ["lib"]"#,
      "The \"path\" argument must be of type string. Received an instance of Array"
    ),
    (
      "0.12.0", #""module_path": "lib", "host": 5"#,
      "The \"url\" argument must be of type string. Received type number (5)"
    ),
    (
      "1.0.0", #""module_path": "lib", "host": 5"#,
      "x package.json is not node-pre-gyp ready:\npackage.json must declare these properties: \nbinary.host"
    ),
  ]

  @Test("Each release of node-pre-gyp knows the names and the mistakes that it knew", arguments: early.indices)
  func earlyNodePreGyp(index: Int) throws {
    let (version, binary, expected) = Self.early[index]
    let host = binary.contains("\"host\"") ? "" : #""host": "https://x.test", "#
    let manifest =
      #"{"name": "x", "version": "1.2.3", "main": "index.js", "binary": {"module_name": "x", "# + host + binary + "}}"
    let library = version.hasPrefix("1") ? "@mapbox/node-pre-gyp" : "node-pre-gyp"
    let found = try LibraryTests.call(
      library, "find", [.string(LibraryTests.home + "/package.json")],
      files: ["~\(library)/package.json": "{\"name\": \"\(library)\", \"version\": \"\(version)\"}"],
      manifest: manifest)
    let text: String? =
      switch found.value {
      case .string(let path): path
      case .error(let error): error.message
      default: nil
      }
    #expect(text == expected.replacing("$HOME", with: LibraryTests.home))
  }

  @Test("Before 1.0 a missing binary is told by what should be in it", arguments: ["0.6.40", "1.0.0"])
  func missingBinary(version: String) throws {
    let found = try LibraryTests.call(
      "node-pre-gyp", "find", [.string(LibraryTests.home + "/package.json")],
      files: ["~node-pre-gyp/package.json": "{\"name\": \"node-pre-gyp\", \"version\": \"\(version)\"}"],
      manifest: #"{"name": "x", "version": "1.2.3", "main": "index.js"}"#)
    let lacks = version == "1.0.0" ? "binary" : "binary.module_name\nbinary.module_path\nbinary.host"
    guard case .error(let error) = found.value else {
      Issue.record("\(found)")
      return
    }
    #expect(
      error.message
        == "x package.json is not node-pre-gyp ready:\npackage.json must declare these properties: \n" + lacks)
  }
}
