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

  @Test("A variable of another Node.js is missing at load, a function at its first call")
  func otherNodesInterface() throws {
    // Both are of V8 10.2 (Node.js 18) and gone in 11.3 (Node.js 20). Source: nm of the releases' executables.
    let table = "_ZTVN2v818EmbedderHeapTracerE"
    let function = "_ZN2v813WasmStreaming9SetClientESt10shared_ptrINS0_6ClientEE"
    for architecture in Architecture.allCases {
      let old = try load("nodejs18.x", architecture) { $0.symbols += [.undefined(table, .data), .undefined(function)] }
      #expect(old.outcome == .loads)
      #expect(old.lazySymbols.isEmpty)
      let data = try load("nodejs20.x", architecture) { $0.symbols += [.undefined(table, .data)] }
      #expect(data.outcome == thrown("/var/task/addon.node: undefined symbol: \(table)"))
      let lazy = try load("nodejs20.x", architecture) { $0.symbols += [.undefined(function)] }
      #expect(lazy.outcome == .loads)
      #expect(lazy.lazySymbols.map(\.name) == [function])
      #expect(lazy.uncertainties.contains { $0.contains("20.20.2") && $0.contains("20.18.0") })
      let now = try load("nodejs20.x", architecture) {
        $0.symbols += [.undefined(function)]
        $0.flags = ELF.DF_BIND_NOW
      }
      #expect(now.outcome == thrown("/var/task/addon.node: undefined symbol: \(function)"))
    }
  }

  @Test("A name that no object of the process defines is missing, whatever it is called")
  func unknownName() throws {
    let load = try load("nodejs24.x") { $0.symbols += [.undefined("no_such_function"), .undefined("memcpy")] }
    #expect(load.outcome == .loads)
    #expect(load.lazySymbols.map(\.name) == ["no_such_function"])
  }

  @Test("Functions come from the C library, the C++ library and OpenSSL of the image, with and without versions")
  func librarySymbols() throws {
    let load = try load("nodejs22.x") {
      $0.needed = ["libstdc++.so.6", "libm.so.6", "libc.so.6"]
      $0.symbols += [
        .undefined("memcpy", version: ("libc.so.6", "GLIBC_2.14")),
        .undefined("stat", version: ("libc.so.6", "GLIBC_2.33")),
        .undefined("pow", version: ("libm.so.6", "GLIBC_2.29")), .undefined("pthread_create"), .undefined("SSL_new"),
        .undefined("_ZNSt6localeC1Ev", version: ("libstdc++.so.6", "GLIBCXX_3.4")), .undefined("_ZNSt6localeC1Ev"),
        .undefined("_ZTVN10__cxxabiv117__class_type_infoE", .data, version: ("libstdc++.so.6", "CXXABI_1.3")),
        .undefined("SSL_CTX_new", version: ("libssl.so.3", "OPENSSL_3.0.0")),
      ]
    }
    #expect(load.outcome == .loads)
    #expect(load.lazySymbols.isEmpty)
  }

  @Test("A version that the library has does not help a function that it lacks")
  func versionedButMissing() throws {
    let load = try load("nodejs20.x") {
      $0.symbols += [.undefined("no_such_function", .data, version: ("libc.so.6", "GLIBC_2.34"))]
    }
    #expect(load.outcome == thrown("/var/task/addon.node: undefined symbol: no_such_function, version GLIBC_2.34"))
    // Node.js has a copy of this variable, of the version that glibc gave it.
    let copied = try self.load("nodejs20.x") {
      $0.symbols += [.undefined("stdout", .data, version: ("libc.so.6", "GLIBC_2.28"))]
    }
    #expect(copied.outcome == thrown("/var/task/addon.node: undefined symbol: stdout, version GLIBC_2.28"))
  }

  @Test("A function that glibc got later is missing on an older image, also without a version")
  func laterFunction() throws {
    #expect(try load("nodejs20.x") { $0.symbols += [.undefined("close_range")] }.lazySymbols.isEmpty)
    #expect(
      try load("nodejs18.x") { $0.symbols += [.undefined("close_range")] }.lazySymbols.map(\.name) == ["close_range"])
    #expect(
      try load("nodejs20.x") { $0.symbols += [.undefined("arc4random")] }.lazySymbols.map(\.name) == ["arc4random"])
  }

  @Test(
    "What may be in a library of unknown symbols is not called missing, and the report says where it is taken to be")
  func unknownLibrary() throws {
    let load = try load("nodejs20.x") {
      $0.needed = ["libcurl.so.4", "libc.so.6"]
      $0.symbols += [.undefined("curl_easy_init"), .undefined("_ZN2v84NoneEv"), .undefined("napi_none")]
    }
    #expect(load.lazySymbols.map(\.name) == ["_ZN2v84NoneEv", "napi_none"])
    #expect(load.uncertainties.contains { $0.contains("curl_easy_init") && $0.contains("libcurl.so.4") })
  }

  @Test(
    "A library function that a newer Node.js of another line has may have come to a release newer than the measured")
  func laterLibraryFunction() throws {
    // libuv 1.50, in Node.js 22.20 and 24.11; Node.js 20.20.2 is newer than the newest measured 20.18.0.
    #expect(try load("nodejs20.x") { $0.symbols += [.undefined("uv_thread_detach")] }.lazySymbols.isEmpty)
    #expect(try load("nodejs16.x") { $0.symbols += [.undefined("_ZN2v87Isolate4NoneEv")] }.lazySymbols.count == 1)
  }
}
