#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Why a zip cannot be read, or an entry of it.
struct ZipDamage: Error {
  var message: String

  init(_ message: String) { self.message = message }
}

extension UnsafeRawBufferPointer {
  /// The little-endian integer at `offset`; the caller has checked that it is inside.
  @inline(__always)
  func integer<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as type: T.Type) -> T {
    precondition(offset >= 0 && offset <= count - MemoryLayout<T>.size)
    return T(littleEndian: loadUnaligned(fromByteOffset: offset, as: T.self))
  }

  @inline(__always)
  func u16(_ offset: Int) -> Int { Int(integer(offset, as: UInt16.self)) }

  @inline(__always)
  func u32(_ offset: Int) -> Int { Int(integer(offset, as: UInt32.self)) }

  /// The 64-bit length or offset at `offset`; one that no file can have becomes `Int.max`, which then fits nowhere.
  func u64(_ offset: Int) -> Int { Int(clamping: integer(offset, as: UInt64.self)) }

  func hasSameBytes(as other: UnsafeRawBufferPointer) -> Bool {
    guard let own = baseAddress, let others = other.baseAddress, count == other.count else {
      return count == other.count
    }
    return memcmp(own, others, count) == 0
  }

  /// Whether the 4-byte signature of a zip structure of `size` bytes stands at `offset`.
  func hasSignature(_ signature: Int, at offset: Int, size: Int) -> Bool {
    offset >= 0 && size <= count && offset <= count - size && u32(offset) == signature
  }
}

/// The end of central directory record (APPNOTE 4.3.16) with its Zip64 form (4.3.14): where the central directory stands.
struct ZipEndRecord {
  private static let signature = 0x0605_4b50
  private static let byteCount = 22
  private static let zip64LocatorSignature = 0x0706_4b50
  private static let zip64LocatorByteCount = 20
  private static let zip64Signature = 0x0606_4b50
  private static let zip64ByteCount = 56

  /// Where the central directory stands in the file.
  private(set) var directory: Range<Int>
  /// How many entries the archive says it has; without Zip64 only the lower 16 bits count.
  private(set) var entryCount: Int
  private(set) var isZip64 = false
  /// What is added to the archive's offsets: the length of data before the archive that the offsets leave out.
  private(set) var base: Int
  /// Where the archive ends, its comment included.
  private(set) var end: Int
  private(set) var problems: [TreeProblem] = []

  /// Finds the last end record that holds together, as unzip, Go and Java do; `nil` where the file has none at all.
  static func find(in file: UnsafeRawBufferPointer) throws(ZipDamage) -> ZipEndRecord? {
    var found: (record: ZipEndRecord, position: Int)?
    var damage: ZipDamage?
    let lowest = max(0, file.count - byteCount - Int(UInt16.max))
    for position in stride(from: file.count - byteCount, through: lowest, by: -1)
    where file[position] == 0x50 && file.u32(position) == signature {
      do throws(ZipDamage) {
        let record = try ZipEndRecord(file, at: position)
        if let inner = found {
          // Two readings of one file: the outer archive carries the inner one in its comment.
          guard record.end > inner.position else { continue }
          found?.record.addForeignData(
            "the archive that ends at byte \(inner.position) hides in the comment of another one")
        } else {
          found = (record, position)
        }
      } catch {
        damage = damage ?? error
      }
    }
    if let found {
      var record = found.record
      if record.end < file.count { record.addForeignData("\(file.count - record.end) bytes follow the archive") }
      return record
    }
    if let damage { throw damage }
    return nil
  }

  private init(_ file: UnsafeRawBufferPointer, at position: Int) throws(ZipDamage) {
    let commentCount = file.u16(position + 20)
    guard commentCount <= file.count - position - Self.byteCount else {
      throw ZipDamage("the file ends inside the archive comment; it is truncated")
    }
    end = position + Self.byteCount + commentCount
    entryCount = file.u16(position + 10)
    var size = file.u32(position + 12)
    var offset = file.u32(position + 16)
    var directoryEnd = position
    let disks = (file.u16(position + 4), file.u16(position + 6))
    let isSaturated = entryCount == 0xffff || size == 0xffff_ffff || offset == 0xffff_ffff

    if let zip64 = Self.zip64Record(file, endRecord: position) {
      let wide = (count: file.u64(zip64 + 32), size: file.u64(zip64 + 40), offset: file.u64(zip64 + 48))
      let agrees =
        (entryCount == 0xffff || entryCount == wide.count) && (size == 0xffff_ffff || size == wide.size)
        && (offset == 0xffff_ffff || offset == wide.offset)
      (entryCount, size, offset) = wide
      directoryEnd = zip64
      isZip64 = true
      if !agrees {
        problems.append(TreeProblem(name: [], kind: .headerMismatch("the end record and its Zip64 form")))
      }
    } else if disks.0 != 0 || disks.1 != 0 {
      throw ZipDamage("it is one part of a split archive")
    }
    guard size <= directoryEnd else {
      throw ZipDamage(
        isSaturated && !isZip64
          ? "its Zip64 end record is missing; the file is truncated"
          : "its central directory of \(size) bytes lies outside the file; it is truncated")
    }
    (directory, base) = try Self.locate(file, size: size, offset: offset, end: directoryEnd)
  }

  /// The position of the Zip64 end record that belongs to the end record at `position`.
  private static func zip64Record(_ file: UnsafeRawBufferPointer, endRecord position: Int) -> Int? {
    let locator = position - zip64LocatorByteCount
    guard file.hasSignature(zip64LocatorSignature, at: locator, size: zip64LocatorByteCount) else { return nil }
    // Where data stands before the archive, the stated position is too low; the record is usually right before.
    for record in [file.u64(locator + 8), locator - zip64ByteCount]
    where file.hasSignature(zip64Signature, at: record, size: zip64ByteCount) && record <= locator - zip64ByteCount {
      return record
    }
    return nil
  }

  /// The central directory is right before its end record; where it is not, its stated offset decides.
  private static func locate(
    _ file: UnsafeRawBufferPointer, size: Int, offset: Int, end: Int
  ) throws(ZipDamage) -> (Range<Int>, base: Int) {
    let start = end - size
    if size == 0 { return (start..<start, 0) }
    if offset <= start, file.hasSignature(ZipEntry.signature, at: start, size: ZipEntry.fixedByteCount) {
      return (start..<end, start - offset)
    }
    if offset <= start, file.hasSignature(ZipEntry.signature, at: offset, size: ZipEntry.fixedByteCount) {
      return (offset..<offset + size, 0)
    }
    throw ZipDamage("its central directory is not where its end record says")
  }

  private mutating func addForeignData(_ what: String) {
    problems.append(TreeProblem(name: [], kind: .foreignData(what)))
  }
}
