import ELFAssembler
import NativeBinaries
import Testing

/// The facts of an assembled file.
private func image(_ assembler: ELFAssembler) -> ELF.Image {
  image(assembler.bytes())
}

private func image(_ bytes: [UInt8]) -> ELF.Image {
  let span = bytes.span
  return ELF.Image(parsing: span.bytes)
}

/// Reads the bytes for nothing but to see that it ends.
private func survive(_ bytes: [UInt8]) {
  let span = bytes.span
  _ = NativeBinary(parsing: span.bytes)
}

@Suite struct ELFTests {
  private static let sample: ELFAssembler = {
    var assembler = ELFAssembler(
      soname: "libsample.so.1", needed: ["libm.so.6", "libc.so.6"],
      symbols: [
        .undefined("memcpy", version: ("libc.so.6", "GLIBC_2.14")),
        .undefined("environ", .data, version: ("libc.so.6", "GLIBC_2.2.5")),
        .undefined("maybe", isWeak: true),
        .defined("first", version: "SAMPLE_1"), .defined("second", version: "SAMPLE_2"), .defined("plain"),
      ])
    assembler.runpath = "$ORIGIN/lib"
    return assembler
  }()

  @Test("Every class and byte order gives the same facts", arguments: [true, false], [true, false])
  func classesAndOrders(is64Bit: Bool, isBigEndian: Bool) {
    var assembler = Self.sample
    assembler.is64Bit = is64Bit
    assembler.isBigEndian = isBigEndian
    assembler.machine = is64Bit ? 21 : 20
    let facts = image(assembler)
    #expect(facts.damage.isEmpty)
    #expect(facts.soname == "libsample.so.1")
    #expect(facts.needed == ["libm.so.6", "libc.so.6"])
    #expect(facts.runpath == "$ORIGIN/lib")
    #expect(facts.versionNeeds.map(\.file) == ["libc.so.6"])
    #expect(facts.versionNeeds.first?.versions.map(\.name) == ["GLIBC_2.14", "GLIBC_2.2.5"])
    #expect(facts.versionDefinitions.filter { !$0.isBase }.map(\.name) == ["SAMPLE_1", "SAMPLE_2"])
    let names = facts.symbols.symbols.indices.dropFirst().map { facts.symbols.name($0) }
    #expect(names == ["memcpy", "environ", "maybe", "first", "second", "plain"])
    #expect(facts.symbols.symbols.map(\.isUndefined) == [true, true, true, true, false, false, false])
    #expect(facts.symbols.symbols[3].isWeak)
  }

  private final class Keeper: Sendable {}

  @Test(
    "Tables that stay in the file are those that are copied out of it, at any alignment",
    arguments: [ELFAssembler.HashStyle.gnu, .sysv, .both, .none], [0, 1, 3])
  func kept(style: ELFAssembler.HashStyle, shift: Int) {
    var assembler = Self.sample
    assembler.hashStyle = style
    check(assembler.bytes(), shift, style)
  }

  @Test("A file without DT_STRTAB has no names, wherever its tables stay")
  func keptWithoutStrings() throws {
    var bytes = Self.sample.bytes()
    func word(_ offset: Int) -> Int { (0..<8).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) } }
    let headers = (0..<Int(bytes[0x38])).map { 64 + 56 * $0 }
    let dynamic = word(try #require(headers.first { bytes[$0] == 2 }) + 8)
    let entry = try #require((0..<32).map { dynamic + 16 * $0 }.first { word($0) == 5 })
    bytes[entry] = 0x70
    let image = bytes.withUnsafeBytes { ELF.Image(parsing: RawSpan(_unsafeBytes: $0)) }
    #expect(image.symbols.stringByteCount == 0 && image.symbols.symbols.count == 7)
    check(bytes, 0, .none)
  }

  private func check(_ file: [UInt8], _ shift: Int, _ style: ELFAssembler.HashStyle) {
    let copied = file.withUnsafeBytes { ELF.Image(parsing: RawSpan(_unsafeBytes: $0)) }
    ([UInt8](repeating: 0xff, count: shift) + file).withUnsafeBytes { bytes in
      var effort = ParsingEffort()
      effort.keeper = Keeper()
      let facts = ELF.Image(
        parsing: RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: bytes[shift...])), effort: effort)
      let (kept, copy) = (facts.symbols, copied.symbols)
      #expect(kept.stringByteCount == copy.stringByteCount)
      #expect(kept.symbols.elementsEqual(copy.symbols) && kept.versionIndices.elementsEqual(copy.versionIndices))
      #expect(kept.symbols.indices.map { kept.name($0) } == copy.symbols.indices.map { copy.name($0) })
      for name in ["first", "second", "plain", "nobody"] {
        let places = [kept, copy].map { table in
          var found: [Int] = []
          try? table.forEachSymbol(named: Array(name.utf8), gnuHash: ELF.GNUHashTable.hash(Array(name.utf8))) {
            found.append($0)
            return false
          }
          return found
        }
        #expect(places[0] == places[1] && (style == .none || places[0].isEmpty == (name == "nobody")))
      }
    }
  }

  @Test(
    "Symbols are counted by either hash table, and undefined ones without any",
    arguments: [
      ELFAssembler.HashStyle.gnu, .sysv, .both, .none,
    ])
  func counting(style: ELFAssembler.HashStyle) {
    var assembler = Self.sample
    assembler.hashStyle = style
    let facts = image(assembler)
    #expect(facts.symbols.symbols.count == (style == .none ? 4 : 7))
  }

  @Test("Relocations of 64-bit MIPS name their symbols in either byte order", arguments: [true, false])
  func mips64(isBigEndian: Bool) {
    var assembler = Self.sample
    assembler.machine = ELF.EM_MIPS
    assembler.isBigEndian = isBigEndian
    assembler.hashStyle = .none
    let facts = image(assembler)
    #expect(facts.symbols.symbols.count == 4)
    #expect(facts.damage.isEmpty)
  }

  @Test(
    "A name is found through the hash table, and a missing one is not",
    arguments: [
      ELFAssembler.HashStyle.gnu, .sysv,
    ])
  func lookup(style: ELFAssembler.HashStyle) throws {
    var assembler = Self.sample
    assembler.hashStyle = style
    let table = image(assembler).symbols
    for (name, isThere) in [("first", true), ("plain", true), ("third", false), ("firs", false), ("first1", false)] {
      var found = false
      try table.forEachSymbol(named: name.utf8, gnuHash: ELF.GNUHashTable.hash(name.utf8)) { _ in
        found = true
        return true
      }
      #expect(found == isThere, "\(name)")
    }
  }

  @Test("Data relocations and jump slots are told apart")
  func relocations() {
    let facts = image(Self.sample)
    #expect(facts.relocations.data.map { facts.symbols.name($0.symbol) } == ["environ"])
    #expect(facts.relocations.jumpSlots.map { facts.symbols.name($0.symbol) } == ["memcpy", "maybe"])
  }

  @Test("Every prefix of a file gives facts or damage, and never traps")
  func truncation() {
    let bytes = Self.sample.bytes()
    for count in 0...bytes.count { survive(Array(bytes.prefix(count))) }
  }

  @Test("Damaged bytes give facts or damage, and never trap")
  func mutation() {
    let bytes = Self.sample.bytes()
    var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    for _ in 0..<4_000 {
      var damaged = bytes
      for _ in 0..<4 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        damaged[Int(state >> 33) % damaged.count] =
          [0, 1, 0x7f, 0x80, 0xff, UInt8(truncatingIfNeeded: state)][Int(state >> 20) % 6]
      }
      survive(damaged)
    }
  }

  @Test("A segment that ends past the file is damage, and what loading would touch there is remembered")
  func truncatedTail() {
    var assembler = Self.sample
    assembler.data = Array(repeating: 1, count: 3 * 4096)
    let whole = assembler.bytes()
    let half = image(Array(whole.prefix(4096)))
    #expect(!half.damage.isEmpty)
    #expect(half.faults.contains(.mapping))
    #expect(image(assembler).faults.isEmpty)
  }

  @Test("The ABI tag and the x86 ISA level come from the GNU notes")
  func notes() {
    var assembler = Self.sample
    assembler.note = (1, [0, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0], 4)
    let tag = image(assembler).notes.abiTag
    #expect(tag?.operatingSystem == 0)
    #expect([tag?.major, tag?.minor, tag?.patch] == [3, 2, 1])
    assembler.note = (5, [0x02, 0x80, 0, 0xc0, 4, 0, 0, 0, 0x0f, 0, 0, 0, 0, 0, 0, 0], 8)
    #expect(image(assembler).notes.x86ISANeeded == 0x0f)
  }
}

@Suite struct AddonRegistrationTests {
  private static let x86Returns10: [UInt8] = [0xb8, 10, 0, 0, 0, 0xc3]
  private static let armReturns9: [UInt8] = [0x5f, 0x24, 0x03, 0xd5, 0x20, 0x01, 0x80, 0x52, 0xc0, 0x03, 0x5f, 0xd6]

  @Test("The Node-API version is read from code, and is 8 where none is compiled in")
  func nodeAPIVersion() {
    var assembler = ELFAssembler(soname: nil, symbols: [.defined("napi_register_module_v1")])
    #expect(image(assembler).registration.kind == .nodeAPI)
    #expect(image(assembler).registration.nodeAPIVersion == 8)
    assembler.symbols.append(.defined("node_api_module_get_api_version_v1", code: Self.x86Returns10))
    #expect(image(assembler).registration.nodeAPIVersion == 10)
    assembler.machine = 183
    assembler.symbols[1].code = Self.armReturns9
    #expect(image(assembler).registration.nodeAPIVersion == 9)
    assembler.symbols[1].code = [0, 0, 0, 0]
    #expect(image(assembler).registration.nodeAPIVersion == nil)
  }

  @Test(
    "The module version of a constructor's structure is read on both machines, with RELA and with RELR",
    arguments: [
      UInt16(62), 183,
    ], [false, true])
  func moduleStructure(machine: UInt16, usesRELR: Bool) {
    var assembler = ELFAssembler(soname: nil, symbols: [.undefined("node_module_register")])
    assembler.machine = machine
    assembler.usesRELR = usesRELR
    // A decoy with an impossible pointer, the structure, and its two strings.
    assembler.data = Array(repeating: 0, count: 160)
    assembler.data[0] = 99
    assembler.data[64] = 115
    assembler.data.replaceSubrange(128..<137, with: "addon.cc\0".utf8)
    assembler.data.replaceSubrange(144..<150, with: "addon\0".utf8)
    assembler.relativePointers = [(64 + 16, 128), (64 + 24, 152), (64 + 40, 144)]
    let registration = image(assembler).registration
    #expect(registration.kind == .v8)
    #expect(registration.moduleVersion == 115)
  }

  @Test(
    "A few endless constructors do not hide the one that registers; thousands are not all followed",
    .timeLimit(.minutes(5)))
  func endlessConstructors() {
    var assembler = ELFAssembler(soname: nil, symbols: [.undefined("node_module_register")])
    assembler.data = Array(repeating: 0, count: 160)
    assembler.data[0] = 115
    assembler.relativePointers = [(24, 152)]
    assembler.constructorCalls = "node_module_register"
    assembler.endlessConstructors = 3
    #expect(image(assembler).registration.moduleVersion == 115)
    assembler.endlessConstructors = 4000
    #expect(image(assembler).registration.kind == .v8)
  }

  @Test("An object that registers nothing is told apart from an addon")
  func nothing() {
    #expect(image(ELFAssembler(soname: nil, symbols: [.defined("helper")])).registration.kind == .none)
    let versioned = image(ELFAssembler(soname: nil, symbols: [.defined("node_register_module_v108")])).registration
    #expect(versioned.kind == .v8)
    #expect(versioned.moduleVersion == 108)
  }
}
