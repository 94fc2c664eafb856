import ELFAssembler
import FuzzInput
import LambdaRuntimes
import LoadSimulation
import NativeBinaries
import PackageFiles

/// The bytes as an addon, and as a library that a sound addon needs, in a root of real files or in Lambda's.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
  let bytes = UnsafeRawBufferPointer(start: start, count: count)
  // The low bytes of e_machine and e_shoff. The loader does not look at the second; of a file for another machine it looks
  // at nothing but the first.
  let isARM64 = count > 18 && bytes[18] == 183
  let isLambda = count > 40 && bytes[40] & 1 == 1
  switch (isARM64, isLambda) {
  case (false, false): x86_64.load(bytes)
  case (false, true): x86_64Lambda.load(bytes)
  case (true, false): arm64.load(bytes)
  case (true, true): arm64Lambda.load(bytes)
  }
  return 0
}

// libFuzzer calls from one thread.
nonisolated(unsafe) private let x86_64 = World(Environments.real(.x86_64))
nonisolated(unsafe) private let x86_64Lambda = World(Environments.lambda(.x86_64))
nonisolated(unsafe) private let arm64 = World(Environments.real(.arm64))
nonisolated(unsafe) private let arm64Lambda = World(Environments.lambda(.arm64))

/// An environment in which Node.js has started. Files are read once, so that each run has its own names for them; it starts
/// afresh when those are used up.
private final class World {
  private static let runs = 64
  private let environment: ExecutionEnvironment
  private let root: RootFileSystem
  private let task = OneFile(directories: ["lib"]) { path in
    path.lastComponent.starts(with: "addon".utf8) || path.lastComponent.starts(with: "libfuzzed".utf8)
  }
  private var host: NodeHost
  private var run = 0

  init(_ environment: ExecutionEnvironment) {
    self.environment = environment
    let trees: [(String, any FileTree)] = [
      ("", environment.root), ("var/task", task), ("opt", Self.layer(environment)),
    ]
    root = RootFileSystem(
      mounts: trees.compactMap { point, tree in
        TreePath(point).map { RootFileSystem.Mount(point: $0, tree: tree) }
      })
    host = Self.start(environment, root)
  }

  func load(_ bytes: UnsafeRawBufferPointer) {
    if run == Self.runs {
      host = Self.start(environment, root)
      run = 0
    }
    task.bytes = bytes
    _ = host.load("/var/task/addon\(run).node")
    _ = host.load("/opt/user\(run).node")
    run += 1
  }

  private static func start(_ environment: ExecutionEnvironment, _ root: RootFileSystem) -> NodeHost {
    let files = ObjectFiles(root: root, knownObjects: environment.knownObjects)
    let linker = DynamicLinker(environment: environment, files: files)
    precondition(linker.startupFailure == nil)
    return NodeHost(linker: linker)
  }

  /// Sound addons, each of which needs the input under another name.
  private static func layer(_ environment: ExecutionEnvironment) -> AssembledTree {
    let addons = (0..<runs).map { run in
      var addon = ELFAssembler(
        soname: nil, needed: ["libfuzzed\(run).so", "libc.so.6"],
        symbols: [
          .defined("napi_register_module_v1"), .undefined("used", .data, isWeak: true),
          .undefined("fuzzed", version: ("libfuzzed\(run).so", "FUZZED_1")),
        ])
      addon.machine = environment.architecture.elfMachine
      return ("user\(run).node", addon.bytes())
    }
    return AssembledTree(files: Dictionary(uniqueKeysWithValues: addons))
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
