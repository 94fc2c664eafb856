import LoadSimulation
import PackageFiles

/// The search of one npm package for its binary: what its loader may ask, and what it has tried so far.
public struct AddonSearch: Sendable {
  public let process: NodeProcess
  public let package: NPMPackage
  /// The package's directory, absolute and without links.
  public let directory: String
  /// In the order in which the loader makes them.
  public private(set) var attempts: [Attempt] = []
  /// The loader libraries that were called, in order.
  public private(set) var usedLibraries: [String] = []
  /// What an attempt at the same file gave: Node.js loads each file once.
  private var opened: [String: NodeError?] = [:]
  /// What requests lead to; code asks for the same ones over and over.
  private var resolutions: [Request: Swift.Result<ModuleResolution.Resolved, NodeError>] = [:]

  /// The bytes of the manifests that requests have read so far.
  private(set) var readBytes = 0

  /// In bytes: two spellings of one letter are equal strings, and two files.
  private struct Request: Hashable {
    var request: [UInt8]
    var directory: [UInt8]
    var file: [UInt8]?
  }

  public init(package: NPMPackage, directory: String, process: NodeProcess) {
    self.package = package
    self.directory = directory
    var process = process
    process.readBytes = Monitor(0)
    self.process = process
  }

  /// One file, or one npm package, that the loader tried.
  public struct Attempt: Hashable, Sendable {
    /// Absolute and without links; the request where an npm package was not found at all.
    public var path: String
    public var outcome: Outcome
    public var error: NodeError?
    /// Whether it is not known that the code gets there.
    var isOpen = false

    public enum Outcome: String, Hashable, Sendable {
      case loads
      case throwsError = "throws"
      case crashes
      case unknown
      /// Nothing is there.
      case missing
    }
  }

  /// What becomes of the package.
  public enum Result: Hashable, Sendable {
    /// The addon, or the program, at this path serves it.
    case found(String)
    /// `require`, or the first use of what needs the addon, throws.
    case fails(NodeError)
    /// It needs no binary on this target; why.
    case goesWithout(String)
    /// What decides it could not be read; what.
    case unknown(String)
    /// Requiring it opens no binary; what deeper requests of other packages would open is another matter.
    case opensNothing
  }

  /// Why the JavaScript does not go on.
  public enum End: Error, Hashable, Sendable {
    /// The process ended: signal or exit status, and its last words.
    case crash(signal: String?, exit: Int?, message: String?)
    case undecided(String)
  }

  public enum Module: Hashable, Sendable {
    case addon(String)
    /// JavaScript or JSON, not run.
    case script(String)
    case builtIn(String)

    var path: String {
      switch self {
      case .addon(let path), .script(let path), .builtIn(let path): path
      }
    }
  }
}

extension AddonSearch {
  /// Notes that a loader library was called.
  mutating func use(_ library: String) {
    if !usedLibraries.contains(library) { usedLibraries.append(library) }
  }

  /// Notes a place where the loader looked and found nothing.
  mutating func miss(_ path: String) { attempts.append(Attempt(path: path, outcome: .missing, error: nil)) }

  /// `fs.existsSync`, with the place noted where there is nothing.
  mutating func exists(_ path: String) -> Bool {
    if process.exists(path) { return true }
    miss(path)
    return false
  }

  /// `require(request)` in a file of `directory`: an addon is loaded, anything else only found.
  ///
  /// - Parameter file: the file that requires, where it is known.
  /// - Parameter isOpen: whether it is not known that the code gets there.
  mutating func require(
    _ request: String, from directory: String, in file: String? = nil, isOpen: Bool = false
  ) throws(End) -> Swift.Result<Module, NodeError> {
    switch resolution(of: request, from: directory, in: file) {
    case .success(.builtIn(let name)): return .success(.builtIn(name))
    case .success(.file(let path)):
      guard path.hasSuffix(".node") else { return .success(.script(path)) }
      if let error = try open(path) { return .failure(error) }
      return .success(.addon(path))
    case .failure(let error):
      let path = ModuleResolution.isPath(request) ? NodePath.resolve(directory, request) : request
      attempts.append(Attempt(path: path, outcome: .missing, error: error, isOpen: isOpen))
      return .failure(error)
    }
  }

  /// What `request` leads to in a file of `directory`; nothing is loaded and nothing noted.
  mutating func resolution(
    of request: String, from directory: String, in file: String?
  ) -> Swift.Result<ModuleResolution.Resolved, NodeError> {
    let key = Request(
      request: Array(request.utf8), directory: Array(directory.utf8), file: file.map { Array($0.utf8) })
    if let known = resolutions[key] { return known }
    let found = ModuleResolution(process: process, file: file).resolve(request, from: directory)
    resolutions[key] = found
    readBytes = process.readBytes.withLock { $0 }
    return found
  }

  /// Forgets what was not found in branches that may not be taken.
  mutating func dropOpenMisses() { attempts.removeAll { $0.isOpen && $0.outcome == .missing } }

  /// `require` of the addon at an absolute path that exists; what it throws, or `nil` where it loads.
  mutating func open(_ path: String) throws(End) -> NodeError? {
    let real = process.files.realPath(path) ?? path
    if let known = opened[real] { return known }
    if process.isDirectory(real) {
      // `require` of a directory looks for its main file.
      if case .failure(let error) = try require(path, from: "/") { return error }
      return nil
    }
    let error = try record(real, process.dlopen(real))
    opened[real] = .some(error)
    return error
  }

  /// `child_process.spawn` of a program; what it throws or how it ends, or `nil` where it starts.
  mutating func start(_ path: String) throws(End) -> NodeError? { try record(path, process.spawn(path)) }

  private mutating func record(_ path: String, _ load: Load) throws(End) -> NodeError? {
    switch load.outcome {
    case .loads:
      attempts.append(Attempt(path: path, outcome: .loads, error: nil))
      return nil
    case .throwsError(let code, let message):
      let error = NodeError(code: code, message)
      attempts.append(Attempt(path: path, outcome: .throwsError, error: error))
      return error
    case .crashes(let signal, let exit, let message):
      attempts.append(Attempt(path: path, outcome: .crashes, error: message.map { NodeError($0) }))
      throw .crash(signal: signal, exit: exit, message: message)
    case .unknown(let what):
      attempts.append(Attempt(path: path, outcome: .unknown, error: NodeError(what)))
      throw .undecided(what)
    }
  }

  /// The directory of an installed dependency, as a file of `directory` would find it; `nil` where there is none.
  func home(of name: String, from directory: String) -> String? {
    (ModuleResolution.folders(above: directory) + process.modulePath).lazy.map { $0 + "/" + name }
      .first(where: process.isDirectory).map { process.files.realPath($0) ?? $0 }
  }

  /// The installed version of a dependency.
  func version(of name: String, from directory: String) -> PackageVersion? {
    home(of: name, from: directory).flatMap { process.manifest(in: $0)?.version }.flatMap { PackageVersion($0) }
  }

  /// `require(request)`, for a loader that takes whatever it gives as its result.
  mutating func found(_ request: String, from directory: String) throws(End) -> Swift.Result<String, NodeError> {
    try require(request, from: directory).map(\.path)
  }
}
