/// Decodes the first bytes of raw deflate streams (RFC 1951), one after another. For one thread.
///
/// A general inflater makes tables to decode megabytes with, which costs more than all else where 64 bytes are asked for.
///
/// It gives what zlib's `inflate` gives for an output of the same length: wherever zlib makes that many bytes, this makes the
/// same; wherever zlib meets an error or the end of the input before, this makes the same bytes up to there and throws;
/// wherever the stream ends before, both end there. What comes after the last byte asked for is not looked at.
final class DeflateHeadDecoder {
  private let fixed = DeflateCodes.fixed()
  private let dynamic = DeflateCodes()
  private let codeLengths = CodeLengthTable()
  private let buffer: UnsafeMutableBufferPointer<UInt8>

  /// At most `capacity` bytes of each stream are decoded.
  init(capacity: Int) {
    buffer = UnsafeMutableBufferPointer.allocate(capacity: capacity)
    buffer.initialize(repeating: 0)
  }

  deinit { buffer.deallocate() }

  /// The first bytes of a stream, as many as are asked for or the stream has; with `damage`, those before it.
  ///
  /// `bytes` are valid until the next call.
  func head(
    of data: UnsafeRawBufferPointer, count: Int
  ) -> (bytes: UnsafeRawBufferPointer, damage: DeflateDamage?) {
    var output = Output(buffer, limit: count)
    var damage: DeflateDamage?
    do throws(DeflateDamage) {
      guard var bits = DeflateBits(data) else { throw .truncated }
      try decode(&bits, &output)
    } catch {
      damage = error
    }
    return (UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<output.count]), damage)
  }

  private func decode(_ bits: inout DeflateBits, _ output: inout Output) throws(DeflateDamage) {
    var isLast = false
    while !isLast, !output.isFull {
      isLast = try bits.take(1) == 1
      switch try bits.take(2) {
      case 0: try copyStored(&bits, &output)
      case 1: try decodeBlock(&bits, &output, fixed, firstDistance: DeflateCodes.firstFixedDistance)
      case 2:
        let literals = try readCodes(&bits)
        try decodeBlock(&bits, &output, dynamic, firstDistance: literals)
      default: throw .blockType
      }
    }
  }

  private func copyStored(_ bits: inout DeflateBits, _ output: inout Output) throws(DeflateDamage) {
    let bytes = bits.alignedBytes()
    guard bytes.count >= 4 else { throw .truncated }
    let count = Int(bytes[0]) | Int(bytes[1]) << 8
    guard count ^ 0xFFFF == Int(bytes[2]) | Int(bytes[3]) << 8 else { throw .storedByteCount }
    output.append(bytes[4..<min(4 + count, bytes.count)])
    guard 4 + count <= bytes.count || output.isFull else { throw .truncated }
    bits.skip(min(4 + count, bytes.count))
  }

  /// Reads the codes of a block of type 2 (RFC 1951, 3.2.7) into `dynamic`; returns the number of literals and lengths.
  private func readCodes(_ bits: inout DeflateBits) throws(DeflateDamage) -> Int {
    bits.refill()
    let literals = try bits.take(5) + 257
    let distances = try bits.take(5) + 1
    let lengths = try bits.take(4) + 4
    guard literals <= 286, distances <= 30 else { throw .symbolCount }
    try codeLengths.read(lengths, &bits)
    dynamic.clear()
    var reader = CodeLengthReader()
    bits.refill()
    guard !codeLengths.isRepeat(bits.bits) else { throw .codeLengthRepeat }
    try reader.read(until: 257, &bits, codeLengths, dynamic)
    // The length last read is that of the symbol that ends the block, 256.
    guard reader.length != 0 else { throw .endOfBlockCode }
    try reader.read(until: literals, &bits, codeLengths, dynamic)
    let excess = reader.position - literals
    guard dynamic.endLiterals(excess: excess, length: reader.length) else { throw .literalCode }
    try reader.read(until: literals + distances, &bits, codeLengths, dynamic)
    guard reader.position == literals + distances else { throw .codeLengthRepeat }
    guard dynamic.endDistances() else { throw .distanceCode }
    return literals
  }

  @inline(__always)
  private func decodeBlock(
    _ bits: inout DeflateBits, _ output: inout Output, _ codes: DeflateCodes, firstDistance: Int
  ) throws(DeflateDamage) {
    let literals = codes.literals
    let distances = codes.distances
    while !output.isFull {
      // A match takes 48 bits at most.
      bits.refill()
      let (symbol, length) = try literals.symbol(bits.bits)
      try bits.drop(length)
      if symbol < 256 {
        output.append(UInt8(truncatingIfNeeded: symbol))
      } else if symbol == 256 {
        return
      } else {
        let count = try matchLength(symbol - 257, &bits)
        let (symbol, length) = try distances.symbol(bits.bits)
        try bits.drop(length)
        try output.appendMatch(count, distance: matchDistance(symbol - firstDistance, &bits))
      }
    }
  }

  /// RFC 1951, 3.2.5.
  private func matchLength(_ index: Int, _ bits: inout DeflateBits) throws(DeflateDamage) -> Int {
    if index < 8 { return 3 + index }
    if index == 28 { return 258 }
    guard index < 28 else { throw .symbol }
    let extra = (index - 4) >> 2
    return 3 + ((4 + (index & 3)) << extra) + (try bits.take(extra))
  }

  /// RFC 1951, 3.2.5.
  private func matchDistance(_ index: Int, _ bits: inout DeflateBits) throws(DeflateDamage) -> Int {
    if index < 4 { return 1 + index }
    guard index < 30 else { throw .symbol }
    let extra = (index - 2) >> 1
    return 1 + ((2 + (index & 1)) << extra) + (try bits.take(extra))
  }
}

/// The bytes made of a stream so far.
private struct Output {
  private let buffer: UnsafeMutableBufferPointer<UInt8>
  private let limit: Int
  private(set) var count = 0

  init(_ buffer: UnsafeMutableBufferPointer<UInt8>, limit: Int) {
    self.buffer = buffer
    self.limit = min(limit, buffer.count)
  }

  var isFull: Bool { count >= limit }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    buffer[count] = byte
    count &+= 1
  }

  /// Appends as many bytes as are wanted.
  mutating func append(_ bytes: Slice<UnsafeRawBufferPointer>) {
    for byte in bytes.prefix(limit - count) { append(byte) }
  }

  /// Appends what was made `distance` bytes ago; it may overlap what it makes.
  mutating func appendMatch(_ length: Int, distance: Int) throws(DeflateDamage) {
    guard distance <= count else { throw .distance }
    for _ in 0..<min(length, limit - count) { append(buffer[count - distance]) }
  }
}
