import PackageFiles

extension ExecutionEnvironment {
  /// The environment that a container image brings: its root file system, its Node.js, its `LD_LIBRARY_PATH`, on Lambda's
  /// processors.
  ///
  /// - Parameter node: a Node.js to take in place of the image's own.
  public init(image: ContainerImage, node: NodeExecutable?) throws(EnvironmentError) {
    let settings = image.configuration
    let found: (executable: NodeExecutable, path: String?)
    if let node { found = (node, nil) } else { found = try Self.node(of: image) }
    try self.init(
      sysroot: image.tree, node: found.executable,
      libraryPath: Self.directories(settings.environment["LD_LIBRARY_PATH"] ?? ""), isForThisMachine: false)
    if let path = found.path {
      nodeExecutable = path
      notes.append("Node.js is the image's own, \(path).")
    }
    modulePath = (settings.environment["NODE_PATH"] ?? "").split(separator: ":").map(String.init)
    if let wanted = settings.lambdaArchitecture, wanted != architecture.rawValue {
      notes.append(
        "The image says that it is for \(settings.platform), but its Node.js is built for \(architecture.rawValue), for which it is checked."
      )
    }
    for name in ["LD_PRELOAD", "LD_AUDIT", "NODE_OPTIONS"] {
      guard let value = settings.environment[name], !value.isEmpty else { continue }
      notes.append("The image sets \(name)=\(value), which is not simulated.")
    }
    notes += image.notes
  }

  /// The directories of a search path; glibc takes a semicolon for a colon, and an empty one for the current directory.
  private static func directories(_ path: String) -> [String] {
    if path.isEmpty { return [] }
    return path.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == ";" }.map { $0.isEmpty ? "." : String($0) }
  }

  /// The first Node.js that the image would start, and where it is.
  private static func node(
    of image: ContainerImage
  ) throws(EnvironmentError) -> (executable: NodeExecutable, path: String?) {
    let files = RootFileSystem(mounts: [.init(point: .root, tree: image.tree)])
    let places = nodePlaces(image.configuration)
    var failure: EnvironmentError?
    for place in places {
      guard let located = files.resolve(place).located, located.status.kind == .file, located.status.byteCount > 0
      else { continue }
      do {
        return (try files.read(located) { try NodeExecutable(parsing: $0) }, located.absolutePath)
      } catch {
        let reason: String =
          switch error as? NodeExecutable.Failure {
          case .notExecutable(let reason): reason
          case .otherArchitecture(let name): "it is built for \(name), which Lambda does not have"
          case nil: (error as? TreeError)?.description ?? "it cannot be read"
          }
        failure = failure ?? .nodeUnusable(path: "\(image.path): \(place)", reason: reason)
      }
    }
    throw failure ?? .nodeMissing(places)
  }

  /// What the image starts by its full path, then the directories of its `PATH`, then the usual places.
  private static func nodePlaces(_ settings: ImageConfiguration) -> [String] {
    let started = (settings.entrypoint + settings.command).filter { $0.hasPrefix("/") && $0.hasSuffix("/node") }
    let path = settings.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    let searched = path.split(separator: ":").filter { $0.hasPrefix("/") }.map { "\($0)/node" }
    var seen: Set<String> = []
    return (started + searched + usualNodePlaces).filter { seen.insert($0).inserted }
  }
}
