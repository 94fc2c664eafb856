#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The directories that one thread of a scan has met, and those of them it has yet to read, the newest first.
///
/// A directory stays open while directories in it wait to be opened from it, which spares the kernel the whole path. Only so
/// many are held: beyond that the oldest are closed, and their children are opened by path. So neither the depth of the tree
/// nor the number of descriptors is bounded by the other. What is closed goes with the thread's files, many in one system call.
struct DirectoryStack: ~Copyable {
  typealias Index = Int

  private struct Directory {
    /// -1 for a directory whose `name` is its path from the tree's root.
    var parent: Index
    /// Where the name stands in `names`; a NUL follows it.
    var name: Range<Int>
    var descriptor: Int32 = -1
    /// How long its path is, from the tree's root.
    var pathByteCount: Int
    /// Children that wait to be opened.
    var waiting = 0
  }

  private var directories: [Directory] = []
  private var names: [UInt8] = []
  private var waiting: [Index] = []
  /// How many of `waiting`, from its beginning, were given to other threads.
  private var given = 0
  /// Directories in the order in which they were opened; those before `oldest` are closed.
  private var opened: [Index] = []
  private var oldest = 0
  private var held = 0
  private let mostHeld: Int

  /// - Parameter mostHeld: how many directories may be open at once; by default as many as all threads can have together.
  init(mostHeld: Int = min(128, max(4, openFileLimit / 4 / min(processorCount, 32)))) {
    self.mostHeld = mostHeld
  }

  deinit {
    for directory in directories where directory.descriptor >= 0 { _ = close(directory.descriptor) }
  }

  /// How many directories wait.
  var count: Int { waiting.count - given }

  /// Adds the directory at `path`, from the tree's root, which is open already.
  mutating func add(path: [UInt8]) -> Index {
    path.withUnsafeBytes { append(parent: -1, $0) }
  }

  /// Adds the directory at `path`, from the tree's root, to those that wait.
  mutating func push(path: [UInt8]) { waiting.append(add(path: path)) }

  /// Adds a directory that was found in the one that is being read.
  mutating func push(_ name: UnsafeRawBufferPointer, in parent: Index) {
    waiting.append(append(parent: parent, name))
    directories[parent].waiting += 1
  }

  private mutating func append(parent: Index, _ name: UnsafeRawBufferPointer) -> Index {
    let start = names.count
    names.append(contentsOf: name)
    names.append(0)
    let above = parent < 0 || directories[parent].pathByteCount == 0 ? 0 : directories[parent].pathByteCount + 1
    directories.append(
      Directory(parent: parent, name: start..<start + name.count, pathByteCount: above + name.count))
    return directories.count - 1
  }

  /// Takes the newest directory that waits and opens it; a negative descriptor where that failed, with `errno` set.
  mutating func openNext(below root: Int32, closing files: inout ClosingFiles) -> (directory: Index, descriptor: Int32)?
  {
    guard count > 0, let index = waiting.popLast() else {
      forget()
      return nil
    }
    forgetDirectories(behind: index)
    let parent = directories[index].parent
    guard parent >= 0, directories[parent].descriptor >= 0 else {
      if parent >= 0 { directories[parent].waiting -= 1 }
      return (index, openDirectory(path(of: index), below: root))
    }
    let descriptor = names.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return Int32(-1) }
      let name = (start + directories[index].name.lowerBound).assumingMemoryBound(to: CChar.self)
      return openat(directories[parent].descriptor, name, OpenFlags.directory)
    }
    let reason = errno
    release(parent, &files)
    errno = reason
    return (index, descriptor)
  }

  /// Takes over the descriptor of a directory whose entries were all seen, or tells that it is needed no more.
  mutating func keeps(_ index: Index, descriptor: Int32, closing files: inout ClosingFiles) -> Bool {
    guard descriptor >= 0, directories[index].waiting > 0 else { return false }
    hold(index, descriptor, &files)
    return true
  }

  /// Forgets the directories that were met behind `index`: they and all below them were read, for otherwise the newest would wait.
  private mutating func forgetDirectories(behind index: Index) {
    names.removeLast(names.count - directories[index].name.upperBound - 1)
    directories.removeLast(directories.count - index - 1)
    while let last = opened.last, last > index { opened.removeLast() }
    oldest = min(oldest, opened.count)
  }

  /// Nothing waits, so nothing is held: what is known of directories that were read is of no use any more.
  private mutating func forget() {
    directories.removeAll(keepingCapacity: true)
    names.removeAll(keepingCapacity: true)
    waiting.removeAll(keepingCapacity: true)
    opened.removeAll(keepingCapacity: true)
    (given, oldest) = (0, 0)
  }

  /// Takes the oldest of the directories that wait, which tend to be the larger ones, for another thread: the paths of at most
  /// `limit`, of no more than `byteLimit` bytes together if they are several.
  ///
  /// Those whose path is too long for one system call stay: from their parents they are opened in a moment, by path only step
  /// by step.
  mutating func takeOldest(
    _ limit: Int, byteLimit: Int = 64 * 1024, closing files: inout ClosingFiles
  ) -> [[UInt8]] {
    var paths: [[UInt8]] = []
    var bytes = 0
    for index in waiting[given..<given + min(limit, count)] where bytes <= byteLimit {
      guard canHandOn(index) else { break }
      bytes += directories[index].pathByteCount
      if bytes > byteLimit, !paths.isEmpty { break }
      paths.append(path(of: index))
      given += 1
      if directories[index].parent >= 0 { release(directories[index].parent, &files) }
    }
    return paths
  }

  /// Whether another thread would find the directory by its path at once.
  func canHandOn(_ index: Index) -> Bool { directories[index].pathByteCount <= longestPathByteCount }

  /// The path of a directory from the tree's root.
  func path(of index: Index) -> [UInt8] {
    let byteCount = directories[index].pathByteCount
    return [UInt8](unsafeUninitializedCapacity: byteCount) { path, count in
      count = byteCount
      var end = byteCount
      var current = index
      while current >= 0, !isRoot(current) {
        let name = directories[current].name
        _ = path[end - name.count..<end].update(fromContentsOf: names[name])
        end -= name.count + 1
        current = directories[current].parent
        if end >= 0 { path[end] = UInt8(ascii: "/") }
      }
    }
  }

  private func isRoot(_ index: Index) -> Bool { directories[index].name.isEmpty }

  private mutating func hold(_ index: Index, _ descriptor: Int32, _ files: inout ClosingFiles) {
    while held >= mostHeld, oldest < opened.count {
      if directories[opened[oldest]].descriptor >= 0 { closeDescriptor(opened[oldest], &files) }
      oldest += 1
    }
    directories[index].descriptor = descriptor
    held += 1
    opened.append(index)
  }

  /// One child less waits.
  private mutating func release(_ index: Index, _ files: inout ClosingFiles) {
    directories[index].waiting -= 1
    if directories[index].waiting == 0, directories[index].descriptor >= 0 { closeDescriptor(index, &files) }
  }

  private mutating func closeDescriptor(_ index: Index, _ files: inout ClosingFiles) {
    files.close(directories[index].descriptor)
    directories[index].descriptor = -1
    held -= 1
  }
}
