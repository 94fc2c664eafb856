import PackageFiles

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// npm's `package-lock.json`, as far as it says what should be installed where (versions 2 and 3).
public struct PackageLock: Sendable {
  /// Longer lock files are not read: the largest real ones have some 10 MB.
  private static let longest = 1 << 26

  /// The version of the npm package at each path, such as `node_modules/bcrypt`.
  public let versions: [TreePath: String]

  /// The lock file of `directory`; `nil` where there is none that can be read.
  public init?(in directory: TreePath, of tree: some FileTree) {
    for name in ["npm-shrinkwrap.json", "package-lock.json"] {
      let path = directory.appending(name.utf8)
      guard let status = tree.status(of: path), status.kind == .file, status.byteCount <= Self.longest,
        let data = try? tree.withContents(of: path, { file in file.withUnsafeBytes { Data($0) } }),
        let document = try? JSONDecoder().decode(Document.self, from: data), let packages = document.packages
      else { continue }
      var versions: [TreePath: String] = [:]
      for (place, package) in packages {
        guard let version = package.version, let relative = TreePath(place), !relative.isRoot else { continue }
        let path = directory.isRoot ? relative : TreePath(bytes: directory.bytes + [UInt8(ascii: "/")] + relative.bytes)
        if let path { versions[path] = version }
      }
      self.versions = versions
      return
    }
    return nil
  }

  private struct Document: Decodable {
    var packages: [String: Package]?
  }

  private struct Package: Decodable {
    var version: String?
  }
}
