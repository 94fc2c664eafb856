/// Trees mounted into one name space, in which absolute paths are resolved as the Linux kernel resolves them.
///
/// Lambda runs a function as a user who owns nothing, so that of a directory's permissions only those for others count.
/// Permissions that an archive did not record count as given.
public struct RootFileSystem: Sendable {
  /// Longest path that a system call takes, without its NUL (`PATH_MAX`), in bytes.
  public static let longestPathByteCount = 4095
  /// Longest name in a directory (`NAME_MAX`), in bytes.
  public static let longestNameByteCount = 255
  /// How many links the kernel follows for one path (`MAXSYMLINKS`).
  public static let mostLinks = 40

  public struct Mount: Sendable {
    /// Where the tree stands, from `/` down; the root is `/` itself.
    public var point: TreePath
    public var tree: any FileTree

    public init(point: TreePath, tree: any FileTree) {
      self.point = point
      self.tree = tree
    }
  }

  /// What stands at a path, found without leaving a doubt which tree it is from.
  public struct Located: Hashable, Sendable {
    /// The absolute path, without links, without the leading slash.
    public var path: TreePath
    /// The position in `mounts` of the tree it is in; `nil` for a directory that exists only as the way to a mount point.
    public var mount: Int?
    /// Where its tree is mounted.
    public var mountPoint: TreePath
    /// The path inside its tree.
    public var pathInTree: TreePath
    /// Its status, a link not followed.
    public var status: FileStatus

    /// The absolute path as Linux writes it; bytes that are not UTF-8 appear as U+FFFD.
    public var absolutePath: String { "/\(path)" }
  }

  /// What the kernel says about a path.
  public enum Resolution: Hashable, Sendable {
    case found(Located)
    /// `ENOENT`
    case missing
    /// `ENOTDIR`
    case notADirectory
    /// `EACCES`: a directory on the way does not let others through.
    case permissionDenied
    /// `ELOOP`
    case tooManyLinks
    /// `ENAMETOOLONG`
    case nameTooLong

    /// What was found, if anything.
    public var located: Located? {
      if case .found(let located) = self { located } else { nil }
    }
  }

  /// The mounts, in the order in which they were made: of two at one point, the later hides the earlier.
  public let mounts: [Mount]
  private let passages = Passages()

  public init(mounts: [Mount]) { self.mounts = mounts }

  public func resolve(_ path: String, followLast: Bool = true) -> Resolution {
    resolve(Array(path.utf8), followLast: followLast)
  }

  /// Resolves a path from `/` down. With `followLast` a link at its end is followed, as `open` does and `lstat` does not.
  public func resolve(_ path: [UInt8], followLast: Bool = true) -> Resolution {
    if path.isEmpty || path.contains(0) { return .missing }
    if path.count > Self.longestPathByteCount { return .nameTooLong }
    if let resolution = resolveDirectly(path, followLast: followLast) { return resolution }
    var walk = PathWalk(self, path, followLast: followLast)
    return walk.run()
  }

  /// The absolute path of what `path` leads to, as `realpath` gives it; `nil` where it leads nowhere.
  public func realPath(_ path: String) -> String? { resolve(path).located?.absolutePath }

  /// The names in a directory, those of mount points included, in byte order.
  public func names(inDirectory located: Located) -> [[UInt8]] {
    var names = located.mount.map { mounts[$0].tree.names(in: located.pathInTree) } ?? []
    let depth = located.path.components.count
    for mount in mounts where mount.point != located.path && mount.point.isInside(located.path) {
      names.append(Array(mount.point.components[depth]))
    }
    return Set(names).sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// Calls `body` with the bytes of a regular file.
  ///
  /// Throws `TreeError` as its tree does.
  public func read<Result>(_ located: Located, _ body: (RawSpan) throws -> Result) throws -> Result {
    guard let mount = located.mount else { throw TreeError.notARegularFile(located.absolutePath) }
    return try mounts[mount].tree.withContents(of: located.pathInTree, body)
  }

  /// Like `read`, with what keeps the bytes at their place for longer than the call, where the tree can.
  public func read<Result>(
    keeping located: Located, _ body: (RawSpan, (any AnyObject & Sendable)?) throws -> Result
  ) throws -> Result {
    if let file = located.mount.flatMap({ mounts[$0].tree.kept(located.pathInTree) }) {
      return try file.withBytes { try body($0, file.keeper) }
    }
    return try read(located) { try body($0, nil) }
  }

  /// `resolve` from the last directory on the way that an earlier path led to; `nil` where links or dots are on the way, or
  /// nothing is saved.
  private func resolveDirectly(_ path: [UInt8], followLast: Bool) -> Resolution? {
    guard path.first == UInt8(ascii: "/"), path.count <= Passages.longestPathByteCount,
      let whole = TreePath(bytes: path.dropFirst()), whole.bytes.count == path.count - 1, !whole.isRoot
    else { return nil }
    var pending: [TreePath] = [whole]
    var parent = whole.parent
    var start: Located?
    while let path = parent {
      start = passages.directory(at: path)
      if start != nil { break }
      if path.isRoot {
        start = entry(at: path)
        start.map(passages.keep)
        break
      }
      pending.append(path)
      parent = path.parent
    }
    guard var directory = start else { return nil }
    while let path = pending.popLast() {
      if !directory.status.othersMayExecute { return .permissionDenied }
      let name = path.lastComponent
      if name.count > Self.longestNameByteCount { return .nameTooLong }
      guard let entry = entry(at: path, named: name, in: directory) else { return .missing }
      switch entry.status.kind {
      case .symbolicLink: return pending.isEmpty && !followLast ? .found(entry) : nil
      case .file, .other: return pending.isEmpty ? .found(entry) : .notADirectory
      case .directory:
        passages.keep(entry)
        directory = entry
      }
    }
    return .found(directory)
  }

  /// What stands at a path in a directory that was found.
  private func entry(at path: TreePath, named name: ArraySlice<UInt8>, in directory: Located) -> Located? {
    let isMountPoint = mounts.contains { $0.point.bytes.count >= path.bytes.count && $0.point.isInside(path) }
    guard let mount = directory.mount, !isMountPoint else { return entry(at: path) }
    let inside = directory.pathInTree.appending(name)
    return mounts[mount].tree.status(of: inside).map {
      Located(path: path, mount: mount, mountPoint: directory.mountPoint, pathInTree: inside, status: $0)
    }
  }

  /// What stands at a path that is known to lead through real directories only.
  func entry(at path: TreePath) -> Located? {
    var best: Int?
    for (position, mount) in mounts.enumerated() where path.isInside(mount.point) {
      if best.map({ mount.point.bytes.count >= mounts[$0].point.bytes.count }) ?? true { best = position }
    }
    let point = best.map { mounts[$0].point } ?? .root
    let inside = path.relative(to: point)
    var status = best.flatMap { mounts[$0].tree.status(of: inside) }
    // The way to a mount point exists whatever the trees say.
    if status?.kind != .directory, path.isRoot || mounts.contains(where: { $0.point.isInside(path) }) {
      if !inside.isRoot { best = nil }
      status = FileStatus(kind: .directory, permissions: 0o755, byteCount: 0)
    }
    return status.map { Located(path: path, mount: best, mountPoint: point, pathInTree: inside, status: $0) }
  }

  /// The text of the link at `located`; `nil` where there is none.
  public func linkTarget(of located: Located) -> [UInt8]? {
    located.mount.flatMap { mounts[$0].tree.linkTarget(of: located.pathInTree) }
  }
}

/// The directories that paths without links led to: most paths that are asked for lie in one of a few.
private final class Passages: Sendable {
  /// Longer paths are walked: those above each of them would take its square.
  static let longestPathByteCount = 512
  /// How many bytes of memory are taken, about, so that hostile paths cost no more.
  private static let mostBytes = 1 << 22
  /// What an entry takes beside the bytes of its paths.
  private static let entryByteCount = 256

  private let known = Monitor<(directories: [TreePath: RootFileSystem.Located], byteCount: Int)>(([:], 0))

  func directory(at path: TreePath) -> RootFileSystem.Located? { known.withLock { $0.directories[path] } }

  func keep(_ directory: RootFileSystem.Located) {
    known.withLock { known in
      guard known.byteCount < Self.mostBytes else { return }
      if known.directories.updateValue(directory, forKey: directory.path) == nil {
        known.byteCount += 2 * directory.path.bytes.count + Self.entryByteCount
      }
    }
  }
}

extension FileStatus {
  /// Whether a user who is neither owner nor in the group may pass through the directory, or execute the file.
  public var othersMayExecute: Bool { permissions.map { $0 & 0o001 != 0 } ?? true }
  /// Whether a user who is neither owner nor in the group may read it.
  public var othersMayRead: Bool { permissions.map { $0 & 0o004 != 0 } ?? true }
}

extension TreePath {
  /// Whether it is `directory` or stands somewhere below it.
  public func isInside(_ directory: TreePath) -> Bool {
    let prefix = directory.bytes.count
    if prefix == 0 { return true }
    guard bytes.count == prefix || bytes.count > prefix && bytes[prefix] == UInt8(ascii: "/") else { return false }
    return bytes.withUnsafeBytes { bytes in
      directory.bytes.withUnsafeBytes { UnsafeRawBufferPointer(rebasing: bytes[..<prefix]).hasSameBytes(as: $0) }
    }
  }
}
