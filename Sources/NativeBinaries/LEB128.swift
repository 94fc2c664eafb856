extension RawSpan {
  /// The unsigned LEB128 integer at `offset`, which moves past it; throws when it does not fit 64 bits.
  func unsignedLEB128(at offset: inout Int) throws(ParseError) -> UInt64 {
    let start = offset
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte: UInt8 = try integer(at: offset)
      let bits = UInt64(byte & 0x7f)
      // Ten bytes hold 70 bits; the last may only carry the one that is left.
      guard shift < 63 || (shift == 63 && bits <= 1) else {
        throw ParseError(.invalid("an integer of more than 64 bits"), at: start)
      }
      value |= bits << shift
      offset += 1
      if byte & 0x80 == 0 { return value }
      shift += 7
    }
  }

  /// Moves `offset` past the LEB128 integer there, signed or unsigned, of at most ten bytes.
  func skipLEB128(at offset: inout Int) throws(ParseError) {
    let start = offset
    for _ in 0..<10 {
      let byte: UInt8 = try integer(at: offset)
      offset += 1
      if byte & 0x80 == 0 { return }
    }
    throw ParseError(.invalid("an integer of more than 64 bits"), at: start)
  }
}
