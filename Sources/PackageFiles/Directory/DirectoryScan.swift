import CLibrary

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// One thread's share of a scan of a directory tree.
///
/// Most files of a package are of no interest: each costs four system calls (open, read, the length, close) and no allocation.
/// Copying no more than the head out of the kernel saves more than asking for the length costs.
struct DirectoryScan: ~Copyable {
  private let root: Int32
  private let queue: Monitor<DirectoryQueue>
  private let isWanted: Wanted
  private let reading: WholeFiles?
  private let wholeName: StaticString?
  private(set) var result = TreeScan()

  private let batch = DirectoryBatch()
  private let head = UnsafeMutableRawBufferPointer.allocate(byteCount: TreeScan.headBytes, alignment: 16)
  /// Room for a whole file, and one byte by which a longer one shows itself.
  private let whole: UnsafeMutableRawBufferPointer
  private var children: [UInt8] = []
  private var directory: DirectoryQueue.Index = 0
  private var directoryPath: [UInt8]?

  init(root: Int32, queue: Monitor<DirectoryQueue>, isWanted: @escaping Wanted, reading: WholeFiles?) {
    self.root = root
    self.queue = queue
    self.isWanted = isWanted
    self.reading = reading
    wholeName = reading?.name
    whole = .allocate(byteCount: reading == nil ? 0 : WholeFiles.byteLimit + 1, alignment: 16)
  }

  deinit {
    head.deallocate()
    whole.deallocate()
  }

  /// Reads directories until none is left.
  consuming func run() -> TreeScan {
    while case .read(let work) = queue.wait({ $0.next() }) { read(work) }
    return result
  }

  /// Reads directories until others have something to do too; whether none is left.
  mutating func runAlone() -> Bool {
    while case .read(let work) = queue.wait({ $0.next() }) {
      read(work)
      if queue.withLock({ $0.hasWorkForOthers }) { return false }
    }
    return true
  }

  private mutating func read(_ work: DirectoryQueue.Work) {
    directory = work.directory
    directoryPath = nil
    children.removeAll(keepingCapacity: true)
    let descriptor = open(work)
    if descriptor >= 0 {
      readEntries(work, descriptor)
    } else {
      addProblem(.unreadable(systemReason()), name: nil)
    }
    queue.update { $0.finish(work, descriptor: descriptor, children: children) }
  }

  private func open(_ work: DirectoryQueue.Work) -> Int32 {
    if work.isContinuation { return work.start }
    if work.start < 0 { return openDirectory(work.path, below: root) }
    return withCString(work.path) { openat(work.start, $0, OpenFlags.directory) }
  }

  private mutating func readEntries(_ work: DirectoryQueue.Work, _ descriptor: Int32) {
    repeat {
      if let code = batch.read(descriptor) {
        addProblem(.unreadable(systemReason(code)), name: nil)
        return
      }
      let isShared = batch.isLarge && queue.update { $0.shareRest(of: work, descriptor: descriptor) }
      batch.forEach { type, name in look(at: name, type: type, in: descriptor) }
      if isShared { return }
    } while batch.mayHaveMore
  }

  private mutating func look(at name: UnsafeRawBufferPointer, type: UInt8, in parent: Int32) {
    guard let start = name.baseAddress?.assumingMemoryBound(to: CChar.self) else { return }
    switch Int32(type) {
    case Int32(DT_REG): lookAtFile(name, start, parent)
    case Int32(DT_DIR): enter(name, start, parent)
    case Int32(DT_LNK): lookAtLink(name, start, parent)
    case Int32(DT_UNKNOWN):
      // Some file systems do not say in the directory what an entry is.
      guard let status = entryStatus(start, in: parent) else { return }
      switch status.kind {
      case .file: lookAtFile(name, start, parent)
      case .directory: enter(name, start, parent)
      case .symbolicLink: lookAtLink(name, start, parent)
      case .other: keepIfWanted(name, .other, start, parent)
      }
    default: keepIfWanted(name, .other, start, parent)
    }
  }

  private mutating func enter(_ name: UnsafeRawBufferPointer, _ start: UnsafePointer<CChar>, _ parent: Int32) {
    result.directories += 1
    children += name
    children.append(0)
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

  private mutating func lookAtFile(_ name: UnsafeRawBufferPointer, _ start: UnsafePointer<CChar>, _ parent: Int32) {
    result.files += 1
    let isWhole = wholeName?.hasSameBytes(as: name) ?? false
    let buffer = isWhole ? whole : head
    var byteCount: CLongLong = 0
    let count = airworthy_read_head(parent, start, OpenFlags.file, buffer.baseAddress, buffer.count, &byteCount)
    guard count >= 0 else {
      return lookAtUnreadable(name, start, parent, reason: Int32(truncatingIfNeeded: -count))
    }
    result.addBytes(Int(byteCount))
    if isWhole, count <= WholeFiles.byteLimit, let path = TreePath(bytes: path(of: name)) {
      reading?.take(path, RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: buffer[..<count])))
      return
    }
    let first = UnsafeRawBufferPointer(rebasing: buffer[..<min(count, TreeScan.headBytes)])
    guard isWanted(RawSpan(_unsafeBytes: name), .file, RawSpan(_unsafeBytes: first)) else { return }
    if let status = entryStatus(start, in: parent) { keep(name, status) }
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
    let index = directory
    let parent = directoryPath ?? queue.withLock { $0.path(of: index) }
    directoryPath = parent
    guard let name else { return parent }
    return parent.isEmpty ? Array(name) : parent + [UInt8(ascii: "/")] + name
  }
}
