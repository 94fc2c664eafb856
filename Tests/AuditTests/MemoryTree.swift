@testable import PackageFiles

/// A tree out of a table of texts, for what is read from a `package.json`.
struct MemoryTree: FileTree {
  var files: [TreePath: [UInt8]] = [:]

  init(_ texts: [String: String]) {
    for (path, text) in texts {
      if let path = TreePath(path) { files[path] = Array(text.utf8) }
    }
  }

  func status(of path: TreePath) -> FileStatus? {
    if let bytes = files[path] { return FileStatus(kind: .file, permissions: 0o644, byteCount: bytes.count) }
    let prefix = path.bytes + [UInt8(ascii: "/")]
    let isDirectory = path.isRoot || files.keys.contains { $0.bytes.starts(with: prefix) }
    return isDirectory ? FileStatus(kind: .directory, permissions: 0o755, byteCount: 0) : nil
  }

  func linkTarget(of path: TreePath) -> [UInt8]? { nil }

  func names(in path: TreePath) -> [[UInt8]] {
    let depth = path.components.count
    let below = files.keys.filter { path.isRoot || $0.bytes.starts(with: path.bytes + [UInt8(ascii: "/")]) }
    return Set(below.map { Array($0.components[depth]) }).sorted { $0.lexicographicallyPrecedes($1) }
  }

  func withContents<Result>(of path: TreePath, _ body: (RawSpan) throws -> Result) throws -> Result {
    guard let bytes = files[path] else { throw TreeError.missing(path.description) }
    return try body(bytes.span.bytes)
  }

  func scan(_ isWanted: @escaping Wanted) -> TreeScan {
    var scan = TreeScan()
    for (path, bytes) in files.sorted(by: { $0.key < $1.key }) {
      let name = Array(path.lastComponent)
      if isWanted(name.span.bytes, .file, bytes.span.bytes), let status = status(of: path) {
        scan.found.append(FoundFile(path: path, status: status))
      }
    }
    return scan
  }
}

extension TreePath {
  /// A path that a test writes itself.
  init(test path: String) {
    guard let path = TreePath(path) else { preconditionFailure("no path: \(path)") }
    self = path
  }
}
