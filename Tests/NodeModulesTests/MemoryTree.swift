import PackageFiles

/// A tree out of a table of texts.
struct MemoryTree: FileTree {
  private var files: [TreePath: [UInt8]] = [:]
  private var directories: Set<TreePath> = [.root]

  init(_ texts: [String: String]) {
    for (path, text) in texts {
      guard let path = TreePath(path) else { continue }
      files[path] = Array(text.utf8)
      var above = path.parent
      while let directory = above {
        directories.insert(directory)
        above = directory.parent
      }
    }
  }

  func status(of path: TreePath) -> FileStatus? {
    if let bytes = files[path] { return FileStatus(kind: .file, permissions: 0o755, byteCount: bytes.count) }
    return directories.contains(path) ? FileStatus(kind: .directory, permissions: 0o755, byteCount: 0) : nil
  }

  func linkTarget(of path: TreePath) -> [UInt8]? { nil }

  func names(in path: TreePath) -> [[UInt8]] {
    guard directories.contains(path) else { return [] }
    let children = Array(files.keys) + directories
    return Set(children.filter { $0.parent == path }.map { Array($0.lastComponent) })
      .sorted { $0.lexicographicallyPrecedes($1) }
  }

  func withContents<Result>(of path: TreePath, _ body: (RawSpan) throws -> Result) throws -> Result {
    guard let bytes = files[path] else { throw TreeError.missing(path.description) }
    return try body(bytes.span.bytes)
  }

  func scan(_ isWanted: @escaping Wanted) -> TreeScan { TreeScan() }
}
