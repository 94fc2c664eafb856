import NativeBinaries
import Testing

/// What the dynamic loader reads, where the symbol table has been stripped.
@Suite struct MachODynamicLinkingTests {
  /// `_defined` at 4, `_def` a weak definition at 0x80: one edge `_def` to a node that is terminal and has an edge `ined`.
  static let trie: [UInt8] =
    [0, 1] + Array("_def\0".utf8) + [8] + [3, 4, 0x80, 0x01, 1] + Array("ined\0".utf8) + [19] + [2, 0, 4, 0]

  @Test("Exports that were stripped from the symbol table are found in the export trie")
  func exportTrie() throws {
    var sample = MachOSample()
    sample.symbols = [("_defined", 0x0f, 0, MachOSample.base + 4)]
    sample.exportTrie = Self.trie
    let image = MachOTests.parse(sample.bytes)
    #expect(image.damage == [])
    let symbols = try #require(image.slices.first).definedSymbols
    #expect(symbols.map(\.name) == ["_defined", "_def"])
    #expect(symbols.map(\.address) == [MachOSample.base + 4, MachOSample.base + 0x80])
    #expect(symbols.map(\.isWeak) == [false, true])
  }

  @Test("A loop in the export trie ends the reading")
  func exportTrieLoop() throws {
    var sample = MachOSample()
    sample.exportTrie = [0, 1] + Array("a\0".utf8) + [0]
    let image = MachOTests.parse(sample.bytes)
    #expect(image.damage.map(\.reason) == [.invalid("an export trie with a node of two parents")])
    #expect(try #require(image.slices.first).definedSymbols.isEmpty)
  }

  @Test("References are found in binding opcodes, with the library that was set when they were bound")
  func bindings() throws {
    var sample = MachOSample()
    sample.bindings =
      [0x11, 0x40] + Array("_first\0".utf8) + [0x51, 0x72, 0x80, 0x01, 0x90]
      + [0x41] + Array("_second\0".utf8) + [0x3e, 0xa0, 0x10] + [0xc0, 0x02, 0x08, 0x00]
    let image = MachOTests.parse(sample.bytes)
    #expect(image.damage == [])
    let symbols = try #require(image.slices.first).undefinedSymbols
    #expect(symbols.map(\.name) == ["_first", "_second"])
    #expect(symbols.map(\.libraryOrdinal) == [1, 254])
    #expect(symbols.map(\.isWeak) == [false, true])
  }

  @Test("References are found in each format of chained imports", arguments: [1, 2, 3] as [UInt32])
  func chainedImports(format: UInt32) throws {
    var fixups = ByteLayout()
    let entryByteCount = [4, 8, 16][Int(format) - 1]
    fixups.add(0 as UInt32, 28, 28, UInt32(28 + 2 * entryByteCount), 2, format, 0)
    // The second is weak, its name at 7, and any image may define it.
    if format == 3 {
      fixups.add(1 as UInt64, 0, 0xfffe | 1 << 16 | 7 << 32, 0)
    } else {
      fixups.add(1 as UInt32)
      if format == 2 { fixups.add(0 as UInt32) }
      fixups.add(0xfe | 1 << 8 | 7 << 9 as UInt32)
      if format == 2 { fixups.add(0 as UInt32) }
    }
    fixups.add("_first\0_second\0")
    var sample = MachOSample()
    sample.chainedFixups = fixups.bytes
    let image = MachOTests.parse(sample.bytes)
    #expect(image.damage == [])
    let symbols = try #require(image.slices.first).undefinedSymbols
    #expect(symbols.map(\.name) == ["_first", "_second"])
    #expect(symbols.map(\.libraryOrdinal) == [1, 254])
    #expect(symbols.map(\.isWeak) == [false, true])
  }

  @Test("Symbols that all point at one long name cost no more than the file justifies")
  func nameBomb() throws {
    var sample = MachOSample()
    sample.symbols = (0..<2000).map { ("", 0x0f, 0, UInt64($0)) }
    var bytes = sample.bytes
    // Every name is at offset 2 of the string table; fill the table and what follows it with one endless name.
    let name = [UInt8](repeating: 0x61, count: 100_000)
    var file = ByteLayout(bytes: bytes)
    let symtab = 32 + 72
    file.set(UInt32(2 + name.count), at: symtab + 20)
    for index in 0..<2000 { file.set(2 as UInt32, at: MachOSample.codeOffset + index * 16) }
    bytes = Array(file.bytes.prefix(MachOSample.codeOffset + 2000 * 16 + 2)) + name
    let image = MachOTests.parse(bytes)
    let copied = try #require(image.slices.first).definedSymbols.reduce(0) { $0 + $1.name.utf8.count }
    #expect(copied > 0)
    #expect(copied <= 4 * bytes.count)
    #expect(image.damage.map(\.reason) == [.invalid("more names than the file has room for")])
  }
}

@Suite struct MachORegistrationTests {
  func registration(
    cpuType: UInt32 = MachO.CPU_TYPE_ARM64, defined: [String] = [], undefined: [String] = [], code: [UInt8] = []
  ) -> AddonRegistration {
    var sample = MachOSample(cpuType: cpuType, fileType: 8)
    let address = MachOSample.base + UInt64(MachOSample.codeOffset)
    sample.symbols = defined.map { ($0, 0x0f, 0, address) } + undefined.map { ($0, 0x01, 0xfe00, 0) }
    sample.code = code
    return MachOTests.parse(sample.bytes).registration
  }

  @Test("An addon that defines napi_register_module_v1 is bound to Node-API, by default to version 8")
  func nodeAPI() {
    let facts = registration(defined: ["_napi_register_module_v1"], undefined: ["_napi_create_function"])
    #expect(facts.kind == .nodeAPI)
    #expect(facts.nodeAPIVersion == 8)
    #expect(!facts.usesConstructor)
    #expect(registration(defined: ["napi_register_module_v1"]).kind == .none)
  }

  @Test(
    "The Node-API version compiled in is read from the function that returns it",
    arguments: [
      // mov eax, 9; ret — and behind a frame pointer
      (MachO.CPU_TYPE_X86_64, [0xb8, 9, 0, 0, 0, 0xc3], 9),
      (MachO.CPU_TYPE_X86_64, [0x55, 0x48, 0x89, 0xe5, 0xb8, 10, 0, 0, 0, 0x5d, 0xc3], 10),
      (MachO.CPU_TYPE_X86_64, [0xb8, 0xff, 0xff, 0xff, 0x7f, 0xc3], 2_147_483_647),
      // mov w0, #9; ret — mov w0, #0x7fffffff; ret
      (MachO.CPU_TYPE_ARM64, [0x20, 0x01, 0x80, 0x52, 0xc0, 0x03, 0x5f, 0xd6], 9),
      (MachO.CPU_TYPE_ARM64, [0x00, 0x00, 0xb0, 0x12, 0xc0, 0x03, 0x5f, 0xd6], 2_147_483_647),
      (MachO.CPU_TYPE_ARM64, [0xe0, 0x7b, 0x00, 0x32, 0xc0, 0x03, 0x5f, 0xd6], 2_147_483_647),
      // Another shape says nothing; that is not the default.
      (MachO.CPU_TYPE_ARM64, [0x00, 0x00, 0x00, 0x58, 0xc0, 0x03, 0x5f, 0xd6], nil),
      (MachO.CPU_TYPE_X86_64, [0xb8], nil),
    ] as [(UInt32, [UInt8], Int?)])
  func compiledVersion(cpuType: UInt32, code: [UInt8], version: Int?) {
    let names = ["_napi_register_module_v1", "_node_api_module_get_api_version_v1"]
    let facts = registration(cpuType: cpuType, defined: names, code: code)
    #expect(facts.kind == .nodeAPI)
    #expect(facts.nodeAPIVersion == version)
  }

  @Test("An addon whose constructor calls node_module_register is bound to V8, to the version of its symbol")
  func v8() {
    let facts = registration(
      defined: ["_node_register_module_v115"], undefined: ["_node_module_register", "__ZN2v86String10NewFromUtf8Ev"])
    #expect(facts.kind == .v8)
    #expect(facts.moduleVersion == 115)
    #expect(facts.registeredVersions == [115])
    #expect(facts.usesConstructor)
    #expect(facts.usesV8Interface)
    #expect(registration(undefined: ["_node_module_register"]).kind == .v8)
    #expect(registration(undefined: ["_node_module_register"]).moduleVersion == nil)
  }

  @Test("An addon of several module versions that also offers Node-API is bound to none of them")
  func both() {
    let facts = registration(
      defined: ["_node_register_module_v127", "_node_register_module_v115", "_napi_register_module_v1"])
    #expect(facts.kind == .nodeAPI)
    #expect(facts.registeredVersions == [115, 127])
    #expect(facts.moduleVersion == nil)
  }

  @Test("Old Node-API addons register by a constructor; a library registers nothing")
  func others() {
    let facts = registration(undefined: ["_napi_module_register"])
    #expect(facts.kind == .nodeAPI)
    #expect(facts.usesConstructor)
    #expect(facts.nodeAPIVersion == 8)
    #expect(registration(defined: ["_node_register_module_vx", "_main"]).kind == .none)
  }
}
