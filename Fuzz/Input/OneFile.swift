import PackageFiles

/// A tree in which many paths are files with the same bytes: the fuzzer's, which change from run to run. For one thread.
public final class OneFile: FileTree, @unchecked Sendable {
  /// Borrowed from the fuzzer.
  public var bytes: UnsafeRawBufferPointer
  private let directories: Set<TreePath>
  private let isFile: @Sendable (TreePath) -> Bool

  public init(
    _ bytes: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0), directories: [String] = [],
    where isFile: @escaping @Sendable (TreePath) -> Bool
  ) {
    self.bytes = bytes
    self.directories = Set(directories.compactMap { TreePath($0) })
    self.isFile = isFile
  }

  public func status(of path: TreePath) -> FileStatus? {
    if isFile(path) { return FileStatus(kind: .file, permissions: nil, byteCount: bytes.count) }
    guard path.isRoot || directories.contains(path) else { return nil }
    return FileStatus(kind: .directory, permissions: nil, byteCount: 0)
  }
  public func linkTarget(of path: TreePath) -> [UInt8]? { nil }
  public func names(in path: TreePath) -> [[UInt8]] { [] }
  public func scan(_ isWanted: @escaping Wanted) -> TreeScan { TreeScan() }
  public func withContents<Result>(of path: TreePath, _ body: (RawSpan) throws -> Result) throws -> Result {
    try body(RawSpan(_unsafeBytes: bytes))
  }
}
