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

  /// For each directory with such a file its npm package, or `nil` where the file makes it none.
  var packages: [TreePath: NPMPackage?] {
    let all = found.withLock { $0 }
    var packages = [TreePath: NPMPackage?](minimumCapacity: all.count)
    for (directory, package) in all { packages[directory] = .some(package) }
    return packages
  }
}
