import PackageFiles

/// The npm packages installed in one tree, looked up by the files that they own.
///
/// Each directory is looked at once; the answers are kept in the value.
public struct NPMPackages: Sendable {
  private let tree: any FileTree
  /// What each directory looked at is: a package's root or not.
  private var roots: [TreePath: NPMPackage?] = [:]
  /// The package that owns each directory looked at.
  private var owners: [TreePath: NPMPackage?] = [:]

  /// The directories that have a `package.json` which is not in `roots` yet; `nil` where that is not known.
  private let manifests: Set<TreePath>?
  /// What the scan handed over, in its order: nearly that of their paths.
  private let scanned: [ScannedManifests.Found]

  public init(in tree: any FileTree) {
    self.tree = tree
    manifests = nil
    scanned = []
  }

  /// - Parameters:
  ///   - scanned: what a scan of the tree handed over, which it gives up.
  ///   - others: the other directories that have a `package.json`.
  public init(in tree: any FileTree, scanned: ScannedManifests, others: [TreePath]) {
    self.tree = tree
    let found = scanned.take()
    self.scanned = found
    roots.reserveCapacity(found.count)
    for one in found { roots[one.directory] = .some(one.package) }
    manifests = Set(others)
  }

  /// An npm package and what was found of it while the tree was scanned; `nil` where that was not looked for.
  public struct Described: Sendable {
    public var package: NPMPackage
    /// `NativeEvidence.reasons` that its manifest alone gives.
    public var nativeReasons: [String]?
    /// `NativeEvidence.mentionsAddon`
    public var mentionsAddon: Bool?

    public init(_ package: NPMPackage, nativeReasons: [String]? = nil, mentionsAddon: Bool? = nil) {
      self.package = package
      self.nativeReasons = nativeReasons
      self.mentionsAddon = mentionsAddon
    }
  }

  /// The npm packages of the directories that are known to have a `package.json`, in no order.
  public mutating func described() -> [Described] {
    scanned.compactMap { found in
      found.package.map { Described($0, nativeReasons: found.nativeReasons, mentionsAddon: found.mentionsAddon) }
    } + (manifests ?? []).compactMap { directory in package(at: directory).map { Described($0) } }
  }

  /// The npm package that the file at `path` belongs to; `nil` for a file that belongs to none.
  ///
  /// It is the nearest directory above the file that is `node_modules/NAME` or `node_modules/@SCOPE/NAME` (with or without a
  /// `package.json`), or whose `package.json` has a name and a version. pnpm's `node_modules/.pnpm/x@1/node_modules/x`
  /// and Yarn's `.yarn/unplugged/…/node_modules/x` are found by the first rule.
  public mutating func owner(of path: TreePath) -> NPMPackage? {
    guard let directory = path.parent else { return nil }
    return owner(ofDirectory: directory)
  }

  /// The npm package whose root directory is `directory`.
  public mutating func package(at directory: TreePath) -> NPMPackage? {
    if let known = roots[directory] { return known }
    let package = NPMPackage(
      at: directory, manifests?.contains(directory) ?? true ? Manifest(in: directory, of: tree) : nil)
    roots[directory] = .some(package)
    return package
  }

  private mutating func owner(ofDirectory directory: TreePath) -> NPMPackage? {
    var walked: [TreePath] = []
    var current: TreePath? = directory
    var found: NPMPackage?
    while let here = current {
      if let known = owners[here] {
        found = known
        break
      }
      walked.append(here)
      if let package = package(at: here) {
        found = package
        break
      }
      current = here.parent
    }
    for path in walked { owners[path] = .some(found) }
    return found
  }

}

extension NPMPackage {
  /// The package whose root is `directory`, which has this manifest or none; `nil` where it is no package's root.
  init?(at directory: TreePath, _ manifest: Manifest?) {
    let directoryName = Self.nameInNodeModules(directory)
    guard directoryName != nil || (manifest?.name != nil && manifest?.version != nil) else { return nil }
    self.init(manifest, directoryName: directoryName, path: directory)
  }

  /// `NAME` or `@SCOPE/NAME` where `directory` stands directly in a `node_modules`; names with a leading dot are npm's and
  /// pnpm's own directories.
  private static func nameInNodeModules(_ directory: TreePath) -> String? {
    directory.bytes.withUnsafeBufferPointer { bytes in
      let slash = UInt8(ascii: "/")
      let start = bytes.lastIndex(of: slash).map { $0 + 1 } ?? 0
      let last = bytes[start...]
      guard let first = last.first, first != UInt8(ascii: "."), first != UInt8(ascii: "@") else { return nil }
      if isNodeModules(bytes[..<start]) { return String(decoding: last, as: UTF8.self) }
      let scope = bytes[..<max(start - 1, 0)].lastIndex(of: slash).map { $0 + 1 } ?? 0
      guard bytes[scope] == UInt8(ascii: "@"), isNodeModules(bytes[..<scope]) else { return nil }
      return String(decoding: bytes[scope...], as: UTF8.self)
    }
  }

  /// Whether a path that ends with a slash is that of a `node_modules`.
  private static func isNodeModules(_ path: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    let name: StaticString = "node_modules/"
    let start = path.count - name.utf8CodeUnitCount
    guard start >= 0, start == 0 || path[start - 1] == UInt8(ascii: "/") else { return false }
    return path[start...].elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
  }
}

extension NPMPackages {
  /// The package that lists `platformPackage` among its `optionalDependencies`, looked for beside it under the names that
  /// such packages have: `@img/sharp-linux-x64` of `sharp`, `@swc/core-linux-x64-gnu` of `@swc/core`, `@esbuild/linux-x64`
  /// of `esbuild`.
  public mutating func parent(of platformPackage: NPMPackage) -> NPMPackage? {
    guard let nodeModules = Self.nodeModules(holding: platformPackage) else { return nil }
    for name in PlatformTokens.familyNames(of: platformPackage.name) {
      guard let directory = TreePath(bytes: nodeModules.bytes + Array("/".utf8) + Array(name.utf8)) else { continue }
      guard tree.status(of: directory) != nil, let package = package(at: directory) else { continue }
      if package.optionalDependencies.contains(platformPackage.name) { return package }
    }
    return nil
  }

  /// The packages that `parent` lists among its `optionalDependencies` and that stand beside `platformPackage`.
  public mutating func installedSiblings(of platformPackage: NPMPackage, parent: NPMPackage) -> [NPMPackage] {
    guard let nodeModules = Self.nodeModules(holding: platformPackage) else { return [] }
    var installed: [NPMPackage] = []
    for name in parent.optionalDependencies.sorted() {
      guard let directory = TreePath(bytes: nodeModules.bytes + Array("/".utf8) + Array(name.utf8)),
        tree.status(of: directory) != nil, let package = package(at: directory)
      else { continue }
      installed.append(package)
    }
    return installed
  }

  private static func nodeModules(holding package: NPMPackage) -> TreePath? {
    var current = package.path.parent
    while let here = current {
      if here.lastComponent.elementsEqual("node_modules".utf8) { return here }
      current = here.parent
    }
    return nil
  }
}
