import NativeBinaries
import PackageFiles

extension EnvironmentFile {
  /// Writes an environment down: every library and link in the directories where its loader looks.
  public init(capturing environment: ExecutionEnvironment) {
    schema = Self.schema
    architecture = environment.architecture
    glibc = environment.glibc?.description
    debianGlibc = environment.isDebianGLibC ? true : nil
    interpreter = environment.interpreter
    libraryPath = environment.libraryPath
    defaultDirectories = environment.defaultDirectories
    libToken = environment.libToken
    platformToken = environment.platformToken
    hardwareCapabilities = environment.hardwareCapabilities
    isaLevel = environment.isaLevel
    kernel = environment.kernel
    loaderCache = environment.loaderCache
    let facts = environment.node
    node = Node(
      version: facts.version?.description, moduleVersion: facts.moduleVersion, nodeApi: facts.nodeAPIMaximum,
      object: Object(facts.executable.image))
    files = []
    var capture = Capture(environment: environment)
    capture.run()
    files = capture.files.values.sorted { $0.path < $1.path }
  }

  /// Collects files, following links.
  private struct Capture {
    let environment: ExecutionEnvironment
    let root: RootFileSystem
    var files: [String: File] = [:]
    private var visited: Set<String> = []

    init(environment: ExecutionEnvironment) {
      self.environment = environment
      root = RootFileSystem(mounts: [.init(point: .root, tree: environment.root)])
    }

    mutating func run() {
      let directories = environment.libraryPath + environment.defaultDirectories
      for directory in directories where !directory.hasPrefix("/var/task") && !directory.hasPrefix("/opt") {
        add(directory: directory)
      }
      for path in environment.loaderCache.values { add(path: path) }
      add(path: environment.interpreter)
    }

    private mutating func add(directory: String) {
      recordLinks(directory)
      guard case .found(let located) = root.resolve(directory), located.status.kind == .directory,
        visited.insert(located.absolutePath).inserted
      else { return }
      for name in root.names(inDirectory: located) {
        let text = String(decoding: name, as: UTF8.self)
        if text == "glibc-hwcaps" || located.absolutePath.contains("/glibc-hwcaps") && !text.contains(".so") {
          add(directory: located.absolutePath + "/" + text)
        } else if text.contains(".so") {
          add(path: located.absolutePath + "/" + text)
        }
      }
    }

    /// The links on the way to `path`, each as it stands.
    private mutating func recordLinks(_ path: String) {
      var prefix = ""
      for component in path.split(separator: "/") {
        prefix += "/" + component
        guard case .found(let located) = root.resolve(prefix, followLast: false) else { return }
        if located.status.kind == .symbolicLink, let target = root.linkTarget(of: located) {
          files[located.absolutePath] = File(path: located.absolutePath, link: String(decoding: target, as: UTF8.self))
          if case .found(let real) = root.resolve(prefix) { prefix = real.absolutePath == "/" ? "" : real.absolutePath }
        }
      }
    }

    private mutating func add(path: String) {
      recordLinks(path)
      guard case .found(let located) = root.resolve(path), located.status.kind == .file,
        files[located.absolutePath] == nil
      else { return }
      if located.absolutePath != path { recordLinks(located.absolutePath) }
      files[located.absolutePath] = file(located)
    }

    private func file(_ located: RootFileSystem.Located) -> File {
      let byteCount = located.status.byteCount
      if let known = environment.knownObjects[located.path] {
        return File(path: located.absolutePath, byteCount: byteCount, object: Object(known.image))
      }
      let described = try? root.read(located) { bytes -> (Object?, String) in
        let head = (try? bytes.bytes(0, count: min(64, bytes.byteCount))) ?? []
        if case .elf(let image) = NativeBinary(parsing: bytes), image.hasDynamicSection { return (Object(image), "") }
        return (nil, head.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
      }
      return File(
        path: located.absolutePath, byteCount: byteCount, head: described?.1.isEmpty == false ? described?.1 : nil,
        object: described?.0)
    }
  }
}

extension ExecutionEnvironment {
  /// The environment that a captured file describes.
  public init(_ file: EnvironmentFile) {
    var entries: [TreePath: LibraryTree.Entry] = [:]
    var known: [TreePath: SharedObject] = [:]
    for item in file.files {
      // Each directory on the way is kept, and no system call takes a longer path.
      guard item.path.utf8.count <= RootFileSystem.longestPathByteCount, let path = TreePath(item.path) else {
        continue
      }
      if let link = item.link {
        entries[path] = .link(link)
      } else if let object = item.object {
        entries[path] = .file(byteCount: max(64, item.byteCount ?? 0))
        known[path] = SharedObject(image: object.image(byteCount: max(64, item.byteCount ?? 0)), isWholeFile: false)
      } else {
        entries[path] = .head(Self.bytes(base16: item.head ?? ""), byteCount: item.byteCount ?? 0)
      }
    }
    let executable = SharedObject(image: file.node.object.image(byteCount: 64), isWholeFile: false)
    let node = NodeFacts(
      version: file.node.version.flatMap(NodeVersion.init), moduleVersion: file.node.moduleVersion,
      nodeAPIMaximum: file.node.nodeApi, executable: executable)
    self.init(
      source: .environment, architecture: file.architecture, node: node, glibc: file.glibc.flatMap { GLibCVersion($0) },
      root: LibraryTree(entries: entries), libraryPath: file.libraryPath, defaultDirectories: file.defaultDirectories,
      interpreter: file.interpreter)
    isDebianGLibC = file.debianGlibc ?? false
    knownObjects = known
    loaderCache = file.loaderCache
    libToken = file.libToken
    platformToken = file.platformToken
    // glibc knows three at most; every one doubles the directories to search.
    if let names = file.hardwareCapabilities { hardwareCapabilities = Array(names.prefix(3)) }
    isaLevel = min(max(file.isaLevel, 0), 4)
    kernel = file.kernel
  }

  private static func bytes(base16 text: String) -> [UInt8] {
    let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
  }
}
