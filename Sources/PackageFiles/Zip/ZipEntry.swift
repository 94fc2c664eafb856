import CDeflate

/// One record of the central directory (APPNOTE 4.3.12), decoded when it is needed.
struct ZipEntry {
  static let signature = 0x0201_4b50
  static let fixedByteCount = 46

  static let stored: UInt16 = 0
  static let deflated: UInt16 = 8

  private static let zip64Extra = 0x0001
  private static let unicodePathExtra = 0x7075

  /// The system whose conventions `externalAttributes` follows: 3 for Unix, 19 for macOS.
  var madeBy: UInt8
  var flags: UInt16
  var method: UInt16
  var crc32: UInt32
  /// Bytes of data in the archive, and of the file they make.
  var compressedByteCount: Int
  var uncompressedByteCount: Int
  var externalAttributes: UInt32
  /// Where the local header stands, by the archive's own count.
  var localHeaderOffset: Int
  /// The name as it stands in the record, in the file.
  var recordedName: Range<Int>
  /// The name that counts: Info-ZIP's Unicode path where there is a valid one.
  var name: Range<Int>

  var isEncrypted: Bool { flags & 0x2041 != 0 }
  var hasDataDescriptor: Bool { flags & 0x0008 != 0 }

  /// Decodes the record at `position`, which is known to be whole.
  init(_ file: UnsafeRawBufferPointer, at position: Int) {
    madeBy = file[position + 5]
    flags = file.integer(position + 8, as: UInt16.self)
    method = file.integer(position + 10, as: UInt16.self)
    crc32 = file.integer(position + 16, as: UInt32.self)
    compressedByteCount = file.u32(position + 20)
    uncompressedByteCount = file.u32(position + 24)
    externalAttributes = file.integer(position + 38, as: UInt32.self)
    localHeaderOffset = file.u32(position + 42)
    let nameStart = position + Self.fixedByteCount
    let nameEnd = nameStart + file.u16(position + 28)
    recordedName = nameStart..<nameEnd
    name = recordedName
    readExtraFields(file, nameEnd..<nameEnd + file.u16(position + 30))
  }

  /// The length of the record at `position`; `nil` where it does not end before `limit`.
  static func byteCount(_ file: UnsafeRawBufferPointer, at position: Int, limit: Int) -> Int? {
    guard position <= limit - fixedByteCount, file.u32(position) == signature else { return nil }
    let count = fixedByteCount + file.u16(position + 28) + file.u16(position + 30) + file.u16(position + 32)
    return count <= limit - position ? count : nil
  }

  private mutating func readExtraFields(_ file: UnsafeRawBufferPointer, _ fields: Range<Int>) {
    var position = fields.lowerBound
    while position <= fields.upperBound - 4 {
      let start = position + 4
      let count = file.u16(position + 2)
      guard count <= fields.upperBound - start else { return }
      switch file.u16(position) {
      case Self.zip64Extra: readZip64(file, start..<start + count)
      case Self.unicodePathExtra: readUnicodePath(file, start..<start + count)
      default: break
      }
      position = start + count
    }
  }

  /// Zip64 lengths stand in this order, each only where its 32-bit field is all ones (APPNOTE 4.5.3).
  private mutating func readZip64(_ file: UnsafeRawBufferPointer, _ field: Range<Int>) {
    var position = field.lowerBound
    for part in [\ZipEntry.uncompressedByteCount, \.compressedByteCount, \.localHeaderOffset]
    where self[keyPath: part] == 0xffff_ffff {
      guard position <= field.upperBound - 8 else { return }
      self[keyPath: part] = file.u64(position)
      position += 8
    }
  }

  /// Version 1, the CRC-32 of the name it stands for, then the name in UTF-8 (APPNOTE 4.6.9).
  private mutating func readUnicodePath(_ file: UnsafeRawBufferPointer, _ field: Range<Int>) {
    guard field.count > 5, file[field.lowerBound] == 1 else { return }
    let recorded = UnsafeRawBufferPointer(rebasing: file[recordedName])
    guard libdeflate_crc32(0, recorded.baseAddress, recorded.count) == file.u32(field.lowerBound + 1) else { return }
    name = field.lowerBound + 5..<field.upperBound
  }
}

extension ZipEntry {
  private var unixMode: UInt16? {
    // All zero means that no mode was recorded: a file without any permission still has its type bits.
    let mode = UInt16(truncatingIfNeeded: externalAttributes >> 16)
    return (madeBy == 3 || madeBy == 19) && mode != 0 ? mode : nil
  }

  /// What the entry's attributes say it is, where its name does not end with a slash.
  var kindByAttributes: FileStatus.Kind {
    switch (unixMode ?? 0) & 0o170000 {
    case 0o120000: .symbolicLink
    // A directory is known by the slash alone, as unzip has it.
    case 0, 0o100000, 0o040000: .file
    default: .other
    }
  }

  var permissions: UInt16? { unixMode.map { $0 & 0o7777 } }
}
