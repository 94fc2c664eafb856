import PackageFiles

/// The `package.json` files that a scan of a tree hands over, read on the scan's own threads.
public final class ScannedManifests: Sendable {
  private let found = Monitor<[(directory: TreePath, package: NPMPackage?)]>([])

  public init() {}

  /// What to ask of the scan.
  public var files: WholeFiles {
    WholeFiles(named: "package.json") { [self] path, contents in
      guard let directory = path.parent else { return }
      let package = NPMPackage(at: directory, Manifest(parsing: contents))
      found.withLock { $0.append((directory, package)) }
    }
  }

  /// Each directory with such a file, in the order in which the threads of the scan came to them, and its npm package; `nil`
  /// where the file makes it none.
  var packages: [(directory: TreePath, package: NPMPackage?)] { found.withLock { $0 } }
}
