/// What `process.dlopen` of one addon does in an environment.
public struct Load: Hashable, Sendable {
  public var outcome: Outcome
  /// Why it does not load; `nil` when it does.
  public var failure: LoadFailure?
  /// Every object that the loader opened before it succeeded or gave up, in its order; the addon is first.
  public var objects: [OpenedObject] = []
  /// Functions that are not there, which the loader binds only when they are first called.
  public var lazySymbols: [LazySymbol] = []
  /// What cannot be known without running code, one sentence each.
  public var uncertainties: [String] = []

  public init(outcome: Outcome, failure: LoadFailure? = nil) {
    self.outcome = outcome
    self.failure = failure
  }

  public enum Outcome: Hashable, Sendable {
    case loads
    /// Node.js throws an `Error` with this code (absent before Node.js 14.18 and 15.0) and message (all its lines).
    case throwsError(code: String?, message: String)
    /// The process ends: by a signal (`SIGBUS`) or with an exit status, and what it writes to standard error.
    case crashes(signal: String?, exit: Int?, message: String?)
    /// Something that decides it could not be read; what.
    case unknown(String)
  }
}

/// A shared object that the loader opened on the way.
public struct OpenedObject: Hashable, Sendable {
  /// The name it was asked for by: a `DT_NEEDED` entry, or the addon's path.
  public var name: String
  /// The path that the loader opened it under; `nil` when it was not found.
  public var path: String?
  /// How it was found.
  public var via: Via
  /// The path of the object that needs it; `nil` for the addon.
  public var neededBy: String?

  public enum Via: String, Hashable, Sendable {
    case direct = "path"
    /// Node.js itself, or an object opened earlier, had it loaded.
    case alreadyLoaded = "already-loaded"
    case rpath = "DT_RPATH"
    case libraryPath = "LD_LIBRARY_PATH"
    case runpath = "DT_RUNPATH"
    case cache = "ld.so.cache"
    case defaultDirectory = "default-directory"
    case notFound = "not-found"
  }

  public init(name: String, path: String?, via: Via, neededBy: String?) {
    self.name = name
    self.path = path
    self.via = via
    self.neededBy = neededBy
  }
}

/// A jump slot that cannot resolve: the process ends with exit status 127 at the first call.
public struct LazySymbol: Hashable, Sendable {
  /// As it stands in the symbol table, mangled.
  public var name: String
  /// The version asked for; `nil` when unversioned.
  public var version: String?
  /// The path of the object that calls it.
  public var object: String

  public init(name: String, version: String?, object: String) {
    self.name = name
    self.version = version
    self.object = object
  }
}

/// Why an addon does not load, as facts; `path` is always the path that the loader used.
public enum LoadFailure: Hashable, Sendable {
  /// Nothing at the path, or a link that leads nowhere.
  case fileMissing(path: String)
  case permissionDenied(path: String)
  case isDirectory(path: String)
  /// Shorter than an ELF header.
  case fileTooShort(path: String)
  /// Not an ELF file: Mach-O, PE, text …
  case notELF(path: String)
  case wrongClass(path: String, name: String)
  case wrongByteOrder(path: String)
  /// Another machine, or an ABI-tag note for a newer kernel: glibc reports it as a missing file.
  case wrongMachine(path: String, machine: UInt16)
  case kernelTooOld(path: String)
  /// Any other header or segment that glibc refuses; its own words.
  case damaged(path: String, reason: String)
  /// Loading touches a part that the file does not have: SIGBUS.
  case truncated(path: String)
  /// A `DT_NEEDED` that was not found, and the places where a file of that name was passed over, with the reason.
  case missingLibrary(name: String, neededBy: String, skipped: [SkippedCandidate])
  /// `version` is not defined by the library.
  case versionMissing(library: String, version: String, requiredBy: String)
  case undefinedSymbol(name: String, version: String?, object: String)
  case staticTLS(path: String)
  case executableStack(path: String)
  /// The CPU lacks what the object's GNU property note asks for.
  case isaLevel(path: String)
  case moduleVersion(built: Int, required: Int)
  case notSelfRegistered
  case noEntryPoint
  /// Compiled for a newer Node-API than this Node.js has: the process crashes.
  case nodeAPITooNew(built: Int, supported: Int)

  /// A file of the right name that the loader did not take.
  public struct SkippedCandidate: Hashable, Sendable {
    public var path: String
    public var reason: Reason
    public enum Reason: Hashable, Sendable { case wrongMachine(UInt16), wrongClass, unreadable, kernelTooOld }
    public init(path: String, reason: Reason) {
      self.path = path
      self.reason = reason
    }
  }
}
