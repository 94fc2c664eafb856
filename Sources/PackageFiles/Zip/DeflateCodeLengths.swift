/// The code in which the code lengths of a deflate block are written (RFC 1951, 3.2.7): at most 7 bits, so a table of all.
final class CodeLengthTable {
  /// What some bits say.
  fileprivate struct Step {
    /// A length for symbol after symbol, or `previous`.
    var length: UInt8
    /// The least number of symbols.
    var count: UInt8
    /// How many bits follow that add to `count`.
    var extra: UInt8
    /// The bits of the code itself.
    var width: UInt8

    /// Stands for the length before.
    static let previous: UInt8 = 16
  }

  /// The order in which the lengths of this code itself are stored, those that are often zero last.
  ///
  /// A string of their code points, which is where it is without being made.
  private static var order: StaticString {
    "\u{10}\u{11}\u{12}\u{0}\u{8}\u{7}\u{9}\u{6}\u{a}\u{5}\u{b}\u{4}\u{c}\u{3}\u{d}\u{2}\u{e}\u{1}\u{f}"
  }

  fileprivate let steps = UnsafeMutableBufferPointer<Step>.allocate(capacity: 128)

  init() { steps.initialize(repeating: Step(length: 0, count: 0, extra: 0, width: 0)) }

  deinit { steps.deallocate() }

  /// Reads the lengths of `count` codes, 19 at most, and makes the table of them.
  func read(_ count: Int, _ bits: inout DeflateBits) throws(DeflateDamage) {
    // Three bits for each symbol; eight for the number of codes of each length.
    var lengths: UInt64 = 0
    var numbers: UInt64 = 0
    let order = Self.order.utf8Start
    for position in 0..<count {
      let length = UInt64(truncatingIfNeeded: try bits.take(3))
      lengths |= length &<< (3 &* UInt64(order[position]))
      numbers &+= 1 &<< (8 &* length)
    }
    // Eight bits for the next code of each length, with zeros up to seven bits.
    var next: UInt64 = 0
    var end: UInt64 = 0
    for length in 1...7 as ClosedRange<UInt64> {
      next |= (end & 0xFF) &<< (8 &* length)
      end &+= ((numbers &>> (8 &* length)) & 0xFF) &<< (7 &- length)
    }
    guard end == 128 else { throw .codeLengthCode }
    for symbol in 0..<19 as Range<UInt64> {
      let length = (lengths &>> (3 &* symbol)) & 7
      if length == 0 { continue }
      let code = (next &>> (8 &* length)) & 0xFF
      next &+= (128 &>> length) &<< (8 &* length)
      let step = Self.step(UInt8(truncatingIfNeeded: symbol), width: UInt8(truncatingIfNeeded: length))
      for index in stride(from: reversed15(code) >> 8, to: 128, by: 1 << Int(length)) { steps[index] = step }
    }
  }

  private static func step(_ symbol: UInt8, width: UInt8) -> Step {
    switch symbol {
    case 16: Step(length: Step.previous, count: 3, extra: 2, width: width)
    case 17: Step(length: 0, count: 3, extra: 3, width: width)
    case 18: Step(length: 0, count: 11, extra: 7, width: width)
    default: Step(length: symbol, count: 1, extra: 0, width: width)
    }
  }

  /// Whether `bits` begin by repeating the length before.
  func isRepeat(_ bits: UInt64) -> Bool {
    steps[Int(truncatingIfNeeded: bits & 127)].length == Step.previous
  }
}

/// Reads code lengths, and where in them it is.
struct CodeLengthReader {
  /// The symbol whose length comes next.
  private(set) var position = 0
  /// The length read last.
  private(set) var length = 0

  /// Reads on until `end` lengths have been read, or more where the last ones are repeated.
  @inline(__always)
  mutating func read(
    until end: Int, _ bits: inout DeflateBits, _ table: CodeLengthTable, _ codes: DeflateCodes
  ) throws(DeflateDamage) {
    while position < end {
      // A code of 7 bits and 7 more.
      if bits.count < 14 { bits.refill() }
      let step = table.steps[Int(truncatingIfNeeded: bits.bits & 127)]
      let extra = UInt64(step.extra)
      let added = bits.bits &>> UInt64(step.width) & (1 &<< extra &- 1)
      let count = Int(step.count) &+ Int(truncatingIfNeeded: added)
      length = step.length == CodeLengthTable.Step.previous ? length : Int(step.length)
      try bits.drop(Int(step.width) &+ Int(step.extra))
      codes.record(position, count: count, length: length)
      position &+= count
    }
  }
}
