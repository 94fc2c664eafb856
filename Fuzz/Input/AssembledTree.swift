import PackageFiles

/// A tree of a few files in memory.
public struct AssembledTree: FileTree {
  private let files: [TreePath: [UInt8]]

  public init(files: [String: [UInt8]]) {
    self.files = Dictionary(
      files.compactMap { path, bytes in TreePath(path).map { ($0, bytes) } }, uniquingKeysWith: { first, _ in first })
  }

  public func status(of path: TreePath) -> FileStatus? {
    if let bytes = files[path] { return FileStatus(kind: .file, permissions: nil, byteCount: bytes.count) }
    guard files.keys.contains(where: { $0.isInside(path) }) else { return nil }
    return FileStatus(kind: .directory, permissions: nil, byteCount: 0)
  }
  public func linkTarget(of path: TreePath) -> [UInt8]? { nil }
  public func names(in path: TreePath) -> [[UInt8]] { [] }
  public func scan(_ isWanted: @escaping Wanted) -> TreeScan { TreeScan() }
  public func withContents<Result>(of path: TreePath, _ body: (RawSpan) throws -> Result) throws -> Result {
    guard let bytes = files[path] else { throw TreeError.missing(path.description) }
    let span = bytes.span
    return try body(span.bytes)
  }
}
