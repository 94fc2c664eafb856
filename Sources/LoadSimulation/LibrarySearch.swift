import LambdaRuntimes
import NativeBinaries
import PackageFiles

/// Looks for libraries as glibc's `_dl_map_object` does.
struct LibrarySearch {
  let environment: ExecutionEnvironment
  let files: ObjectFiles
  let header: HeaderCheck
  /// `glibc-hwcaps` and older capability subdirectories, each with a trailing slash, best first; the directory itself,
  /// an empty name, is last.
  let capabilityDirectories: [String]

  init(environment: ExecutionEnvironment, files: ObjectFiles, header: HeaderCheck) {
    self.environment = environment
    self.files = files
    self.header = header
    self.capabilityDirectories = Self.capabilityDirectories(environment, header.glibc) + [""]
  }

  struct Found {
    var path: String
    var file: ObjectFiles.File
    var via: OpenedObject.Via
  }

  /// What a search without success leaves for the message.
  struct Trace {
    var sawOtherClass = false
    var error = "No such file or directory"
    var skipped: [LoadFailure.SkippedCandidate] = []
  }

  /// Finds `name`, which holds no slash, for the object at `loader` among `objects`.
  func find(_ name: String, for loader: Int, among objects: [LinkMap], _ trace: inout Trace) throws(LinkError) -> Found?
  {
    for (directories, via) in places(for: loader, among: objects) {
      if let found = try search(name, in: directories, via, &trace) { return found }
    }
    let ignoresDefaults = objects[loader].image.flags1 & ELF.DF_1_NODEFLIB != 0
    if let cached = environment.loaderCache[name],
      !(ignoresDefaults && environment.defaultDirectories.contains { cached.hasPrefix($0 + "/") }),
      let file = try open(cached, &trace)
    {
      return Found(path: cached, file: file, via: .cache)
    }
    if ignoresDefaults { return nil }
    return try search(name, in: environment.defaultDirectories, .defaultDirectory, &trace)
  }

  /// The directories that come before the cache, in order.
  private func places(for loader: Int, among objects: [LinkMap]) -> [([String], OpenedObject.Via)] {
    var places: [([String], OpenedObject.Via)] = []
    if objects[loader].image.runpath == nil {
      var next: Int? = loader
      var sawMain = false
      while let index = next {
        if let rpath = objects[index].image.rpath, objects[index].image.runpath == nil {
          places.append((expand(rpath, objects[index]), .rpath))
        }
        sawMain = sawMain || index == 0
        next = objects[index].loader
      }
      if !sawMain, let rpath = objects[0].image.rpath, objects[0].image.runpath == nil {
        places.append((expand(rpath, objects[0]), .rpath))
      }
    }
    places.append((environment.libraryPath.filter { !$0.isEmpty }, .libraryPath))
    if let runpath = objects[loader].image.runpath { places.append((expand(runpath, objects[loader]), .runpath)) }
    return places
  }

  private func search(
    _ name: String, in directories: [String], _ via: OpenedObject.Via, _ trace: inout Trace
  ) throws(LinkError) -> Found? {
    for directory in directories where files.isDirectory(directory) {
      let prefix = directory.hasSuffix("/") ? directory : directory + "/"
      for capability in capabilityDirectories where capability.isEmpty || files.isDirectory(prefix + capability) {
        let path = prefix + capability + name
        if let file = try open(path, &trace) { return Found(path: path, file: file, via: via) }
      }
      // A file that is there and cannot be opened for another reason than permission ends this list of directories.
      if trace.error != "No such file or directory", trace.error != "Permission denied" { return nil }
    }
    return nil
  }

  /// `open_verify`: the file when it can be used, `nil` when the search goes on.
  func open(_ path: String, _ trace: inout Trace) throws(LinkError) -> ObjectFiles.File? {
    switch files.open(path) {
    case .missing(let reason):
      trace.error = reason
      return nil
    case .denied:
      trace.error = "Permission denied"
      trace.skipped.append(.init(path: path, reason: .unreadable))
      return nil
    case .directory:
      throw .message(object: path, text: "cannot read file data: Is a directory", .isDirectory(path: path))
    case .unreadable(let reason): throw .undecided(reason)
    case .file(let file): return try verify(file, path, &trace)
    }
  }

  private func verify(_ file: ObjectFiles.File, _ path: String, _ trace: inout Trace) throws(LinkError) -> ObjectFiles
    .File?
  {
    trace.error = "No such file or directory"
    switch header.check(file.binary, byteCount: file.byteCount) {
    case .accepted: return file
    case .otherClass:
      trace.sawOtherClass = true
      trace.skipped.append(.init(path: path, reason: .wrongClass))
      return nil
    case .skipped(let reason):
      trace.skipped.append(.init(path: path, reason: reason))
      return nil
    case .refused(let text): throw .message(object: path, text: text, Self.failure(text, path, file.binary))
    }
  }

  private static func failure(_ text: String, _ path: String, _ binary: NativeBinary) -> LoadFailure {
    switch text {
    case "file too short": return .fileTooShort(path: path)
    case "invalid ELF header": return .notELF(path: path)
    case "ELF file data encoding not little-endian": return .wrongByteOrder(path: path)
    default: return .damaged(path: path, reason: text)
    }
  }

  /// Splits a search path at colons, expands its tokens and drops the elements that glibc drops.
  func expand(_ searchPath: String, _ object: LinkMap) -> [String] {
    var seen: Set<String> = []
    return searchPath.split(separator: ":", omittingEmptySubsequences: false).compactMap { element in
      // An empty element means the current directory: /var/task for a Lambda function.
      let text = element.isEmpty ? "." : String(element)
      guard var directory = expandTokens(text, object), !directory.isEmpty else { return nil }
      if !directory.hasPrefix("/") { directory = files.workingDirectory + "/" + directory }
      while directory.count > 1, directory.hasSuffix("/") { directory.removeLast() }
      return seen.insert(directory).inserted ? directory : nil
    }
  }

  /// Replaces `$ORIGIN`, `$LIB`, `$PLATFORM`, with or without braces; `nil` where one has no value.
  func expandTokens(_ text: String, _ object: LinkMap) -> String? {
    guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
    var result = ""
    var rest = text[...]
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      rest = rest[rest.index(after: dollar)...]
      guard let (value, end) = token(rest, object) else {
        result += "$"
        continue
      }
      if value.isEmpty { return nil }
      result += value
      rest = rest[end...]
    }
    return result + rest
  }

  private func token(_ rest: Substring, _ object: LinkMap) -> (value: String, end: String.Index)? {
    let values = [
      ("ORIGIN", object.origin), ("PLATFORM", environment.platformToken), ("LIB", environment.libToken),
    ]
    for (name, value) in values {
      if rest.hasPrefix("{\(name)}") { return (value, rest.index(rest.startIndex, offsetBy: name.count + 2)) }
      if rest.hasPrefix(name) {
        let end = rest.index(rest.startIndex, offsetBy: name.count)
        // A longer identifier is another token that glibc does not know.
        if end < rest.endIndex, rest[end].isASCII, rest[end].isLetter || rest[end].isNumber || rest[end] == "_" {
          continue
        }
        return (value, end)
      }
    }
    return nil
  }

  /// Source: glibc's `sysdeps/x86_64/dl-hwcaps_subdirs.c` (2.33 on) and `elf/dl-hwcaps.c` before 2.37.
  private static func capabilityDirectories(_ environment: ExecutionEnvironment, _ glibc: GLibCVersion) -> [String] {
    var directories: [String] = []
    if environment.architecture == .x86_64, glibc >= GLibCVersion(2, 33) {
      for level in stride(from: environment.isaLevel, through: 2, by: -1) {
        directories.append("glibc-hwcaps/x86-64-v\(level)/")
      }
    }
    if glibc < GLibCVersion(2, 37) { directories += legacyDirectories(environment) }
    return directories
  }

  /// `tls/`, the platform's name and the capabilities: every combination, longest first.
  private static func legacyDirectories(_ environment: ExecutionEnvironment) -> [String] {
    let names = ["tls", environment.platformToken] + environment.hardwareCapabilities
    return (1..<(1 << names.count)).reversed().map { mask in
      names.indices.filter { mask >> (names.count - 1 - $0) & 1 == 1 }.map { names[$0] + "/" }.joined()
    }
  }
}
