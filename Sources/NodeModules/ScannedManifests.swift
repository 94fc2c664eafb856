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

  /// What was found, in the order in which the threads of the scan came to it.
  private let found = Monitor<[Found]>([])
  private let entries: DirectoryTree?

  /// - Parameter tree: the tree to be scanned. In a directory the entry file of each package is looked at too, while the
  ///   scan's threads are about: the other trees know what stands at a path only when they are scanned.
  public init(in tree: any FileTree) { entries = tree as? DirectoryTree }

  /// What to ask of the scan.
  public var files: WholeFiles {
    WholeFiles(named: "package.json") { [self] path, contents, open in
      guard let directory = path.parent else { return nil }
      var found = Found(directory: directory, package: NPMPackage(at: directory, Manifest(parsing: contents)))
      if let package = found.package {
        found.nativeReasons = NativeEvidence.reasons(for: package, binaries: 0, hasBindingGyp: false)
        if found.nativeReasons.isEmpty, package.isInstalled, let entries {
          let entry = NativeEvidence.entryFile(of: package)
          switch open?.firstFile(of: entry.paths) ?? .unknown {
          case .here(let file):
            return .init(file, upTo: entry.byteLimit) { [self, found] bytes in
              var found = found
              found.mentionsAddon = if let bytes { entry.mentionsAddon(bytes) } else { false }
              add(found)
            }
          case .nowhere: found.mentionsAddon = false
          case .unknown:
            found.mentionsAddon =
              entries.withFirstFile(of: entry.paths, upTo: entry.byteLimit, from: open, entry.mentionsAddon) ?? false
          }
        }
      }
      add(found)
      return nil
    }
  }

  private func add(_ one: Found) { found.withLock { $0.append(one) } }

  /// Gives up all that was found, so that it is kept once.
  func take() -> [Found] {
    found.withLock { found in
      defer { found = [] }
      return found
    }
  }
}
