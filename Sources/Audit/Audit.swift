import LambdaRuntimes
import LoadSimulation
import NativeBinaries
import NodeModules
import PackageFiles

/// A package as it stands on Lambda: what is deployed, and the layers under it.
public struct AuditedPackage: Sendable {
  /// What Lambda makes of the package.
  public enum Kind: Hashable, Sendable { case function, layer }

  public var main: OpenedPackage
  /// What the kind was said to be.
  private let statedKind: Kind?
  /// In the order in which Lambda merges them; of an image, its `/opt`.
  public var layers: [OpenedPackage]
  /// Where the function stands: `/var/task`, except in some images.
  public var directory = "/var/task"
  /// Where the process starts, from which relative paths lead.
  public var workingDirectory = "/var/task"

  /// The kind, which the contents tell where nobody says it. Of a zip, that takes its whole index.
  public var kind: Kind { statedKind ?? Self.kind(of: main.tree) }
  var isKindStated: Bool { statedKind != nil }

  public init(main: OpenedPackage, kind: Kind?, layers: [OpenedPackage]) {
    self.main = main
    statedKind = kind
    self.layers = layers
  }

  /// Opens the package and its layers; without `kind` the contents tell.
  ///
  /// - Parameter architecture: which image is meant in an archive with several.
  ///
  /// Throws `TreeError`.
  public init(path: String, layers: [String], kind: Kind?, architecture: String? = nil) throws(TreeError) {
    let main = try openPackage(path: path, architecture: architecture)
    var opened: [OpenedPackage] = []
    for layer in layers { opened.append(try openPackage(path: layer)) }
    if let image = main.image {
      try self.init(main, image, layers: opened)
      return
    }
    self.init(main: main, kind: kind, layers: opened)
  }

  /// A layer has its npm packages in `nodejs/`, and nothing that could be a handler beside it.
  private static func kind(of tree: any FileTree) -> Kind {
    let names = Set(tree.names(in: .root).map { String(decoding: $0, as: UTF8.self) })
    let layerPath = TreePath("nodejs").map { tree.names(in: $0).map { String(decoding: $0, as: UTF8.self) } } ?? []
    let holdsModules = layerPath.contains {
      $0 == "node_modules" || $0.hasPrefix("node") && $0.dropFirst(4).allSatisfy(\.isNumber)
    }
    let isHandler: (String) -> Bool = { name in
      name == "package.json" || name == "node_modules" || [".js", ".mjs", ".cjs"].contains { name.hasSuffix($0) }
    }
    return holdsModules && !names.contains(where: isHandler) ? .layer : .function
  }
}

/// What a report has only where somebody wants it, since it costs time.
public struct ReportDetails: OptionSet, Sendable {
  public let rawValue: Int

  public init(rawValue: Int) { self.rawValue = rawValue }

  /// An archive's SHA-256, for which all of it is read.
  public static let digest = ReportDetails(rawValue: 1)
  /// A record for each npm package, of which there can be thousands.
  public static let npmPackages = ReportDetails(rawValue: 2)
}

/// A package read once, ready to be judged for any number of targets.
public struct Audit: Sendable {
  let package: AuditedPackage
  /// The package's kind, found once.
  private let kind: AuditedPackage.Kind
  /// What was found in each mounted tree: the package itself first.
  let mounts: [Mount]
  let packageManager: PackageManager?
  /// From the lock file; read only when there are native packages to judge.
  private let nativeLock: Meanwhile<PackageLock?>
  /// The JavaScript that was read, for all targets.
  let scripts = ScriptFiles()
  /// The package's binaries, read once for all targets.
  private let packageObjects = PackageObjects()

  /// One tree at its place on Lambda.
  struct Mount: Sendable {
    var path: String
    var tree: any FileTree
    var scan: TreeScan
    /// The native binaries among what the scan kept, in path order.
    var found: [FoundFile]
    /// The npm package that owns each of `found`.
    var owners: [NPMPackage?]
    /// What `npmPackages` comes from, found while the binaries are looked at.
    var installed: Installation

    var npmPackages: [InstalledPackage] { installed.packages }
  }

  /// Looks through the package and its layers.
  public init(_ package: AuditedPackage) {
    self.package = package
    // What a zip's contents make it is known when its index is, and that is made while the scan goes on.
    let seen = package.isKindStated || !package.layers.isEmpty ? nil : Mount.Seen(in: package.main.tree)
    kind = package.kind
    let own = kind == .layer ? [package.main.tree] : []
    let layers = own + package.layers.map(\.tree)
    var trees: [(String, any FileTree)] = kind == .layer ? [] : [(package.directory, package.main.tree)]
    if let only = layers.first {
      trees.append(("/opt", layers.count == 1 ? only : LayeredTree(layers)))
    }
    mounts = trees.map { path, tree in Mount(path: path, tree: tree, seen ?? Mount.Seen(in: tree)) }
    packageManager = PackageManager(in: .root, of: package.main.tree)
    nativeLock = .whenAsked { [mounts] in
      let hasNative = mounts.contains { $0.npmPackages.contains { $0.isNative || $0.mayLoadAddon } }
      return hasNative ? PackageLock(in: .root, of: package.main.tree) : nil
    }
  }

  /// Whether the package has nothing in it and nothing to say about that: no file, no link, no damage.
  public var isEmpty: Bool {
    mounts.allSatisfy { $0.scan.files == 0 && $0.scan.links == 0 && $0.scan.problems.isEmpty }
  }

  /// Waits for what other threads still find out about the package: no process may end while they go on.
  public func finish() { for mount in mounts { _ = mount.npmPackages } }

  /// One report for each target.
  ///
  /// Throws `TreeError` where an archive cannot be read for its digest.
  public func reports(
    for targets: [TargetRequest.Resolved], with details: ReportDetails
  ) throws(TreeError) -> [AuditReport] {
    let isArchive = package.main.archiveByteCount != nil
    let digest = details.contains(.digest) && isArchive ? try ArchiveDigest.sha256(ofFileAt: package.main.path) : nil
    return ConcurrentMap.map(targets) { target in
      var report = report(
        environment: target.environment, target: target.target, reportTarget: target.record, with: details)
      report.package.sha256 = digest
      return report
    }
  }

  /// Judges the package for one target.
  public func report(
    environment: ExecutionEnvironment, target: AuditTarget, reportTarget: AuditReport.Target,
    with details: ReportDetails = .npmPackages
  ) -> AuditReport {
    let root = RootFileSystem(
      mounts: [.init(point: .root, tree: environment.root)]
        + mounts.map { .init(point: TreePath($0.path) ?? .root, tree: $0.tree) })
    let files = ObjectFiles(
      root: root, knownObjects: environment.knownObjects, packageObjects: packageObjects,
      workingDirectory: package.workingDirectory,
      largestFile: package.main.image == nil ? ZipTree.largestEntryByteCount : .max)
    let linker = DynamicLinker(environment: environment, files: files)
    let host = NodeHost(linker: linker)
    var binaries: [AuditedBinary] = []
    for mount in mounts { binaries += audited(mount, host, files) }
    let process = process(environment, target, host, binaries, files: root)
    let packages = selections(in: process)
    assignRoles(&binaries, packages, target.nodePlatform, root)
    findShadowed(&binaries, packages, root)
    startPrograms(&binaries, process)
    var context = context(target, binaries, packages, root)
    context.libraryPath = environment.libraryPath
    context.modulePath = process.modulePath
    let findings = Rules.findings(in: context)
    var described = reportTarget
    let notes =
      environment.notes + Self.historyNotes(environment, binaries)
      + (linker.startupFailure.map { ["Node.js itself does not start there: \($0)"] } ?? [])
    if !notes.isEmpty { described.notes = (described.notes ?? []) + notes }
    return AuditReport(
      target: described, package: packageRecord(), binaries: binaries.map(AuditReport.Binary.init),
      npmPackages: details.contains(.npmPackages)
        ? AuditReport.NPMPackageOutcome.all(packages, binaries, mounts: mounts.map(\.path)) : [],
      findings: findings,
      verdict: findings.contains { $0.severity == .error } ? .grounded : .airworthy)
  }

  /// For each library that was older in earlier images: the binaries that load only with the current one.
  private static func historyNotes(_ environment: ExecutionEnvironment, _ binaries: [AuditedBinary]) -> [String] {
    environment.earlierLibraries.flatMap { earlier in
      earlier.versions.sorted { $0.key < $1.key }.compactMap { prefix, version in
        let affected = binaries.filter { binary in
          guard case .loads = binary.load?.outcome, let wanted = binary.facts?.requires[prefix] else { return false }
          return SymbolVersion(version) < SymbolVersion(wanted)
        }
        guard let first = affected.first else { return nil }
        let others = affected.count > 1 ? " and \(affected.count - 1) more" : ""
        return
          "\(first.path)\(others) needs \(prefix)_\(first.facts?.requires[prefix] ?? ""): images from before \(earlier.until) have \(prefix)_\(version) only, and so do functions pinned to an older runtime version."
      }
    }
  }

  private func context(
    _ target: AuditTarget, _ binaries: [AuditedBinary], _ packages: [AuditedNPMPackage], _ root: RootFileSystem
  ) -> AuditContext {
    var context = AuditContext(target: target, kind: reportKind, binaries: binaries)
    context.problems = mounts.flatMap { mount in
      mount.scan.problems.map { .init(mount: mount.path, problem: $0) }
    }
    context.packages = packages
    context.npmPackages = packages.map(\.package)
    context.unzippedBytes = mounts.reduce(0) { $0 + $1.scan.byteCount }
    context.zippedBytes = package.main.archiveByteCount
    context.packageManager = packageManager
    context.lock = nativeLock.value()
    context.files = root
    let platformPackages = packages.filter(\.installed.mayBeForPlatform).map(\.package)
    for mount in mounts where !platformPackages.isEmpty {
      var packages = NPMPackages(in: mount.tree)
      context.findPlatformParents(of: platformPackages, in: &packages)
    }
    return context
  }

  private var reportKind: AuditReport.Package.Kind {
    if kind == .layer { return .layer }
    return switch package.main.container {
    case .directory: .directory
    case .zip: .zip
    case .image: .image
    }
  }

  private func packageRecord() -> AuditReport.Package {
    AuditReport.Package(
      path: package.main.path, kind: reportKind, files: mounts[0].scan.files,
      unzippedBytes: mounts[0].scan.byteCount,
      zippedBytes: package.main.archiveByteCount, sha256: nil)
  }
}

extension Audit {
  /// The binaries of one mount in path order, each with its facts and, for addons, its load.
  private func audited(_ mount: Mount, _ host: NodeHost, _ files: ObjectFiles) -> [AuditedBinary] {
    let found = Array(mount.found.enumerated())
    return ConcurrentMap.map(found) { index, file in
      let path = mount.path + "/" + file.path.description
      let facts = files.binary(at: path).map { BinaryFacts($0) }
      var binary = AuditedBinary(
        path: file.path, mount: mount.path, status: file.status, facts: facts, npmPackage: mount.owners[index],
        role: .unknown, load: nil)
      binary.linkTarget = mount.tree.linkTarget(of: file.path).map { String(decoding: $0, as: UTF8.self) }
      if Self.isAddon(binary) {
        binary.facts?.kind = .addon
        binary.load = host.load(path)
      }
      return binary
    }
  }

  /// Node.js on the target as the packages' loaders see it.
  private func process(
    _ environment: ExecutionEnvironment, _ target: AuditTarget, _ host: NodeHost, _ binaries: [AuditedBinary],
    files: RootFileSystem
  ) -> NodeProcess {
    let loads = Dictionary(binaries.compactMap { binary in binary.load.map { (binary.deployedPath, $0) } }) { $1 }
    let programs = ProgramStart(linker: host.linker)
    var process = NodeProcess(
      files: files, platform: target.nodePlatform, scripts: scripts, dlopen: { loads[$0] ?? host.load($0) },
      spawn: { programs.start($0) })
    process.hasWholeSystem = environment.source == .sysroot
    let path =
      environment.modulePath.isEmpty
      ? ExecutionEnvironment.lambdaModulePath(nodeMajor: target.nodeMajor) : environment.modulePath
    process.variables = [
      "NODE_PATH": path.joined(separator: ":"), "LAMBDA_TASK_ROOT": package.directory,
      "LD_LIBRARY_PATH": environment.libraryPath.joined(separator: ":"),
    ]
    process.executable = environment.nodeExecutable
    process.workingDirectory = package.workingDirectory
    return process
  }

  /// What becomes of each program that the function may start.
  private func startPrograms(_ binaries: inout [AuditedBinary], _ process: NodeProcess) {
    for index in binaries.indices where binaries[index].role == .executable {
      binaries[index].start = process.spawn(binaries[index].deployedPath)
    }
  }

  /// Whatever is named `*.node`, and shared objects that register with Node.js under another name.
  private static func isAddon(_ binary: AuditedBinary) -> Bool {
    if binary.path.lastComponent.suffix(5).elementsEqual(".node".utf8) { return true }
    guard let facts = binary.facts, facts.format == .elf else { return false }
    return facts.kind == .addon
  }
}
