import NativeBinaries
import NodeModules
import PackageFiles

/// An npm package where it stands in the deployment package.
public struct InstalledPackage: Hashable, Sendable {
  public var package: NPMPackage
  /// `/var/task` or `/opt`.
  public var mount: String
  /// Why it counts as native; empty where it does not.
  public var nativeReasons: [String]
  /// Whether its JavaScript mentions an addon, where nothing else tells of one.
  public var mayLoadAddon = false
  /// Whether it may be one of several packages of which another wants the one for its platform.
  var mayBeForPlatform = false

  public var isNative: Bool { !nativeReasons.isEmpty }

  /// Where it stands on Lambda.
  public var deployedPath: String { package.path.isRoot ? mount : "\(mount)/\(package.path)" }
}

/// The npm packages of a mount, found by another thread.
final class Installation: Sendable {
  private let work: Meanwhile<[InstalledPackage]>

  init(_ body: @escaping @Sendable () -> [InstalledPackage]) { work = Meanwhile(elsewhere: true, body) }

  // No process may end while the thread goes on.
  deinit { _ = work.value() }

  var packages: [InstalledPackage] { work.value() }
}

extension Audit.Mount {
  /// What a scan saw of a tree, wherever it stands.
  struct Seen {
    var scan: TreeScan
    var manifests: ScannedManifests

    init(in tree: any FileTree) {
      manifests = ScannedManifests(in: tree)
      scan = tree.scan(Audit.Mount.isWanted, reading: manifests.files)
    }
  }

  init(path: String, tree: any FileTree, _ seen: Seen) {
    let scan = seen.scan
    // Those that the scan could not hand over.
    var manifests: [TreePath] = []
    var descriptions: Set<TreePath> = []
    var found: [FoundFile] = []
    for file in scan.found {
      if file.path.isNamed("package.json") {
        if file.status.kind == .file, let directory = file.path.parent { manifests.append(directory) }
      } else if file.path.isNamed("binding.gyp") {
        if let directory = file.path.parent { descriptions.insert(directory) }
      } else {
        found.append(file)
      }
    }
    var packages = NPMPackages(in: tree, scanned: seen.manifests, others: manifests)
    let owners = found.map { packages.owner(of: $0.path) }
    let installed = Installation { [packages, descriptions] in
      Self.installed(packages, owners, descriptions, path, tree)
    }
    self.init(path: path, tree: tree, scan: scan, found: found, owners: owners, installed: installed)
  }

  /// Every npm package of the tree: those in a `node_modules`, those that own a binary, and the application itself.
  private static func installed(
    _ packages: NPMPackages, _ owners: [NPMPackage?], _ descriptions: Set<TreePath>, _ mount: String,
    _ tree: any FileTree
  ) -> [InstalledPackage] {
    var packages = packages
    var counts: [TreePath: Int] = [:]
    var all: [NPMPackages.Described] = []
    for owner in owners.compactMap(\.self) {
      if counts.updateValue((counts[owner.path] ?? 0) + 1, forKey: owner.path) == nil { all.append(.init(owner)) }
    }
    let native = Set(all.map(\.package.name))
    for described in packages.described() where counts[described.package.path] == nil {
      if described.package.isInstalled { all.append(described) }
    }
    let paths = all.map(\.package.path)
    let order = all.indices.sorted { paths[$0] < paths[$1] }
    var found: [InstalledPackage] = []
    var unseen: [Int] = []
    for index in order {
      let package = all[index].package
      let hasBindingGyp = descriptions.contains(package.path)
      let known = hasBindingGyp ? nil : all[index].nativeReasons
      let reasons =
        known
        ?? NativeEvidence.reasons(
          for: package, binaries: counts[package.path] ?? 0, hasBindingGyp: hasBindingGyp)
      var installed = InstalledPackage(package: package, mount: mount, nativeReasons: reasons)
      installed.mayBeForPlatform = PlatformTokens.isPlatformPackage(package.name) || !package.cpu.isEmpty
      if reasons.isEmpty {
        installed.mayLoadAddon = all[index].mentionsAddon ?? false || !package.dependencies.isDisjoint(with: native)
        if !installed.mayLoadAddon, all[index].mentionsAddon == nil { unseen.append(found.count) }
      }
      found.append(installed)
    }
    // In archives a file can be looked at only behind the scan.
    let mentions = ConcurrentMap.map(unseen.map { found[$0].package }) { NativeEvidence.mentionsAddon($0, in: tree) }
    for (index, mentionsAddon) in zip(unseen, mentions) { found[index].mayLoadAddon = mentionsAddon }
    return found
  }

  /// Native binaries by their first bytes; whatever is named `*.node`, also links and directories; manifests.
  fileprivate static func isWanted(_ name: RawSpan, _ kind: FileStatus.Kind, _ head: RawSpan) -> Bool {
    if kind == .file, BinaryFormat(head: head) != nil { return true }
    guard kind != .other, name.byteCount > 5 else { return false }
    return name.hasSuffix(".node") || kind == .file && (name.equals("package.json") || name.equals("binding.gyp"))
  }
}

extension RawSpan {
  fileprivate func equals(_ text: StaticString) -> Bool { byteCount == text.utf8CodeUnitCount && hasSuffix(text) }

  fileprivate func hasSuffix(_ suffix: StaticString) -> Bool {
    let count = suffix.utf8CodeUnitCount
    guard byteCount >= count else { return false }
    return withUnsafeBytes { bytes in
      (0..<count).allSatisfy { bytes[byteCount - count + $0] == suffix.utf8Start[$0] }
    }
  }
}
