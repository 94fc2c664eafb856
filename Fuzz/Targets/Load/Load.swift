import ELFAssembler
import FuzzInput
import LambdaRuntimes
import LoadSimulation
import NativeBinaries
import PackageFiles

/// The bytes as an addon, and as a library that a sound addon needs: in a root of real files and in Lambda's.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
  let bytes = UnsafeRawBufferPointer(start: start, count: count)
  let task = OneFile(bytes) { $0 == addonPath || $0 == libraryPath }
  // The low byte of e_machine: of a file for another machine nothing but that is looked at.
  for world in count > 18 && bytes[18] == 183 ? arm64 : x86_64 { world.load(task) }
  return 0
}

private let addonPath = TreePath("addon.node")
private let libraryPath = TreePath("lib/libfuzzed.so")
private let x86_64 = World.all(.x86_64)
private let arm64 = World.all(.arm64)

/// An environment with a layer of one addon, which needs `libfuzzed.so` and a symbol of it.
private struct World {
  let environment: ExecutionEnvironment
  let layer: AssembledTree

  static func all(_ architecture: Architecture) -> [World] {
    var user = ELFAssembler(
      soname: nil, needed: ["libfuzzed.so", "libc.so.6"],
      symbols: [
        .defined("napi_register_module_v1"), .undefined("used", .data, isWeak: true),
        .undefined("fuzzed", version: ("libfuzzed.so", "FUZZED_1")),
      ])
    user.machine = architecture.elfMachine
    let layer = AssembledTree(files: ["user.node": user.bytes()])
    var environments = [real(architecture)]
    if let lambda = lambda(architecture) { environments.append(lambda) }
    return environments.map { World(environment: $0, layer: layer) }
  }

  func load(_ task: OneFile) {
    let root = RootFileSystem(
      mounts: [
        ("", environment.root), ("var/task", task), ("opt", layer),
      ].compactMap { point, tree in TreePath(point).map { RootFileSystem.Mount(point: $0, tree: tree) } })
    let files = ObjectFiles(root: root, knownObjects: environment.knownObjects)
    let host = NodeHost(linker: DynamicLinker(environment: environment, files: files))
    _ = host.load("/var/task/addon.node")
    _ = host.load("/opt/user.node")
  }

  private static func lambda(_ architecture: Architecture) -> ExecutionEnvironment? {
    guard let runtime = try? Catalog.builtIn.runtime("nodejs20.x"),
      let target = try? Target(runtime: runtime, architecture: architecture)
    else { return nil }
    return try? ExecutionEnvironment(target)
  }

  private static func real(_ architecture: Architecture) -> ExecutionEnvironment {
    var libc = ELFAssembler(
      soname: "libc.so.6",
      symbols: [.defined("memcpy", version: "GLIBC_2.14"), .defined("puts", version: "GLIBC_2.2.5")])
    libc.machine = architecture.elfMachine
    var loader = ELFAssembler(soname: "ld-linux.so.2")
    loader.machine = architecture.elfMachine
    var node = ELFAssembler(
      soname: nil, needed: ["libc.so.6"],
      symbols: [.defined("napi_create_object"), .defined("node_module_register"), .undefined("puts")])
    node.machine = architecture.elfMachine
    node.type = 2
    let facts = ExecutionEnvironment.NodeFacts(
      version: NodeVersion("20.18.0"), moduleVersion: 115, nodeAPIMaximum: 9,
      executable: SharedObject(image: ELF.Image(parsing: node.bytes().span.bytes)))
    return ExecutionEnvironment(
      source: .sysroot, architecture: architecture, node: facts, glibc: GLibCVersion(2, 31),
      root: AssembledTree(files: ["lib64/libc.so.6": libc.bytes(), "lib64/ld-linux.so.2": loader.bytes()]),
      libraryPath: ExecutionEnvironment.lambdaLibraryPath, defaultDirectories: ["/lib64", "/usr/lib64"],
      interpreter: "/lib64/ld-linux.so.2")
  }
}
