import NativeBinaries
import Testing

@Suite struct PETests {
  func parse(_ bytes: [UInt8]) -> PE.Image { PE.Image(parsing: bytes.span.bytes) }

  @Test(
    "A DLL's facts are read, whatever its word size",
    arguments: [(PE.IMAGE_FILE_MACHINE_AMD64, true, "x86_64"), (PE.IMAGE_FILE_MACHINE_I386, false, "i386")])
  func facts(machine: UInt16, isPE32Plus: Bool, architecture: String) throws {
    let image = parse(PESample.complete(machine: machine, isPE32Plus: isPE32Plus).bytes)
    #expect(image.damage == [])
    #expect(image.isDLL)
    #expect(image.isPE32Plus == isPE32Plus)
    #expect(image.architectureName == architecture)
    #expect(image.header?.characteristics == 0x2022)
    #expect(image.header?.timestamp == 0x6000_0000)
    let optionalHeader = try #require(image.optionalHeader)
    #expect(optionalHeader.subsystemName == "Windows console")
    #expect(optionalHeader.imageBase == PESample.imageBase)
    #expect(optionalHeader.dllCharacteristics == 0x0160)
    #expect(image.sections.map(\.name) == [".rdata"])
    #expect(image.imports.map(\.name) == ["KERNEL32.dll", "node.exe"])
    #expect(image.imports.map(\.functions) == [[.name("GetLastError"), .ordinal(42)], [.name("napi_create_object")]])
    #expect(image.delayImports.map(\.name) == ["late.dll"])
    #expect(image.delayImports.map(\.functions) == [[.name("called_late")]])
    #expect(image.exportName == "sample.node")
    #expect(image.exports.map(\.name) == ["napi_register_module_v1", "passed_on"])
    #expect(image.exports.map(\.ordinal) == [1, 2])
    #expect(image.exports.map(\.forwarder) == [nil, "NTDLL.RtlAllocateHeap"])
  }

  @Test("Delay imports of Visual C++ 6, which hold addresses, are read as the relative ones")
  func oldDelayImports() {
    var sample = PESample(machine: PE.IMAGE_FILE_MACHINE_I386, isPE32Plus: false)
    sample.delayImports = [("late.dll", [.name("called_late"), .ordinal(3)])]
    sample.usesOldDelayImports = true
    let image = parse(sample.bytes)
    #expect(image.damage == [])
    #expect(image.delayImports.map(\.name) == ["late.dll"])
    #expect(image.delayImports.map(\.functions) == [[.name("called_late"), .ordinal(3)]])
  }

  @Test(
    "An addon registers by what it exports and by what it imports from node.exe",
    arguments: [
      (["napi_register_module_v1"], "node.exe", "napi_create_object", .nodeAPI, nil),
      (["node_register_module_v108"], "NODE.EXE", "?New@String@v8@@SA?AV?$Local@VString@v8@@@2@XZ", .v8, 108),
      (["init"], "node.exe", "node_module_register", .v8, nil),
      (["init"], "node.exe", "napi_module_register", .nodeAPI, nil),
      (["init"], "other.dll", "napi_module_register", .none, nil),
    ] as [([String], String, String, AddonRegistration.Kind, Int?)])
  func registration(
    exports: [String], library: String, function: String, kind: AddonRegistration.Kind, moduleVersion: Int?
  ) {
    var sample = PESample()
    sample.exports = exports.map { ($0, [0xc3], nil) }
    sample.delayImports = [(library, [.name(function)])]
    let facts = parse(sample.bytes).registration
    #expect(facts.kind == kind)
    #expect(facts.moduleVersion == moduleVersion)
    #expect(facts.usesV8Interface == function.hasPrefix("?"))
  }

  @Test(
    "The Node-API version compiled in is read, also behind the jump of incremental linking",
    arguments: [
      (PE.IMAGE_FILE_MACHINE_AMD64, [0xb8, 9, 0, 0, 0, 0xc3], 9),
      (PE.IMAGE_FILE_MACHINE_AMD64, [0xe9, 3, 0, 0, 0, 0xcc, 0xcc, 0xcc, 0xb8, 6, 0, 0, 0, 0xc3], 6),
      (PE.IMAGE_FILE_MACHINE_ARM64, [0x00, 0x01, 0x80, 0x52, 0xc0, 0x03, 0x5f, 0xd6], 8),
    ] as [(UInt16, [UInt8], Int)])
  func compiledVersion(machine: UInt16, code: [UInt8], version: Int) {
    var sample = PESample(machine: machine)
    sample.exports = [("napi_register_module_v1", [0xc3], nil), ("node_api_module_get_api_version_v1", code, nil)]
    #expect(parse(sample.bytes).registration.nodeAPIVersion == version)
  }

  @Test("A DOS program and a file cut before its PE header have no machine, and say why")
  func withoutHeader() {
    var file = ByteLayout(bytes: PESample().bytes)
    file.set(0 as UInt32, at: PESample.peOffset)
    #expect(parse(file.bytes).architectureName == nil)
    #expect(parse(file.bytes).damage == [ParseError(.invalid("no PE header"), at: PESample.peOffset)])
    #expect(parse(Array(PESample().bytes.prefix(0x70))).damage.count == 1)
    #expect(parse([0x4d, 0x5a]).damage == [ParseError(.truncated, at: 0x3c)])
  }

  @Test("A file cut inside its section keeps its machine and reports the section")
  func truncated() {
    let bytes = PESample.complete().bytes
    let image = parse(Array(bytes.prefix(PESample.sectionOffset)))
    #expect(image.architectureName == "x86_64")
    #expect(image.isDLL)
    #expect(image.damage.first == ParseError(.truncated, at: PESample.sectionOffset))
    #expect(image.imports.isEmpty)
  }

  @Test("Import descriptors that share one table of names cost no more than the file justifies")
  func importBomb() {
    var sample = PESample()
    let functions = (0..<200).map { _ in PESample.Function.name(String(repeating: "n", count: 100)) }
    sample.imports = (0..<200).map { _ in ("a.dll", []) } + [("b.dll", functions)]
    var file = ByteLayout(bytes: sample.bytes)
    let last = PESample.sectionOffset + 200 * 20
    let table = file.bytes[last..<last + 4]
    for index in 0..<200 {
      file.bytes.replaceSubrange(
        PESample.sectionOffset + index * 20..<PESample.sectionOffset + index * 20 + 4, with: table)
    }
    let image = parse(file.bytes)
    #expect(image.imports.reduce(0) { $0 + $1.functions.count } * 100 <= 4 * file.bytes.count)
    #expect(image.damage.map(\.reason) == [.invalid("more names than the file has room for")])
  }
}
