import NativeBinaries
import Testing

@Suite struct BinaryFormatTests {
  func format(_ head: [UInt8]) -> BinaryFormat? { BinaryFormat(head: head.span.bytes) }

  @Test(
    "Each format is known by its first bytes",
    arguments: [
      ([0x7f, 0x45, 0x4c, 0x46], .elf),
      ([0xfe, 0xed, 0xfa, 0xce], .machO), ([0xce, 0xfa, 0xed, 0xfe], .machO),
      ([0xfe, 0xed, 0xfa, 0xcf], .machO), ([0xcf, 0xfa, 0xed, 0xfe], .machO),
      ([0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2], .machO), ([0xca, 0xfe, 0xba, 0xbf, 0, 0, 0, 1], .machO),
      ([0x4d, 0x5a, 0x90, 0x00], .pe),
      (Array("!<arch>\n".utf8), .archive), (Array("!<thin>\n".utf8), .archive),
      ([0x00, 0x61, 0x73, 0x6d], .webAssembly),
    ] as [([UInt8], BinaryFormat)])
  func magics(head: [UInt8], expected: BinaryFormat) {
    #expect(format(head) == expected)
    #expect(format(head + [UInt8](repeating: 0, count: 60)) == expected)
    #expect(format(Array(head.dropFirst())) == nil)
  }

  @Test(
    "A Java class file, which shares the universal magic, is no Mach-O",
    arguments: [[0, 0, 0, 45], [0, 3, 0, 45], [0, 0, 0, 65], [0xff, 0xff, 0, 61]] as [[UInt8]])
  func javaClass(version: [UInt8]) {
    #expect(format([0xca, 0xfe, 0xba, 0xbe] + version) == nil)
  }

  @Test("A text that begins with MZ is no PE, a DOS program without a PE header is")
  func dos() {
    #expect(format(Array("MZone is a text\nof two lines".utf8)) == nil)
    #expect(format([0x4d, 0x5a] + [UInt8](repeating: 0, count: 62)) == .pe)
    #expect(format([0x4d, 0x5a]) == .pe)
    // Only the head decides: what makes it no text lies behind it here.
    #expect(format(Array("MZ".utf8) + [UInt8](repeating: 0x41, count: 62) + [0]) == nil)
  }

  @Test(
    "Shorter and other files have no format",
    arguments: [[], [0x4d], [0x7f, 0x45, 0x4c], [0, 0, 0, 0, 0]] as [[UInt8]])
  func others(head: [UInt8]) {
    #expect(format(head) == nil)
  }

  @Test("A file is read as the format that its bytes claim, whatever they are")
  func dispatch() {
    func isRead(_ bytes: [UInt8], as matches: (NativeBinary) -> Bool) -> Bool {
      matches(NativeBinary(parsing: bytes.span.bytes))
    }
    #expect(isRead(MachOSample().bytes) { if case .machO = $0 { true } else { false } })
    #expect(isRead(PESample().bytes) { if case .pe = $0 { true } else { false } })
    #expect(isRead(Array("!<arch>\n".utf8)) { if case .archive = $0 { true } else { false } })
    #expect(isRead(WebAssemblySample.module) { if case .webAssembly = $0 { true } else { false } })
    #expect(isRead([]) { if case .other(let other) = $0 { other.kind == .empty } else { false } })
  }
}
