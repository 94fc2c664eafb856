/// One entry of a tar, as its headers together describe it.
struct TarEntry {
  enum Kind: Hashable { case file, directory, symbolicLink, hardLink, device }

  /// As it stands in the archive: with `./`, `..` and slashes.
  var name: [UInt8]
  /// The text of a symbolic link, the name of the entry that a hard link is another name of; else empty.
  var linkName: [UInt8]
  var kind: Kind
  var permissions: UInt16
  /// Of the unpacked file, in bytes; 0 for anything else.
  var byteCount: Int
  /// Whether its data has to be put together from the pieces of a sparse file.
  var isSparse: Bool
}

/// Reads a tar from front to back: V7, ustar, pax, GNU and star.
///
/// What follows the end mark is not looked at, as no program that unpacks tars does.
struct TarReader {
  /// The longest pax header or long name, in bytes. Linux takes names of 4,096; extended attributes make headers longer.
  static let longestHeader = 1 << 20

  private let stream: any ByteStream
  private var globals = PaxRecords()
  /// Where the next header or the data of the entry begins, in bytes from the beginning.
  private(set) var offset = 0
  /// Bytes of the entry's data that were not read yet.
  private(set) var remaining = 0
  private var padding = 0
  /// Whether the tar ended with a block of zeros, as it should.
  private(set) var hasEndMark = false

  init(_ stream: any ByteStream) { self.stream = stream }

  /// The next entry; `nil` at the end. What was not read of the data of the one before is passed over.
  mutating func next() throws(ArchiveFailure) -> TarEntry? {
    try passOver(remaining + padding)
    (remaining, padding) = (0, 0)
    var records = globals
    var longName: [UInt8]?
    var longLink: [UInt8]?
    var describesNext = false
    while let header = try header() {
      describesNext = ![.paxGlobal, .gnuVolume].contains(header.type)
      switch header.type {
      case .pax, .solarisPax: try records.add(UnsafeRawBufferPointer(rebasing: try special(header)))
      case .paxGlobal:
        try globals.add(UnsafeRawBufferPointer(rebasing: try special(header)))
        records = globals
      case .gnuLongName: longName = Array(try special(header).prefix { $0 != 0 })
      case .gnuLongLink: longLink = Array(try special(header).prefix { $0 != 0 })
      case .gnuVolume: try passOver(Self.padded(try byteCount(of: header)))
      case .gnuContinuation: throw .damaged("it is one volume of several: pack it as one file")
      default:
        return try entry(header, records, longName: longName, longLink: longLink)
      }
    }
    if describesNext { throw .damaged("it ends behind a header that describes another entry, at byte \(offset)") }
    return nil
  }

  /// The next bytes of the entry's data, at most `count`; fewer only at its end. Valid until the next call.
  mutating func read(_ count: Int) throws(ArchiveFailure) -> UnsafeRawBufferPointer {
    let wanted = min(count, remaining)
    let bytes = try stream.read(wanted)
    guard bytes.count == wanted else { throw truncated }
    offset += wanted
    remaining -= wanted
    return bytes
  }

  private var truncated: ArchiveFailure {
    ArchiveFailure.damaged("it ends in the middle of the entry before byte \(offset)")
  }

  private mutating func passOver(_ count: Int) throws(ArchiveFailure) {
    guard count > 0 else { return }
    guard try stream.skip(count) == count else { throw truncated }
    offset += count
  }

  /// The next block as a header; `nil` at the end of the tar.
  private mutating func header() throws(ArchiveFailure) -> TarHeader? {
    let block = try stream.read(TarHeader.blockBytes)
    if block.isEmpty { return nil }
    guard block.count == TarHeader.blockBytes else { throw .damaged("it ends in a header, at byte \(offset)") }
    if block.isAllZero {
      hasEndMark = true
      return nil
    }
    guard let header = TarHeader(block) else {
      throw .damaged("the checksum of the header at byte \(offset) is wrong")
    }
    offset += TarHeader.blockBytes
    return header
  }

  private func byteCount(of header: TarHeader) throws(ArchiveFailure) -> Int {
    guard let count = header.byteCount, count < 1 << 60 else {
      throw .damaged("the header before byte \(offset) states no sensible size")
    }
    return count
  }

  private static func padded(_ count: Int) -> Int {
    (count + TarHeader.blockBytes - 1) / TarHeader.blockBytes * TarHeader.blockBytes
  }

  /// The data of a header that describes the next one.
  private mutating func special(_ header: TarHeader) throws(ArchiveFailure) -> Slice<UnsafeRawBufferPointer> {
    let count = try byteCount(of: header)
    guard count <= Self.longestHeader else {
      throw .damaged("the extended header before byte \(offset) has \(count) bytes, more than any needs")
    }
    let data = try stream.read(Self.padded(count))
    guard data.count == Self.padded(count) else { throw truncated }
    offset += data.count
    return data[..<count]
  }

  private mutating func entry(
    _ header: TarHeader, _ records: PaxRecords, longName: [UInt8]?, longLink: [UInt8]?
  ) throws(ArchiveFailure) -> TarEntry {
    let name = longName ?? records.sparseName ?? records.path ?? header.name
    guard let permissions = header.permissions else {
      throw .damaged("the header before byte \(offset) states no sensible mode")
    }
    let kind = try kind(header.type, name)
    var entry = TarEntry(
      name: name, linkName: [], kind: kind, permissions: permissions, byteCount: 0,
      isSparse: header.type == .gnuSparse || records.isSparse)
    if kind == .hardLink || kind == .symbolicLink { entry.linkName = longLink ?? records.linkPath ?? header.linkName }
    if header.type == .gnuSparse { try passOverSparseMap(header) }
    if header.type.hasData {
      if let count = records.byteCount { remaining = count } else { remaining = try byteCount(of: header) }
      guard remaining < 1 << 60 else { throw .damaged("the header before byte \(offset) states no sensible size") }
      padding = Self.padded(remaining) - remaining
    }
    if kind == .file {
      entry.byteCount = entry.isSparse ? header.sparseByteCount ?? records.sparseByteCount ?? remaining : remaining
    }
    return entry
  }

  private func kind(_ type: TarHeader.TypeFlag, _ name: [UInt8]) throws(ArchiveFailure) -> TarEntry.Kind {
    switch type {
    // Before POSIX a slash at the end told directories.
    case .oldRegular, .regular: return name.last == UInt8(ascii: "/") ? .directory : .file
    case .contiguous, .gnuSparse: return .file
    case .hardLink: return .hardLink
    case .symbolicLink: return .symbolicLink
    case .directory, .gnuDirectory: return .directory
    case .characterDevice, .blockDevice, .fifo: return .device
    default:
      throw .damaged("the header before byte \(offset) is of the unknown type \(type.rawValue)")
    }
  }

  /// The map of a sparse entry goes on in blocks of its own, before the data.
  private mutating func passOverSparseMap(_ header: TarHeader) throws(ArchiveFailure) {
    var isExtended = header.isExtended
    while isExtended {
      let block = try stream.read(TarHeader.blockBytes)
      guard block.count == TarHeader.blockBytes else { throw truncated }
      offset += block.count
      isExtended = block[504] != 0
    }
  }
}
