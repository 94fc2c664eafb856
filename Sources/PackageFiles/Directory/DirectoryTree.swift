import CLibrary

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A directory of the file system, read as it is asked for; nothing is followed out of it.
///
/// The tree is taken to stand still while it is read.
public final class DirectoryTree: FileTree {
  /// Files up to this length are read into memory; larger ones are mapped.
  static let mappedByteCount = 256 * 1024

  public let path: String
  private let root: Int32
  /// What stands on the way to many files: directories that are reached without a link, and links.
  private let known = Monitor<[TreePath: Passage]>([:])

  private struct Passage {
    var status: FileStatus
    /// The text of a link that was read.
    var target: [UInt8]?
  }

  /// Opens the directory at `path`, which may be a link to it.
  public init(path: String) throws(TreeError) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw TreeError(path: path, code: errno) }
    self.path = path
    root = descriptor
  }

  deinit { _ = close(root) }

  public func status(of path: TreePath) -> FileStatus? {
    if let passage = known.withLock({ $0[path] }) { return passage.status }
    let status = path.isRoot ? openStatus(root) : withEntry(path) { entryStatus($1, in: $0) }
    if let status, status.kind == .directory || status.kind == .symbolicLink {
      known.withLock { $0[path] = Passage(status: status) }
    }
    return status
  }

  public func linkTarget(of path: TreePath) -> [UInt8]? {
    if let target = known.withLock({ $0[path]?.target }) { return target }
    let target = readLink(path)
    known.withLock { $0[path]?.target = target }
    return target
  }

  private func readLink(_ path: TreePath) -> [UInt8]? {
    withEntry(path) { directory, name in
      // Linux bounds the text of a link by PATH_MAX.
      let target = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
        guard let start = buffer.baseAddress else { return }
        count = max(
          start.withMemoryRebound(to: CChar.self, capacity: buffer.count) {
            readlinkat(directory, name, $0, buffer.count)
          }, 0)
      }
      return target.isEmpty ? nil : target
    }
  }

  public func names(in path: TreePath) -> [[UInt8]] {
    let opened = path.isRoot ? openat(root, ".", OpenFlags.directory) : openEntry(path, OpenFlags.directory)
    guard let directory = Descriptor(opened ?? -1) else { return [] }
    let batch = DirectoryBatch()
    var names: [[UInt8]] = []
    repeat {
      if batch.read(directory.raw) != nil { break }
      batch.forEach { _, name in names.append(Array(name)) }
    } while batch.mayHaveMore
    names.sort { $0.lexicographicallyPrecedes($1) }
    return names
  }

  public func withContents<Result>(of path: TreePath, _ body: (RawSpan) throws -> Result) throws -> Result {
    try mapped(path).withSpan(body)
  }

  public func withFirstFile<Result>(
    of paths: [TreePath], upTo byteLimit: Int, _ body: (RawSpan) -> Result
  ) -> Result? { withFirstFile(of: paths, upTo: byteLimit, from: nil, body) }

  /// The same while a scan has open the directory that most of `paths` are below.
  public func withFirstFile<Result>(
    of paths: [TreePath], upTo byteLimit: Int, from directory: OpenDirectory?, _ body: (RawSpan) -> Result
  ) -> Result? {
    var missing: [TreePath] = []
    for (index, path) in paths.enumerated() {
      if path.isRoot || missing.contains(where: path.isBelow) { continue }
      let opened = path.bytes.count > longestPathByteCount ? .unknown : openWithoutLinks(path, from: directory)
      switch opened {
      case .nothing: missing.append(path)
      case .link: continue
      case .unknown: return firstFile(of: Array(paths[index...]), upTo: byteLimit, body)
      case .open(let descriptor):
        guard let file = Descriptor(descriptor), let status = openStatus(file.raw) else { return nil }
        if status.kind != .file { continue }
        if status.byteCount > byteLimit { return nil }
        let bytes = try? OwnedBytes(
          reading: file.raw, count: status.byteCount, mapAbove: Self.mappedByteCount, path: "\(self.path)/\(path)")
        return bytes.map { $0.withSpan(body) }
      }
    }
    return nil
  }

  private enum Opened {
    case open(Int32)
    case nothing, link
    /// The system cannot tell in one call.
    case unknown
  }

  /// Opens what stands at `path` itself, in one system call where there is one that follows no link on the way.
  private func openWithoutLinks(_ path: TreePath, from directory: OpenDirectory?) -> Opened {
    var (start, rest) = (root, path.bytes[...])
    if let directory, path.isBelow(directory.path) {
      start = directory.descriptor
      if !directory.path.isRoot { rest = rest.dropFirst(directory.path.bytes.count + 1) }
    }
    let isDirect = !rest.contains(UInt8(ascii: "/"))
    let descriptor = withCString(rest) {
      isDirect ? openat(start, $0, OpenFlags.file) : airworthy_open_without_links(start, $0, OpenFlags.file)
    }
    if descriptor >= 0 { return .open(descriptor) }
    switch errno {
    case ENOENT: return .nothing
    case ENOTDIR, ELOOP: return .link
    default: return .unknown
    }
  }

  public func kept(_ path: TreePath) -> MappedFile? { (try? mapped(path)).map(MappedFile.init) }

  /// The bytes of the regular file at `path`.
  func mapped(_ path: TreePath) throws(TreeError) -> OwnedBytes {
    let shown = "\(self.path)/\(path)"
    guard let opened = openEntry(path, OpenFlags.file) else { throw TreeError.missing(shown) }
    guard let file = Descriptor(opened) else {
      throw errno == ELOOP ? TreeError.notARegularFile(shown) : TreeError(path: shown, code: errno)
    }
    guard let status = openStatus(file.raw) else { throw TreeError(path: shown, code: errno) }
    guard status.kind == .file else { throw TreeError.notARegularFile(shown) }
    return try OwnedBytes(reading: file.raw, count: status.byteCount, mapAbove: Self.mappedByteCount, path: shown)
  }

  public func scan(_ isWanted: @escaping Wanted) -> TreeScan { scanAll(isWanted, nil) }

  public func scan(_ isWanted: @escaping Wanted, reading: WholeFiles) -> TreeScan { scanAll(isWanted, reading) }

  private func scanAll(_ isWanted: @escaping Wanted, _ reading: WholeFiles?) -> TreeScan {
    let root = root
    var parts: [TreeScan] = []
    // Most packages' first directories have a few entries only: not worth a thread.
    var own = DirectoryScan(root: root, isWanted: isWanted, reading: reading)
    own.begin()
    while let share = own.runAlone() {
      let pool = DirectoryPool([.directories(share)])
      parts += onAllCoresWithOwnDescriptors(atMost: max(1, openFileLimit / 12)) {
        DirectoryScan(root: root, isWanted: isWanted, reading: reading).run(pool)
      }
    }
    return TreeScan(merging: parts + [own.result])
  }
}

extension DirectoryTree {
  /// Opens what stands at `path` itself; `nil` where a directory on the way is missing or a link.
  private func openEntry(_ path: TreePath, _ flags: Int32) -> Int32? {
    withEntry(path) { directory, name in openat(directory, name, flags) }
  }

  /// Calls `body` with a directory and the path of the entry from there, on which there are no links.
  private func withEntry<Result>(
    _ path: TreePath, _ body: (_ directory: Int32, _ name: UnsafePointer<CChar>) -> Result?
  ) -> Result? {
    guard let parent = path.parent else { return withCString(".".utf8) { body(root, $0) } }
    if path.bytes.count <= longestPathByteCount {
      guard isRealDirectory(parent) else { return nil }
      return withCString(path.bytes) { body(root, $0) }
    }
    guard let directory = openPassage(parent) else { return nil }
    return withCString(path.lastComponent) { body(directory.raw, $0) }
  }

  /// Whether `path` and all directories above it, below the root, are directories and not links to some.
  private func isRealDirectory(_ path: TreePath) -> Bool {
    if path.isRoot { return true }
    if let passage = known.withLock({ $0[path] }) { return passage.status.kind == .directory }
    var prefix = TreePath.root
    for component in path.components {
      prefix = prefix.appending(component)
      if let passage = known.withLock({ $0[prefix] }) {
        if passage.status.kind != .directory { return false }
        continue
      }
      guard let status = withCString(prefix.bytes, { entryStatus($0, in: root) }), status.kind == .directory else {
        return false
      }
      known.withLock { $0[prefix] = Passage(status: status) }
    }
    return true
  }

  /// Opens a directory whose path is longer than the kernel takes, one name at a time.
  private func openPassage(_ path: TreePath) -> Descriptor? {
    var directory = Descriptor(openat(root, ".", OpenFlags.passage))
    for component in path.components {
      guard let parent = directory?.raw else { return nil }
      directory = Descriptor(withCString(component) { openat(parent, $0, OpenFlags.passage) })
    }
    return directory
  }
}

extension TreeError {
  /// What a failed system call on `path` means.
  init(path: String, code: Int32) {
    switch code {
    case ENOENT: self = .missing(path)
    default: self = .unreadable(path, systemReason(code))
    }
  }
}
