import NativeBinaries
import PackageFiles

/// What a target gives a process, as far as loading native binaries depends on it.
public struct ExecutionEnvironment: Sendable {
  /// Where the facts come from.
  public enum Source: String, Sendable, Codable { case catalog, sysroot, environment }

  public var source: Source
  public var architecture: Architecture
  public var node: NodeFacts
  /// `nil` when the root file system has no glibc.
  public var glibc: GLibCVersion?
  /// Whether glibc has the patches of Debian and its descendants; Amazon Linux has the upstream behaviour.
  public var isDebianGLibC = false
  /// The root file system below the package: libraries, links, `/etc/ld.so.cache`.
  public var root: any FileTree
  /// The facts of libraries whose bytes `root` does not have, by real path.
  public var knownObjects: [TreePath: SharedObject] = [:]
  /// The facts of libraries that Node.js is linked against, for what others bind to, by real path.
  public var boundObjects: [TreePath: SharedObject] = [:]
  /// `LD_LIBRARY_PATH`, in order.
  public var libraryPath: [String]
  /// `NODE_PATH`, in order; empty where it is not known to be set.
  public var modulePath: [String] = []
  /// Where `node` stands.
  public var nodeExecutable = Self.nodePath
  /// The directories compiled into the environment's ld.so, in order, without a trailing slash.
  public var defaultDirectories: [String]
  /// `/etc/ld.so.cache`: the path for each soname that suits the architecture.
  public var loaderCache: [String: String] = [:]
  /// The program interpreter: the path that the executable names.
  public var interpreter: String
  /// What `$LIB` and `$PLATFORM` stand for.
  public var libToken: String
  public var platformToken: String
  /// The capabilities that glibc before 2.37 names directories by, the one that comes first in a path first.
  public var hardwareCapabilities: [String]
  /// The x86-64 ISA level of the CPU, 1 to 4; 0 on other machines.
  public var isaLevel: Int
  /// The kernel's version: an object whose ABI tag asks for a newer one is passed over (glibc before 2.36).
  public var kernel: [Int]
  /// What could not be established, one sentence each.
  public var notes: [String] = []
  /// Libraries that were older in earlier images, which pinned functions and old image tags still have.
  public var earlierLibraries: [BaseImage.EarlierLibrary] = []

  /// Node.js as the loader and the addon see it.
  public struct NodeFacts: Sendable {
    /// Such as `20.20.2`; `nil` when it could not be found out.
    public var version: NodeVersion?
    /// `NODE_MODULE_VERSION`.
    public var moduleVersion: Int?
    /// The highest Node-API version.
    public var nodeAPIMaximum: Int?
    /// The executable's facts: its needed libraries and its symbols.
    public var executable: SharedObject

    public init(version: NodeVersion?, moduleVersion: Int?, nodeAPIMaximum: Int?, executable: SharedObject) {
      self.version = version
      self.moduleVersion = moduleVersion
      self.nodeAPIMaximum = nodeAPIMaximum
      self.executable = executable
    }
  }

  public init(
    source: Source, architecture: Architecture, node: NodeFacts, glibc: GLibCVersion?, root: any FileTree,
    libraryPath: [String], defaultDirectories: [String], interpreter: String
  ) {
    self.source = source
    self.architecture = architecture
    self.node = node
    self.glibc = glibc
    self.root = root
    self.libraryPath = libraryPath
    self.defaultDirectories = defaultDirectories
    self.interpreter = interpreter
    self.libToken = "lib64"
    self.platformToken = architecture == .x86_64 ? "haswell" : "aarch64"
    // Every processor that Lambda has had for arm64 does atomic operations of its own; AVX-512 is not promised on x86_64.
    self.hardwareCapabilities = architecture == .x86_64 ? ["x86_64"] : ["atomics"]
    // AVX2 is documented for Lambda on x86_64: x86-64-v3. Source: AWS Lambda developer guide, "Using AVX2 vectorization".
    self.isaLevel = architecture == .x86_64 ? 3 : 0
    self.kernel = [5, 10, 0]
  }

  /// `LD_LIBRARY_PATH` of Lambda's current Node.js runtimes, for environments that are not made from one.
  public static var lambdaLibraryPath: [String] { currentRuntime?.libraryPath ?? [] }

  /// Where Lambda keeps Node.js.
  public static var nodePath: String { currentRuntime?.nodeExecutable ?? "/usr/bin/node" }

  /// `NODE_PATH` as Lambda sets it for a Node.js line.
  /// Source: `nodePath` in `runtimes.json`.
  public static func lambdaModulePath(nodeMajor: Int?) -> [String] {
    let runtime = Catalog.builtIn.runtimes.last { $0.node?.version.major == nodeMajor } ?? currentRuntime
    return runtime?.nodePath ?? []
  }

  private static var currentRuntime: Runtime? { Catalog.builtIn.runtimes.last { $0.node != nil && !$0.isPreview } }
}

extension ExecutionEnvironment {
  /// The highest number after `prefix` and an underscore among the versions that a library defines, found as Node.js's
  /// process would find it; `nil` where the library or its versions are not known.
  public func highestVersion(_ prefix: String, in library: String) -> String? {
    let files = RootFileSystem(mounts: [.init(point: .root, tree: root)])
    for directory in libraryPath + defaultDirectories {
      guard let located = files.resolve(directory + "/" + library).located, located.status.kind == .file else {
        continue
      }
      let known = boundObjects[located.path] ?? knownObjects[located.path]
      guard let image = known?.image ?? files.image(at: located), image.header?.machine == architecture.elfMachine
      else { continue }
      let names = image.versionDefinitions.map(\.name).filter { !$0.isEmpty }
      return SymbolVersions(defined: names, complete: true, source: "").highest(prefix)
    }
    return nil
  }
}

extension Runtime.OperatingSystem {
  /// glibc's release, which no update of the system changes.
  /// Source: the RPM lists of Lambda's images, `base-images/*.json`.
  public var glibc: String {
    switch self {
    case .al1: "2.17"
    case .al2: "2.26"
    case .al2023: "2.34"
    }
  }
}
