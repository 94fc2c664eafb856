import NativeBinaries
import PackageFiles

extension ExecutionEnvironment {
  /// The environment that the catalog knows for a target, with `node` in place of its Node.js where a real one is given.
  public init(_ target: Target, catalog: Catalog = .builtIn, node executable: NodeExecutable? = nil)
    throws(EnvironmentError)
  {
    guard let image = catalog.baseImage(target.runtime.operatingSystem, target.architecture) else {
      throw .loaderMissing("\(target)")
    }
    if let executable, executable.architecture != target.architecture {
      throw .architectureMismatch(asked: target.architecture, found: executable.architecture)
    }
    let runtimeFiles = catalog.runtimeFiles(target.runtime, target.architecture)
    let model = CatalogModel(image: image, runtimeFiles: runtimeFiles)
    let version = executable?.version ?? target.nodeVersion
    self.init(
      source: .catalog, architecture: target.architecture,
      node: executable.map(NodeFacts.init) ?? Self.cataloguedNode(target, catalog), glibc: GLibCVersion(image.glibc),
      root: LibraryTree(entries: model.entries), libraryPath: target.runtime.libraryPath,
      defaultDirectories: image.defaultDirectories, interpreter: image.dynamicLinker)
    knownObjects = model.objects
    modulePath = target.runtime.nodePath
    nodeExecutable = target.runtime.nodeExecutable ?? Self.nodePath
    // AL1 and AL2 runtimes run on 4.14, as os.release() says there. Source: AWS Lambda developer guide, 2022.
    if target.runtime.operatingSystem != .al2023 { kernel = [4, 14, 0] }
    // What /var/lang/lib has comes first, so the image's own is never used.
    earlierLibraries = image.history.filter { !(runtimeFiles?.has("/var/lang/lib/\($0.library)") ?? false) }
    if target.runtime.node?.basis == .inferred, target.runtime.node?.version == version {
      notes.append("AWS does not publish the Node.js release in \(target.runtime.id); \(version) is inferred.")
    }
  }

  private static func cataloguedNode(_ target: Target, _ catalog: Catalog) -> NodeFacts {
    var image = ELF.Image(byteCount: 64)
    image.header = ELF.Header(elfClass: 2, dataEncoding: 1, type: ELF.ET_EXEC, machine: target.architecture.elfMachine)
    image.hasDynamicSection = true
    image.needed = target.runtime.loadedLibraries
    image.dependencies = image.needed.map { .init(name: $0, kind: .needed) }
    let version = target.nodeVersion
    let newest = catalog.nodeReleases.nodeAPIMaximum(of: version)
    let exports = catalog.nodeAPISymbols.exports(of: version, nodeAPI: newest)
    // Where only the Node-API version is known the release may export more than the list says.
    let listed = ListedExports(
      node: version, architecture: target.architecture, nodeAPI: exports.measuredOn == nil ? nil : exports.names)
    return NodeFacts(
      version: version, moduleVersion: catalog.nodeReleases.moduleVersion(of: version), nodeAPIMaximum: newest,
      executable: SharedObject(image: image, exports: listed.map { .listed($0) } ?? .unknown, isWholeFile: false))
  }
}

extension ExecutionEnvironment.NodeFacts {
  /// The facts of a real executable.
  init(_ executable: NodeExecutable) {
    // Read first: the version may have to be waited for.
    let releases = NodeReleases.builtIn
    let version = executable.version
    self.init(
      version: version,
      moduleVersion: executable.moduleVersion ?? version.flatMap { releases.moduleVersion(of: $0) },
      nodeAPIMaximum: version.flatMap { releases.nodeAPIMaximum(of: $0) },
      executable: SharedObject(image: executable.image))
  }
}

/// The catalog's lists as a root file system.
private struct CatalogModel {
  var entries: [TreePath: LibraryTree.Entry] = [:]
  var objects: [TreePath: SharedObject] = [:]

  init(image: BaseImage, runtimeFiles: LibraryFiles?) {
    for (path, target) in image.directoryLinks { add(path, .link(target)) }
    add(image.libraries, image.architecture)
    if let runtimeFiles { add(runtimeFiles, image.architecture) }
  }

  private mutating func add(_ path: String, _ entry: LibraryTree.Entry) {
    if let path = TreePath(path) { entries[path] = entry }
  }

  private mutating func add(_ libraries: LibraryFiles, _ architecture: Architecture) {
    let sonames = Self.sonames(libraries)
    for (link, target) in libraries.links { add(link, .link(target)) }
    for file in libraries.files {
      guard let path = TreePath(file) else { continue }
      let versions = libraries.symbolVersions[file]
      entries[path] = .file(byteCount: 64)
      var image = ELF.Image(byteCount: 64)
      image.header = ELF.Header(elfClass: 2, dataEncoding: 1, type: ELF.ET_DYN, machine: architecture.elfMachine)
      image.hasDynamicSection = true
      image.soname = sonames[file] ?? String(decoding: path.lastComponent, as: UTF8.self)
      image.versionDefinitions = (versions?.defined ?? []).enumerated().map {
        .init(name: $1, index: UInt16(clamping: $0 + 2), isBase: false, isWeak: false)
      }
      let listed = versions.flatMap { versions in
        ListedExports(library: image.soname ?? "", versions: versions, architecture: architecture)
      }
      objects[path] = SharedObject(
        image: image, knowsVersions: versions?.complete ?? false, exports: listed.map { .listed($0) } ?? .unknown,
        isWholeFile: false)
    }
  }

  /// The soname of each file: the shortest name with `.so.` that leads to it, which is what ldconfig links.
  private static func sonames(_ libraries: LibraryFiles) -> [String: String] {
    var links: [String: String] = [:]
    for link in libraries.links.keys where lastComponent(link).containsBytes(of: ".so.") {
      let file = libraries.resolved(link)
      if let known = links[file], (known.utf8.count, known) < (link.utf8.count, link) { continue }
      links[file] = link
    }
    return links.mapValues(lastComponent)
  }

  private static func lastComponent(_ path: String) -> String {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[path.utf8.index(after: $0)...]) } ?? path
  }
}
