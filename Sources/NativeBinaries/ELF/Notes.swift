extension ELF.Notes {
  private static let NT_GNU_ABI_TAG: UInt32 = 1
  private static let NT_GNU_BUILD_ID: UInt32 = 3
  private static let NT_GNU_PROPERTY_TYPE_0: UInt32 = 5
  private static let GNU_PROPERTY_X86_ISA_1_NEEDED: UInt32 = 0xc000_8002

  /// Adds what the GNU notes of one `PT_NOTE` or `PT_GNU_PROPERTY` segment say.
  mutating func read(_ segment: ELF.ProgramHeader, in file: RawSpan, order: ByteOrder) {
    let align = segment.alignment == 8 ? 8 : 4
    var offset = Int(clamping: segment.offset)
    let (end, overflow) = offset.addingReportingOverflow(Int(clamping: segment.fileByteCount))
    let limit = overflow ? file.byteCount : min(end, file.byteCount)
    while offset < limit, let nameBytes: UInt32 = try? file.integer(at: offset, order: order),
      let descriptionBytes: UInt32 = try? file.integer(at: offset + 4, order: order),
      let type: UInt32 = try? file.integer(at: offset + 8, order: order)
    {
      let name = offset + 12
      let description = Self.round(name + Int(nameBytes), to: align)
      if nameBytes == 4, (try? file.bytes(name, count: 4)) == Array("GNU\0".utf8) {
        readGNU(type, at: description, count: Int(descriptionBytes), align: segment.alignment, in: file, order)
      }
      offset = Self.round(description + Int(descriptionBytes), to: align)
    }
  }

  private static func round(_ value: Int, to align: Int) -> Int { (value + align - 1) / align * align }

  private mutating func readGNU(
    _ type: UInt32, at offset: Int, count: Int, align: UInt64, in file: RawSpan, _ order: ByteOrder
  ) {
    switch type {
    case Self.NT_GNU_ABI_TAG where count == 16 && abiTag == nil:
      guard let system: UInt32 = try? file.integer(at: offset, order: order),
        let major: UInt32 = try? file.integer(at: offset + 4, order: order),
        let minor: UInt32 = try? file.integer(at: offset + 8, order: order),
        let patch: UInt32 = try? file.integer(at: offset + 12, order: order)
      else { return }
      abiTag = ABITag(operatingSystem: system, major: major, minor: minor, patch: patch)
    case Self.NT_GNU_BUILD_ID where count <= 64: buildID = try? file.bytes(offset, count: count)
    case Self.NT_GNU_PROPERTY_TYPE_0 where align == 8: readProperties(at: offset, count: count, in: file, order)
    default: return
    }
  }

  private mutating func readProperties(at offset: Int, count: Int, in file: RawSpan, _ order: ByteOrder) {
    var position = offset
    var last: UInt32 = 0
    while position - offset <= count - 8, let type: UInt32 = try? file.integer(at: position, order: order),
      let bytes: UInt32 = try? file.integer(at: position + 4, order: order)
    {
      // The loader stops at properties that are not in ascending order.
      if type < last { return }
      last = type
      if type == Self.GNU_PROPERTY_X86_ISA_1_NEEDED, bytes == 4 {
        x86ISANeeded = try? file.integer(at: position + 8, order: order)
      }
      position += 8 + Self.round(Int(bytes), to: 8)
    }
  }
}
