extension ZipTree {
  public func scan(_ isWanted: @escaping Wanted) -> TreeScan { scanAll(isWanted, nil) }

  public func scan(_ isWanted: @escaping Wanted, reading: WholeFiles) -> TreeScan { scanAll(isWanted, reading) }

  private func scanAll(_ isWanted: @escaping Wanted, _ reading: WholeFiles?) -> TreeScan {
    let next = Monitor(0)
    let parts = onAllCores(atMost: 1 + archive.records.count / ZipScan.share) {
      ZipScan(self, isWanted, reading).run(next)
    }
    var merged = TreeScan(merging: parts.map(\.result) + [scanDirectories(isWanted)])
    merged.problems += directoryProblems + overlaps(parts.flatMap(\.extents))
    let before =
      parts.map(\.firstOffset).reduce(archive.end.directory.lowerBound - archive.end.base, min) + archive.end.base
    if before > 0 {
      let what = "\(before) bytes stand before the first entry"
      merged.problems.append(TreeProblem(name: [], kind: .foreignData(what)))
    }
    merged.sortProblems()
    return merged
  }

  private func scanDirectories(_ isWanted: Wanted) -> TreeScan {
    var scan = TreeScan()
    for position in index.nodes.indices.dropFirst() where index.nodes[position].kind == .directory {
      let node = ZipIndex.NodeIndex(position)
      scan.directories += 1
      guard isWanted(RawSpan(_unsafeBytes: index.name(of: node, directory)), .directory, RawSpan()) else { continue }
      scan.keep(node, of: self)
    }
    return scan
  }

  private func overlaps(_ unordered: [ZipScan.Extent]) -> [TreeProblem] {
    let extents = unordered.sorted { $0.range.lowerBound < $1.range.lowerBound }
    return ZipExtents.overlapping(extents.map(\.range)).map { position in
      let name = Array(archive.file[archive.entry(extents[position].record).name])
      return TreeProblem(name: name, kind: .damaged(ZipExtents.overlapMessage))
    }
  }
}

extension TreeScan {
  fileprivate mutating func keep(_ node: ZipIndex.NodeIndex, of tree: ZipTree) {
    guard let path = TreePath(bytes: tree.index.path(of: node, tree.directory)) else { return }
    found.append(FoundFile(path: path, status: tree.status(node)))
  }
}

/// One thread's share of a scan of a zip.
struct ZipScan: ~Copyable {
  struct Extent {
    var record: Int
    var range: Range<Int>
  }

  struct Output {
    var result = TreeScan()
    /// Where the entries whose local headers could be read lie in the file.
    var extents: [Extent] = []
    /// The lowest position of a local header that the central directory states.
    var firstOffset = Int.max
  }

  /// Records that a thread takes at once: neighbours in the directory are mostly neighbours in the file.
  static let share = 256

  private let tree: ZipTree
  private let isWanted: Wanted
  private let reading: WholeFiles?
  private let wholeName: StaticString?
  private let inflater = ZipHeadInflater()
  private var output = Output()

  init(_ tree: ZipTree, _ isWanted: @escaping Wanted, _ reading: WholeFiles?) {
    self.tree = tree
    self.isWanted = isWanted
    self.reading = reading
    wholeName = reading?.name
  }

  /// Looks at entries, a share at a time, until none is left.
  consuming func run(_ next: Monitor<Int>) -> Output {
    let count = tree.archive.records.count
    while true {
      let start = next.withLock { position -> Int in
        defer { position = min(position + Self.share, count) }
        return position
      }
      guard start < count else { return output }
      let first = output.extents.count
      for record in start..<min(start + Self.share, count) { look(at: record) }
      releasePages(output.extents[first...])
    }
  }

  /// Gives back the pages that the share has touched, where its entries are neighbours.
  private func releasePages(_ extents: ArraySlice<Extent>) {
    guard let start = extents.map(\.range.lowerBound).min(), let end = extents.map(\.range.upperBound).max() else {
      return
    }
    if end - start < 1 << 26 { tree.archive.owner.release(start..<end) }
  }

  private mutating func look(at record: Int) {
    let entry = tree.archive.entry(record)
    output.firstOffset = min(output.firstOffset, entry.localHeaderOffset)
    let header: ZipLocalHeader
    do throws(ZipDamage) {
      header = try ZipLocalHeader(entry, in: tree.archive)
    } catch {
      addProblem(.damaged(error.message), entry)
      return count(record, entry, UnsafeRawBufferPointer(start: nil, count: 0))
    }
    output.extents.append(Extent(record: record, range: header.extent))
    if let what = header.mismatch(entry, in: tree.archive) { addProblem(.headerMismatch(what), entry) }
    count(record, entry, UnsafeRawBufferPointer(rebasing: tree.archive.file[header.data]))
  }

  /// Counts the entry where it is the one that stands for its path, and keeps it where it is wanted.
  private mutating func count(_ record: Int, _ entry: ZipEntry, _ data: UnsafeRawBufferPointer) {
    let node = tree.nodeOfRecord[record]
    guard node != ZipIndex.none, tree.index.nodes[Int(node)].record == UInt32(record) else { return }
    let kind = tree.index.nodes[Int(node)].kind
    if kind == .directory { return }
    let head = readable(entry, data) ? head(of: entry, data) : UnsafeRawBufferPointer(start: nil, count: 0)
    var shown = head
    switch kind {
    case .file:
      output.result.files += 1
      output.result.addBytes(entry.uncompressedByteCount)
    case .symbolicLink:
      output.result.links += 1
      shown = UnsafeRawBufferPointer(start: nil, count: 0)
    default: shown = UnsafeRawBufferPointer(start: nil, count: 0)
    }
    let name = tree.index.name(of: node, tree.directory)
    if kind == .file, let wholeName, wholeName.hasSameBytes(as: name), handOver(node, record, entry) { return }
    if isWanted(RawSpan(_unsafeBytes: name), kind, RawSpan(_unsafeBytes: shown)) { output.result.keep(node, of: tree) }
  }

  /// Whether the file, which is wanted whole, could be read.
  private func handOver(_ node: ZipIndex.NodeIndex, _ record: Int, _ entry: ZipEntry) -> Bool {
    guard let reading, entry.uncompressedByteCount <= WholeFiles.byteLimit,
      let path = TreePath(bytes: tree.index.path(of: node, tree.directory))
    else { return false }
    return (try? tree.withContents(record, path) { reading.take(path, $0) }) != nil
  }

  private mutating func readable(_ entry: ZipEntry, _ data: UnsafeRawBufferPointer) -> Bool {
    if entry.isEncrypted {
      addProblem(.encrypted, entry)
      return false
    }
    guard entry.method == ZipEntry.stored || entry.method == ZipEntry.deflated else {
      addProblem(.unknownMethod(entry.method), entry)
      return false
    }
    // Without a local header there is no data; that was said already.
    if data.baseAddress == nil { return false }
    do throws(ZipDamage) {
      try entry.checkByteCounts()
      return true
    } catch {
      addProblem(.damaged(error.message), entry)
      return false
    }
  }

  private mutating func head(of entry: ZipEntry, _ data: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    if entry.method == ZipEntry.stored {
      return UnsafeRawBufferPointer(rebasing: data[..<min(data.count, TreeScan.headBytes)])
    }
    let (head, isDamaged) = inflater.head(of: data, count: entry.uncompressedByteCount)
    if isDamaged { addProblem(.damaged("its compressed data is damaged or of another size than stated"), entry) }
    return head
  }

  private mutating func addProblem(_ kind: TreeProblem.Kind, _ entry: ZipEntry) {
    output.result.problems.append(TreeProblem(name: Array(tree.archive.file[entry.name]), kind: kind))
  }
}
