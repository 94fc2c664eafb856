import NativeBinaries
import Testing

@Suite struct ByteReadingTests {
  let bytes: [UInt8] = [0x01, 0x02, 0x03, 0x04, 0x00]

  @Test("Integers are read in the order asked for")
  func orders() throws {
    #expect(try bytes.span.bytes.integer(at: 0, as: UInt32.self) == 0x0403_0201)
    #expect(try bytes.span.bytes.integer(at: 0, as: UInt32.self, order: .big) == 0x0102_0304)
  }

  @Test("A read past the end throws, also at offsets that would overflow", arguments: [2, 5, -1, Int.max, Int.min])
  func outside(offset: Int) {
    #expect(throws: ParseError(.truncated, at: offset)) {
      _ = try bytes.span.bytes.integer(at: offset, as: UInt32.self)
    }
  }
}
