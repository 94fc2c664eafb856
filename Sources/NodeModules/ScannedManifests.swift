import PackageFiles
import Synchronization

/// The `package.json` files that a scan of a tree hands over, read on the scan's own threads.
public final class ScannedManifests: Sendable {
  private let found = Mutex<[TreePath: NPMPackage?]>([:])

  public init() {}

  /// What to ask of the scan.
  public var files: WholeFiles {
    WholeFiles(named: "package.json") { [self] path, contents in
      guard let directory = path.parent else { return }
      let package = NPMPackage(at: directory, Manifest(parsing: contents))
      found.withLock { $0[directory] = .some(package) }
    }
  }

  /// For each directory with such a file its npm package, or `nil` where the file makes it none.
  var packages: [TreePath: NPMPackage?] { found.withLock(\.self) }
}
