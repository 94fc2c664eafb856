import CatalogData
import Testing

@testable import LambdaRuntimes

@Suite struct ListedExportsTests {
  private func exports(_ name: String, _ version: String, _ architecture: Architecture = .x86_64) throws -> Bool {
    let node = try #require(NodeVersion(version))
    let listed = try #require(ListedExports(node: node, architecture: architecture, nodeAPI: nil))
    return listed.mayDefine(Array(name.utf8)[...], version: nil, isExact: false)
  }

  // What exists where was read by nm from the releases' executables.
  @Test("A measured release exports what its executable does")
  func measuredRelease() throws {
    for architecture in Architecture.allCases {
      #expect(try exports("uv_thread_detach", "22.20.0", architecture))
      #expect(try !exports("uv_thread_detach", "22.11.0", architecture))
      #expect(try exports("_ZN2v813CFunctionInfoC1ERKNS_9CTypeInfoEjPS2_", "20.13.0", architecture))
      #expect(try !exports("_ZN2v813CFunctionInfoC1ERKNS_9CTypeInfoEjPS2_", "22.20.0", architecture))
      #expect(try exports("_ZTVN4node10BaseObjectE", "24.19.0", architecture))
    }
  }

  @Test("Between two measured releases what either has may be there")
  func betweenReleases() throws {
    #expect(try exports("uv_thread_detach", "22.15.0"))
    #expect(try !exports("_ZN2v87Context3OldEv", "22.15.0"))
  }

  @Test("A release newer than the measured ones may have newer functions of its libraries, but V8's stay as they are")
  func newerRelease() throws {
    #expect(try exports("uv_thread_detach", "20.20.2"))
    #expect(try !exports("uv_thread_detach", "20.18.0"))
    #expect(try !exports("_ZN2v813WasmStreaming9SetClientESt10shared_ptrINS0_6ClientEE", "20.20.2"))
  }

  @Test(
    "A release that only the other architecture was measured in is judged by both", arguments: Architecture.allCases)
  func otherArchitecture(architecture: Architecture) throws {
    #expect(try exports("_ZTVN2v818EmbedderHeapTracerE", "18.18.2", architecture))
    #expect(try !exports("_ZTVN2v818EmbedderHeapTracerE", "20.18.0", architecture))
  }

  @Test("Of a line that was not measured nothing is known but its Node-API functions")
  func unmeasuredLine() throws {
    let version = try #require(NodeVersion("12.22.12"))
    #expect(ListedExports(node: version, architecture: .x86_64, nodeAPI: nil) == nil)
    let listed = try #require(ListedExports(node: version, architecture: .x86_64, nodeAPI: ["napi_create_object"]))
    #expect(!listed.isWhole)
    #expect(listed.mayDefine(Array("napi_create_object".utf8)[...], version: nil, isExact: false))
    #expect(listed.isNodesOwn(Array("napi_other".utf8)[...]))
    #expect(!listed.isNodesOwn(Array("_ZN2v85ValueE".utf8)[...]))
  }

  @Test("Every Node-API function that a measured release should have is in the table", arguments: Architecture.allCases)
  func nodeAPI(architecture: Architecture) throws {
    for node in SymbolSetList.builtIn.nodes where node.architecture == architecture && node.version.major > 16 {
      let newest = NodeReleases.builtIn.nodeAPIMaximum(of: node.version)
      for name in NodeAPISymbols.builtIn.exports(of: node.version, nodeAPI: newest).names {
        #expect(try exports(name, "\(node.version)", architecture), "\(name) in \(node.version)")
      }
    }
  }

  @Test("Names that nothing defines are in no set")
  func madeUpNames() {
    for number in 0..<100_000 {
      #expect(SymbolSets.node.sets(of: "made_up_\(number)".utf8) == 0)
      #expect(SymbolSets.libraries.sets(of: "libc.so.6 made_up_\(number)@GLIBC_2.17".utf8) == 0)
    }
  }

  @Test("The tables take less than two megabytes")
  func tableSize() {
    let names = ["node-symbols.bin", "library-symbols.bin"]
    #expect(names.map { airworthy_catalog_find($0).count }.reduce(0, +) < 2_000_000)
  }
}
