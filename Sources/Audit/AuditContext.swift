import NodeModules
import PackageFiles

/// Everything that rules may look at.
public struct AuditContext: Sendable {
  public var target: AuditTarget
  /// In the report's order.
  public let binaries: [AuditedBinary]
  /// What was wrong with files and archives, with the mount of the tree that it was found in.
  public var problems: [MountedProblem]
  /// The npm packages that rules should judge as such: at least the owners of all binaries.
  public var npmPackages: [NPMPackage]
  /// Uncompressed bytes of the function and of all its layers.
  public var unzippedBytes: Int
  /// The length of the archive; `nil` for a directory.
  public var zippedBytes: Int?
  public var kind: AuditReport.Package.Kind
  public var packageManager: PackageManager?
  /// What should be installed; `nil` without a lock file.
  public var lock: PackageLock?
  /// Every npm package with what its loader does, in path order.
  public var packages: [AuditedNPMPackage] = [] {
    didSet { packagesByName = PositionsByName() }
  }
  /// `LD_LIBRARY_PATH` of the target, in order.
  public var libraryPath: [String] = []
  /// `NODE_PATH` of the target, in order.
  public var modulePath: [String] = []
  /// The package, its layers and the target's own files in one name space.
  public var files = RootFileSystem(mounts: [])
  /// The package that wants a platform package, by the platform package's path; from `NPMPackages.parent(of:)`.
  public var platformParents: [TreePath: NPMPackage]
  /// The platform packages that stand beside one, by its path; from `NPMPackages.installedSiblings(of:parent:)`.
  public var platformSiblings: [TreePath: [NPMPackage]]
  private let binariesByName = PositionsByName()
  private var packagesByName = PositionsByName()

  public struct MountedProblem: Hashable, Sendable {
    public var mount: String
    public var problem: TreeProblem

    public init(mount: String, problem: TreeProblem) {
      self.mount = mount
      self.problem = problem
    }
  }

  public init(target: AuditTarget, kind: AuditReport.Package.Kind, binaries: [AuditedBinary]) {
    self.target = target
    self.kind = kind
    self.binaries = binaries
    problems = []
    npmPackages = []
    unzippedBytes = 0
    zippedBytes = nil
    packageManager = nil
    platformParents = [:]
    platformSiblings = [:]
  }

  var remedies: Remedies { Remedies(target: target, packageManager: packageManager, parents: platformParents) }

  /// The binaries of a file name, in the report's order.
  func binaries(named name: String) -> [AuditedBinary] {
    binariesByName.positions(of: [name], among: binaries.lazy.map(\.fileName)).map { binaries[$0] }
  }

  /// The npm packages that have one of these names, of all mounts and in path order.
  func packages(named names: some Sequence<String>) -> [AuditedNPMPackage] {
    packagesByName.positions(of: names, among: packages.lazy.map(\.package.name)).map { packages[$0] }
  }
}

/// Where the elements of a list stand by their names. Found once and when first asked for: only what is wrong is looked for,
/// and going through the list for each of thousands would take its square.
private final class PositionsByName: Sendable {
  private let known = Monitor<[String: [Int]]?>(nil)

  /// In the list's order, each once. The list has to be the same at every call.
  func positions(of names: some Sequence<String>, among list: some Sequence<String>) -> [Int] {
    let known = known.withLock { known in
      if let known { return known }
      let found = Dictionary(grouping: list.enumerated(), by: \.element).mapValues { $0.map(\.offset) }
      known = found
      return found
    }
    return Set(names).flatMap { known[$0, default: []] }.sorted()
  }
}

extension AuditContext {
  /// Adds to `platformParents` and `platformSiblings` what `packages` knows of `platformPackages`.
  mutating func findPlatformParents(of platformPackages: [NPMPackage], in packages: inout NPMPackages) {
    for package in platformPackages {
      guard let parent = packages.parent(of: package) else { continue }
      platformParents[package.path] = parent
      platformSiblings[package.path] = packages.installedSiblings(of: package, parent: parent)
    }
  }
}
