import LambdaRuntimes
import NativeBinaries
import PackageFiles

/// What a user asks a package to be checked for.
public struct TargetRequest: Sendable {
  /// Runtime ids; empty for the newest one.
  public var runtimes: [String] = []
  /// Architectures; empty for x86_64, or for that of a real Node.js.
  public var architectures: [String] = []
  /// For `provided…`, or in place of the runtime's own release.
  public var nodeVersion: String?
  /// A root file system, or an image archive, to take the environment from.
  public var sysroot: String?
  /// A container image to take the environment from.
  public var image: ContainerImage?
  /// A Node.js executable to take its facts from.
  public var nodeFile: String?
  /// A captured environment.
  public var environmentFile: String?
  /// The x86-64 ISA level of the CPU, 1 to 4.
  public var isaLevel: Int?
  public var today = CalendarDate.today

  public init() {}

  /// Whether both ask for the same targets. An image is the same as no other.
  public func asksTheSame(as other: TargetRequest) -> Bool {
    image == nil && other.image == nil && runtimes == other.runtimes && architectures == other.architectures
      && nodeVersion == other.nodeVersion && sysroot == other.sysroot && nodeFile == other.nodeFile
      && environmentFile == other.environmentFile && isaLevel == other.isaLevel && today == other.today
  }

  /// One target with all that a check needs of it.
  public struct Resolved: Sendable {
    public var environment: ExecutionEnvironment
    public var target: AuditTarget
    public var record: AuditReport.Target
  }

  /// The targets in the order asked for: runtimes, and each on every architecture.
  ///
  /// Throws `TargetError`, `EnvironmentError` and `TreeError`.
  public func resolve(catalog: Catalog = .builtIn) throws -> [Resolved] {
    if let environmentFile { return [try captured(environmentFile, catalog)] }
    guard let nodeFile else { return try resolve(nil, catalog) }
    let node = try Self.executable(nodeFile)
    // Whatever else is wrong, a Node.js that is none is said first.
    let resolved = Result { try resolve(node, catalog) }
    if let failure = node.failure { throw Self.unusable(nodeFile, failure) }
    return try resolved.get()
  }

  private func resolve(_ node: NodeExecutable?, _ catalog: Catalog) throws -> [Resolved] {
    if let image { return [try real(image, node, catalog)] }
    if let sysroot { return [try real(sysroot, node, catalog)] }
    let ids = runtimes.isEmpty ? [catalog.newestRuntime(on: today)?.id ?? "nodejs24.x"] : runtimes
    let names = architectures.isEmpty ? [node?.architecture.rawValue ?? Architecture.x86_64.rawValue] : architectures
    var resolved: [Resolved] = []
    for id in ids {
      for name in names {
        let version = nodeVersion ?? node?.version?.description
        let target = try catalog.target(runtime: id, architecture: name, nodeVersion: version)
        guard node != nil || catalog.nodeReleases.moduleVersion(of: target.nodeVersion) != nil else {
          throw TargetError.unknownNodeVersion(target.nodeVersion.description)
        }
        var environment = try ExecutionEnvironment(target, catalog: catalog, node: node)
        adjust(&environment)
        var one = describe(environment, target.runtime, catalog)
        if runtimes.isEmpty || architectures.isEmpty, node == nil { one.record.notes = [defaultNote(target)] }
        resolved.append(one)
      }
    }
    return resolved
  }

  /// The targets of a matrix: what was asked for, or else every runtime with Node.js that is current, each on every
  /// architecture that it has.
  ///
  /// Throws what `resolve` does.
  public func resolveAll(catalog: Catalog = .builtIn) throws -> [Resolved] {
    if environmentFile != nil || sysroot != nil || image != nil { return try resolve(catalog: catalog) }
    var request = self
    if runtimes.isEmpty {
      request.runtimes = catalog.runtimes.filter { $0.node != nil && $0.status(on: today) == .supported }.map(\.id)
    }
    if !architectures.isEmpty || nodeFile != nil { return try request.resolve(catalog: catalog) }
    return try request.runtimes.flatMap { id in
      var one = request
      one.runtimes = [id]
      one.architectures = try catalog.runtime(id).architectures.map(\.rawValue)
      return try one.resolve(catalog: catalog)
    }
  }

  private func defaultNote(_ target: Target) -> String {
    switch (runtimes.isEmpty, architectures.isEmpty) {
    case (true, true):
      "No target was given: checked for \(target.runtime.id), the newest runtime, on \(target.architecture.rawValue). Choose with --runtime and --arch."
    case (true, false): "No runtime was given: checked for \(target.runtime.id), the newest one. Choose with --runtime."
    default: "No architecture was given: checked for \(target.architecture.rawValue). Choose with --arch."
    }
  }

  private func adjust(_ environment: inout ExecutionEnvironment) {
    if let isaLevel, environment.architecture == .x86_64 {
      environment.isaLevel = isaLevel
      if isaLevel < 4 { environment.hardwareCapabilities.removeAll { $0 == "avx512_1" } }
    }
  }

  private static func executable(_ path: String) throws -> NodeExecutable {
    let file = try MappedFile(path: path)
    var effort = ParsingEffort.binding
    effort.keeper = file.keeper
    do {
      return try file.withBytes { try NodeExecutable(parsing: $0, effort: effort) }
    } catch let failure as NodeExecutable.Failure {
      throw unusable(path, failure)
    }
  }

  private static func unusable(_ path: String, _ failure: NodeExecutable.Failure) -> EnvironmentError {
    switch failure {
    case .notExecutable(let reason): .nodeUnusable(path: path, reason: reason)
    case .otherArchitecture(let name):
      .nodeUnusable(path: path, reason: "it is built for \(name), which Lambda does not have")
    }
  }

  private func real(_ sysroot: String, _ node: NodeExecutable?, _ catalog: Catalog) throws -> Resolved {
    let opened = try openPackage(path: sysroot, architecture: try wantedArchitecture?.rawValue)
    if let image = opened.image { return try real(image, node, catalog) }
    let tree = try DirectoryTree(path: sysroot)
    let found = try node ?? Self.nodeInside(sysroot, tree)
    var environment = try ExecutionEnvironment(sysroot: tree, node: found)
    try requireArchitecture(of: environment)
    adjust(&environment)
    return describe(environment, try runtimes.first.map { id throws in try catalog.runtime(id) }, catalog)
  }

  private func real(_ image: ContainerImage, _ node: NodeExecutable?, _ catalog: Catalog) throws -> Resolved {
    var environment = try ExecutionEnvironment(image: image, node: node)
    try requireArchitecture(of: environment)
    adjust(&environment)
    return describe(environment, try runtimes.first.map { id throws in try catalog.runtime(id) }, catalog)
  }

  /// The architecture of a real environment, where one is asked for.
  public var wantedArchitecture: Architecture? {
    get throws {
      guard let wanted = architectures.first else { return nil }
      guard let architecture = Architecture(name: wanted) else { throw TargetError.unknownArchitecture(wanted) }
      return architecture
    }
  }

  /// A real environment has one architecture; asking for another is a mistake.
  private func requireArchitecture(of environment: ExecutionEnvironment) throws {
    guard let architecture = try wantedArchitecture else { return }
    guard architecture == environment.architecture else {
      throw EnvironmentError.architectureMismatch(asked: architecture, found: environment.architecture)
    }
  }

  private static func nodeInside(_ sysroot: String, _ tree: DirectoryTree) throws -> NodeExecutable {
    let files = RootFileSystem(mounts: [.init(point: .root, tree: tree)])
    for place in ExecutionEnvironment.usualNodePlaces {
      guard let located = files.resolve(place).located, located.status.kind == .file, located.status.byteCount > 0
      else {
        continue
      }
      return try files.read(located) { try NodeExecutable(parsing: $0) }
    }
    throw EnvironmentError.nodeMissing(ExecutionEnvironment.usualNodePlaces)
  }

  private func captured(_ path: String, _ catalog: Catalog) throws -> Resolved {
    var environment = try ExecutionEnvironment(EnvironmentFile(readingFile: path))
    try requireArchitecture(of: environment)
    adjust(&environment)
    return describe(environment, try runtimes.first.map { id throws in try catalog.runtime(id) }, catalog)
  }
}

extension TargetRequest {
  /// The target as rules and reports want it.
  private func describe(_ environment: ExecutionEnvironment, _ runtime: Runtime?, _ catalog: Catalog) -> Resolved {
    var target = AuditTarget(
      runtimeID: runtime?.id, architecture: environment.architecture.rawValue, today: today.description)
    target.nodeVersion = environment.node.version?.description
    target.moduleVersion = environment.node.moduleVersion
    target.nodeAPIMaximum = environment.node.nodeAPIMaximum
    target.glibc = environment.glibc?.description
    target.glibcxx = environment.highestVersion("GLIBCXX", in: "libstdc++.so.6")
    target.unzippedByteLimit = catalog.quotas.unzippedBytes
    target.zippedByteLimit = catalog.quotas.zippedUploadBytes
    if let runtime {
      // The base images of provided… have neither Node.js nor npm.
      target.image = runtime.node == nil ? nil : runtime.image
      target.deprecated = runtime.deprecated?.description
      target.blockCreate = runtime.blocksCreation?.description
      target.blockUpdate = runtime.blocksUpdates?.description
      target.isPreview = runtime.isPreview
      target.alternatives = alternatives(to: runtime, environment.architecture, catalog)
    }
    let record = AuditReport.Target(
      runtime: runtime?.id, architecture: target.architecture, node: target.nodeVersion,
      moduleVersion: target.moduleVersion, nodeApi: target.nodeAPIMaximum, glibc: target.glibc, glibcxx: target.glibcxx,
      source: .init(environment.source))
    return Resolved(environment: environment, target: target, record: record)
  }

  /// Every other runtime with Node.js on the architecture, in the catalog's order.
  private func alternatives(
    to runtime: Runtime, _ architecture: Architecture, _ catalog: Catalog
  ) -> [AuditTarget.Alternative] {
    catalog.runtimes.compactMap { other in
      guard other.id != runtime.id, let node = other.node?.version, other.architectures.contains(architecture) else {
        return nil
      }
      return AuditTarget.Alternative(
        runtimeID: other.id, nodeVersion: node.description,
        moduleVersion: catalog.nodeReleases.moduleVersion(of: node),
        nodeAPIMaximum: catalog.nodeReleases.nodeAPIMaximum(of: node), glibc: other.operatingSystem.glibc,
        glibcxx: nil, isCurrent: other.status(on: today) == .supported)
    }
  }
}

extension AuditReport.Target.Source {
  fileprivate init(_ source: ExecutionEnvironment.Source) {
    switch source {
    case .catalog: self = .catalog
    case .sysroot: self = .sysroot
    case .environment: self = .environment
    }
  }
}
