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
    // Flags that no macro of Node.js sets: built in, internal, to be deleted.
    for (flag, outcome) in [
      (1, Load.Outcome.crashes(signal: "SIGABRT", exit: nil, message: nil)),
      (4, thrown("Module did not self-register: '/var/task/addon.node'.")), (8, .loads),
    ] {
      var odd = object
      odd.data[4] = UInt8(flag)
      #expect(World().load(odd).outcome == outcome)
    }
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

@Suite struct RelocationWalkTests {
  /// Changes the value, or the tag, of the first entry of a dynamic section.
  private func changed(_ bytes: [UInt8], _ tag: UInt64, value: UInt64? = nil, tag newTag: UInt64? = nil) -> [UInt8] {
    func word(_ offset: Int) -> UInt64 { (0..<8).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64(8 * $1) } }
    var result = bytes
    for offset in stride(from: (bytes.count - 1) / 8 * 8, through: 0, by: -8)
    where offset % 16 == 0 && offset + 16 <= bytes.count && word(offset) == tag && offset > bytes.count / 2 {
      for byte in 0..<8 {
        if let newTag { result[offset + byte] = UInt8(truncatingIfNeeded: newTag >> UInt64(8 * byte)) }
        if let value { result[offset + 8 + byte] = UInt8(truncatingIfNeeded: value >> UInt64(8 * byte)) }
      }
      return result
    }
    return result
  }

  private let crash = Load.Outcome.crashes(signal: "SIGSEGV", exit: nil, message: nil)
  private var good: [UInt8] {
    addon([.undefined("napi_create_object"), .undefined("environ", .data, isWeak: true)]).bytes()
  }

  @Test("A dynamic section that lacks what ld.so takes for granted is a null pointer", arguments: [9, 8, 3, 23, 2])
  func missingEntry(tag: UInt64) {
    #expect(World().load(good).outcome == .loads)
    #expect(World().load(changed(good, tag, tag: 0x6fff_fef0)).outcome == crash)
  }

  @Test("Tables and places outside of the segments are SIGSEGV", arguments: [7, 23, 3])
  func outside(tag: UInt64) {
    #expect(World().load(changed(good, tag, value: 0x7fff_ffff_0000)).outcome == crash)
  }

  @Test("A string table's size is never looked at")
  func stringTableSize() { #expect(World().load(changed(good, 10, value: 0)).outcome == .loads) }

  @Test("What relocation writes must be writable, unless DT_TEXTREL lifts that")
  func readOnlySegment() {
    func flagged(_ bytes: [UInt8]) -> [UInt8] {
      var bytes = bytes
      for header in 0..<Int(bytes[56]) where bytes[64 + 56 * header] == 1 { bytes[64 + 56 * header + 4] = 5 }
      // The section itself claims to be read-only, so that ld.so does not write to it.
      for header in 0..<Int(bytes[56]) where bytes[64 + 56 * header] == 2 { bytes[64 + 56 * header + 4] = 4 }
      return bytes
    }
    var world = World()
    world.glibc = GLibCVersion(2, 36)
    #expect(world.load(flagged(good)).outcome == crash)
    var object = addon([.undefined("napi_create_object"), .undefined("environ", .data, isWeak: true)])
    object.flags = ELF.DF_TEXTREL
    #expect(world.load(flagged(object.bytes())).outcome == .loads)
  }
}
