import LoadSimulation
import PackageFiles

/// Node.js as a loader written in JavaScript sees it: the files, the versions, the environment's variables, and
/// `process.dlopen` in simulation.
public struct NodeProcess: Sendable {
  /// The package, its layers and the target's own files in one name space.
  public let files: RootFileSystem
  public let platform: NodePlatform
  /// Whether the files beside the package are all that the system has; the catalog's and captured environments have libraries
  /// only.
  public var hasWholeSystem = false
  /// `process.env`, as far as it is known: what the target sets.
  public var variables: [String: String] = [:]
  /// `process.cwd()`.
  public var workingDirectory = "/var/task"
  /// Where `node` stands.
  public var executable = "/var/lang/bin/node"
  let scripts: ScriptFiles
  /// The bytes of the manifests and other JSON files that were read; of one search, where it has a counter of its own.
  var readBytes = Monitor(0)
  /// `process.dlopen` of an absolute path.
  public let dlopen: @Sendable (String) -> Load
  /// `child_process.spawn` of an absolute path: `loads` where the program starts.
  public let spawn: @Sendable (String) -> Load

  public init(
    files: RootFileSystem, platform: NodePlatform, scripts: ScriptFiles = ScriptFiles(),
    dlopen: @escaping @Sendable (String) -> Load,
    spawn: @escaping @Sendable (String) -> Load
  ) {
    self.files = files
    self.platform = platform
    self.scripts = scripts
    self.dlopen = dlopen
    self.spawn = spawn
  }

  /// `NODE_PATH`, in order.
  public var modulePath: [String] {
    variables["NODE_PATH"]?.split(separator: ":").map { NodePath.normalize(String($0)) } ?? []
  }
}

extension NodeProcess {
  /// What stands at `path`, links followed.
  func located(_ path: String) -> RootFileSystem.Located? { files.resolve(path).located }

  /// `fs.existsSync`.
  func exists(_ path: String) -> Bool { located(path) != nil }

  /// Whether `path` is something that Node.js would open as a module: not a directory.
  func isFile(_ path: String) -> Bool { located(path).map { $0.status.kind != .directory } ?? false }

  func isDirectory(_ path: String) -> Bool { located(path)?.status.kind == .directory }

  /// `fs.readdirSync` in byte order; empty where there is no directory.
  func names(in path: String) -> [String] {
    guard let directory = located(path), directory.status.kind == .directory else { return [] }
    return files.names(inDirectory: directory).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The bytes of a file as text; `nil` where there is none, or it has more than `limit` bytes.
  func text(of path: String, limit: Int = 8 << 20) -> String? {
    guard let file = located(path), file.status.kind == .file, file.status.byteCount <= limit else { return nil }
    return try? files.read(file) { bytes in bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
  }

  /// A JSON file; `nil` where there is none to read or it is none.
  func json(_ path: String) -> JSONValue? {
    guard let file = located(path), file.status.kind == .file, file.status.byteCount <= Manifest.byteLimit else {
      return nil
    }
    readBytes.withLock { $0 += file.status.byteCount }
    return try? files.read(file) { bytes in try JSONReader.parse(bytes) }
  }

  /// The `package.json` of a directory.
  func manifest(in directory: String) -> Manifest? {
    guard let file = located(directory + "/package.json"), file.status.kind == .file,
      file.status.byteCount <= Manifest.byteLimit
    else { return nil }
    readBytes.withLock { $0 += file.status.byteCount }
    return (try? files.read(file) { Manifest(parsing: $0) }) ?? nil
  }
}

/// Absolute paths as Node.js's `path.posix` treats them.
enum NodePath {
  /// Without `.`, `..` and doubled slashes; a slash at the end goes too.
  static func normalize(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") {
      if part == "." { continue }
      if part == ".." {
        _ = parts.popLast()
      } else {
        parts.append(part)
      }
    }
    return "/" + parts.joined(separator: "/")
  }

  /// `path.resolve(directory, name)`.
  static func resolve(_ directory: String, _ name: String) -> String {
    normalize(name.hasPrefix("/") ? name : directory + "/" + name)
  }

  /// `path.dirname` of an absolute path.
  static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
    return String(path[..<slash])
  }

  /// `path.basename`.
  static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? "" }

  /// `path.extname`: from the last dot on, none where the name begins with it.
  static func suffix(of path: String) -> String {
    let name = name(of: path)
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
    return String(name[dot...])
  }
}
