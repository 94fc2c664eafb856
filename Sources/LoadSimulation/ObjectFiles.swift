import LambdaRuntimes
import NativeBinaries
import PackageFiles

/// The files that a loader can open, and the facts of those that were read once.
///
/// One instance serves all loads of a package in one environment, from several threads.
public final class ObjectFiles: Sendable {
  /// An opened regular file.
  struct File: Sendable {
    var identity: FileIdentity
    var byteCount: Int
    var binary: NativeBinary
    /// What is known of it; complete unless it is a library of the catalog.
    var object: SharedObject?
  }

  enum Opened {
    /// Nothing there; the system's reason.
    case missing(String)
    case denied
    case directory
    case unreadable(String)
    case file(File)
  }

  let root: RootFileSystem
  let knownObjects: [TreePath: SharedObject]
  let workingDirectory: String
  private let largestFile: Int
  private let effort: ParsingEffort
  /// What was read of the package's own files.
  private let packageObjects: PackageObjects
  /// What was read of the environment's.
  private let cache = Monitor<[TreePath: File]>([:])
  private let directories = Monitor<[String: Bool]>([:])

  /// `root` holds the package at `/var/task`, its layers at `/opt` and the environment's files at `/`.
  ///
  /// - Parameters:
  ///   - packageObjects: what is known of the package's files from other environments, and will be.
  ///   - largestFile: files of packages that are longer are not read, in bytes.
  public init(
    root: RootFileSystem, knownObjects: [TreePath: SharedObject] = [:],
    packageObjects: PackageObjects = PackageObjects(), workingDirectory: String = "/var/task",
    largestFile: Int = ZipTree.largestEntryByteCount, effort: ParsingEffort = ParsingEffort()
  ) {
    self.root = root
    self.effort = effort
    self.knownObjects = knownObjects
    self.packageObjects = packageObjects
    self.workingDirectory = workingDirectory
    self.largestFile = largestFile
  }

  /// The same files, with what is known of them so far; what is read from now on is known to the copy only.
  public init(copying other: ObjectFiles) {
    root = other.root
    knownObjects = other.knownObjects
    effort = other.effort
    packageObjects = PackageObjects(copying: other.packageObjects)
    workingDirectory = other.workingDirectory
    largestFile = other.largestFile
    let (files, places) = (other.cache.withLock { $0 }, other.directories.withLock { $0 })
    cache.withLock { $0 = files }
    directories.withLock { $0 = places }
  }

  /// The same files, of which only what others bind to is read, unless it was already: for a process that runs.
  init(bindingTo other: ObjectFiles, known: [TreePath: SharedObject]) {
    root = other.root
    knownObjects = known.isEmpty ? other.knownObjects : other.knownObjects.merging(known) { $1 }
    effort = .binding
    packageObjects = PackageObjects()
    workingDirectory = other.workingDirectory
    largestFile = other.largestFile
  }

  func isDirectory(_ path: String) -> Bool {
    if let known = directories.withLock({ $0[path] }) { return known }
    let answer: Bool
    if case .found(let located) = root.resolve(absolute(path)) {
      answer = located.status.kind == .directory
    } else {
      answer = false
    }
    directories.withLock { $0[path] = answer }
    return answer
  }

  /// Relative paths, as in `LD_LIBRARY_PATH`, count from the process's working directory.
  private func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : workingDirectory + "/" + path }

  func open(_ path: String) -> Opened {
    switch root.resolve(absolute(path)) {
    case .missing: return .missing("No such file or directory")
    case .notADirectory: return .missing("Not a directory")
    case .tooManyLinks: return .missing("Too many levels of symbolic links")
    case .nameTooLong: return .missing("File name too long")
    case .permissionDenied: return .denied
    case .found(let located):
      switch located.status.kind {
      case .directory: return .directory
      case .symbolicLink, .other: return .missing("No such device or address")
      case .file: return read(located)
      }
    }
  }

  private func read(_ located: RootFileSystem.Located) -> Opened {
    // Lambda's process owns none of the files: only the permissions for others count.
    if !located.status.othersMayRead { return .denied }
    if let file = known(located) { return .file(file) }
    // A package can have no such file on Lambda; the environment's own root may.
    if !located.mountPoint.isRoot, located.status.byteCount > largestFile {
      return .unreadable("\(located.absolutePath) has \(located.status.byteCount) bytes, more than Lambda can deploy")
    }
    let identity = FileIdentity(path: located.path)
    // A package's file may hide one of the environment's.
    if located.mountPoint.isRoot, let known = knownObjects[located.path] {
      return keep(
        File(identity: identity, byteCount: known.image.byteCount, binary: .elf(known.image), object: known),
        of: located)
    }
    do {
      let file = try root.read(located) { bytes in
        let binary = NativeBinary(parsing: bytes, effort: effort)
        var object: SharedObject?
        if case .elf(let image) = binary { object = SharedObject(image: image) }
        return File(identity: identity, byteCount: bytes.byteCount, binary: binary, object: object)
      }
      return keep(file, of: located)
    } catch let error as TreeError {
      return .unreadable(error.description)
    } catch {
      return .unreadable("\(error)")
    }
  }

  private func known(_ located: RootFileSystem.Located) -> File? {
    located.mountPoint.isRoot ? cache.withLock { $0[located.path] } : packageObjects[located.path]
  }

  private func keep(_ file: File, of located: RootFileSystem.Located) -> Opened {
    if located.mountPoint.isRoot {
      cache.withLock { $0[file.identity.path] = file }
    } else {
      packageObjects.keep(file)
    }
    return .file(file)
  }
}

extension ObjectFiles {
  /// The facts of the file at `path`, links followed, whatever its permissions; `nil` where there is none to read.
  public func binary(at path: String) -> NativeBinary? {
    guard case .found(let located) = root.resolve(path), located.status.kind == .file else { return nil }
    if let file = known(located) { return file.binary }
    var readable = located
    readable.status.permissions = nil
    guard case .file(let file) = read(readable) else { return nil }
    return file.binary
  }
}
