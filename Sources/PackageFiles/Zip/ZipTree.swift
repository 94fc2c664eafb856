import CDeflate

/// A zip, read in place: its central directory is mapped, and entries are inflated only as far as they are looked at.
///
/// The central directory is the truth. Names are bytes; Info-ZIP's Unicode path is honoured. Of entries with the same name
/// the last one counts; entries that cannot be unpacked (`..`, below a file) are problems of the scan, not part of the tree.
public final class ZipTree: FileTree {
  /// The largest file that is inflated, in bytes: Lambda's limit for a whole unpacked package.
  public static let largestEntryByteCount = 262_144_000
  /// Deflate makes at most 258 bytes from 2 bits.
  static let largestDeflateRatio = 1032
  private static let longestLinkByteCount = 4096

  public let path: String
  let archive: ZipArchive
  /// What the central directory says; of a large one on another thread, while a scan looks at the entries themselves.
  let names: Meanwhile<ZipNames>

  /// Opens the zip at `path`.
  ///
  /// Throws `TreeError.unknownPackageFormat` where it is no zip, `damaged` where its central directory cannot be read.
  public convenience init(path: String) throws(TreeError) {
    try self.init(OwnedBytes(mappingFileAt: path), path: path)
  }

  /// Reads a zip in memory; `path` is what errors call it.
  public convenience init(bytes: [UInt8], path: String = "archive") throws(TreeError) {
    try self.init(OwnedBytes(copying: bytes), path: path)
  }

  /// - Parameter large: from how many entries on another thread makes the index.
  init(_ owner: OwnedBytes, path: String, large: Int = ZipNames.large) throws(TreeError) {
    self.path = path
    do throws(ZipDamage) {
      guard let archive = try ZipArchive(owner) else { throw ZipDamage("") }
      self.archive = archive
    } catch {
      throw error.message.isEmpty ? .unknownPackageFormat(path) : .damaged(path, error.message)
    }
    let isLarge = archive.records.count >= large
    names = isLarge ? Meanwhile { [archive] in ZipNames(archive) } : Meanwhile(value: ZipNames(archive))
  }

  // Whoever gives up on the zip may end the process next, and no thread in the middle of its work.
  deinit { _ = names.value() }

  /// The length of the archive in bytes.
  public var archiveByteCount: Int { archive.file.count }

  private var index: ZipIndex { names.value().index }

  /// The bytes of the central directory, in which the index finds its names.
  var directory: UnsafeRawBufferPointer { archive.layout.directoryBytes }

  public func status(of path: TreePath) -> FileStatus? { index.node(at: path, directory).map(status) }

  func status(_ node: ZipIndex.NodeIndex) -> FileStatus {
    let index = index
    let kind = index.nodes[Int(node)].kind
    let record = index.nodes[Int(node)].record
    guard record != ZipIndex.none else { return FileStatus(kind: .directory, permissions: nil, byteCount: 0) }
    let entry = archive.entry(Int(record))
    let byteCount = kind == .directory ? 0 : entry.uncompressedByteCount
    return FileStatus(kind: kind, permissions: entry.permissions, byteCount: byteCount)
  }

  public func names(in path: TreePath) -> [[UInt8]] {
    let index = index
    guard let node = index.node(at: path, directory) else { return [] }
    return index.children(of: node).map { Array(index.name(of: $0, directory)) }
      .sorted { $0.lexicographicallyPrecedes($1) }
  }

  public func linkTarget(of path: TreePath) -> [UInt8]? {
    guard let record = record(at: path, .symbolicLink) else { return nil }
    // Linux bounds the text of a link by PATH_MAX.
    guard archive.entry(record).uncompressedByteCount <= Self.longestLinkByteCount else { return nil }
    return try? withContents(record, path) { span in span.withUnsafeBytes { Array($0) } }
  }

  public func withContents<Result>(of path: TreePath, _ body: (RawSpan) throws -> Result) throws -> Result {
    guard let record = record(at: path, .file) else {
      let shown = name(path)
      throw index.node(at: path, directory) == nil ? TreeError.missing(shown) : .notARegularFile(shown)
    }
    return try withContents(record, path, body)
  }

  public func withFirstFile<Result>(
    of paths: [TreePath], upTo byteLimit: Int, _ body: (RawSpan) -> Result
  ) -> Result? {
    for path in paths {
      guard let record = record(at: path, .file) else { continue }
      return archive.entry(record).uncompressedByteCount <= byteLimit ? try? withContents(record, path, body) : nil
    }
    return nil
  }

  private func record(at path: TreePath, _ kind: FileStatus.Kind) -> Int? {
    let index = index
    guard let node = index.node(at: path, directory), index.nodes[Int(node)].kind == kind else { return nil }
    return Int(index.nodes[Int(node)].record)
  }

  private func name(_ entry: TreePath) -> String { "\(path): \(entry)" }

  /// Calls `body` with all bytes of the entry, which stands at `path`. Throws `TreeError`.
  func withContents<Result>(
    _ record: Int, _ path: TreePath, _ body: (RawSpan) throws -> Result
  ) throws -> Result {
    let entry = archive.entry(record)
    if entry.isEncrypted { throw TreeError.encrypted(name(path)) }
    if entry.uncompressedByteCount > Self.largestEntryByteCount {
      throw TreeError.tooLarge(name(path), entry.uncompressedByteCount)
    }
    do {
      if names.value().isOverlapping(record) { throw ZipDamage(ZipExtents.overlapMessage) }
      let data = UnsafeRawBufferPointer(rebasing: archive.file[try ZipLocalHeader(entry, in: archive.layout).data])
      switch entry.method {
      case ZipEntry.stored, ZipEntry.deflated:
        try entry.checkByteCounts()
        return try withExtendedLifetime(archive.owner) {
          try entry.withInflated(data) { try body(RawSpan(_unsafeBytes: $0)) }
        }
      default: throw TreeError.unknownMethod(name(path), entry.method)
      }
    } catch let damage as ZipDamage {
      throw TreeError.damaged(name(path), damage.message)
    }
  }
}

/// What a central directory says of its entries: their tree, and what is wrong with it.
final class ZipNames: Sendable {
  /// From so many entries on, a thread of its own is worth starting.
  static let large = 4096

  let index: ZipIndex
  let nodeOfRecord: [ZipIndex.NodeIndex]
  /// Problems that the names and the central directory alone show.
  let problems: [TreeProblem]
  /// For each record whether its data is also another one's; empty where none is.
  private let overlaps: [Bool]

  init(_ archive: ZipArchive) {
    let builder = ZipIndexBuilder(archive)
    index = builder.index
    nodeOfRecord = builder.nodeOfRecord
    problems = archive.problems + builder.problems
    overlaps = ZipExtents.overlapping(archive)
  }

  func isOverlapping(_ record: Int) -> Bool { !overlaps.isEmpty && overlaps[record] }

  /// The record's node where it is the one that stands for its path.
  func node(of record: Int) -> ZipIndex.NodeIndex? {
    let node = nodeOfRecord[record]
    return node != ZipIndex.none && index.nodes[Int(node)].record == UInt32(record) ? node : nil
  }
}

extension ZipEntry {
  /// Throws where the data cannot make as many bytes as stated, so that no memory is taken for a lie.
  func checkByteCounts() throws(ZipDamage) {
    if method == Self.stored, compressedByteCount != uncompressedByteCount {
      throw ZipDamage("it is stored, but its size of \(uncompressedByteCount) bytes is not that of its data")
    }
    let (largest, overflow) = compressedByteCount.multipliedReportingOverflow(by: ZipTree.largestDeflateRatio)
    if method == Self.deflated, !overflow, uncompressedByteCount > largest {
      throw ZipDamage("\(compressedByteCount) bytes of data cannot make the stated \(uncompressedByteCount)")
    }
  }

  /// Calls `body` with the entry's contents, of which the CRC-32 is right.
  fileprivate func withInflated<Result>(
    _ data: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    let contents = method == Self.stored ? data : try inflate(data, count: uncompressedByteCount)
    defer { if method != Self.stored { contents.deallocate() } }
    guard libdeflate_crc32(0, contents.baseAddress, contents.count) == crc32 else {
      throw ZipDamage("its CRC-32 is wrong: the data was changed after it was packed")
    }
    return try body(contents)
  }
}
