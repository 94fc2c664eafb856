import NativeBinaries
import PackageFiles

/// A root file system of which only libraries and links are known: that of the catalog, or a captured one.
public struct LibraryTree: FileTree {
  /// One path of the tree.
  public enum Entry: Hashable, Sendable {
    case directory
    /// The link's text.
    case link(String)
    /// A file whose facts are known elsewhere; its length in bytes, 0 when unknown.
    case file(byteCount: Int)
    /// A file that is no library: its first bytes, as many as tell what it is, and its length in bytes.
    case head([UInt8], byteCount: Int)
  }

  private var entries: [TreePath: Entry]
  private var children: [TreePath: [[UInt8]]] = [:]

  /// Directories on the way to an entry need not be listed.
  public init(entries: [TreePath: Entry]) {
    self.entries = entries
    for path in entries.keys {
      var current = path
      while let parent = current.parent {
        children[parent, default: []].append(Array(current.lastComponent))
        if parent.isRoot || self.entries[parent] != nil { break }
        self.entries[parent] = .directory
        current = parent
      }
    }
    self.entries[.root] = .directory
    for key in children.keys { children[key]?.sort { $0.lexicographicallyPrecedes($1) } }
  }

  public func status(of path: TreePath) -> FileStatus? {
    switch entries[path] {
    case nil: nil
    case .directory: FileStatus(kind: .directory, permissions: 0o755, byteCount: 0)
    case .link(let target): FileStatus(kind: .symbolicLink, permissions: 0o777, byteCount: target.utf8.count)
    case .file(let count), .head(_, let count): FileStatus(kind: .file, permissions: 0o755, byteCount: count)
    }
  }

  public func linkTarget(of path: TreePath) -> [UInt8]? {
    if case .link(let target) = entries[path] { return Array(target.utf8) }
    return nil
  }

  public func names(in path: TreePath) -> [[UInt8]] { children[path] ?? [] }

  public func withContents<Result>(of path: TreePath, _ body: (RawSpan) throws -> Result) throws -> Result {
    guard case .head(let bytes, _) = entries[path] else {
      throw TreeError.unreadable(path.description, "its bytes are not known")
    }
    return try body(bytes.span.bytes)
  }

  public func scan(_ isWanted: @escaping Wanted) -> TreeScan { TreeScan() }

  /// Every entry, for writing it down.
  public var allEntries: [(path: TreePath, entry: Entry)] {
    entries.map { ($0.key, $0.value) }.sorted { $0.path < $1.path }
  }
}
