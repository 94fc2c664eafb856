/// The two Huffman codes of a deflate block: of literals and lengths, and of distances.
///
/// Codes are canonical (RFC 1951, 3.2.2): those of one length are consecutive numbers, in the order of their symbols. So the
/// lengths are recorded as they are read, each symbol in the bucket of its length, and no table has to be made of them.
final class DeflateCodes {
  /// The first distance of `fixed`: it has two lengths that are not used.
  static let firstFixedDistance = 288

  /// Symbols in a bucket: 320 at most, and what one store of eight writes beyond.
  fileprivate static let stride = 336
  // Computed: a stored one would be asked for at each use whether it has been made.
  private static var steps: SIMD8<UInt16> { SIMD8(0, 1, 2, 3, 4, 5, 6, 7) }

  fileprivate let symbols = UnsafeMutableBufferPointer<UInt16>.allocate(capacity: 16 * stride)
  /// Symbols in each bucket.
  private let counts = UnsafeMutableBufferPointer<Int32>.allocate(capacity: 16)
  /// Those of them that are literals and lengths, which come before the distances.
  private let literalCounts = UnsafeMutableBufferPointer<Int32>.allocate(capacity: 16)
  private let limits = UnsafeMutableBufferPointer<Int32>.allocate(capacity: 2 * CanonicalCode.lengths)
  private let offsets = UnsafeMutableBufferPointer<Int32>.allocate(capacity: 2 * CanonicalCode.lengths)

  init() {
    symbols.initialize(repeating: 0)
    counts.initialize(repeating: 0)
    literalCounts.initialize(repeating: 0)
    limits.initialize(repeating: 0)
    offsets.initialize(repeating: 0)
  }

  deinit {
    symbols.deallocate()
    counts.deallocate()
    literalCounts.deallocate()
    limits.deallocate()
    offsets.deallocate()
  }

  /// The codes of blocks of type 1 (RFC 1951, 3.2.6).
  static func fixed() -> DeflateCodes {
    let codes = DeflateCodes()
    for symbol in 0..<firstFixedDistance {
      let length = symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8
      codes.record(symbol, count: 1, length: length)
    }
    let areLiteralsComplete = codes.endLiterals(excess: 0, length: 0)
    for symbol in firstFixedDistance..<firstFixedDistance + 32 { codes.record(symbol, count: 1, length: 5) }
    let areDistancesComplete = codes.endDistances()
    assert(areLiteralsComplete && areDistancesComplete)
    return codes
  }

  /// Forgets all symbols.
  @inline(__always)
  func clear() { counts.update(repeating: 0) }

  /// Records that `count` symbols from `first` (319 at most) on have codes of `length`: at most 8 of them, or of length 0.
  @inline(__always)
  func record(_ first: Int, count: Int, length: Int) {
    let position = length &* Self.stride &+ Int(counts[length])
    let run = SIMD8<UInt16>(repeating: UInt16(truncatingIfNeeded: first)) &+ Self.steps
    // Symbols without a code are of no interest; their number grows by more than their bucket holds.
    let place = length == 0 ? 0 : position
    assert(place + 8 <= symbols.count)
    UnsafeMutableRawBufferPointer(symbols).storeBytes(of: run, toByteOffset: place &* 2, as: SIMD8<UInt16>.self)
    counts[length] &+= Int32(truncatingIfNeeded: count)
  }

  /// Ends the literals and lengths; the last `excess` symbols, of `length`, are distances already.
  ///
  /// `false` where no code has these lengths.
  func endLiterals(excess: Int, length: Int) -> Bool {
    for index in 0..<16 { literalCounts[index] = counts[index] }
    literalCounts[length] &-= Int32(truncatingIfNeeded: excess)
    return define(0) { (0, literalCounts[$0]) }
  }

  /// Ends the distances; `false` where no code has these lengths.
  func endDistances() -> Bool {
    define(CanonicalCode.lengths) { (literalCounts[$0], counts[$0]) }
  }

  var literals: CanonicalCode { CanonicalCode(symbols, limits, offsets, 0) }
  var distances: CanonicalCode { CanonicalCode(symbols, limits, offsets, CanonicalCode.lengths) }

  /// Computes the code whose symbols stand at the positions in the buckets that `range` gives.
  @inline(__always)
  private func define(_ first: Int, _ range: (Int) -> (start: Int32, end: Int32)) -> Bool {
    var next: Int32 = 0
    var shortest: Int32 = 1
    for length in 1...15 {
      let shift = Int32(truncatingIfNeeded: 15 &- length)
      let (start, end) = range(length)
      offsets[first &+ length] = Int32(truncatingIfNeeded: length &* Self.stride) &+ start &- (next &>> shift)
      next &+= (end &- start) &<< shift
      limits[first &+ length] = next
      if next == 0 { shortest &+= 1 }
    }
    limits[first] = shortest
    limits[first &+ 16] = Int32.max
    // As zlib has it: all bits that can come stand for symbols, or there is no code but one of a single bit, or none.
    let (start, end) = range(1)
    return next == 1 << 15 || next < 1 << 15 && next == (end &- start) &<< 14
  }
}

/// A canonical Huffman code whose codes have at most 15 bits.
struct CanonicalCode {
  /// Indices for lengths from 0 to 16; 16 stands for bits that are no code.
  fileprivate static let lengths = 17

  private let symbols: UnsafeMutableBufferPointer<UInt16>
  /// First the length of the shortest code; then, for each length, the number after the last code of this length or less,
  /// with zeros up to 15 bits.
  private let limits: UnsafeMutableBufferPointer<Int32>
  /// For each length, what to add to a code to have the place of its symbol.
  private let offsets: UnsafeMutableBufferPointer<Int32>
  private let first: Int
  private let shortest: Int

  fileprivate init(
    _ symbols: UnsafeMutableBufferPointer<UInt16>, _ limits: UnsafeMutableBufferPointer<Int32>,
    _ offsets: UnsafeMutableBufferPointer<Int32>, _ first: Int
  ) {
    self.symbols = symbols
    self.limits = limits
    self.offsets = offsets
    self.first = first
    shortest = Int(limits[first])
  }

  /// The symbol whose code `bits` begin with, and the length of the code.
  @inline(__always)
  func symbol(_ bits: UInt64) throws(DeflateDamage) -> (symbol: Int, length: Int) {
    let code = Int32(truncatingIfNeeded: reversed15(bits))
    var length = shortest
    while code >= limits[first &+ length] { length &+= 1 }
    guard length < 16 else { throw .symbol }
    let place = (code &>> Int32(truncatingIfNeeded: 15 &- length)) &+ offsets[first &+ length]
    return (Int(symbols[Int(place)]), length)
  }
}
