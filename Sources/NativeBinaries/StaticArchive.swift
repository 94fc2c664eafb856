/// A static library or another `ar` archive, in the GNU, the BSD or the thin dialect.
public struct StaticArchive: Sendable {
  /// One file of the archive.
  public struct Member: Hashable, Sendable {
    /// The name, long names resolved; a path in a thin archive.
    public var name: String
    /// Where the contents start in the archive, in bytes; in a thin archive, where they would.
    public var offset: Int
    /// The contents' length in bytes.
    public var byteCount: Int
    /// What the contents claim to be; `nil` where it is none of the formats or the archive is thin.
    public var format: BinaryFormat?
  }

  static let magic: StaticString = "!<arch>\n"
  static let thinMagic: StaticString = "!<thin>\n"

  /// Whether the contents of the members are other files, which the archive only names.
  public var isThin: Bool
  /// In file order, without the symbol index and the table of long names.
  public var members: [Member] = []
  /// Whether it has an index of symbols, as `ranlib` makes it.
  public var hasSymbolIndex = false
  /// The architecture of the first ELF or Mach-O member.
  public var architectureName: String?
  /// What could not be read, in the order it was met.
  public var damage: [ParseError] = []

  /// How many members there are of each format; those of none are not counted.
  public var formatCounts: [BinaryFormat: Int] {
    members.reduce(into: [:]) { counts, member in
      if let format = member.format { counts[format, default: 0] += 1 }
    }
  }
}

extension StaticArchive {
  /// Reads the members' headers; what cannot be read is listed in `damage`.
  public init(parsing file: RawSpan) {
    isThin = file.matches(Self.thinMagic)
    do throws(ParseError) {
      guard isThin || file.matches(Self.magic) else { throw ParseError(.invalid("no archive magic"), at: 0) }
      try readMembers(file)
    } catch {
      damage.append(error)
    }
  }

  private mutating func readMembers(_ file: RawSpan) throws(ParseError) {
    var names = NameBudget(fileByteCount: file.byteCount)
    var longNames = 0..<0
    var offset = 8
    while offset < file.byteCount {
      let header = try Header(parsing: file, at: offset)
      let start = offset + Header.byteCount
      // A thin archive holds only its tables; the members' contents are elsewhere.
      let isStored = !isThin || header.isTable
      if isStored, header.byteCount > file.byteCount - start { damage.append(ParseError(.truncated, at: offset)) }
      let contents = start..<start + min(header.byteCount, file.byteCount - start)
      if header.isSymbolIndex {
        hasSymbolIndex = true
      } else if header.name == "//" {
        longNames = contents
      } else if !header.isTable {
        try addMember(file, header, contents, longNames, &names)
      }
      // Members start at even offsets.
      offset = isStored ? contents.upperBound + contents.upperBound % 2 : start
    }
  }

  private mutating func addMember(
    _ file: RawSpan, _ header: Header, _ contents: Range<Int>, _ longNames: Range<Int>, _ names: inout NameBudget
  ) throws(ParseError) {
    var member = Member(name: header.name, offset: contents.lowerBound, byteCount: header.byteCount)
    var contents = contents
    if let nameByteCount = header.inlineNameByteCount {
      guard nameByteCount <= contents.count else { throw ParseError(.truncated, at: contents.lowerBound) }
      member.offset += nameByteCount
      member.byteCount -= nameByteCount
      member.name = ""
      if nameByteCount > 0 {
        member.name = try names.name(
          in: file, at: contents.lowerBound, end: contents.lowerBound + nameByteCount)
      }
      contents = member.offset..<contents.upperBound
      if member.name.hasPrefix("__.SYMDEF") {
        hasSymbolIndex = true
        return
      }
    } else if let nameOffset = header.longNameOffset {
      guard nameOffset < longNames.count else {
        throw ParseError(.invalid("a long name outside of the table"), at: contents.lowerBound - Header.byteCount)
      }
      member.name = try longName(file, longNames.lowerBound + nameOffset, end: longNames.upperBound, &names)
    } else if member.name.hasSuffix("/") {
      member.name.removeLast()
    }
    if !isThin {
      let head = file.extracting(contents)
      member.format = BinaryFormat(head: head)
      if architectureName == nil { architectureName = Self.architectureName(of: member.format, head) }
    }
    members.append(member)
  }

  /// GNU ends a long name by `/` and a newline, Microsoft by NUL.
  private func longName(
    _ file: RawSpan, _ offset: Int, end: Int, _ names: inout NameBudget
  ) throws(ParseError) -> String {
    let visible = file.extracting(offset..<min(end, offset + names.remaining + 1))
    let length = visible.withUnsafeBytes { $0.firstIndex { $0 == 0x0a || $0 == 0 } ?? $0.count }
    try names.spend(length, at: offset)
    let bytes = try file.bytes(offset, count: length)
    return String(decoding: bytes.last == UInt8(ascii: "/") ? bytes.dropLast() : bytes[...], as: UTF8.self)
  }

  private static func architectureName(of format: BinaryFormat?, _ head: RawSpan) -> String? {
    switch format {
    case .elf:
      // EI_DATA, then e_machine, which has the same place in both classes.
      guard let encoding: UInt8 = try? head.integer(at: 5),
        let machine: UInt16 = try? head.integer(at: 18, order: encoding == 2 ? .big : .little)
      else { return nil }
      return ELF.architectureName(machine: machine)
    case .machO:
      var slice = MachO.Slice(offset: 0, byteCount: head.byteCount)
      guard (try? slice.readHeader(head)) != nil else { return nil }
      return slice.architectureName
    default: return nil
    }
  }
}

extension StaticArchive {
  /// `ar_hdr`: text in fixed columns, padded by spaces.
  private struct Header {
    static let byteCount = 60

    /// `ar_name`, without padding.
    var name: String
    /// `ar_size`.
    var byteCount: Int

    init(parsing file: RawSpan, at offset: Int) throws(ParseError) {
      let bytes = try file.bytes(offset, count: Self.byteCount)
      guard bytes[58] == 0x60, bytes[59] == 0x0a else { throw ParseError(.invalid("no member header"), at: offset) }
      name = Self.trimmed(bytes[0..<16])
      guard let size = Int(Self.trimmed(bytes[48..<58])), size >= 0 else {
        throw ParseError(.invalid("a member size that is no number"), at: offset)
      }
      byteCount = size
    }

    private static func trimmed(_ field: ArraySlice<UInt8>) -> String {
      let end = field.lastIndex { $0 != 0x20 }.map { $0 + 1 } ?? field.startIndex
      return String(decoding: field[..<end], as: UTF8.self)
    }

    var isSymbolIndex: Bool {
      name == "/" || name == "/SYM64/" || name.hasPrefix("__.SYMDEF")
    }

    /// The archive's own tables, among them `/<ECSYMBOLS>/` and `/<XFGHASHMAP>/` of Windows.
    var isTable: Bool { isSymbolIndex || name == "//" || (name.hasPrefix("/<") && name.hasSuffix(">/")) }

    /// `#1/N`, of BSD: the name is the first N bytes of the contents.
    var inlineNameByteCount: Int? {
      name.hasPrefix("#1/") ? Int(name.dropFirst(3)).flatMap { $0 >= 0 ? $0 : nil } : nil
    }

    /// `/N`, of GNU and Windows: the name is at byte N of the member `//`.
    var longNameOffset: Int? {
      name.hasPrefix("/") ? Int(name.dropFirst()).flatMap { $0 >= 0 ? $0 : nil } : nil
    }
  }
}
