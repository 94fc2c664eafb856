import ELFAssembler
import LambdaRuntimes
import NativeBinaries
import PackageFiles
import Testing

@testable import LoadSimulation

/// One addon in `/var/task`.
private struct OneFile: FileTree {
  let bytes: [UInt8]
  static let path = TreePath("addon.node")

  func status(of path: TreePath) -> FileStatus? {
    if path == Self.path { return FileStatus(kind: .file, permissions: nil, byteCount: bytes.count) }
    return path.isRoot ? FileStatus(kind: .directory, permissions: nil, byteCount: 0) : nil
  }
  func linkTarget(of path: TreePath) -> [UInt8]? { nil }
  func names(in path: TreePath) -> [[UInt8]] { [] }
  func scan(_ isWanted: @escaping Wanted) -> TreeScan { TreeScan() }
  func withContents<Result>(of path: TreePath, _ body: (RawSpan) throws -> Result) throws -> Result {
    let span = bytes.span
    return try body(span.bytes)
  }
}

@Suite struct CatalogLoadTests {
  private func load(
    _ runtime: String, _ architecture: Architecture = .x86_64, _ change: (inout ELFAssembler) -> Void
  ) throws -> Load {
    var addon = ELFAssembler(soname: nil, needed: ["libc.so.6"], symbols: [.defined("napi_register_module_v1")])
    addon.machine = architecture.elfMachine
    change(&addon)
    let target = try Target(runtime: Catalog.builtIn.runtime(runtime), architecture: architecture)
    let environment = try ExecutionEnvironment(target)
    let root = RootFileSystem(mounts: [
      .init(point: .root, tree: environment.root),
      .init(point: TreePath("var/task") ?? .root, tree: OneFile(bytes: addon.bytes())),
    ])
    let linker = DynamicLinker(
      environment: environment, files: ObjectFiles(root: root, knownObjects: environment.knownObjects))
    #expect(linker.startupFailure == nil)
    return NodeHost(linker: linker).load("/var/task/addon.node")
  }

  private func thrown(_ message: String) -> Load.Outcome {
    .throwsError(code: "ERR_DLOPEN_FAILED", message: message)
  }

  @Test(
    "A plain addon loads in every Node.js runtime since 12 on every architecture",
    arguments: [
      "nodejs12.x", "nodejs14.x", "nodejs16.x", "nodejs18.x", "nodejs20.x", "nodejs22.x", "nodejs24.x", "nodejs26.x",
    ])
  func plain(runtime: String) throws {
    for architecture in Architecture.allCases {
      #expect(try load(runtime, architecture) { _ in }.outcome == .loads, "\(runtime) \(architecture)")
    }
  }

  @Test(
    "Amazon Linux 2023 ends at GLIBC_2.34, Amazon Linux 2 at 2.26, each named under /lib64",
    arguments: [
      ("nodejs20.x", "GLIBC_2.34", true), ("nodejs20.x", "GLIBC_2.35", false), ("nodejs18.x", "GLIBC_2.26", true),
      ("nodejs18.x", "GLIBC_2.28", false),
    ])
  func glibc(runtime: String, version: String, isThere: Bool) throws {
    for architecture in Architecture.allCases {
      let load = try load(runtime, architecture) { $0.versionNeeds = [("libc.so.6", version, false)] }
      let message = "/lib64/libc.so.6: version `\(version)' not found (required by /var/task/addon.node)"
      #expect(load.outcome == (isThere ? .loads : thrown(message)))
    }
  }

  @Test("nodejs24.x has its own, older libstdc++ in /var/lang/lib, which comes first")
  func libstdcxx() throws {
    func need(_ version: String) -> (inout ELFAssembler) -> Void {
      {
        $0.needed = ["libstdc++.so.6", "libc.so.6"]
        $0.versionNeeds = [("libstdc++.so.6", version, false)]
      }
    }
    #expect(try load("nodejs22.x", .x86_64, need("GLIBCXX_3.4.33")).outcome == .loads)
    #expect(
      try load("nodejs24.x", .x86_64, need("GLIBCXX_3.4.33")).outcome
        == thrown("/var/lang/lib/libstdc++.so.6: version `GLIBCXX_3.4.33' not found (required by /var/task/addon.node)")
    )
    #expect(
      try load("nodejs18.x", .x86_64, need("GLIBCXX_3.4.26")).outcome
        == thrown("/lib64/libstdc++.so.6: version `GLIBCXX_3.4.26' not found (required by /var/task/addon.node)"))
  }

  @Test(
    "A musl build fails at its libc, and libcrypt.so.1 and libgomp.so.1 are on no current image",
    arguments: [
      "libc.musl-x86_64.so.1", "libcrypt.so.1", "libgomp.so.1", "libnode.so.115",
    ])
  func missing(library: String) throws {
    #expect(
      try load("nodejs20.x") { $0.needed = [library] }.outcome
        == thrown("\(library): cannot open shared object file: No such file or directory"))
  }

  @Test("The image's own library beats one that the package brings, and a library of unknown versions is said so")
  func unknownVersions() throws {
    let load = try load("nodejs20.x") {
      $0.needed = ["libcurl.so.4", "libc.so.6"]
      $0.versionNeeds = [("libcurl.so.4", "CURL_OPENSSL_4", false)]
    }
    #expect(load.outcome == .loads)
    #expect(load.objects.contains { $0.path == "/lib64/libcurl.so.4" && $0.via == .libraryPath })
    #expect(load.uncertainties.contains { $0.contains("libcurl.so.4") })
  }

  @Test("Node-API functions that the runtime's Node.js lacks are lazy symbols")
  func nodeAPIFunctions() throws {
    let load = try load("nodejs20.x") {
      $0.symbols += [.undefined("napi_create_object"), .undefined("node_api_create_buffer_from_arraybuffer")]
    }
    #expect(load.outcome == .loads)
    #expect(load.lazySymbols.map(\.name) == ["node_api_create_buffer_from_arraybuffer"])
  }
}
