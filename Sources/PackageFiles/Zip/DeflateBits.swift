/// Why the beginning of a deflate stream cannot be decoded.
enum DeflateDamage: Error, Equatable {
  /// The data ends within a block, or before the last one.
  case truncated
  /// A block of type 3.
  case blockType
  /// A stored block whose length and its complement contradict each other.
  case storedByteCount
  /// More than 286 literal and length symbols or 30 distance symbols.
  case symbolCount
  /// The code of the code lengths is over-subscribed or incomplete.
  case codeLengthCode
  /// A code length is repeated before the first one, or beyond the last one.
  case codeLengthRepeat
  /// No code ends the block.
  case endOfBlockCode
  /// The literal and length code is over-subscribed or incomplete.
  case literalCode
  /// The distance code is over-subscribed or incomplete.
  case distanceCode
  /// Bits that stand for no symbol, or for one that deflate does not use.
  case symbol
  /// A match begins before the first byte.
  case distance
}

/// The bits of a deflate stream, lowest first (RFC 1951, 3.1.1).
struct DeflateBits {
  private var next: UnsafeRawPointer
  private let end: UnsafeRawPointer
  /// The next bits. Those above `count` are zero or bits that will be read later.
  private(set) var bits: UInt64 = 0
  /// How many of `bits` are there.
  private(set) var count = 0

  /// `nil` where there is no data.
  init?(_ data: UnsafeRawBufferPointer) {
    guard let start = data.baseAddress else { return nil }
    next = start
    end = start + data.count
  }

  /// Makes 56 bits or more ready, or all that are left.
  @inline(__always)
  mutating func refill() {
    if end - next >= 8 {
      bits |= UInt64(littleEndian: next.loadUnaligned(as: UInt64.self)) &<< UInt64(truncatingIfNeeded: count)
      next += (63 &- count) &>> 3
      count |= 56
    } else {
      refillAtEnd()
    }
  }

  @inline(never)
  private mutating func refillAtEnd() {
    while count < 56, next < end {
      bits |= UInt64(next.load(as: UInt8.self)) &<< UInt64(truncatingIfNeeded: count)
      next += 1
      count += 8
    }
  }

  /// Drops `used` bits, of which at most 63 were looked at; throws where there were not as many.
  @inline(__always)
  mutating func drop(_ used: Int) throws(DeflateDamage) {
    guard used <= count else { throw .truncated }
    bits &>>= UInt64(truncatingIfNeeded: used)
    count &-= used
  }

  /// The next `width` bits as a number; `width` is at most 16.
  @inline(__always)
  mutating func take(_ width: Int) throws(DeflateDamage) -> Int {
    if count < width { refill() }
    let value = Int(truncatingIfNeeded: bits & (1 &<< UInt64(truncatingIfNeeded: width) &- 1))
    try drop(width)
    return value
  }

  /// Drops the rest of a byte that was begun, and gives the bytes from there to the end.
  mutating func alignedBytes() -> UnsafeRawBufferPointer {
    next -= count / 8
    bits = 0
    count = 0
    return UnsafeRawBufferPointer(start: next, count: end - next)
  }

  /// Drops whole bytes right after `alignedBytes`, which had as many.
  mutating func skip(_ byteCount: Int) { next += byteCount }
}

/// The 15 lowest bits in reverse: Huffman codes stand in the stream from their highest bit on (RFC 1951, 3.1.1).
@inline(__always)
func reversed15(_ bits: UInt64) -> Int {
  var value = UInt32(UInt16(truncatingIfNeeded: bits).byteSwapped)
  value = (value & 0x0F0F) &<< 4 | (value &>> 4) & 0x0F0F
  value = (value & 0x3333) &<< 2 | (value &>> 2) & 0x3333
  value = (value & 0x5555) &<< 1 | (value &>> 1) & 0x5555
  return Int(truncatingIfNeeded: value &>> 1)
}
