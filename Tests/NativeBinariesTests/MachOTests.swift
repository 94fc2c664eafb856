import NativeBinaries
import Testing

@Suite struct MachOTests {
  static func parse(_ bytes: [UInt8]) -> MachO.Image { MachO.Image(parsing: bytes.span.bytes) }

  @Test(
    "A thin library's facts are read, whatever its word size and byte order",
    arguments: [(true, .little), (true, .big), (false, .little), (false, .big)] as [(Bool, ByteOrder)])
  func thin(is64Bit: Bool, order: ByteOrder) throws {
    let bytes = MachOSample.complete(is64Bit: is64Bit, order: order).bytes
    let image = Self.parse(bytes)
    #expect(image.damage == [])
    #expect(!image.isUniversal)
    let slice = try #require(image.slices.first)
    #expect(image.slices.count == 1)
    #expect(slice.byteCount == bytes.count)
    #expect(slice.is64Bit == is64Bit)
    #expect(slice.byteOrder == order)
    #expect(slice.fileType == .dylib)
    #expect(slice.flags == 0x85)
    #expect(slice.installName == "@rpath/libsample.1.dylib")
    #expect(slice.rpaths == ["@loader_path/../lib"])
    #expect(slice.hasCodeSignature)
    #expect(slice.segments.map(\.name) == ["__TEXT"])
    #expect(slice.platform == .macos)
    #expect(slice.minimumOS?.description == "11.0")
    #expect(slice.sdk?.description == "12.3.1")
    let uuid = try #require(slice.uuid)
    #expect(uuid.sorted() == Array(0...15))
    let libSystem = try #require(slice.dylibs.first)
    #expect(libSystem.currentVersion.description == "1340.0")
    #expect(libSystem.compatibilityVersion.description == "1.0")
    let kinds: [MachO.Dylib.Kind] = [.regular, .weak, .reexport, .lazy, .upward]
    #expect(slice.dylibs.map(\.kind) == kinds)
  }

  @Test("External symbols are told from local, private and debugger entries, definitions from references")
  func symbols() throws {
    let slice = try #require(Self.parse(MachOSample.complete().bytes).slices.first)
    #expect(slice.definedSymbols.map(\.name) == ["_defined", "_weak_definition", "_common"])
    #expect(slice.definedSymbols.map(\.isWeak) == [false, true, false])
    #expect(slice.definedSymbols.map(\.address) == [MachOSample.base + 4, MachOSample.base + 8, 8])
    #expect(slice.undefinedSymbols.map(\.name) == ["_undefined", "_weak_reference"])
    #expect(slice.undefinedSymbols.map(\.isWeak) == [false, true])
    #expect(slice.undefinedSymbols.map(\.libraryOrdinal) == [1, 2])
  }

  @Test("A universal file gives each slice with its place and architecture", arguments: [false, true])
  func universal(is64Bit: Bool) throws {
    let arm = MachOSample.complete().bytes
    let intel = MachOSample.complete(cpuType: MachO.CPU_TYPE_X86_64, cpuSubtype: 3).bytes
    let image = Self.parse(
      MachOSample.universal([(MachO.CPU_TYPE_X86_64, 3, intel), (MachO.CPU_TYPE_ARM64, 0, arm)], is64Bit: is64Bit))
    #expect(image.damage == [])
    #expect(image.isUniversal)
    #expect(image.architectureNames == ["x86_64", "arm64"])
    #expect(image.slices.map(\.offset) == [4096, 8192])
    #expect(image.slices.map(\.byteCount) == [intel.count, arm.count])
    #expect(image.slices.allSatisfy { $0.installName == "@rpath/libsample.1.dylib" })
  }

  @Test("A universal static library names the format of its slices")
  func universalArchive() {
    let image = Self.parse(MachOSample.universal([(MachO.CPU_TYPE_ARM64, 0, Array("!<arch>\n".utf8))]))
    #expect(image.damage == [])
    #expect(image.slices.map(\.foreignFormat) == [.archive])
    #expect(image.slices.map(\.fileType) == [nil])
    #expect(image.architectureNames == ["arm64"])
  }

  @Test("Slices that lie, overlap or end past the file are damage, at the place where they are")
  func damagedSlices() {
    let arm = MachOSample.complete().bytes
    var file = MachOSample.universal([(MachO.CPU_TYPE_X86_64, 3, arm)])
    #expect(Self.parse(file).damage.map(\.offset) == [4096])
    #expect(Self.parse(file).architectureNames == ["arm64"])
    file = MachOSample.universal([(MachO.CPU_TYPE_ARM64, 0, arm), (MachO.CPU_TYPE_ARM64, 2, arm)])
    var overlapping = ByteLayout(bytes: file, order: .big)
    overlapping.set(4096 as UInt32, at: 8 + 20 + 8)
    #expect(Self.parse(overlapping.bytes).damage == [ParseError(.invalid("a slice that overlaps another"), at: 4096)])
    let cut = Self.parse(Array(file.dropLast(10)))
    #expect(cut.damage.contains(ParseError(.truncated, at: 8192)))
    #expect(cut.architectureNames.count == 2)
  }

  @Test(
    "Architectures have the names that Apple's tools give them",
    arguments: [
      (0x0100_0007, 3, "x86_64"), (0x0100_0007, 8, "x86_64h"), (7, 3, "i386"), (0x0100_000c, 0, "arm64"),
      (0x0100_000c, 0x8000_0002, "arm64e"), (12, 9, "armv7"), (12, 11, "armv7s"), (0x0200_000c, 1, "arm64_32"),
      (18, 0, "ppc"), (99, 0, "CPU type 99"),
    ] as [(UInt32, UInt32, String)])
  func architectures(cpuType: UInt32, cpuSubtype: UInt32, name: String) {
    #expect(MachO.architectureName(cpuType: cpuType, cpuSubtype: cpuSubtype) == name)
  }

  @Test(
    "Older files name their platform by the load command of its minimum version",
    arguments: [(0x24, .macos), (0x25, .ios), (0x2f, .tvos), (0x30, .watchos)] as [(UInt32, MachO.Platform)])
  func minimumVersions(kind: UInt32, platform: MachO.Platform) throws {
    var sample = MachOSample()
    sample.commands = [sample.command(kind, [0x000a_0900, 0x000a_0f04])]
    let slice = try #require(Self.parse(sample.bytes).slices.first)
    #expect(slice.platform == platform)
    #expect(slice.minimumOS?.description == "10.9")
    #expect(slice.sdk?.description == "10.15.4")
  }

  @Test("The newer form of a library command carries its kind in flags")
  func dylibUse() throws {
    var sample = MachOSample()
    sample.commands = [
      sample.command(0xc, [28, 0x1a74_1800, 0x1_0000, 0x1_0000, 0x1], text: "libweak.dylib"),
      sample.command(0xc, [28, 0x1a74_1800, 0x1_0000, 0x1_0000, 0x8], text: "libdelayed.dylib"),
    ]
    let slice = try #require(Self.parse(sample.bytes).slices.first)
    #expect(slice.dylibs.map(\.name) == ["libweak.dylib", "libdelayed.dylib"])
    #expect(slice.dylibs.map(\.kind) == [.weak, .lazy])
  }

  @Test("A load command that cannot be is damage, and the ones before it are kept")
  func loadCommands() throws {
    var sample = MachOSample()
    sample.commands = [
      sample.dylib(0xc, "libfirst.dylib"), sample.command(0xc, [0x7fff_0000, 2, 0, 0]), [1, 0, 0, 0, 4, 0, 0, 0],
    ]
    let image = Self.parse(sample.bytes)
    #expect(try #require(image.slices.first).dylibs.map(\.name) == ["libfirst.dylib"])
    #expect(image.damage.count == 2)
  }
}
