#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The directories that a scan has met, and those of them it has yet to read; threads share it in a `Monitor`.
///
/// A directory stays open while directories in it wait to be opened from it, which spares the kernel the whole path. Only so
/// many are held: beyond that the oldest are closed, and their children are opened by path. So neither the depth of the tree
/// nor the number of descriptors is bounded by the other.
struct DirectoryQueue {
  typealias Index = Int

  private struct Directory {
    var parent: Index
    var name: Range<Int>
    var descriptor: Int32 = -1
    /// Children that wait to be opened, and threads that read this directory or will go on doing so.
    var users = 0
    /// Those of `users` for whom the descriptor must stay open.
    var pins = 0
  }

  /// A directory to read, or to go on reading.
  struct Work {
    var directory: Index
    /// Another thread read the first entries: `start` is the directory itself.
    var isContinuation: Bool
    /// Where to open `path` from; -1 for the tree's root.
    var start: Int32
    var path: [UInt8]
  }

  private var directories: [Directory]
  private var names: [UInt8] = []
  private var waiting: [(directory: Index, isContinuation: Bool)]
  private var busy = 0
  private var held = 0
  /// Directories in the order in which they were opened; those before `oldest` are closed.
  private var opened: [Index] = []
  private var oldest = 0
  private let mostHeld: Int

  init(mostHeld: Int = min(128, max(4, sysconf(Int32(_SC_OPEN_MAX)) / 4))) {
    self.mostHeld = mostHeld
    directories = [Directory(parent: -1, name: 0..<0)]
    waiting = [(0, false)]
  }

  /// Whether more waits than one thread is about to take, or the rest of a directory that is worth sharing.
  var hasWorkForOthers: Bool { waiting.count > 1 || waiting.last?.isContinuation == true }

  enum Next {
    case read(Work)
    case finished
  }

  /// The newest directory that waits; `nil` while there is none but a thread may still find some.
  mutating func next() -> Next? {
    guard let (index, isContinuation) = waiting.popLast() else { return busy == 0 ? .finished : nil }
    busy += 1
    if isContinuation {
      return .read(
        Work(directory: index, isContinuation: true, start: directories[index].descriptor, path: []))
    }
    let parent = directories[index].parent
    if parent >= 0, directories[parent].descriptor >= 0 {
      directories[parent].pins += 1
      let name = Array(names[directories[index].name])
      return .read(
        Work(directory: index, isContinuation: false, start: directories[parent].descriptor, path: name))
    }
    return .read(Work(directory: index, isContinuation: false, start: -1, path: path(of: index)))
  }

  /// Lets another thread read the rest of a large directory; `false` where too many directories are open.
  mutating func shareRest(of work: Work, descriptor: Int32) -> Bool {
    let index = work.directory
    if directories[index].descriptor < 0 {
      guard hold(index, descriptor) else { return false }
      directories[index].users = 1
      directories[index].pins = 1
    }
    directories[index].users += 1
    directories[index].pins += 1
    waiting.append((index, true))
    return true
  }

  /// Takes over the descriptor of a directory that was read, and the directories found in it.
  ///
  /// `children` holds their names, each ended by a NUL.
  mutating func finish(_ work: Work, descriptor: Int32, children: [UInt8]) {
    let index = work.directory
    busy -= 1
    let parent = directories[index].parent
    if !work.isContinuation, parent >= 0 { release(parent, pins: work.start >= 0 ? 1 : 0) }
    if directories[index].descriptor < 0, descriptor >= 0 {
      if !children.isEmpty && hold(index, descriptor) {
        directories[index].users = 1
        directories[index].pins = 1
      } else {
        _ = close(descriptor)
      }
    }
    for name in children.split(separator: 0) {
      waiting.append((directories.count, false))
      directories.append(Directory(parent: index, name: names.count..<names.count + name.count))
      names += name
      directories[index].users += 1
    }
    if directories[index].descriptor >= 0 { release(index, pins: 1) }
  }

  /// The path of a directory from the root down.
  func path(of index: Index) -> [UInt8] {
    var chain: [Index] = []
    var current = index
    while directories[current].parent >= 0 {
      chain.append(current)
      current = directories[current].parent
    }
    return Array(chain.reversed().map { names[directories[$0].name] }.joined(separator: [UInt8(ascii: "/")]))
  }

  private mutating func hold(_ index: Index, _ descriptor: Int32) -> Bool {
    while held >= mostHeld, oldest < opened.count {
      let candidate = opened[oldest]
      if directories[candidate].descriptor >= 0 {
        if directories[candidate].pins > 0 { return false }
        closeDescriptor(candidate)
      }
      oldest += 1
    }
    directories[index].descriptor = descriptor
    held += 1
    opened.append(index)
    return true
  }

  private mutating func release(_ index: Index, pins: Int) {
    directories[index].users -= 1
    directories[index].pins -= pins
    if directories[index].users == 0, directories[index].descriptor >= 0 { closeDescriptor(index) }
  }

  private mutating func closeDescriptor(_ index: Index) {
    _ = close(directories[index].descriptor)
    directories[index].descriptor = -1
    held -= 1
  }
}
