/// Where the parts of a zip lie, in plain numbers: the threads of a scan have each a copy, and count no references.
struct ZipLayout {
  /// All bytes; valid as long as the archive.
  let file: UnsafeRawBufferPointer
  /// Where the central directory stands in the file.
  let directory: Range<Int>
  /// What is added to the archive's offsets.
  let base: Int

  /// The bytes of the central directory, in which the index finds its names.
  var directoryBytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: file[directory]) }

  /// The record at `position`, counted from the start of the central directory.
  func entry(at position: UInt32) -> ZipEntry { ZipEntry(file, at: directory.lowerBound + Int(position)) }
}

/// The bytes of a zip and where the records of its central directory stand in them.
final class ZipArchive: @unchecked Sendable {
  /// A central directory larger than this belongs to no deployment package: Lambda takes 262,144,000 bytes in all.
  private static let largestDirectoryByteCount = 1 << 30

  let owner: OwnedBytes
  let end: ZipEndRecord
  /// Positions of the records, counted from the start of the central directory, in archive order.
  let records: [UInt32]
  /// What is wrong with the archive as a whole.
  let problems: [TreeProblem]

  /// All bytes; valid as long as `owner`.
  var file: UnsafeRawBufferPointer { owner.bytes }

  var layout: ZipLayout { ZipLayout(file: file, directory: end.directory, base: end.base) }

  /// Reads the central directory; `nil` where the bytes are no zip at all.
  init?(_ owner: OwnedBytes) throws(ZipDamage) {
    let file = owner.bytes
    guard let end = try ZipEndRecord.find(in: file) else {
      // A local header (APPNOTE 4.3.7), but no end.
      guard file.hasSignature(0x0403_4b50, at: 0, size: 4) else { return nil }
      throw ZipDamage("it has no end of central directory record; the file is truncated")
    }
    guard end.directory.count <= Self.largestDirectoryByteCount else {
      throw ZipDamage("its central directory of \(end.directory.count) bytes is larger than any deployment package")
    }
    self.owner = owner
    self.end = end
    records = try Self.records(file, end)
    let stated = end.isZip64 ? end.entryCount : end.entryCount & 0xffff
    let counted = end.isZip64 ? records.count : records.count & 0xffff
    var problems = end.problems
    if stated != counted {
      let what = "its end record counts \(stated) entries, its central directory has \(records.count)"
      problems.append(TreeProblem(name: [], kind: .headerMismatch(what)))
    }
    self.problems = problems
  }

  func entry(_ record: Int) -> ZipEntry { layout.entry(at: records[record]) }

  private static func records(_ file: UnsafeRawBufferPointer, _ end: ZipEndRecord) throws(ZipDamage) -> [UInt32] {
    var records: [UInt32] = []
    // The stated count is only believed as far as the directory has room for it.
    records.reserveCapacity(min(end.entryCount, end.directory.count / ZipEntry.fixedByteCount))
    var position = end.directory.lowerBound
    while position < end.directory.upperBound {
      guard let count = ZipEntry.byteCount(file, at: position, limit: end.directory.upperBound) else {
        // A digital signature may end the directory (APPNOTE 4.3.13).
        if file.hasSignature(0x0505_4b50, at: position, size: 6) { break }
        throw ZipDamage("its central directory is damaged at byte \(position)")
      }
      records.append(UInt32(position - end.directory.lowerBound))
      position += count
    }
    return records
  }
}
