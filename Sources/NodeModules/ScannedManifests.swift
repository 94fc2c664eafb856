import PackageFiles

/// The `package.json` files that a scan of a tree hands over, read on the scan's own threads.
public final class ScannedManifests: Sendable {
  struct Found: Sendable {
    var directory: TreePath
    /// `nil` where the file makes its directory no package's.
    var package: NPMPackage?
    /// `NativeEvidence.reasons` that its manifest alone gives.
    var nativeReasons: [String] = []
    /// `NativeEvidence.mentionsAddon`, where it was looked for.
    var mentionsAddon: Bool?
  }

  private let state = Monitor<[Found]>([])
  private let entries: DirectoryTree?

  /// - Parameter tree: the tree to be scanned. In a directory the entry file of each package is looked at too, while the
  ///   scan's threads are about: the other trees know what stands at a path only when they are scanned.
  public init(in tree: any FileTree) { entries = tree as? DirectoryTree }

  /// What to ask of the scan.
  public var files: WholeFiles {
    WholeFiles(named: "package.json") { [self] path, contents, open in
      guard let directory = path.parent else { return }
      var found = Found(directory: directory, package: NPMPackage(at: directory, Manifest(parsing: contents)))
      if let package = found.package {
        found.nativeReasons = NativeEvidence.reasons(for: package, binaries: 0, hasBindingGyp: false)
        if found.nativeReasons.isEmpty, package.isInstalled, let entries {
          found.mentionsAddon = NativeEvidence.mentionsAddon(package) { paths, byteLimit, body in
            entries.withFirstFile(of: paths, upTo: byteLimit, from: open, body)
          }
        }
      }
      state.withLock { $0.append(found) }
    }
  }

  /// In the order in which the threads of the scan came to them.
  var found: [Found] { state.withLock { $0 } }
}
