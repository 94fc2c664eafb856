import ELFAssembler
import LambdaRuntimes
import NativeBinaries
import PackageFiles
import Testing

@testable import LoadSimulation

/// A root file system in memory, as a test lays it out: absolute paths with bytes or link texts.
private struct MemoryTree: FileTree {
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
private struct World {
  var root = MemoryTree()
  var task = MemoryTree()
  var glibc = GLibCVersion(2, 34)
  var nodeVersion = NodeVersion("20.18.0")
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
    var node = ELFAssembler(soname: nil, needed: ["libc.so.6"], symbols: nodeSymbols)
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
    environment.isaLevel = 3
    let system = RootFileSystem(mounts: [
      .init(point: .root, tree: root), .init(point: TreePath("var/task") ?? .root, tree: task),
    ])
    let linker = DynamicLinker(environment: environment, files: ObjectFiles(root: system))
    #expect(linker.startupFailure == nil)
    return NodeHost(linker: linker).load("/var/task/\(path)")
  }
}

/// A Node-API addon.
private func addon(
  needed: [String] = ["libc.so.6"], _ symbols: [ELFAssembler.Symbol] = []
) -> ELFAssembler {
  ELFAssembler(soname: nil, needed: needed, symbols: symbols + [.defined("napi_register_module_v1")])
}

private func thrown(_ message: String) -> Load.Outcome { .throwsError(code: "ERR_DLOPEN_FAILED", message: message) }

@Suite struct OpeningTests {
  @Test("A sound Node-API addon loads")
  func loads() {
    #expect(World().load(addon()).outcome == .loads)
  }

  @Test("A wrong machine is reported as a missing file, as glibc does")
  func wrongMachine() {
    var arm = addon()
    arm.machine = 183
    let load = World().load(arm)
    #expect(load.outcome == thrown("/var/task/addon.node: cannot open shared object file: No such file or directory"))
    #expect(load.failure == .wrongMachine(path: "/var/task/addon.node", machine: 183))
  }

  @Test(
    "What is no ELF file for this process is refused in glibc's words",
    arguments: [
      ([UInt8](), "file too short"),
      (Array("version https://git-lfs.github.com/spec/v1\n".utf8), "file too short"),
      (Array(repeating: UInt8(ascii: "<"), count: 64), "invalid ELF header"),
      ([0xcf, 0xfa, 0xed, 0xfe] + Array(repeating: 0, count: 100), "invalid ELF header"),
    ])
  func noELF(bytes: [UInt8], text: String) {
    #expect(World().load(bytes).outcome == thrown("/var/task/addon.node: \(text)"))
  }

  @Test("Damage in the header is refused in the order of glibc's checks")
  func header() {
    func message(_ change: (inout [UInt8]) -> Void) -> Load.Outcome {
      var bytes = addon().bytes()
      change(&bytes)
      return World().load(bytes).outcome
    }
    let path = "/var/task/addon.node"
    #expect(message { $0[4] = 1 } == thrown("\(path): wrong ELF class: ELFCLASS32"))
    #expect(message { $0[5] = 2 } == thrown("\(path): ELF file data encoding not little-endian"))
    #expect(message { $0[6] = 0 } == thrown("\(path): ELF file version ident does not match current one"))
    #expect(message { $0[7] = 9 } == thrown("\(path): ELF file OS ABI invalid"))
    #expect(message { $0[7] = 3 } == .loads)
    #expect(message { $0[8] = 9 } == thrown("\(path): ELF file ABI version invalid"))
    #expect(message { $0[12] = 1 } == thrown("\(path): nonzero padding in e_ident"))
    #expect(message { $0[20] = 2 } == thrown("\(path): ELF file version does not match current one"))
    #expect(message { $0[16] = 1 } == thrown("\(path): only ET_DYN and ET_EXEC can be loaded"))
    #expect(message { $0[16] = 2 } == thrown("\(path): cannot dynamically load executable"))
    #expect(message { $0[54] = 57 } == thrown("\(path): ELF file's phentsize not the expected size"))
    #expect(message { $0[56] = 0 } == thrown("\(path): object file has no loadable segments"))
    #expect(message { $0 = Array($0.prefix(100)) } == thrown("\(path): cannot read file data"))
  }

  @Test("A file that others may not read, a link to nowhere and a directory")
  func places() {
    var world = World()
    world.task.files["closed.node"] = addon().bytes()
    world.task.permissions["closed.node"] = 0o640
    world.task.links["broken.node"] = "nowhere"
    world.task.files["folder.node/inside"] = []
    #expect(
      world.load(path: "closed.node").outcome
        == thrown("/var/task/closed.node: cannot open shared object file: Permission denied"))
    #expect(
      world.load(path: "broken.node").outcome
        == thrown("/var/task/broken.node: cannot open shared object file: No such file or directory"))
    #expect(
      world.load(path: "folder.node").outcome
        == thrown("/var/task/folder.node: cannot read file data: Is a directory"))
  }

  @Test("A file whose segments end past its end dies with SIGBUS, without a word")
  func truncated() {
    var whole = addon()
    whole.data = Array(repeating: 1, count: 5 * 4096)
    let load = World().load(Array(whole.bytes().prefix(4096)))
    #expect(load.outcome == .crashes(signal: "SIGBUS", exit: nil, message: nil))
  }

  @Test("An executable stack is refused from glibc 2.41 on, and so is a missing stack header on x86-64")
  func executableStack() {
    var executable = addon()
    executable.stackFlags = 7
    var missing = addon()
    missing.stackFlags = nil
    var world = World()
    #expect(world.load(executable).outcome == .loads)
    world.glibc = GLibCVersion(2, 41)
    let text = "cannot enable executable stack as shared object requires: Invalid argument"
    #expect(world.load(executable).outcome == thrown("/var/task/addon.node: \(text)"))
    #expect(world.load(missing).outcome == thrown("/var/task/addon.node: \(text)"))
  }

  @Test("An ABI tag for a newer kernel hides the file, until glibc 2.36 stops looking")
  func abiTag() {
    var tagged = addon()
    tagged.note = (1, [0, 0, 0, 0, 99, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 4)
    var world = World()
    #expect(
      world.load(tagged).outcome
        == thrown("/var/task/addon.node: cannot open shared object file: No such file or directory"))
    world.glibc = GLibCVersion(2, 36)
    #expect(world.load(tagged).outcome == .loads)
  }

  @Test("A CPU that lacks the ISA level is named from glibc 2.33 on")
  func isaLevel() {
    var demanding = addon()
    demanding.note = (5, [0x02, 0x80, 0, 0xc0, 4, 0, 0, 0, 0x08, 0, 0, 0, 0, 0, 0, 0], 8)
    var world = World()
    #expect(world.load(demanding).outcome == thrown("/var/task/addon.node: CPU ISA level is lower than required"))
    world.glibc = GLibCVersion(2, 31)
    #expect(world.load(demanding).outcome == .loads)
  }
}

@Suite struct DependencyTests {
  @Test("A missing library is named by its bare soname")
  func missing() {
    let load = World().load(addon(needed: ["libmissing.so.7"]))
    #expect(load.outcome == thrown("libmissing.so.7: cannot open shared object file: No such file or directory"))
    #expect(
      load.failure == .missingLibrary(name: "libmissing.so.7", neededBy: "/var/task/addon.node", skipped: []))
  }

  @Test("DT_RPATH comes before LD_LIBRARY_PATH, DT_RUNPATH after it, the default directories last")
  func order() {
    var world = World()
    for path in ["task/rpath/libx.so", "lib/libx.so"] where path.hasPrefix("task/") {
      world.task.files[String(path.dropFirst(5))] = ELFAssembler(soname: "libx.so").bytes()
    }
    world.task.files["lib/libx.so"] = ELFAssembler(soname: "libx.so").bytes()
    func via(_ change: (inout ELFAssembler) -> Void) -> [String] {
      var object = addon(needed: ["libx.so"])
      change(&object)
      return world.load(object).objects.dropFirst().map { "\($0.via.rawValue) \($0.path ?? "")" }
    }
    #expect(via { $0.rpath = "$ORIGIN/rpath" } == ["DT_RPATH /var/task/rpath/libx.so"])
    #expect(via { $0.runpath = "${ORIGIN}/rpath" } == ["LD_LIBRARY_PATH /var/task/lib/libx.so"])
    // With a DT_RUNPATH the DT_RPATH is not looked at.
    #expect(
      via {
        $0.rpath = "$ORIGIN/rpath"
        $0.runpath = "/nowhere"
      } == ["LD_LIBRARY_PATH /var/task/lib/libx.so"])
    world.task.files["lib/libx.so"] = nil
    #expect(via { $0.runpath = "${ORIGIN}/rpath" } == ["DT_RUNPATH /var/task/rpath/libx.so"])
  }

  @Test("A library for another machine on the way is passed over; one that is no ELF file ends the load")
  func candidates() {
    var world = World()
    var arm = ELFAssembler(soname: "libx.so")
    arm.machine = 183
    world.root.files["lib64/libx.so"] = arm.bytes()
    world.task.files["lib/libx.so"] = ELFAssembler(soname: "libx.so").bytes()
    #expect(world.load(addon(needed: ["libx.so"])).outcome == .loads)
    world.root.files["lib64/libx.so"] = Array(repeating: UInt8(ascii: "x"), count: 100)
    #expect(world.load(addon(needed: ["libx.so"])).outcome == thrown("/lib64/libx.so: invalid ELF header"))
  }

  @Test("Found only as a 32-bit file, the bare soname is given a wrong class")
  func wrongClass() {
    var world = World()
    var small = ELFAssembler(soname: "libx.so")
    small.is64Bit = false
    small.machine = 3
    world.root.files["lib64/libx.so"] = small.bytes()
    #expect(world.load(addon(needed: ["libx.so"])).outcome == thrown("libx.so: wrong ELF class: ELFCLASS32"))
  }

  @Test("What Node.js has loaded counts as loaded, whatever lies beside the addon")
  func alreadyLoaded() {
    var world = World()
    world.task.files["libc.so.6"] = [1]
    var object = addon()
    object.rpath = "$ORIGIN"
    let load = world.load(object)
    #expect(load.outcome == .loads)
    #expect(load.objects.last?.via == .alreadyLoaded)
    #expect(load.objects.last?.path == "/lib64/libc.so.6")
  }

  @Test("A dependency's RPATH reaches what it needs itself; a RUNPATH of the addon does not")
  func inheritance() {
    var world = World()
    world.task.files["deep/liba.so"] = ELFAssembler(soname: "liba.so", needed: ["libb.so"]).bytes()
    world.task.files["deep/libb.so"] = ELFAssembler(soname: "libb.so").bytes()
    var object = addon(needed: ["liba.so"])
    object.rpath = "$ORIGIN/deep"
    #expect(world.load(object).outcome == .loads)
    object.rpath = nil
    object.runpath = "$ORIGIN/deep"
    #expect(
      world.load(object).outcome
        == thrown("libb.so: cannot open shared object file: No such file or directory"))
  }

  @Test("Libraries that need each other in a ring end the search")
  func ring() {
    var world = World()
    world.task.files["lib/liba.so"] = ELFAssembler(soname: "liba.so", needed: ["libb.so"]).bytes()
    world.task.files["lib/libb.so"] = ELFAssembler(soname: "libb.so", needed: ["liba.so"]).bytes()
    #expect(world.load(addon(needed: ["liba.so"])).outcome == .loads)
  }
}

@Suite struct VersionAndSymbolTests {
  @Test("A newer glibc is named by the path that libc was opened under; a weak version is no error")
  func versions() {
    var object = addon()
    object.versionNeeds = [("libc.so.6", "GLIBC_2.38", true)]
    #expect(World().load(object).outcome == .loads)
    object.versionNeeds = [("libc.so.6", "GLIBC_2.34", false), ("libc.so.6", "GLIBC_2.38", false)]
    #expect(
      World().load(object).outcome
        == thrown("/lib64/libc.so.6: version `GLIBC_2.38' not found (required by /var/task/addon.node)"))
  }

  @Test("A data symbol must resolve at load; a function only when it is called, unless BIND_NOW")
  func symbols() {
    let data = World().load(addon([.undefined("gone", .data)]))
    #expect(data.outcome == thrown("/var/task/addon.node: undefined symbol: gone"))
    let lazy = World().load(addon([.undefined("gone"), .undefined("napi_create_object")]))
    #expect(lazy.outcome == .loads)
    #expect(lazy.lazySymbols == [LazySymbol(name: "gone", version: nil, object: "/var/task/addon.node")])
    var now = addon([.undefined("gone")])
    now.flags1 = ELF.DF_1_NOW
    #expect(World().load(now).outcome == thrown("/var/task/addon.node: undefined symbol: gone"))
    #expect(World().load(addon([.undefined("gone", .data, isWeak: true)])).outcome == .loads)
  }

  @Test("A versioned symbol resolves to its version only, and the message names the version")
  func versionedSymbols() {
    let good = addon([.undefined("memcpy", .data, version: ("libc.so.6", "GLIBC_2.14"))])
    #expect(World().load(good).outcome == .loads)
    let bad = addon([.undefined("memcpy", .data, version: ("libc.so.6", "GLIBC_2.2.5"))])
    #expect(
      World().load(bad).outcome == thrown("/var/task/addon.node: undefined symbol: memcpy, version GLIBC_2.2.5"))
  }

  @Test("A symbol that the addon's own dependency defines is found, a hidden one is not")
  func closure() {
    var world = World()
    world.task.files["lib/libx.so"] = ELFAssembler(soname: "libx.so", symbols: [.defined("helper")]).bytes()
    let object = addon(needed: ["libx.so"], [.undefined("helper", .data)])
    #expect(world.load(object).outcome == .loads)
    var hidden = ELFAssembler.Symbol.defined("helper")
    hidden.visibility = ELF.STV_HIDDEN
    world.task.files["lib/libx.so"] = ELFAssembler(soname: "libx.so", symbols: [hidden]).bytes()
    #expect(world.load(object).outcome == thrown("/var/task/addon.node: undefined symbol: helper"))
  }

  @Test("Initial-exec TLS of an addon must fit into what is left of the static block")
  func staticTLS() {
    var object = addon([.undefined("unused", isWeak: true)])
    var variable = ELFAssembler.Symbol.defined("variable", code: [0])
    variable.type = ELF.STT_TLS
    variable.reference = .staticTLS
    object.symbols.append(variable)
    object.tlsByteCount = 64
    #expect(World().load(object).outcome == .loads)
    object.tlsByteCount = 4096
    #expect(
      World().load(object).outcome
        == thrown("/var/task/addon.node: cannot allocate memory in static TLS block"))
  }
}

@Suite struct NodeHostTests {
  private static let returns10: [UInt8] = [0xb8, 10, 0, 0, 0, 0xc3]

  @Test("An object that registers nothing did not self-register, and older releases do not say which")
  func notRegistered() {
    var world = World()
    let object = ELFAssembler(soname: nil, needed: ["libc.so.6"])
    #expect(world.load(object).outcome == thrown("Module did not self-register: '/var/task/addon.node'."))
    world.nodeVersion = NodeVersion("12.0.0")
    #expect(world.load(object).outcome == .throwsError(code: nil, message: "Module did not self-register."))
  }

  @Test("A Node-API version that is too new kills Node.js 20; Node.js 18.4 does not look")
  func nodeAPIVersion() {
    var world = World()
    let object = addon([.defined("node_api_module_get_api_version_v1", code: Self.returns10)])
    #expect(world.load(object).outcome == .crashes(signal: "SIGSEGV", exit: nil, message: nil))
    world.nodeVersion = NodeVersion("18.4.0")
    #expect(world.load(object).outcome == .loads)
    world.nodeVersion = NodeVersion("22.14.0")
    #expect(world.load(object).outcome == .loads)
  }

  @Test("A version function that cannot be read decides nothing")
  func unreadableVersion() {
    let object = addon([.defined("node_api_module_get_api_version_v1", code: [0x0f, 0x0b])])
    guard case .unknown = World().load(object).outcome else {
      Issue.record("it was guessed")
      return
    }
  }

  @Test("A V8 addon loads only where its module version is the runtime's")
  func moduleVersion() {
    var object = ELFAssembler(soname: nil, symbols: [.undefined("node_module_register")])
    object.data = Array(repeating: 0, count: 96)
    object.data[0] = 115
    object.data.replaceSubrange(64..<69, with: "a.cc\0".utf8)
    object.data.replaceSubrange(72..<74, with: "a\0".utf8)
    object.relativePointers = [(16, 64), (24, 80), (40, 72)]
    #expect(World().load(object).outcome == .loads)
    object.data[0] = 108
    let load = World().load(object)
    #expect(load.failure == .moduleVersion(built: 108, required: 115))
    #expect(
      load.outcome
        == thrown(
          """
          The module '/var/task/addon.node'
          was compiled against a different Node.js version using
          NODE_MODULE_VERSION 108. This version of Node.js requires
          NODE_MODULE_VERSION 115. Please try re-compiling or re-installing
          the module (for instance, using `npm rebuild` or `npm install`).
          """))
    // With the symbol of the right version Node.js goes on.
    object.symbols.append(.defined("node_register_module_v115"))
    #expect(World().load(object).outcome == .loads)
  }
}
