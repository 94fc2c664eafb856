/// Files under one root: a directory, a zip, an image archive.
///
/// Nothing here follows a symbolic link; `RootFileSystem` does, across several trees.
public protocol FileTree: Sendable {
  /// What stands at `path` itself, a link not followed; `nil` where nothing does.
  func status(of path: TreePath) -> FileStatus?

  /// The text of the symbolic link at `path`; `nil` where there is none.
  func linkTarget(of path: TreePath) -> [UInt8]?

  /// The names in the directory at `path`, in byte order; empty where there is no directory.
  func names(in path: TreePath) -> [[UInt8]]

  /// Calls `body` with all bytes of the regular file at `path`, borrowed for the call.
  ///
  /// Throws `TreeError` where there is no such file, it cannot be read, or an archive's data is damaged.
  func withContents<Result>(of path: TreePath, _ body: (RawSpan) throws -> Result) throws -> Result

  /// Calls `body` with all bytes of the first of `paths` that is a regular file; `nil` where none is, where it is longer than
  /// `byteLimit`, and where it cannot be read.
  func withFirstFile<Result>(
    of paths: [TreePath], upTo byteLimit: Int, _ body: (RawSpan) -> Result
  ) -> Result?

  /// The regular file at `path` for longer than a call; `nil` where the tree has no such bytes at hand, and `withContents` must
  /// do, or tells why not.
  func kept(_ path: TreePath) -> MappedFile?

  /// Looks at the first bytes of every regular file, on all cores, and keeps what `isWanted` accepts.
  func scan(_ isWanted: @escaping Wanted) -> TreeScan

  /// Scans, and hands over small files with all their bytes while it has them open; what is handed over is not kept.
  func scan(_ isWanted: @escaping Wanted, reading: WholeFiles) -> TreeScan
}

extension FileTree {
  public func kept(_ path: TreePath) -> MappedFile? { nil }

  public func withFirstFile<Result>(
    of paths: [TreePath], upTo byteLimit: Int, _ body: (RawSpan) -> Result
  ) -> Result? { firstFile(of: paths, upTo: byteLimit, body) }

  func firstFile<Result>(
    of paths: [TreePath], upTo byteLimit: Int, _ body: (RawSpan) -> Result
  ) -> Result? {
    for path in paths {
      guard let status = status(of: path), status.kind == .file else { continue }
      return status.byteCount <= byteLimit ? try? withContents(of: path, body) : nil
    }
    return nil
  }

  public func scan(_ isWanted: @escaping Wanted, reading: WholeFiles) -> TreeScan {
    var scan = scan(isWanted)
    scan.handOver(reading, of: self)
    return scan
  }
}

extension TreeScan {
  /// Hands over what is wanted whole of what was kept.
  mutating func handOver(_ reading: WholeFiles, of tree: some FileTree) {
    found.removeAll { file in
      guard file.status.kind == .file, file.status.byteCount <= WholeFiles.byteLimit,
        file.path.isNamed(reading.name)
      else { return false }
      return (try? tree.withContents(of: file.path) { _ = reading.take(file.path, $0, nil) }) != nil
    }
  }
}

/// Decides by its name (the last component), its kind and its first bytes (`TreeScan.headBytes` at most, none for
/// anything but regular files) whether an entry is kept. Called from several threads at once.
public typealias Wanted = @Sendable (_ name: RawSpan, _ kind: FileStatus.Kind, _ head: RawSpan) -> Bool

/// What a tree records about one entry.
public struct FileStatus: Hashable, Sendable {
  public enum Kind: Hashable, Sendable { case file, directory, symbolicLink, other }

  public var kind: Kind
  /// The POSIX permission bits (0o7777); `nil` where the archive recorded none, as zips written on Windows.
  public var permissions: UInt16?
  /// The uncompressed length in bytes; of a link, the length of its text; 0 for directories.
  public var byteCount: Int

  public init(kind: Kind, permissions: UInt16?, byteCount: Int) {
    self.kind = kind
    self.permissions = permissions
    self.byteCount = byteCount
  }
}

/// The sum of one walk over a tree.
public struct TreeScan: Sendable {
  /// How many leading bytes of each regular file a scan reads.
  public static let headBytes = 64

  public var files = 0
  public var directories = 0
  public var links = 0
  /// Uncompressed bytes of all regular files.
  public var byteCount = 0
  /// The accepted entries, in path order.
  public var found: [FoundFile] = []
  /// What could not be read or should not be there, in path order.
  public var problems: [TreeProblem] = []

  public init() {}
}

/// One entry that a scan kept.
public struct FoundFile: Hashable, Sendable {
  public var path: TreePath
  public var status: FileStatus

  public init(path: TreePath, status: FileStatus) {
    self.path = path
    self.status = status
  }
}

/// Something wrong with one entry, or with the archive as a whole, that does not stop the rest from being read.
public struct TreeProblem: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// The file or directory could not be opened or read; the system's reason.
    case unreadable(String)
    /// The archive's data for this entry is damaged; what is wrong with it.
    case damaged(String)
    /// The entry is encrypted: Lambda cannot read it.
    case encrypted
    /// The entry is compressed with a method other than stored (0) and deflate (8).
    case unknownMethod(UInt16)
    /// The name would leave the tree, or means something else on another system; why.
    case unsafePath(String)
    /// Another entry has the same name, and the last one wins.
    case duplicate
    /// Another entry has the same name in other capitals.
    case caseCollision(TreePath)
    /// Local header and central directory disagree; about what.
    case headerMismatch(String)
    /// Data before the archive, behind it, or hidden in its comment.
    case foreignData(String)
  }

  /// The entry's name as it stands in the archive, which need not be a valid `TreePath`; empty for the archive itself.
  public var name: [UInt8]
  public var kind: Kind

  public init(name: [UInt8], kind: Kind) {
    self.name = name
    self.kind = kind
  }
}

/// Why a tree could not be opened or a file in it could not be read.
public enum TreeError: Error, Hashable, Sendable {
  case missing(String)
  /// The path and the system's reason.
  case unreadable(String, String)
  case notARegularFile(String)
  /// The path and what is wrong with the data.
  case damaged(String, String)
  /// The path and its uncompressed length in bytes, more than Lambda can deploy.
  case tooLarge(String, Int)
  case encrypted(String)
  case unknownMethod(String, UInt16)
  /// The path of a package that is neither a directory nor an archive airworthy reads.
  case unknownPackageFormat(String)
  /// The path of a package in an archive that airworthy recognises but does not read, and what it is: "a tar archive".
  case unsupportedArchive(String, String)
  /// The path of an image archive, the architecture asked for, and the images that there are.
  case noSuchPlatform(String, String, [String])
  /// The path of an image archive, the images that there are, and whether their architectures tell them apart.
  case severalImages(String, [String], isByArchitecture: Bool)
  /// The path of an image archive, and why it cannot be a function's.
  case unusableImage(String, String)
  /// The path of an image archive, and what there is too much of.
  case imageTooLarge(String, String)
  /// The path of what a library would read, the library, and how to install it.
  case libraryMissing(String, String, String)
  /// The path of what had to be unpacked, and the system's reason.
  case noTemporaryFile(String, String)
}
