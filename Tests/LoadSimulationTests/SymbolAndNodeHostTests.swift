import ELFAssembler
import LambdaRuntimes
import NativeBinaries
import PackageFiles
import Testing

@testable import LoadSimulation

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

  @Test("What only running the code would show is said in one line, and the outcome stays what the rest implies")
  func unseenBehaviour() {
    var plain = addon([])
    #expect(World().load(plain).uncertainties.isEmpty)
    plain.symbols.append(.undefined("dlopen", isWeak: true))
    var resolver = ELFAssembler.Symbol.defined("chosen")
    resolver.type = ELF.STT_GNU_IFUNC
    plain.symbols.append(resolver)
    let load = World().load(plain)
    #expect(load.outcome == .loads)
    #expect(
      load.uncertainties == [
        "Not predicted, since only running the code shows it: which libraries it opens itself by dlopen, which code its ifunc resolvers choose."
      ])
  }

  @Test("A V8 addon loads only where its module version is the runtime's")
  func moduleVersion() {
    var object = ELFAssembler(soname: nil, symbols: [.undefined("node_module_register")])
    object.data = Array(repeating: 0, count: 96)
    object.data[0] = 115
    object.data.replaceSubrange(64..<69, with: "a.cc\0".utf8)
    object.data.replaceSubrange(72..<74, with: "a\0".utf8)
    object.relativePointers = [(16, 64), (24, 80), (40, 72)]
    #expect(World().load(object).outcome == thrown("Module did not self-register: '/var/task/addon.node'."))
    object.constructorCalls = "node_module_register"
    #expect(World().load(object).outcome == .loads)
    var empty = object
    empty.relativePointers.remove(at: 1)
    #expect(World().load(empty).outcome == thrown("Module has no declared entry point."))
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
