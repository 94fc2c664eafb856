extension ZipTree {
  public func scan(_ isWanted: @escaping Wanted) -> TreeScan { scanAll(isWanted, nil) }

  public func scan(_ isWanted: @escaping Wanted, reading: WholeFiles) -> TreeScan { scanAll(isWanted, reading) }

  private func scanAll(_ isWanted: @escaping Wanted, _ reading: WholeFiles?) -> TreeScan {
    let share = ZipScan.share(of: archive.records.count)
    let next = Monitor(0)
    let parts = onAllCores(atMost: 1 + archive.records.count / share) {
      ZipScan(self, isWanted, reading).run(next, share: share)
    }
    let names = names.value()
    var merged = TreeScan(merging: parts.map(\.result) + [scanDirectories(isWanted, names)])
    merged.problems += names.problems + overlaps(parts.flatMap(\.shares))
    let before =
      parts.map(\.firstOffset).reduce(archive.end.directory.lowerBound - archive.end.base, min) + archive.end.base
    if before > 0 {
      let what = "\(before) bytes stand before the first entry"
      merged.problems.append(TreeProblem(name: [], kind: .foreignData(what)))
    }
    merged.sortProblems()
    return merged
  }

  private func scanDirectories(_ isWanted: Wanted, _ names: ZipNames) -> TreeScan {
    var scan = TreeScan()
    for position in names.index.nodes.indices.dropFirst() where names.index.nodes[position].kind == .directory {
      let node = ZipIndex.NodeIndex(position)
      scan.directories += 1
      let name = names.index.name(of: node, directory)
      if isWanted(RawSpan(_unsafeBytes: name), .directory, RawSpan()) { scan.keep(node, of: self, names) }
    }
    return scan
  }

  private func overlaps(_ shares: [ZipScan.Share]) -> [TreeProblem] {
    // In archive order, which is that of their positions nearly always: then a look at each is all that it takes.
    let shares = shares.sorted { $0.records.lowerBound < $1.records.lowerBound }
    if ZipExtents.areApart(shares.lazy.flatMap(\.extents).map(\.range)) { return [] }
    let extents = shares.flatMap(\.extents)
    return ZipExtents.overlapping(extents.map(\.range)).map { position in
      let name = Array(archive.file[archive.entry(extents[position].record).name])
      return TreeProblem(name: name, kind: .damaged(ZipExtents.overlapMessage))
    }
  }
}

extension TreeScan {
  fileprivate mutating func keep(_ node: ZipIndex.NodeIndex, of tree: ZipTree, _ names: ZipNames) {
    guard let path = TreePath(bytes: names.index.path(of: node, tree.directory)) else { return }
    found.append(FoundFile(path: path, status: tree.status(node)))
  }
}

/// One thread's part of a scan of a zip.
///
/// It looks at the entries share by share. Which of them stand for a path the index knows, which another thread may still be
/// making: until it is there, what was seen of a share waits.
struct ZipScan: ~Copyable {
  struct Extent {
    var record: Int
    var range: Range<Int>
  }

  /// Records that a thread takes at once: neighbours in the directory are mostly neighbours in the file.
  struct Share {
    var records: Range<Int>
    /// Where the entries whose local headers could be read lie in the file.
    var extents: [Extent] = []
    /// What was seen of each record.
    fileprivate var verdicts: [Verdict] = []
    /// What is wrong with records, if they stand for a path.
    fileprivate var doubts: [(record: Int, kind: TreeProblem.Kind)] = []
  }

  fileprivate struct Verdict: OptionSet {
    var rawValue: UInt8
    static let wanted = Verdict(rawValue: 1)
    /// Wanted with all its bytes.
    static let whole = Verdict(rawValue: 2)
  }

  struct Output {
    var result = TreeScan()
    var shares: [Share] = []
    /// The lowest position of a local header that the central directory states.
    var firstOffset = Int.max
  }

  private let tree: ZipTree
  private let layout: ZipLayout
  private let isWanted: Wanted
  private let reading: WholeFiles?
  private let inflater = ZipHeadInflater()
  private var output = Output()
  /// Where the pages stand that were touched and not given back, and how many bytes of entries they have.
  private var touched: Range<Int>?
  private var touchedBytes = 0

  init(_ tree: ZipTree, _ isWanted: @escaping Wanted, _ reading: WholeFiles?) {
    self.tree = tree
    layout = tree.archive.layout
    self.isWanted = isWanted
    self.reading = reading
  }

  /// Records in a share: so many that threads seldom meet, and so few that all of them have something to do.
  static func share(of count: Int) -> Int { min(max(count / 64, 64), 1024) }

  /// Looks at entries, a share at a time, until none is left.
  consuming func run(_ next: Monitor<Int>, share: Int) -> Output {
    let records = tree.archive.records
    let isWanted = isWanted
    let wholeName = reading?.name
    var settled = 0
    while true {
      let start = next.withLock { position -> Int in
        defer { position = min(position + share, records.count) }
        return position
      }
      guard start < records.count else { break }
      var seen = Share(records: start..<min(start + share, records.count))
      seen.extents.reserveCapacity(seen.records.count)
      seen.verdicts.reserveCapacity(seen.records.count)
      for record in seen.records {
        let entry = layout.entry(at: records[record])
        seen.verdicts.append(look(at: record, entry, &seen, isWanted, wholeName))
      }
      output.shares.append(seen)
      if let names = tree.names.valueIfReady { settle(&settled, names) } else { touch(seen.extents) }
    }
    settle(&settled, tree.names.value())
    releasePages()
    return output
  }

  /// Notes the pages of a share's entries, where they are neighbours, and gives back what was noted once it is much.
  private mutating func touch(_ extents: [Extent]) {
    guard let start = extents.map(\.range.lowerBound).min(), let end = extents.map(\.range.upperBound).max(),
      end - start < Self.widestRelease
    else { return }
    let range = min(start, touched?.lowerBound ?? start)..<max(end, touched?.upperBound ?? end)
    if range.count >= Self.widestRelease {
      releasePages()
      touched = start..<end
    } else {
      touched = range
    }
    touchedBytes += end - start
    if touchedBytes >= Self.keptBytes { releasePages() }
  }

  /// Gives back the pages noted, and those between them: another thread that reads there gets them again.
  private mutating func releasePages() {
    if let touched { tree.archive.owner.release(touched) }
    touched = nil
    touchedBytes = 0
  }

  private static let widestRelease = 1 << 26
  /// What each thread may keep: giving back interrupts all others.
  private static let keptBytes = max(1 << 20, (1 << 24) / processorCount)

  private mutating func look(
    at record: Int, _ entry: ZipEntry, _ share: inout Share, _ isWanted: Wanted, _ wholeName: StaticString?
  ) -> Verdict {
    output.firstOffset = min(output.firstOffset, entry.localHeaderOffset)
    var data = UnsafeRawBufferPointer(start: nil, count: 0)
    do throws(ZipDamage) {
      let header = try ZipLocalHeader(entry, in: layout)
      share.extents.append(Extent(record: record, range: header.extent))
      if let what = header.mismatch(entry, in: layout) { addProblem(.headerMismatch(what), entry) }
      data = UnsafeRawBufferPointer(rebasing: layout.file[header.data])
    } catch {
      addProblem(.damaged(error.message), entry)
    }
    let whole = UnsafeRawBufferPointer(rebasing: layout.file[entry.name])
    let (last, isDirectory) = ZipName.last(of: whole)
    if isDirectory { return [] }
    let kind = entry.kindByAttributes
    var head = UnsafeRawBufferPointer(start: nil, count: 0)
    do throws(Doubt) {
      if try isReadable(entry, data) { try readHead(of: entry, data, into: &head) }
    } catch {
      share.doubts.append((record, error.kind))
    }
    if kind != .file { head = UnsafeRawBufferPointer(start: nil, count: 0) }
    let name = UnsafeRawBufferPointer(rebasing: whole[last])
    var verdict: Verdict = []
    if kind == .file, let wholeName, wholeName.hasSameBytes(as: name) { verdict.insert(.whole) }
    if isWanted(RawSpan(_unsafeBytes: name), kind, RawSpan(_unsafeBytes: head)) { verdict.insert(.wanted) }
    return verdict
  }

  /// What is wrong with an entry.
  private struct Doubt: Error {
    var kind: TreeProblem.Kind
  }

  private func isReadable(_ entry: ZipEntry, _ data: UnsafeRawBufferPointer) throws(Doubt) -> Bool {
    if entry.isEncrypted { throw Doubt(kind: .encrypted) }
    guard entry.method == ZipEntry.stored || entry.method == ZipEntry.deflated else {
      throw Doubt(kind: .unknownMethod(entry.method))
    }
    // Without a local header there is no data; that was said already.
    if data.baseAddress == nil { return false }
    do throws(ZipDamage) {
      try entry.checkByteCounts()
      return true
    } catch {
      throw Doubt(kind: .damaged(error.message))
    }
  }

  /// Throws where the data is damaged; `head` is what comes before.
  private func readHead(
    of entry: ZipEntry, _ data: UnsafeRawBufferPointer, into head: inout UnsafeRawBufferPointer
  ) throws(Doubt) {
    if entry.method == ZipEntry.stored {
      head = UnsafeRawBufferPointer(rebasing: data[..<min(data.count, TreeScan.headBytes)])
      return
    }
    let found = inflater.head(of: data, count: entry.uncompressedByteCount)
    head = found.bytes
    if found.isDamaged {
      throw Doubt(kind: .damaged("its compressed data is damaged or of another size than stated"))
    }
  }

  /// Counts the entries seen so far that stand for their paths, keeps those that are wanted, and notes the pages to be given back.
  private mutating func settle(_ settled: inout Int, _ names: ZipNames) {
    while settled < output.shares.count {
      let share = output.shares[settled]
      settled += 1
      for (record, verdict) in zip(share.records, share.verdicts) {
        guard let node = names.node(of: record) else { continue }
        switch names.index.nodes[Int(node)].kind {
        case .directory: continue
        case .file:
          output.result.files += 1
          output.result.addBytes(layout.entry(at: tree.archive.records[record]).uncompressedByteCount)
        case .symbolicLink: output.result.links += 1
        case .other: break
        }
        if verdict.contains(.whole), handOver(node, record, names) { continue }
        if verdict.contains(.wanted) { output.result.keep(node, of: tree, names) }
      }
      for doubt in share.doubts where names.node(of: doubt.record) != nil {
        addProblem(doubt.kind, tree.archive.entry(doubt.record))
      }
      // Handing over has touched them again where the share had to wait.
      touch(share.extents)
    }
  }

  /// Whether the file, which is wanted whole, could be read.
  private func handOver(_ node: ZipIndex.NodeIndex, _ record: Int, _ names: ZipNames) -> Bool {
    guard let reading, tree.archive.entry(record).uncompressedByteCount <= WholeFiles.byteLimit,
      let path = TreePath(bytes: names.index.path(of: node, tree.directory))
    else { return false }
    return (try? tree.withContents(record, path) { _ = reading.take(path, $0, nil) }) != nil
  }

  private mutating func addProblem(_ kind: TreeProblem.Kind, _ entry: ZipEntry) {
    output.result.problems.append(TreeProblem(name: Array(layout.file[entry.name]), kind: kind))
  }
}
