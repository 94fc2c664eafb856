/// One header block of a tar: POSIX.1-2017, pax, "ustar Interchange Format"; GNU tar's manual, "Basic Tar Format".
struct TarHeader {
  static let blockBytes = 512

  /// The byte that says what an entry is.
  struct TypeFlag: Hashable {
    var rawValue: UInt8
    init(_ scalar: Unicode.Scalar) { rawValue = UInt8(ascii: scalar) }
    init(rawValue: UInt8) { self.rawValue = rawValue }

    static let oldRegular = TypeFlag("\0")
    static let regular = TypeFlag("0")
    static let hardLink = TypeFlag("1")
    static let symbolicLink = TypeFlag("2")
    static let characterDevice = TypeFlag("3")
    static let blockDevice = TypeFlag("4")
    static let directory = TypeFlag("5")
    static let fifo = TypeFlag("6")
    static let contiguous = TypeFlag("7")
    static let pax = TypeFlag("x")
    static let paxGlobal = TypeFlag("g")
    static let solarisPax = TypeFlag("X")
    static let gnuLongName = TypeFlag("L")
    static let gnuLongLink = TypeFlag("K")
    static let gnuSparse = TypeFlag("S")
    static let gnuDirectory = TypeFlag("D")
    static let gnuVolume = TypeFlag("V")
    static let gnuContinuation = TypeFlag("M")

    /// Whether the size counts data behind the header; GNU's directories list there what was in them.
    var hasData: Bool {
      [.oldRegular, .regular, .contiguous, .gnuSparse, .gnuDirectory].contains(self)
    }
  }

  var type: TypeFlag
  var name: [UInt8]
  var linkName: [UInt8]
  /// `nil` where the field cannot be read.
  var permissions: UInt16?
  /// Of the data behind the header, in bytes; `nil` where the field cannot be read.
  var byteCount: Int?
  /// Of the file that a GNU sparse entry (`S`) makes, in bytes.
  var sparseByteCount: Int?
  /// Whether another block of a GNU sparse entry's map follows.
  var isExtended = false

  /// Reads a block; `nil` where its checksum is wrong, which tells a header from anything else.
  init?(_ block: UnsafeRawBufferPointer) {
    guard block.count == Self.blockBytes, Self.hasChecksum(block) else { return nil }
    type = TypeFlag(rawValue: block[156])
    name = Self.text(block[0..<100])
    linkName = Self.text(block[157..<257])
    permissions = Self.number(block[100..<108]).map { UInt16(truncatingIfNeeded: $0 & 0o7777) }
    byteCount = Self.number(block[124..<136])
    let prefix = Self.text(Self.prefix(of: block))
    if !prefix.isEmpty { name = prefix + [UInt8(ascii: "/")] + name }
    if type == .gnuSparse {
      sparseByteCount = Self.number(block[483..<495])
      isExtended = block[482] != 0
    }
  }

  /// The first part of a long name: in ustar of 155 bytes, in star's form of 131; GNU's header has other things there.
  private static func prefix(of block: UnsafeRawBufferPointer) -> Slice<UnsafeRawBufferPointer> {
    guard block[257..<263].elementsEqual("ustar\0".utf8) else { return block[0..<0] }
    return block[508..<512].elementsEqual("tar\0".utf8) ? block[345..<476] : block[345..<500]
  }

  /// The bytes before the first NUL.
  private static func text(_ field: Slice<UnsafeRawBufferPointer>) -> [UInt8] { Array(field.prefix { $0 != 0 }) }

  /// An octal number, or one of base 256, as GNU tar and star write those that are too large; `nil` for anything else.
  /// An empty field is 0.
  static func number(_ field: Slice<UnsafeRawBufferPointer>) -> Int? {
    guard let first = field.first else { return 0 }
    if first & 0x80 != 0 {
      // Negative numbers begin with 0xff: there are none of what is read here.
      guard first & 0x40 == 0 else { return nil }
      var value = Int(first & 0x3f)
      for byte in field.dropFirst() {
        guard value < 1 << 55 else { return nil }
        value = value << 8 | Int(byte)
      }
      return value
    }
    let isBlank: (UInt8) -> Bool = { $0 == 0 || $0 == UInt8(ascii: " ") }
    var value = 0
    let digits = field.drop(while: isBlank)
    let number = digits.prefix { !isBlank($0) }
    for digit in number {
      guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit), value < 1 << 59 else { return nil }
      value = value << 3 | Int(digit & 7)
    }
    return digits[number.endIndex...].allSatisfy(isBlank) ? value : nil
  }

  /// The sum of all bytes, the checksum's own taken as blanks. Some old writers took bytes as signed.
  private static func hasChecksum(_ block: UnsafeRawBufferPointer) -> Bool {
    guard let stated = number(block[148..<156]) else { return false }
    var sum = 0
    var high = 0
    for byte in block {
      sum &+= Int(byte)
      high &+= Int(byte >> 7)
    }
    for byte in block[148..<156] {
      sum &-= Int(byte) &- 0x20
      high &-= Int(byte >> 7)
    }
    return stated == sum || stated == sum &- high &* 256
  }
}

extension UnsafeRawBufferPointer {
  /// Whether all bytes are 0, as in the blocks that end a tar.
  var isAllZero: Bool {
    var offset = 0
    while offset <= count - 8 {
      if loadUnaligned(fromByteOffset: offset, as: UInt64.self) != 0 { return false }
      offset += 8
    }
    return self[offset...].allSatisfy { $0 == 0 }
  }
}
