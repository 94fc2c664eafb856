/// The format that a file's first bytes claim.
public enum BinaryFormat: String, Hashable, Sendable {
  case elf, machO = "macho", pe, archive = "ar", webAssembly = "wasm"

  /// How many leading bytes `init(head:)` looks at, at most.
  public static let headBytes = 64
}

extension BinaryFormat {
  /// The format that the leading bytes claim; `nil` when they claim none.
  ///
  /// - Parameter head: the first `headBytes` bytes, or the whole file where it is shorter; more bytes are not looked at.
  public init?(head: RawSpan) {
    guard let magic: UInt32 = try? head.integer(at: 0, order: .big) else {
      // Nothing but `MZ` is recognisable in fewer than four bytes.
      if BinaryFormat.isDOSExecutable(head) { self = .pe } else { return nil }
      return
    }
    switch magic {
    case 0x7f45_4c46: self = .elf
    case MachO.MH_MAGIC, MachO.MH_CIGAM, MachO.MH_MAGIC_64, MachO.MH_CIGAM_64: self = .machO
    case MachO.FAT_MAGIC where BinaryFormat.isUniversal(head), MachO.FAT_MAGIC_64 where BinaryFormat.isUniversal(head):
      self = .machO
    case 0x0061_736d: self = .webAssembly
    // `!<ar` and `!<th`.
    case 0x213c_6172 where head.matches(StaticArchive.magic), 0x213c_7468 where head.matches(StaticArchive.thinMagic):
      self = .archive
    default:
      guard magic >> 16 == 0x4d5a, BinaryFormat.isDOSExecutable(head) else { return nil }
      self = .pe
    }
  }

  /// Java class files share the universal magic. There the next four bytes are the minor and the major version, and
  /// the oldest major version is 45; no universal file has that many architectures.
  private static func isUniversal(_ head: RawSpan) -> Bool {
    guard let sliceCount: UInt32 = try? head.integer(at: 4, order: .big) else { return false }
    return sliceCount < MachO.universalSliceLimit
  }

  /// `MZ` may also begin a text; a DOS header cannot be all text, because its counts and offsets are small integers.
  private static func isDOSExecutable(_ head: RawSpan) -> Bool {
    guard head.matches("MZ") else { return false }
    let visible = min(head.byteCount, headBytes)
    guard visible > 2 else { return true }
    return head.extracting(2..<visible).withUnsafeBytes { bytes in
      bytes.contains { $0 < 0x20 && $0 != 0x09 && $0 != 0x0a && $0 != 0x0d }
    }
  }
}

extension RawSpan {
  /// Whether the bytes at `offset` are those of `text`.
  func matches(_ text: StaticString, at offset: Int = 0) -> Bool {
    guard let range = try? range(offset, count: text.utf8CodeUnitCount) else { return false }
    return extracting(range).withUnsafeBytes { bytes in
      text.withUTF8Buffer { bytes.elementsEqual($0) }
    }
  }
}
