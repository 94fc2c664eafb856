extension ELF.Symbol {
  /// Every whole entry of a symbol table.
  static func table(_ reader: TableReader, is64Bit: Bool) -> [Self] {
    let size = is64Bit ? 24 : 16
    let count = reader.bytes.count / size
    // The members stand as in Elf64_Sym: where the byte order is the machine's own, the table is the array.
    guard is64Bit, (reader.order == .little) == (UInt16(littleEndian: 1) == 1), MemoryLayout<Self>.stride == size else {
      return (0..<count).compactMap { Self(at: $0 * size, is64Bit: is64Bit, reader) }
    }
    return [Self](unsafeUninitializedCapacity: count) { target, initialized in
      reader.bytes.withUnsafeBytes {
        UnsafeMutableRawBufferPointer(target).copyMemory(from: .init(rebasing: $0[..<(count * size)]))
      }
      initialized = count
    }
  }

  init?(at offset: Int, is64Bit: Bool, _ reader: TableReader) {
    guard let name: UInt32 = reader.integer(offset) else { return nil }
    nameOffset = name
    if is64Bit {
      info = reader.integer(offset + 4) ?? 0
      other = reader.integer(offset + 5) ?? 0
      section = reader.integer(offset + 6) ?? 0
      value = reader.integer(offset + 8) ?? 0
      byteCount = reader.integer(offset + 16) ?? 0
    } else {
      value = UInt64(reader.integer(offset + 4, as: UInt32.self) ?? 0)
      byteCount = UInt64(reader.integer(offset + 8, as: UInt32.self) ?? 0)
      info = reader.integer(offset + 12) ?? 0
      other = reader.integer(offset + 13) ?? 0
      section = reader.integer(offset + 14) ?? 0
    }
  }
}
