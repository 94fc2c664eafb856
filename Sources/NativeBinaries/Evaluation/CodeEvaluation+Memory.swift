extension CodeEvaluation {
  /// Eight bytes of memory at an address that eight divides, as far as the code has written them. Bit n of the masks stands for byte n.
  struct Word {
    var bytes: UInt64 = 0
    var isWritten: UInt8 = 0
    /// Those of the written bytes that are known.
    var isKnown: UInt8 = 0

    /// `value` becomes the bytes that `bits` stands for, from byte `first` on.
    mutating func write(_ value: UInt64?, _ bits: UInt8, _ first: Int) {
      isWritten |= bits
      guard let value else {
        isKnown &= ~bits
        return
      }
      isKnown |= bits
      let mask = CodeEvaluation.mask(bits.nonzeroBitCount) << UInt64(8 * first)
      bytes = bytes & ~mask | value << UInt64(8 * first)
    }
  }

  /// The `count` bytes at `address`, 8 at most; `nil` where one of them is unknown.
  func load(_ address: UInt64?, count: Int) -> UInt64? {
    guard let address else { return nil }
    let first = Int(address & 7)
    if first + count <= 8 { return load(address & ~7, first, count) }
    guard let low = load(address & ~7, first, 8 - first),
      let high = load((address & ~7) &+ 8, 0, count - (8 - first))
    else { return nil }
    return low | high << UInt64(8 * (8 - first))
  }

  /// The `count` bytes of one word from byte `first` on.
  private func load(_ word: UInt64, _ first: Int, _ count: Int) -> UInt64? {
    guard let entry = written[word] else { return unwritten(word, first, count) }
    let wanted = Self.bits(first, count)
    guard entry.isWritten & ~entry.isKnown & wanted == 0 else { return nil }
    if entry.isWritten & wanted == wanted { return entry.bytes >> UInt64(8 * first) & Self.mask(count) }
    var value: UInt64 = 0
    for index in 0..<count {
      let isWritten = entry.isWritten >> UInt8(first + index) & 1 == 1
      let byte = isWritten ? entry.bytes >> UInt64(8 * (first + index)) & 0xff : unwritten(word, first + index, 1)
      guard let byte else { return nil }
      value |= byte << UInt64(8 * index)
    }
    return value
  }

  /// What stands there before the code writes.
  private func unwritten(_ word: UInt64, _ first: Int, _ count: Int) -> UInt64? {
    let address = word + UInt64(first)
    if Self.isStack(address) || Self.isStack(address + UInt64(count - 1)) { return nil }
    if let value = relocated[word] { return value.map { $0 >> UInt64(8 * first) & Self.mask(count) } }
    // The canary of stack frames may be any number as long as it stays the same.
    if address >= Self.externals, symbol(at: address).map({ symbols.name($0) }) == "__stack_chk_guard" {
      return 0x5a5a_5a5a_5a5a_5a5a & Self.mask(count)
    }
    return inFile(address, count: count)
  }

  /// The file's own bytes.
  func inFile(_ address: UInt64, count: Int) -> UInt64? {
    switch count {
    case 1: return (try? file.integer(at: address, as: UInt8.self)).map(UInt64.init)
    case 2: return (try? file.integer(at: address, as: UInt16.self)).map(UInt64.init)
    case 4: return (try? file.integer(at: address, as: UInt32.self)).map(UInt64.init)
    case 8: return try? file.integer(at: address, as: UInt64.self)
    default:
      var value: UInt64 = 0
      for index in 0..<UInt64(count) {
        guard let byte = try? file.integer(at: address &+ index, as: UInt8.self) else { return nil }
        value |= UInt64(byte) << (8 * index)
      }
      return value
    }
  }

  /// A store through an unknown pointer is taken to reach neither the object nor the stack. `value` has 8 bytes; of an
  /// unknown one `count` may be any.
  mutating func store(_ value: UInt64?, at address: UInt64?, count: Int) {
    guard let address else { return }
    var stored = 0
    while stored < count {
      let place = address &+ UInt64(stored)
      let first = Int(place & 7)
      let part = min(8 - first, count - stored)
      written[place & ~7, default: Word()]
        .write(value.map { $0 >> UInt64(8 * stored) & Self.mask(part) }, Self.bits(first, part), first)
      stored += part
    }
  }

  private static func bits(_ first: Int, _ count: Int) -> UInt8 { UInt8(truncatingIfNeeded: (1 << count) - 1) << first }

  func symbol(at address: UInt64) -> Int? {
    let symbol = (address - Self.externals) / 16
    return symbol < UInt64(symbols.symbols.count) ? Int(symbol) : nil
  }

  static func isStack(_ address: UInt64) -> Bool {
    address > stackTop - stackByteCount && address < stackTop + 4096
  }
}
