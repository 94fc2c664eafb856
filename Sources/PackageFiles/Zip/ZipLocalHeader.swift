/// The header before an entry's data (APPNOTE 4.3.7).
///
/// The central directory is the truth; this one says only where the data starts, and is compared.
struct ZipLocalHeader {
  private static let signature = 0x0403_4b50
  private static let fixedByteCount = 30
  private static let zip64Extra = 0x0001

  private var position: Int
  private var nameByteCount: Int
  private var extraByteCount: Int
  /// Where the entry's compressed data stands in the file.
  private(set) var data: Range<Int>

  /// Where the entry's header stands, and the first byte that its data cannot reach.
  var extent: Range<Int> { position..<data.upperBound }

  init(_ entry: ZipEntry, in layout: ZipLayout) throws(ZipDamage) {
    let file = layout.file
    let limit = layout.directory.lowerBound
    let (position, overflow) = entry.localHeaderOffset.addingReportingOverflow(layout.base)
    guard !overflow, position <= limit - Self.fixedByteCount, file.u32(position) == Self.signature else {
      throw ZipDamage("there is no local header where the central directory says")
    }
    self.position = position
    nameByteCount = file.u16(position + 26)
    extraByteCount = file.u16(position + 28)
    let start = position + Self.fixedByteCount + nameByteCount + extraByteCount
    guard start <= limit, entry.compressedByteCount <= limit - start else {
      throw ZipDamage("its \(entry.compressedByteCount) bytes of data do not fit into the archive")
    }
    data = start..<start + entry.compressedByteCount
  }

  /// About what the local header, or the data descriptor behind the data, disagrees with the central directory.
  func mismatch(_ entry: ZipEntry, in layout: ZipLayout) -> String? {
    let file = layout.file
    var parts: [String] = []
    let nameStart = position + Self.fixedByteCount
    let name = UnsafeRawBufferPointer(rebasing: file[nameStart..<nameStart + nameByteCount])
    if !name.hasSameBytes(as: UnsafeRawBufferPointer(rebasing: file[entry.recordedName])) { parts.append("name") }
    // Encryption, data descriptor, strong encryption, UTF-8 names, masked headers: what changes how the entry is read.
    if (file.integer(position + 6, as: UInt16.self) ^ entry.flags) & 0x2849 != 0 { parts.append("flags") }
    if file.integer(position + 8, as: UInt16.self) != entry.method { parts.append("method") }
    if entry.hasDataDescriptor {
      if !hasMatchingDescriptor(entry, layout) { parts.append("CRC-32 in the data descriptor") }
    } else {
      if file.integer(position + 14, as: UInt32.self) != entry.crc32 { parts.append("CRC-32") }
      let (compressed, uncompressed) = byteCounts(file)
      if compressed != entry.compressedByteCount { parts.append("compressed size") }
      if uncompressed != entry.uncompressedByteCount { parts.append("size") }
    }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  private func byteCounts(_ file: UnsafeRawBufferPointer) -> (compressed: Int, uncompressed: Int) {
    var compressed = file.u32(position + 18)
    var uncompressed = file.u32(position + 22)
    guard compressed == 0xffff_ffff || uncompressed == 0xffff_ffff else { return (compressed, uncompressed) }
    var field = position + Self.fixedByteCount + nameByteCount
    while field <= data.lowerBound - 4 {
      let end = field + 4 + file.u16(field + 2)
      guard end <= data.lowerBound else { break }
      if file.u16(field) == Self.zip64Extra {
        var value = field + 4
        if uncompressed == 0xffff_ffff, value <= end - 8 {
          uncompressed = file.u64(value)
          value += 8
        }
        if compressed == 0xffff_ffff, value <= end - 8 { compressed = file.u64(value) }
        break
      }
      field = end
    }
    return (compressed, uncompressed)
  }

  /// The descriptor's signature is optional (APPNOTE 4.3.9.3).
  private func hasMatchingDescriptor(_ entry: ZipEntry, _ layout: ZipLayout) -> Bool {
    let file = layout.file
    let rest = layout.directory.lowerBound - data.upperBound
    if rest >= 4, file.integer(data.upperBound, as: UInt32.self) == entry.crc32 { return true }
    return rest >= 8 && file.u32(data.upperBound) == 0x0807_4b50
      && file.integer(data.upperBound + 4, as: UInt32.self) == entry.crc32
  }
}
