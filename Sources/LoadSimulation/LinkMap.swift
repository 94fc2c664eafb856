import LambdaRuntimes
import NativeBinaries
import PackageFiles

/// An object in the process: glibc's `struct link_map`, as far as loading depends on it.
struct LinkMap {
  /// `l_name`: the path that it was opened under.
  var path: String
  /// Every name it has been asked for by (`l_libname`).
  var names: Set<String>
  /// The object that caused it to be opened (`l_loader`), an index into the process's objects.
  var loader: Int?
  var object: SharedObject
  /// The file it is, to know the same file under another name again.
  var identity: FileIdentity?
  /// Whether it was there before the addon: already relocated and initialised.
  var isPreloaded: Bool
  /// What it asks for, resolved: indices into the process's objects.
  var dependencies: [Int] = []

  var image: ELF.Image { object.image }

  /// Whether jump slots are resolved at load, as its linker asked for.
  var bindsNow: Bool { object.image.flags & ELF.DF_BIND_NOW != 0 || object.image.flags1 & ELF.DF_1_NOW != 0 }

  /// `$ORIGIN`: the directory of the path that it was opened under.
  var origin: String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Whether `name` is one of its names (`_dl_name_match_p`): its soname is one only when it has been asked for by it.
  func isNamed(_ name: String) -> Bool { path == name || names.contains(name) }

  /// Whether `_dl_map_object` takes it for what `name` asks for: by one of its names, or by its soname.
  func answers(to name: String) -> Bool { isNamed(name) || image.soname == name }
}

/// Bytes that are not UTF-8, on their way from the loader's message to Node.js: each stands as a scalar of its own.
enum UndecodableText {
  private static let first: UInt32 = 0x10ff00

  static func string(_ bytes: [UInt8]) -> String {
    var scalars = String.UnicodeScalarView()
    var decoder = UTF8()
    var position = 0
    while position < bytes.count {
      var rest = bytes[position...].makeIterator()
      if case .scalarValue(let scalar) = decoder.decode(&rest) {
        scalars.append(scalar)
        position += UTF8.width(scalar)
      } else {
        if let scalar = UnicodeScalar(first + UInt32(bytes[position])) { scalars.append(scalar) }
        position += 1
      }
      decoder = UTF8()
    }
    return String(scalars)
  }

  /// The byte that a scalar stands for.
  static func byte(_ scalar: UnicodeScalar) -> UInt8? { UInt8(exactly: Int64(scalar.value) - Int64(first)) }
}

/// A file as the kernel identifies it: by its path after all links.
struct FileIdentity: Hashable {
  var path: TreePath
}

/// Why glibc gave up; carried to the top, where it becomes the message.
enum LinkError: Error {
  /// `_dl_signal_error`: the object named first, glibc's words, and the failure as facts.
  case message(object: String, text: String, LoadFailure)
  case crash(signal: String, LoadFailure)
  /// The loader ends the process itself: the exit status and what it prints.
  case exit(Int, message: String, LoadFailure)

  /// What decides could not be read, or is no fact of the files; why.
  case undecided(String)

  /// A signal, because `path` makes the loader touch memory that it must not; why.
  static func fault(_ fault: ELF.MemoryFault, _ path: String, _ reason: String) -> LinkError {
    switch fault {
    case .bus: .crash(signal: "SIGBUS", .truncated(path: path))
    case .segmentation: .crash(signal: "SIGSEGV", .damaged(path: path, reason: reason))
    }
  }

  /// `nil` where nothing is known to fail.
  var failure: LoadFailure? {
    switch self {
    case .message(_, _, let failure), .crash(_, let failure), .exit(_, _, let failure): failure
    case .undecided: nil
    }
  }
}
