import ELFAssembler
import FuzzInput
import LambdaRuntimes
import LoadSimulation
import NativeBinaries
import PackageFiles

/// The bytes as an addon, or as a library that a sound addon needs, in a root of real files or in Lambda's.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
  let bytes = UnsafeRawBufferPointer(start: start, count: count)
  // The low bytes of e_machine and e_shoff. The loader does not look at the second; of a file for another machine it looks
  // at nothing but the first.
  let isARM64 = count > 18 && bytes[18] == 183
  let choice = count > 40 ? bytes[40] : 0
  let worlds = choice & 1 == 0 ? real : lambda
  (isARM64 ? worlds.arm64 : worlds.x86_64).load(bytes, asLibrary: choice & 2 == 2)
  return 0
}

// libFuzzer calls from one thread.
nonisolated(unsafe) private let real = (
  x86_64: World(Environments.real(.x86_64)), arm64: World(Environments.real(.arm64))
)
nonisolated(unsafe) private let lambda = (
  x86_64: World(Environments.lambda(.x86_64)), arm64: World(Environments.lambda(.arm64))
)

/// An environment in which Node.js has started once, and each run goes on from there.
private final class World {
  private let task = OneFile(directories: ["lib"]) { path in
    path.bytes.elementsEqual("addon.node".utf8) || path.bytes.elementsEqual("lib/libfuzzed.so".utf8)
  }
  private let linker: DynamicLinker
  private let files: ObjectFiles

  init(_ environment: ExecutionEnvironment) {
    let trees: [(String, any FileTree)] = [
      ("", environment.root), ("var/task", task), ("opt", Self.layer(environment)),
    ]
    let root = RootFileSystem(
      mounts: trees.compactMap { point, tree in
        TreePath(point).map { RootFileSystem.Mount(point: $0, tree: tree) }
      })
    var effort = ParsingEffort()
    // Endless loops are what the fuzzer finds first; they need no long run to show themselves.
    effort.followedInstructions = 256
    files = ObjectFiles(root: root, knownObjects: environment.knownObjects, effort: effort)
    linker = DynamicLinker(environment: environment, files: files)
    precondition(linker.startupFailure == nil)
    // Reads the sound addon, once for all.
    _ = files.binary(at: "/opt/user.node")
  }

  func load(_ bytes: UnsafeRawBufferPointer, asLibrary: Bool) {
    task.bytes = bytes
    let host = NodeHost(linker: DynamicLinker(restarting: linker, files: ObjectFiles(copying: files)))
    _ = host.load(asLibrary ? "/opt/user.node" : "/var/task/addon.node")
  }

  /// A sound addon that needs the input.
  private static func layer(_ environment: ExecutionEnvironment) -> AssembledTree {
    var addon = ELFAssembler(
      soname: nil, needed: ["libfuzzed.so", "libc.so.6"],
      symbols: [
        .defined("napi_register_module_v1"), .undefined("used", .data, isWeak: true),
        .undefined("fuzzed", version: ("libfuzzed.so", "FUZZED_1")),
      ])
    addon.machine = environment.architecture.elfMachine
    return AssembledTree(files: ["user.node": addon.bytes()])
  }
}

private enum Environments {
  static func lambda(_ architecture: Architecture) -> ExecutionEnvironment {
    do {
      let runtime = try Catalog.builtIn.runtime("nodejs20.x")
      return try ExecutionEnvironment(Target(runtime: runtime, architecture: architecture))
    } catch {
      preconditionFailure("\(error)")
    }
  }

  static func real(_ architecture: Architecture) -> ExecutionEnvironment {
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
      libraryPath: ["/var/task/lib"], defaultDirectories: ["/lib64"], interpreter: "/lib64/ld-linux.so.2")
  }
}
