import CLibrary

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// One thread's part of a scan of a directory tree.
///
/// Most files of a package are of no interest: each costs three system calls (open, read, the length) and no allocation.
/// Copying no more than the head out of the kernel saves more than asking for the length costs.
struct DirectoryScan: ~Copyable {
  private let root: Int32
  private let isWanted: Wanted
  private let reading: WholeFiles?
  private let wholeName: StaticString?
  private(set) var result = TreeScan()

  private var stack = DirectoryStack()
  private var files = ClosingFiles()
  private var flags = OpenFlags.untouchedFile
  private let batch: DirectoryBatch
  private let head = UnsafeMutableRawBufferPointer.allocate(byteCount: TreeScan.headBytes, alignment: 16)
  /// Room for a whole file, and one byte by which a longer one shows itself.
  private let whole: UnsafeMutableRawBufferPointer
  private var directory: DirectoryStack.Index = 0
  private var directoryPath: [UInt8]?
  /// Whether `batch` has all entries of `directory`, of which none was looked at before this one.
  private var isBeforeOthers = false
  /// An entry of `batch` that is wanted whole too.
  private var wanted: OpenDirectory.WantedFile?

  /// - Parameter batch: what reads the directories, which notes the file that is handed over whole.
  init(root: Int32, isWanted: @escaping Wanted, reading: WholeFiles?, batch: DirectoryBatch? = nil) {
    self.batch = batch ?? DirectoryBatch(noting: reading?.name)
    self.root = root
    self.isWanted = isWanted
    self.reading = reading
    wholeName = reading?.name
    whole = .allocate(byteCount: reading == nil ? 0 : WholeFiles.byteLimit + 1, alignment: 16)
  }

  deinit {
    head.deallocate()
    whole.deallocate()
  }

  /// Reads what `pool` has, and hands on some of it to threads that lack work, until nothing is left.
  consuming func run(_ pool: DirectoryPool) -> TreeScan {
    var share = pool.first()
    while let work = share {
      switch work {
      case .directories(let paths):
        for path in paths { stack.push(path: path) }
      case .entries(let path, let entries): readEntries(entries, of: path)
      }
      while let next = stack.openNext(below: root, closing: &files) {
        read(next.directory, next.descriptor, handingOnTo: pool)
        guard pool.isLacking, stack.count > 1 else { continue }
        let older = stack.takeOldest(stack.count / 2, closing: &files)
        if !older.isEmpty { pool.add(.directories(older)) }
      }
      share = pool.next()
    }
    return result
  }

  /// Begins with the tree's root.
  mutating func begin() { stack.push(path: []) }

  /// Reads directories until there is something for others to do too, which it gives up; `nil` where nothing is left.
  mutating func runAlone() -> [[UInt8]]? {
    // The others begin with copies of what is open.
    defer { files.closeAll() }
    while let next = stack.openNext(below: root, closing: &files) {
      let isLeft = read(next.directory, next.descriptor, handingOnTo: nil)
      if isLeft { return [stack.path(of: next.directory)] }
      guard stack.count > 1 else { continue }
      let share = stack.takeOldest(.max, byteLimit: 1 << 20, closing: &files)
      if !share.isEmpty { return share }
    }
    return nil
  }

  /// Reads a directory; whether it was left to others, as large ones are where there is no `pool`.
  @discardableResult
  private mutating func read(
    _ index: DirectoryStack.Index, _ descriptor: Int32, handingOnTo pool: DirectoryPool?
  ) -> Bool {
    directory = index
    directoryPath = nil
    guard descriptor >= 0 else {
      addProblem(.unreadable(systemReason()), name: nil)
      return false
    }
    defer { if !stack.keeps(index, descriptor: descriptor, closing: &files) { files.close(descriptor) } }
    let canHandOn = stack.canHandOn(index)
    var isFirst = true
    repeat {
      if let code = batch.read(descriptor) {
        addProblem(.unreadable(systemReason(code)), name: nil)
        return false
      }
      defer { isFirst = false }
      if batch.isLarge, canHandOn {
        // Of what was looked at already nothing may be left to others.
        if pool == nil, isFirst { return true }
        if let pool, pool.isLacking {
          pool.add(.entries(of: stack.path(of: index), batch.entries))
          continue
        }
      }
      // First, for it may want another.
      let first = isFirst && !batch.mayHaveMore ? wholeEntry : nil
      if let first {
        isBeforeOthers = true
        batch.withEntry(at: first) { look(at: $1, type: $0, in: descriptor, position: first) }
        isBeforeOthers = false
      }
      batch.forEach { position, type, name in
        if position != first { look(at: name, type: type, in: descriptor, position: position) }
      }
      want(nil)
    } while batch.mayHaveMore
    return false
  }

  /// Looks at entries of a directory that another thread reads.
  private mutating func readEntries(_ entries: [UInt8], of path: [UInt8]) {
    directory = stack.add(path: path)
    directoryPath = path
    let descriptor = openDirectory(path, below: root)
    guard descriptor >= 0 else { return addProblem(.unreadable(systemReason()), name: nil) }
    batch.entries = entries
    batch.forEach { position, type, name in look(at: name, type: type, in: descriptor, position: position) }
    if !stack.keeps(directory, descriptor: descriptor, closing: &files) { files.close(descriptor) }
  }

  /// The regular file that is handed over whole.
  private var wholeEntry: Int? {
    guard let entry = batch.noted, Int32(entry.type) == Int32(DT_REG) else { return nil }
    return entry.position
  }

  /// - Parameter position: where the entry stands in `batch`.
  private mutating func look(at name: UnsafeRawBufferPointer, type: UInt8, in parent: Int32, position: Int) {
    guard let start = name.baseAddress?.assumingMemoryBound(to: CChar.self) else { return }
    switch Int32(type) {
    case Int32(DT_REG): lookAtFile(name, start, parent, position)
    case Int32(DT_DIR): enter(name, start, parent)
    case Int32(DT_LNK): lookAtLink(name, start, parent)
    case Int32(DT_UNKNOWN):
      // Some file systems do not say in the directory what an entry is.
      guard let status = entryStatus(start, in: parent) else { return }
      switch status.kind {
      case .file: lookAtFile(name, start, parent, position)
      case .directory: enter(name, start, parent)
      case .symbolicLink: lookAtLink(name, start, parent)
      case .other: keepIfWanted(name, .other, start, parent)
      }
    default: keepIfWanted(name, .other, start, parent)
    }
  }

  private mutating func enter(_ name: UnsafeRawBufferPointer, _ start: UnsafePointer<CChar>, _ parent: Int32) {
    result.directories += 1
    stack.push(name, in: directory)
    keepIfWanted(name, .directory, start, parent)
  }

  private mutating func lookAtLink(_ name: UnsafeRawBufferPointer, _ start: UnsafePointer<CChar>, _ parent: Int32) {
    result.links += 1
    keepIfWanted(name, .symbolicLink, start, parent)
  }

  private mutating func keepIfWanted(
    _ name: UnsafeRawBufferPointer, _ kind: FileStatus.Kind, _ start: UnsafePointer<CChar>, _ parent: Int32
  ) {
    guard isWanted(RawSpan(_unsafeBytes: name), kind, RawSpan()) else { return }
    if let status = entryStatus(start, in: parent) { keep(name, status) }
  }

  private mutating func lookAtFile(
    _ name: UnsafeRawBufferPointer, _ start: UnsafePointer<CChar>, _ parent: Int32, _ position: Int
  ) {
    result.files += 1
    let isHandedOver = wanted?.position == position
    let isWhole = wholeName?.hasSameBytes(as: name) ?? false
    let buffer = isWhole || isHandedOver ? whole : head
    var byteCount: CLongLong = 0
    var file: Int32 = -1
    var count = airworthy_read_head(parent, start, flags, buffer.baseAddress, buffer.count, &byteCount, &file)
    if count == -Int(EPERM), file < 0, flags != OpenFlags.file {
      flags = OpenFlags.file
      count = airworthy_read_head(parent, start, flags, buffer.baseAddress, buffer.count, &byteCount, &file)
    }
    if isHandedOver, count >= 0 {
      handOver(file, head: UnsafeRawBufferPointer(rebasing: buffer[..<count]), Int(byteCount))
    }
    files.close(file)
    guard count >= 0 else {
      return lookAtUnreadable(name, start, parent, reason: Int32(truncatingIfNeeded: -count))
    }
    result.addBytes(Int(byteCount))
    if isWhole, count <= WholeFiles.byteLimit, let path = TreePath(bytes: path(of: name)) {
      let contents = RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      let entries = isBeforeOthers ? batch : nil
      want(
        reading?.take(
          path, contents, path.parent.map { OpenDirectory(descriptor: parent, path: $0, entries: entries) }))
      if let wanted, wanted.position == position {
        self.wanted = nil
        wanted.take(count > wanted.byteLimit ? nil : contents)
      }
      return
    }
    let first = UnsafeRawBufferPointer(rebasing: buffer[..<min(count, TreeScan.headBytes)])
    guard isWanted(RawSpan(_unsafeBytes: name), .file, RawSpan(_unsafeBytes: first)) else { return }
    if let status = entryStatus(start, in: parent) { keep(name, status) }
  }

  /// Waits for another entry, or for none; nobody waits for one that did not come or could not be read.
  private mutating func want(_ next: OpenDirectory.WantedFile?) {
    let missed = wanted
    wanted = next
    missed?.take(nil)
  }

  /// Hands over an open file that is wanted whole, of which `head` was read.
  private mutating func handOver(_ file: Int32, head: UnsafeRawBufferPointer, _ byteCount: Int) {
    guard let wanted else { return }
    self.wanted = nil
    if byteCount > wanted.byteLimit { return wanted.take(nil) }
    if head.count == byteCount { return wanted.take(RawSpan(_unsafeBytes: head)) }
    let bytes = try? OwnedBytes(reading: file, count: byteCount, mapAbove: DirectoryTree.mappedByteCount, path: "")
    if let bytes { bytes.withSpan { wanted.take($0) } } else { wanted.take(nil) }
  }

  /// A file that cannot be read still has a name by which it may be wanted.
  private mutating func lookAtUnreadable(
    _ name: UnsafeRawBufferPointer, _ start: UnsafePointer<CChar>, _ parent: Int32, reason: Int32
  ) {
    addProblem(.unreadable(systemReason(reason)), name: name)
    guard let status = entryStatus(start, in: parent) else { return }
    result.addBytes(status.byteCount)
    if isWanted(RawSpan(_unsafeBytes: name), .file, RawSpan()) { keep(name, status) }
  }

  private mutating func keep(_ name: UnsafeRawBufferPointer, _ status: FileStatus) {
    guard let path = TreePath(bytes: path(of: name)) else { return }
    result.found.append(FoundFile(path: path, status: status))
  }

  private mutating func addProblem(_ kind: TreeProblem.Kind, name: UnsafeRawBufferPointer?) {
    result.problems.append(TreeProblem(name: path(of: name), kind: kind))
  }

  private mutating func path(of name: UnsafeRawBufferPointer?) -> [UInt8] {
    let parent = directoryPath ?? stack.path(of: directory)
    directoryPath = parent
    guard let name else { return parent }
    return parent.isEmpty ? Array(name) : parent + [UInt8(ascii: "/")] + name
  }
}
