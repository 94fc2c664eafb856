/// Where the first zero stands in a range of `bytes`; the range's end where there is none.
///
/// Eight bytes at a time, until one of them is zero: the names of a large symbol table have millions.
func zeroOffset(in bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Int {
  var position = start
  while position <= end - 8 {
    let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
    if (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080 != 0 { break }
    position += 8
  }
  while position < end, bytes[position] != 0 { position += 1 }
  return position
}

/// Checked integer reads from a table that was copied out of a file.
struct TableReader {
  let bytes: [UInt8]
  let order: ByteOrder

  func integer<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as type: T.Type = T.self) -> T? {
    guard offset >= 0, offset <= bytes.count - MemoryLayout<T>.size else { return nil }
    let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: T.self) }
    return order == .little ? T(littleEndian: value) : T(bigEndian: value)
  }

  /// A word of the class: 4 or 8 bytes.
  func word(_ offset: Int, is64Bit: Bool) -> UInt64? {
    is64Bit ? integer(offset, as: UInt64.self) : integer(offset, as: UInt32.self).map(UInt64.init)
  }

  /// `count` integers at `offset`; fewer where the table ends.
  func integers<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, count: Int, as type: T.Type = T.self) -> [T] {
    guard offset >= 0, offset <= bytes.count else { return [] }
    let count = min(count, (bytes.count - offset) / MemoryLayout<T>.size)
    let values = [T](unsafeUninitializedCapacity: count) { target, initialized in
      let part = offset..<offset + count * MemoryLayout<T>.size
      bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(target).copyMemory(from: .init(rebasing: $0[part])) }
      initialized = count
    }
    return (order == .little) == (T(littleEndian: 1) == 1) ? values : values.map(\.byteSwapped)
  }
}
