import ELFAssembler
import NativeBinaries
import Testing

@testable import LambdaRuntimes

@Suite struct NodeExecutableTests {
  private final class Keeper: Sendable {}

  /// A file like Node.js, with `literals` as its `.rodata`.
  private func node(_ literals: [UInt8], behind code: [UInt8] = [], hasSectionHeaders: Bool = true) -> [UInt8] {
    var file = ELFAssembler(soname: nil, needed: ["libc.so.6"]).bytes() + code
    let start = file.count
    let names = Array("\0.rodata\0.shstrtab\0".utf8)
    file += literals + names
    if !hasSectionHeaders { return file }
    func section(_ name: UInt32, _ offset: Int, _ count: Int) -> [UInt8] {
      let words: [UInt64] = [UInt64(name) | 1 << 32, 0, 0, UInt64(offset), UInt64(count), 0, 1, 0]
      return words.flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } }
    }
    let headers = UInt64(file.count)
    file += [UInt8](repeating: 0, count: 64) + section(1, start, literals.count)
    file += section(9, start + literals.count, names.count)
    withUnsafeBytes(of: headers.littleEndian) { file.replaceSubrange(0x28..<0x30, with: $0) }
    file.replaceSubrange(0x3a..<0x40, with: [64, 0, 3, 0, 2, 0])
    return file
  }

  private func facts(_ bytes: [UInt8]) throws -> [Int?] {
    let node = try NodeExecutable(parsing: bytes.span.bytes)
    return [node.version?.major, node.version?.minor, node.version?.patch, node.moduleVersion]
  }

  private let text = [UInt8](repeating: UInt8(ascii: "x"), count: 3 << 20)
  private let literals = Array(
    String(repeating: "some literal\0another one\0", count: 200).utf8)
  private let strings = Array("node.js/v24.11.1\0node_register_module_v137\0".utf8)

  @Test func findsStringsBehindMegabytesOfText() throws {
    #expect(try facts(node(literals + text + literals + strings + literals)) == [24, 11, 1, 137])
  }

  @Test(arguments: [1 << 10, 1 << 12, 1 << 17, (1 << 18) + 5])
  func findsStringsInAFewLiteralsAmongText(byteCount: Int) throws {
    let few = Array((literals + strings + literals).prefix(byteCount))
    #expect(try facts(node(text + few + text + strings)) == [24, 11, 1, 137])
  }

  @Test func findsStringsThatNoOtherLiteralStandsBeside() throws {
    #expect(try facts(node(text + strings + text)) == [24, 11, 1, 137])
    #expect(try facts(node(text + strings)) == [24, 11, 1, 137])
    #expect(try facts(node(strings)) == [24, 11, 1, 137])
  }

  @Test func findsStringsAcrossTheEndOfAStretch() throws {
    // Stretches of literals are looked through 64 KB at a time.
    let filler = [UInt8](repeating: 0, count: (1 << 16) - 10)
    #expect(try facts(node(filler + strings + filler)) == [24, 11, 1, 137])
  }

  @Test func takesReadOnlyDataBeforeTheRestOfTheFile() throws {
    let code = Array("node.js/v1.2.3\0node_register_module_v4\0".utf8)
    #expect(try facts(node(text + strings + text, behind: code)) == [24, 11, 1, 137])
    #expect(try facts(node(text, behind: code)) == [1, 2, 3, 4])
  }

  @Test func findsStringsOutsideOfReadOnlyData() throws {
    #expect(try facts(node(strings, hasSectionHeaders: false)) == [24, 11, 1, 137])
  }

  @Test func takesTheHeadersURLBeforeTheUserAgentWhereverEachStands() throws {
    let agent = Array("node.js/v18.0.0\0".utf8)
    let headers = Array("https://nodejs.org/download/release/v20.1.0/node-v20.1.0-headers.tar.gz\0".utf8)
    let module = Array("node_register_module_v115\0".utf8)
    for bytes in [agent + headers, agent + text + headers, literals + agent + literals + text + literals + headers] {
      #expect(try facts(node(bytes + module + literals)) == [20, 1, 0, 115])
    }
  }

  @Test func takesNumbersOnly() throws {
    let others = Array("/node-v\0node.js/vX\0node_register_module_v\0node_register_module_v1x\0".utf8)
    #expect(try facts(node(others + strings)) == [24, 11, 1, 1])
  }

  @Test func isNoNodeWithoutThem() throws {
    #expect(throws: NodeExecutable.Failure.self) { try facts(node(text)) }
    var effort = ParsingEffort.binding
    effort.keeper = Keeper()
    let bytes = node(text + text)
    try bytes.withUnsafeBytes { bytes in
      let node = try NodeExecutable(parsing: RawSpan(_unsafeBytes: bytes), effort: effort)
      #expect(node.failure == .notExecutable("it has neither Node.js's version nor its module version in it"))
    }
  }

  @Test func looksForTheStringsOfAKeptFileLater() throws {
    var effort = ParsingEffort.binding
    effort.keeper = Keeper()
    try node(text + text + literals + strings).withUnsafeBytes { bytes in
      let node = try NodeExecutable(parsing: RawSpan(_unsafeBytes: bytes), effort: effort)
      #expect(node.failure == nil)
      #expect(node.version == NodeVersion("24.11.1"))
      #expect(node.moduleVersion == 137)
    }
  }
}
