import PackageFiles

/// A tree in which each of a few paths is a file with the same bytes: the fuzzer's.
public struct OneFile: FileTree, @unchecked Sendable {
  private let bytes: UnsafeRawBufferPointer
  private let isFile: @Sendable (TreePath) -> Bool

  /// `bytes` must outlive the tree.
  public init(_ bytes: UnsafeRawBufferPointer, where isFile: @escaping @Sendable (TreePath) -> Bool) {
    self.bytes = bytes
    self.isFile = isFile
  }

  public func status(of path: TreePath) -> FileStatus? {
    if isFile(path) { return FileStatus(kind: .file, permissions: nil, byteCount: bytes.count) }
    return FileStatus(kind: .directory, permissions: nil, byteCount: 0)
  }
  public func linkTarget(of path: TreePath) -> [UInt8]? { nil }
  public func names(in path: TreePath) -> [[UInt8]] { [] }
  public func scan(_ isWanted: @escaping Wanted) -> TreeScan { TreeScan() }
  public func withContents<Result>(of path: TreePath, _ body: (RawSpan) throws -> Result) throws -> Result {
    try body(RawSpan(_unsafeBytes: bytes))
  }
}
