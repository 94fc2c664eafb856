/// Where the link-edit tables of a slice lie, in bytes from the slice's start, as its load commands say.
struct MachOLinkEdit {
  /// `symtab_command`.
  struct SymbolTable {
    var symbolOffset: Int
    var symbolCount: Int
    var stringOffset: Int
    var stringByteCount: Int
  }

  /// `linkedit_data_command`, or one pair of fields of `dyld_info_command`.
  struct Table {
    var offset: Int
    var byteCount: Int
  }

  var symbolTable: SymbolTable?
  var exportTrie: Table?
  var chainedFixups: Table?
  /// Regular and lazy binding opcodes.
  var bindings: [Table] = []
  /// Binding opcodes of weak definitions, which are looked for in every image.
  var weakBindings: Table?
}

extension MachO.Slice {
  /// `mach_header` or `mach_header_64`.
  mutating func readHeader(_ slice: RawSpan) throws(ParseError) {
    switch try slice.integer(at: 0, as: UInt32.self, order: .big) {
    case MachO.MH_MAGIC: (is64Bit, byteOrder) = (false, .big)
    case MachO.MH_CIGAM: (is64Bit, byteOrder) = (false, .little)
    case MachO.MH_MAGIC_64: (is64Bit, byteOrder) = (true, .big)
    case MachO.MH_CIGAM_64: (is64Bit, byteOrder) = (true, .little)
    default: throw ParseError(.invalid("no Mach-O magic"), at: 0)
    }
    cpuType = try slice.integer(at: 4, order: byteOrder)
    cpuSubtype = try slice.integer(at: 8, order: byteOrder)
    fileType = MachO.FileType(rawValue: try slice.integer(at: 12, order: byteOrder))
    flags = try slice.integer(at: 24, order: byteOrder)
  }

  /// Everything behind the header.
  mutating func readContents(_ slice: RawSpan, damage: inout [ParseError]) {
    var linkEdit = MachOLinkEdit()
    do throws(ParseError) {
      try readLoadCommands(slice, into: &linkEdit, damage: &damage)
    } catch {
      damage.append(error)
    }
    for segment in segments where segment.fileByteCount > 0 {
      let (end, overflow) = segment.offset.addingReportingOverflow(segment.fileByteCount)
      if overflow || end > UInt64(byteCount) {
        damage.append(ParseError(.truncated, at: Int(clamping: min(segment.offset, UInt64(byteCount)))))
      }
    }
    readSymbols(slice, linkEdit, damage: &damage)
    readRegistration(slice)
  }

  private mutating func readLoadCommands(
    _ slice: RawSpan, into linkEdit: inout MachOLinkEdit, damage: inout [ParseError]
  ) throws(ParseError) {
    let count: UInt32 = try slice.integer(at: 16, order: byteOrder)
    let byteCount: UInt32 = try slice.integer(at: 20, order: byteOrder)
    var offset = is64Bit ? 32 : 28
    let end = offset + Int(byteCount)
    for _ in 0..<count {
      let size: UInt32 = try slice.integer(at: offset + 4, order: byteOrder)
      guard size >= 8, Int(size) <= end - offset else {
        throw ParseError(.invalid("a load command of \(size) bytes"), at: offset)
      }
      let command = offset..<offset + Int(size)
      do throws(ParseError) {
        try readLoadCommand(slice, command, into: &linkEdit)
      } catch {
        damage.append(error)
      }
      offset = command.upperBound
    }
  }

  private mutating func readLoadCommand(
    _ slice: RawSpan, _ command: Range<Int>, into linkEdit: inout MachOLinkEdit
  ) throws(ParseError) {
    let kind: UInt32 = try slice.integer(at: command.lowerBound, order: byteOrder)
    switch kind {
    case 0x1, 0x19: try readSegment(slice, command, is64Bit: kind == 0x19)
    case 0x2: try readSymbolTableCommand(slice, command, into: &linkEdit)
    case 0xc: dylibs.append(try dylib(slice, command, kind: .regular))
    case 0xd: identity = try dylib(slice, command, kind: .regular)
    case 0x8000_0018: dylibs.append(try dylib(slice, command, kind: .weak))
    case 0x8000_001f: dylibs.append(try dylib(slice, command, kind: .reexport))
    case 0x20: dylibs.append(try dylib(slice, command, kind: .lazy))
    case 0x8000_0023: dylibs.append(try dylib(slice, command, kind: .upward))
    case 0x8000_001c: rpaths.append(try string(slice, command, field: 8))
    case 0x1b: uuid = try slice.bytes(command.lowerBound + 8, count: 16)
    case 0x1d: hasCodeSignature = try table(slice, command, field: 8) != nil
    case 0x22, 0x8000_0022:
      linkEdit.bindings = []
      linkEdit.weakBindings = try table(slice, command, field: 24)
      for field in [16, 32] {
        if let table = try table(slice, command, field: field) { linkEdit.bindings.append(table) }
      }
      linkEdit.exportTrie = try table(slice, command, field: 40)
    case 0x8000_0033: linkEdit.exportTrie = try table(slice, command, field: 8)
    case 0x8000_0034: linkEdit.chainedFixups = try table(slice, command, field: 8)
    case 0x24: try readMinimumVersion(slice, command, platform: .macos)
    case 0x25: try readMinimumVersion(slice, command, platform: .ios)
    case 0x2f: try readMinimumVersion(slice, command, platform: .tvos)
    case 0x30: try readMinimumVersion(slice, command, platform: .watchos)
    case 0x32:
      let platform = MachO.Platform(rawValue: try word(slice, command, 8))
      builds.append(
        MachO.BuildVersion(
          platform: platform, minimumOS: try version(slice, command, 12), sdk: try version(slice, command, 16)))
    default: break
    }
  }

  /// The 32-bit field at `field` bytes from the command's start, which must lie inside the command.
  private func word(_ slice: RawSpan, _ command: Range<Int>, _ field: Int) throws(ParseError) -> UInt32 {
    guard field + 4 <= command.count else {
      throw ParseError(.invalid("a load command too short for its kind"), at: command.lowerBound)
    }
    return try slice.integer(at: command.lowerBound + field, order: byteOrder)
  }

  private func version(_ slice: RawSpan, _ command: Range<Int>, _ field: Int) throws(ParseError) -> MachO.Version {
    MachO.Version(rawValue: try word(slice, command, field))
  }

  /// `lc_str`: the field holds the string's offset from the command's start.
  private func string(_ slice: RawSpan, _ command: Range<Int>, field: Int) throws(ParseError) -> String {
    let offset = Int(try word(slice, command, field))
    guard offset >= field + 4, offset < command.count else {
      throw ParseError(.invalid("a load command whose string is outside of it"), at: command.lowerBound)
    }
    let end = min(command.upperBound, slice.byteCount)
    guard command.lowerBound + offset < end else { throw ParseError(.truncated, at: command.lowerBound) }
    let bytes = try slice.extracting(..<end).cString(at: command.lowerBound + offset)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A pair of offset and size fields; `nil` when the size is 0.
  private func table(_ slice: RawSpan, _ command: Range<Int>, field: Int) throws(ParseError) -> MachOLinkEdit.Table? {
    let offset = try word(slice, command, field)
    let size = try word(slice, command, field + 4)
    return size == 0 ? nil : MachOLinkEdit.Table(offset: Int(offset), byteCount: Int(size))
  }

  private func dylib(
    _ slice: RawSpan, _ command: Range<Int>, kind: MachO.Dylib.Kind
  ) throws(ParseError) -> MachO.Dylib {
    var kind = kind
    // `dylib_use_command`, of macOS 15: a marker in place of the time stamp, and flags behind the versions.
    if try word(slice, command, 8) == 28, try word(slice, command, 12) == 0x1a74_1800 {
      let flags = try word(slice, command, 24)
      if flags & 0x1 != 0 { kind = .weak }
      if flags & 0x2 != 0 { kind = .reexport }
      if flags & 0x4 != 0 { kind = .upward }
      if flags & 0x8 != 0 { kind = .lazy }
    }
    return MachO.Dylib(
      name: try string(slice, command, field: 8), kind: kind,
      currentVersion: try version(slice, command, 16), compatibilityVersion: try version(slice, command, 20))
  }

  private mutating func readSymbolTableCommand(
    _ slice: RawSpan, _ command: Range<Int>, into linkEdit: inout MachOLinkEdit
  ) throws(ParseError) {
    guard linkEdit.symbolTable == nil else {
      throw ParseError(.invalid("a second symbol table"), at: command.lowerBound)
    }
    linkEdit.symbolTable = MachOLinkEdit.SymbolTable(
      symbolOffset: Int(try word(slice, command, 8)), symbolCount: Int(try word(slice, command, 12)),
      stringOffset: Int(try word(slice, command, 16)), stringByteCount: Int(try word(slice, command, 20)))
  }

  private mutating func readMinimumVersion(
    _ slice: RawSpan, _ command: Range<Int>, platform: MachO.Platform
  ) throws(ParseError) {
    builds.append(
      MachO.BuildVersion(
        platform: platform, minimumOS: try version(slice, command, 8), sdk: try version(slice, command, 12)))
  }

  private mutating func readSegment(_ slice: RawSpan, _ command: Range<Int>, is64Bit: Bool) throws(ParseError) {
    let start = command.lowerBound
    guard command.count >= (is64Bit ? 72 : 56) else {
      throw ParseError(.invalid("a load command too short for its kind"), at: start)
    }
    let name = try slice.bytes(start + 8, count: 16).prefix { $0 != 0 }
    var fields: [UInt64] = []
    for index in 0..<4 {
      fields.append(
        is64Bit
          ? try slice.integer(at: start + 24 + index * 8, order: byteOrder)
          : UInt64(try slice.integer(at: start + 24 + index * 4, as: UInt32.self, order: byteOrder)))
    }
    segments.append(
      MachO.Segment(
        name: String(decoding: name, as: UTF8.self), virtualAddress: fields[0], memoryByteCount: fields[1],
        offset: fields[2], fileByteCount: fields[3]))
  }
}
