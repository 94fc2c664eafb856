import NativeBinaries

/// Where an archive holds a layer: a part of a mapped file.
struct ImageBlob {
  var owner: OwnedBytes
  var range: Range<Int>

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: owner.bytes[range]) }
}

/// One layer of an image: its entries in archive order, and what was kept of their contents.
///
/// A plain tar is read where it is mapped. A compressed one is decompressed once, from front to back; native binaries and
/// files that are not large go to a temporary file, of others only the first bytes. Should one of those be asked for, the
/// layer is decompressed again up to there.
final class ImageLayer: Sendable {
  /// Files up to this length are kept whatever they are, in bytes.
  private static let keptByteCount = 1 << 20
  private static let chunk = 128 * 1024

  struct Entry: Sendable {
    var name: [UInt8]
    var linkName: [UInt8]
    var kind: TarEntry.Kind
    var permissions: UInt16
    var byteCount: Int
    var contents: Contents
  }

  enum Contents: Sendable {
    case none
    /// All of it, at this position of `bytes`.
    case whole(Int)
    /// The first bytes, at this position of `bytes`.
    case head(Int)
    /// It has to be put together from pieces, which is not done.
    case sparse
  }

  private let blob: ImageBlob
  private let compression: Compression
  /// The layer itself where it is a plain tar, else what was kept of it.
  private let bytes: OwnedBytes
  let entries: [Entry]
  let hasEndMark: Bool

  init(_ blob: ImageBlob, budget: ImageBudget) throws(ArchiveFailure) {
    self.blob = blob
    compression = Compression(blob.bytes)
    var reading = Reading(budget: budget)
    let stream = try compression.stream(of: blob.bytes, budget: budget)
    var reader = TarReader(stream)
    if compression == .none {
      try budget.takeBytes(blob.range.count)
      try reading.index(&reader, from: blob.range.lowerBound)
      bytes = blob.owner
    } else {
      var file = try SpillFile()
      try reading.keep(&reader, in: &file)
      bytes = try file.finish()
    }
    entries = reading.entries
    hasEndMark = reader.hasEndMark
  }

  /// The first bytes of a regular file, at most `TreeScan.headBytes`.
  func head(of entry: Entry) -> UnsafeRawBufferPointer {
    switch entry.contents {
    case .whole(let start), .head(let start):
      return UnsafeRawBufferPointer(rebasing: bytes.bytes[start..<(start + min(entry.byteCount, TreeScan.headBytes))])
    case .none, .sparse: return UnsafeRawBufferPointer(start: nil, count: 0)
    }
  }

  /// Where the regular file at `position` of `entries` lies; `nil` where not all of it was kept.
  func blob(of position: Int) -> ImageBlob? {
    guard case .whole(let start) = entries[position].contents else { return nil }
    return ImageBlob(owner: bytes, range: start..<(start + entries[position].byteCount))
  }

  /// Calls `body` with all bytes of the regular file at `position` of `entries`.
  func withContents<Result>(of position: Int, _ body: (RawSpan) throws -> Result) throws -> Result {
    let entry = entries[position]
    switch entry.contents {
    case .whole(let start):
      return try withExtendedLifetime(bytes) {
        try body(
          RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: bytes.bytes[start..<(start + entry.byteCount)])))
      }
    case .head:
      let bytes = try again(position)
      return try bytes.withSpan(body)
    case .none: return try body(RawSpan())
    case .sparse: throw ArchiveFailure.damaged("it is stored as a sparse file, which airworthy does not put together")
    }
  }

  /// Decompresses the layer once more, up to the end of one file, into a temporary file of its own.
  private func again(_ position: Int) throws(ArchiveFailure) -> OwnedBytes {
    let stream = try compression.stream(of: blob.bytes, budget: ImageBudget())
    var reader = TarReader(stream)
    for _ in 0...position {
      guard try reader.next() != nil else { throw .damaged("the layer has changed while it was read") }
    }
    var file = try SpillFile()
    while reader.remaining > 0 { try file.append(try reader.read(Self.chunk)) }
    return try file.finish()
  }

  /// The walk over a layer when it is opened.
  private struct Reading {
    let budget: ImageBudget
    var entries: [Entry] = []

    /// Notes where everything is in a plain tar that begins at `start` of its file.
    mutating func index(_ reader: inout TarReader, from start: Int) throws(ArchiveFailure) {
      while let entry = try reader.next() {
        // The data has to be there; that it is, the next header shows, or this for the last.
        let contents: Contents = entry.kind == .file ? .whole(start + reader.offset) : .none
        try add(entry, contents)
      }
    }

    /// Writes what is to be kept of a stream to `file`.
    mutating func keep(_ reader: inout TarReader, in file: inout SpillFile) throws(ArchiveFailure) {
      while let entry = try reader.next() {
        guard entry.kind == .file, !entry.isSparse else {
          try add(entry, .none)
          continue
        }
        let position = file.byteCount
        let head = try reader.read(TreeScan.headBytes)
        let isWhole = isKept(entry, head)
        try file.append(head)
        while isWhole, reader.remaining > 0 { try file.append(try reader.read(ImageLayer.chunk)) }
        try add(entry, isWhole ? .whole(position) : .head(position))
      }
    }

    private func isKept(_ entry: TarEntry, _ head: UnsafeRawBufferPointer) -> Bool {
      entry.byteCount <= keptByteCount || BinaryFormat(head: RawSpan(_unsafeBytes: head)) != nil
        || entry.name.suffix(5).elementsEqual(".node".utf8)
    }

    private mutating func add(_ entry: TarEntry, _ contents: Contents) throws(ArchiveFailure) {
      try budget.takeEntry(nameBytes: entry.name.count + entry.linkName.count)
      entries.append(
        Entry(
          name: entry.name, linkName: entry.linkName, kind: entry.kind, permissions: entry.permissions,
          byteCount: entry.byteCount, contents: entry.isSparse && entry.kind == .file ? .sparse : contents))
    }
  }
}
