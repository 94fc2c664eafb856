import PackageFiles

/// The facts of a package's own files, read once for any number of environments.
///
/// What a file is does not depend on where it is loaded; only the files below the environment's root differ.
public final class PackageObjects: Sendable {
  private let files = Monitor<[TreePath: ObjectFiles.File]>([:])

  public init() {}

  /// What `other` knows now.
  init(copying other: PackageObjects) {
    let known = other.files.withLock { $0 }
    files.withLock { $0 = known }
  }

  subscript(path: TreePath) -> ObjectFiles.File? { files.withLock { $0[path] } }

  func keep(_ file: ObjectFiles.File) { files.withLock { $0[file.identity.path] = file } }
}
