import ELFAssembler
import LambdaRuntimes
import NativeBinaries
import PackageFiles
import Testing

@testable import LoadSimulation

/// A root file system in memory, as a test lays it out: absolute paths with bytes or link texts.
struct MemoryTree: FileTree {
  var files: [String: [UInt8]] = [:]
  var links: [String: String] = [:]
  var permissions: [String: UInt16] = [:]

  private func isDirectory(_ path: String) -> Bool {
    (Array(files.keys) + Array(links.keys)).contains { $0.hasPrefix(path.isEmpty ? "" : path + "/") }
  }

  func status(of path: TreePath) -> FileStatus? {
    let text = path.description
    if let bytes = files[text] {
      return FileStatus(kind: .file, permissions: permissions[text] ?? 0o644, byteCount: bytes.count)
    }
    if links[text] != nil { return FileStatus(kind: .symbolicLink, permissions: 0o777, byteCount: 0) }
    return isDirectory(text) ? FileStatus(kind: .directory, permissions: permissions[text] ?? 0o755, byteCount: 0) : nil
  }

  func linkTarget(of path: TreePath) -> [UInt8]? { links[path.description].map { Array($0.utf8) } }
  func names(in path: TreePath) -> [[UInt8]] { [] }
  func scan(_ isWanted: @escaping Wanted) -> TreeScan { TreeScan() }

  func withContents<Result>(of path: TreePath, _ body: (RawSpan) throws -> Result) throws -> Result {
    guard let bytes = files[path.description] else { throw TreeError.missing(path.description) }
    let span = bytes.span
    return try body(span.bytes)
  }
}

/// A small world: glibc's names, a node that needs them, and a package.
struct World {
  var root = MemoryTree()
  var task = MemoryTree()
  var glibc = GLibCVersion(2, 34)
  var nodeVersion = NodeVersion("20.18.0")
  var hardwareCapabilities = ["x86_64"]
  var nodeNeeds = ["libc.so.6"]
  /// What was read of the root's files before, by path.
  var boundObjects: [String: ELFAssembler] = [:]
  var nodeSymbols: [ELFAssembler.Symbol] = [.defined("napi_create_object"), .defined("node_module_register")]

  init() {
    var libc = ELFAssembler(
      soname: "libc.so.6",
      symbols: [
        .defined("memcpy", version: "GLIBC_2.14"), .defined("puts", version: "GLIBC_2.2.5"),
        .defined("newest", version: "GLIBC_2.34"),
      ])
    libc.interpreter = nil
    root.files["lib64/libc.so.6"] = libc.bytes()
    root.files["lib64/ld-linux-x86-64.so.2"] = ELFAssembler(soname: "ld-linux-x86-64.so.2").bytes()
  }

  mutating func addLibrary(_ path: String, _ library: ELFAssembler) { root.files[path] = library.bytes() }

  func load(_ addon: ELFAssembler, at path: String = "addon.node") -> Load { load(addon.bytes(), at: path) }

  func load(_ bytes: [UInt8], at path: String = "addon.node") -> Load {
    var world = self
    world.task.files[path] = bytes
    return world.load(path: path)
  }

  func load(path: String) -> Load {
    var node = ELFAssembler(soname: nil, needed: nodeNeeds, symbols: nodeSymbols)
    node.type = 2
    let bytes = node.bytes()
    let span = bytes.span
    let image = ELF.Image(parsing: span.bytes)
    let facts = ExecutionEnvironment.NodeFacts(
      version: nodeVersion, moduleVersion: 115, nodeAPIMaximum: 9, executable: SharedObject(image: image))
    var environment = ExecutionEnvironment(
      source: .sysroot, architecture: .x86_64, node: facts, glibc: glibc, root: root,
      libraryPath: ExecutionEnvironment.lambdaLibraryPath, defaultDirectories: ["/lib64", "/usr/lib64"],
      interpreter: "/lib64/ld-linux-x86-64.so.2")
    for (path, library) in boundObjects {
      guard let path = TreePath(path) else { continue }
      environment.boundObjects[path] = SharedObject(image: ELF.Image(parsing: library.bytes().span.bytes))
    }
    environment.isaLevel = 3
    environment.hardwareCapabilities = hardwareCapabilities
    let system = RootFileSystem(mounts: [
      .init(point: .root, tree: root), .init(point: TreePath("var/task") ?? .root, tree: task),
    ])
    let linker = DynamicLinker(environment: environment, files: ObjectFiles(root: system))
    #expect(linker.startupFailure == nil)
    return NodeHost(linker: linker).load("/var/task/\(path)")
  }
}

/// A Node-API addon.
func addon(
  needed: [String] = ["libc.so.6"], _ symbols: [ELFAssembler.Symbol] = []
) -> ELFAssembler {
  ELFAssembler(soname: nil, needed: needed, symbols: symbols + [.defined("napi_register_module_v1")])
}

func thrown(_ message: String) -> Load.Outcome { .throwsError(code: "ERR_DLOPEN_FAILED", message: message) }
