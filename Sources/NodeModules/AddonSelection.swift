import PackageFiles

/// What one npm package's loader does on a target: what it tries, what it takes, and what `require` gives.
public struct AddonSelection: Hashable, Sendable {
  /// The loader's id: `node` where only the package's own `require`s lead to the addon.
  public var loader: String
  public var attempts: [AddonSearch.Attempt]
  public var outcome: Outcome

  public enum Outcome: Hashable, Sendable {
    /// The binary at this path serves the package.
    case loads(String)
    case throwsError(NodeError)
    case crashes(signal: String?, exit: Int?, message: String?)
    /// The package goes on without a binary; how.
    case goesWithout(String)
    case unknown(String)
    /// Requiring it opens no binary.
    case opensNothing
  }

  /// The binary that decides: the one that serves the package, or the one whose error is the package's.
  public var selected: String? {
    switch outcome {
    case .loads(let path): attempts.contains { $0.path == path } ? path : nil
    case .throwsError(let error): attempts.last { $0.explains(error) }?.path
    case .crashes, .unknown: attempts.last?.path
    case .goesWithout, .opensNothing: nil
    }
  }

  /// Whether the loader takes exactly one file, so that the package's other addons are not loaded.
  public var isExhaustive: Bool { loader != "node" && loader != Bindings.id || decisivePaths.isEmpty }

  /// Every file that was opened and decides something: with a package that does not work, all that failed.
  public var decisivePaths: Set<String> {
    switch outcome {
    case .loads: Set(attempts.filter { $0.outcome == .loads }.map(\.path))
    case .throwsError, .goesWithout: Set(attempts.filter { $0.outcome != .missing }.map(\.path))
    case .opensNothing: []
    case .crashes, .unknown: Set(attempts.suffix(1).map(\.path))
    }
  }
}

extension AddonSelection {
  /// Goes through the search of `package`, whose directory is `directory` (absolute, without links), in `process`.
  ///
  /// `nil` where nothing tells how it finds a binary.
  public init?(of package: NPMPackage, at directory: String, in process: NodeProcess) {
    var search = AddonSearch(package: package, directory: directory, process: process)
    let loader = Loaders.package(for: search)
    do throws(AddonSearch.End) {
      let result =
        if let loader { try loader.find(&search) } else { try Self.follow(package, &search) }
      guard let result else { return nil }
      outcome = Outcome(result)
    } catch {
      switch error {
      case .crash(let signal, let exit, let message): outcome = .crashes(signal: signal, exit: exit, message: message)
      case .undecided(let what): outcome = .unknown(what)
      }
    }
    self.loader = loader?.id ?? search.usedLibraries.first ?? "node"
    attempts = search.attempts
  }

  /// What the package's own JavaScript does; where that cannot be followed, what its manifest tells.
  private static func follow(
    _ package: NPMPackage, _ search: inout AddonSearch
  ) throws(AddonSearch.End) -> AddonSearch.Result? {
    if package.path.isRoot || !package.isInNodeModules {
      return try ScriptRun.find(&search, entries: PackageEntry.applicationScripts(in: search.directory, search.process))
    }
    switch PackageEntry.find(package, at: search.directory, search.process) {
    case .addon(let path):
      if let error = try search.open(path) { return .fails(error) }
      return .found(path)
    case .script(let path) where path.hasSuffix(".json"): return .opensNothing
    case .script(let path):
      let result = try ScriptRun.find(&search, entries: [path])
      if result == .opensNothing { return try fromManifest(package, &search) ?? result }
      if let result { return result }
    case .missing(let error):
      // A main file that is an addon and not there.
      if package.main?.hasSuffix(".node") ?? false { return .fails(error) }
    case .none: break
    }
    return try fromManifest(package, &search)
  }

  /// A package whose code does not tell but whose manifest names a loader of which there is only one way to use it.
  private static func fromManifest(
    _ package: NPMPackage, _ search: inout AddonSearch
  ) throws(AddonSearch.End) -> AddonSearch.Result? {
    let file = search.directory + "/package.json"
    if let library = NodePreGyp.libraries.first(where: package.dependencies.contains), package.binary != nil {
      search.use(NodePreGyp.id)
      let call = LibraryCall(library: library, member: "find", arguments: [.string(file)], file: file)
      let value = try NodePreGyp.call(call, &search)
      guard let path = value.string else {
        if case .error(let error) = value { return .fails(error) }
        return nil
      }
      return result(try search.require(path, from: search.directory))
    }
    guard package.dependencies.contains("node-gyp-build"), search.process.isDirectory(search.directory + "/prebuilds")
    else { return nil }
    search.use(NodeGypBuild.id)
    let call = LibraryCall(
      library: "node-gyp-build", member: nil, arguments: [.string(search.directory)], file: file)
    switch try NodeGypBuild.call(call, &search) {
    case .module(let path): return .found(path)
    case .error(let error): return .fails(error)
    default: return nil
    }
  }

  private static func result(_ required: Result<AddonSearch.Module, NodeError>) -> AddonSearch.Result {
    switch required {
    case .success(let module): .found(module.path)
    case .failure(let error): .fails(error)
    }
  }
}

extension AddonSearch.Attempt {
  /// Whether what was thrown in the end is this file's error, or quotes it.
  fileprivate func explains(_ thrown: NodeError) -> Bool {
    guard outcome == .throwsError, let error else { return false }
    return thrown.message.utf8.count >= error.message.utf8.count && Self.contains(error.message, in: thrown.message)
  }

  private static func contains(_ part: String, in text: String) -> Bool {
    text == part || text.hasPrefix(part) || text.hasSuffix(part)
      || text.indices.contains { text[$0...].hasPrefix(part) }
  }
}

extension AddonSelection.Outcome {
  init(_ result: AddonSearch.Result) {
    switch result {
    case .found(let path): self = .loads(path)
    case .fails(let error): self = .throwsError(error)
    case .goesWithout(let how): self = .goesWithout(how)
    case .unknown(let what): self = .unknown(what)
    case .opensNothing: self = .opensNothing
    }
  }
}
