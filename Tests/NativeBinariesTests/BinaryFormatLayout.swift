import NativeBinaries

/// Lays out the bytes of a sample file, field after field.
struct ByteLayout {
  var bytes: [UInt8] = []
  var order = ByteOrder.little

  mutating func add<T: FixedWidthInteger>(_ values: T...) {
    for value in values { bytes += encoded(value) }
  }

  mutating func add(_ text: String, paddedTo byteCount: Int = 0) {
    bytes += Array(text.utf8)
    bytes += [UInt8](repeating: 0, count: max(byteCount - text.utf8.count, 0))
  }

  /// An address-sized field: 8 bytes wide in 64-bit files, 4 in others.
  mutating func addWord(_ value: UInt64, is64Bit: Bool) {
    if is64Bit { add(value) } else { add(UInt32(truncatingIfNeeded: value)) }
  }

  mutating func pad(to byteCount: Int) {
    bytes += [UInt8](repeating: 0, count: max(byteCount - bytes.count, 0))
  }

  mutating func set<T: FixedWidthInteger>(_ value: T, at offset: Int) {
    bytes.replaceSubrange(offset..<offset + MemoryLayout<T>.size, with: encoded(value))
  }

  private func encoded<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    withUnsafeBytes(of: order == .little ? value.littleEndian : value.bigEndian) { Array($0) }
  }
}
