import NativeBinaries
import PackageFiles

/// Why no environment could be made.
public enum EnvironmentError: Error, Hashable, Sendable {
  /// No ld.so where Node.js asks for it; the path.
  case loaderMissing(String)
  /// The interpreter of a `node` that is linked against another C library than glibc.
  case otherCLibrary(String)
  /// No `node` at any of the usual places; the places.
  case nodeMissing([String])
  case nodeUnusable(path: String, reason: String)
  /// The architecture asked for, and that of the `node` executable.
  case architectureMismatch(asked: Architecture, found: Architecture)
  /// The captured environment's file and what is wrong with it.
  case unreadableEnvironment(String, String)
}

extension EnvironmentError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .loaderMissing(let path):
      "the root file system has no dynamic loader at \(path): give --sysroot the root of a glibc system"
    case .otherCLibrary(let interpreter):
      "its Node.js is linked against musl (\(interpreter)), as in Alpine images, and airworthy knows glibc's loader only, so that nothing can be said about its addons: base it on public.ecr.aws/lambda/nodejs or on Debian, or check the package for a runtime with --runtime"
    case .nodeMissing(let places):
      "no Node.js in the root file system (looked at \(places.joined(separator: ", "))): name one with --node FILE"
    case .nodeUnusable(let path, let reason):
      "\(path) is not a Node.js executable: \(reason). Give --node the file that node's own `process.execPath` names"
    case .architectureMismatch(let asked, let found):
      "--arch \(asked.rawValue) was asked for, but that environment's Node.js is built for \(found.rawValue): drop --arch or give another environment"
    case .unreadableEnvironment(let path, let reason):
      "\(path) is no captured environment: \(reason). Write one with `airworthy capture --sysroot DIR -o FILE`"
    }
  }
}

extension ExecutionEnvironment {
  /// Where Node.js usually stands in an image.
  public static var usualNodePlaces: [String] {
    [nodePath, "/usr/local/bin/node", "/usr/bin/node", "/opt/nodejs/bin/node"]
  }

  /// The environment that a real root file system and a real Node.js executable make.
  ///
  /// - Parameters:
  ///   - libraryPath: `LD_LIBRARY_PATH`; what Lambda's runtimes have when not given.
  ///   - isForThisMachine: whether it would run on this machine's processor and kernel, or on Lambda's.
  public init(
    sysroot: any FileTree, node: NodeExecutable, libraryPath: [String] = lambdaLibraryPath,
    isForThisMachine: Bool = true
  ) throws(EnvironmentError) {
    let files = RootFileSystem(mounts: [.init(point: .root, tree: sysroot)])
    guard let interpreter = node.image.interpreter else {
      throw .loaderMissing("the interpreter that node names: it names none")
    }
    if interpreter.split(separator: "/").last?.hasPrefix("ld-musl-") == true { throw .otherCLibrary(interpreter) }
    guard let loader = files.read(interpreter, { LoaderFacts(loader: $0) }) else { throw .loaderMissing(interpreter) }
    let defaults = loader.defaultDirectories.isEmpty ? ["/lib64", "/usr/lib64"] : loader.defaultDirectories
    let bound = BoundObjects(of: node.image, in: files, libraryPath + defaults)
    let facts = NodeFacts(node)
    self.init(
      source: .sysroot, architecture: node.architecture, node: facts, glibc: loader.glibc, root: sysroot,
      libraryPath: libraryPath, defaultDirectories: defaults, interpreter: interpreter)
    boundObjects = bound.objects
    libToken = loader.libToken
    isDebianGLibC = loader.isDebian
    if glibc == nil, let banner = Self.libcBanner(files, libraryPath + defaults) { (glibc, isDebianGLibC) = banner }
    if let cache = files.read("/etc/ld.so.cache", { LoaderCache(cache: $0, architecture: node.architecture) }) {
      loaderCache = cache.paths
    }
    if isForThisMachine, let host = HostProcessor(for: architecture) {
      (isaLevel, platformToken, kernel) = (host.isaLevel, host.platformToken, host.kernel)
      hardwareCapabilities = host.hardwareCapabilities
    }
    noteGaps()
  }

  private mutating func noteGaps() {
    if glibc == nil { notes.append("The version of glibc could not be read; 2.34 is assumed.") }
    if node.version == nil { notes.append("The Node.js version could not be read: its Node-API version is not known.") }
    if node.moduleVersion == nil { notes.append("The Node.js module version could not be read.") }
  }

  /// Before 2.33 the banner stands in libc.so.6 only.
  private static func libcBanner(
    _ files: RootFileSystem, _ directories: [String]
  ) -> (version: GLibCVersion, isDebian: Bool)? {
    for directory in directories {
      let banner = files.read("\(directory)/libc.so.6") { bytes in
        LoaderFacts.version(bytes).map { (version: $0, isDebian: LoaderFacts.isDebian(bytes)) }
      }
      if let banner { return banner }
    }
    return nil
  }
}

extension RootFileSystem {
  /// What `body` makes of the bytes at `path`; `nil` when there is no readable regular file, or `body` has no answer.
  func read<Result>(_ path: String, _ body: (RawSpan) -> Result?) -> Result? {
    guard case .found(let located) = resolve(path), located.status.kind == .file else { return nil }
    return (try? read(located) { body($0) }) ?? nil
  }
}
