/// Shared libraries of an image or a runtime: files, links, and the symbol versions that they define.
public struct LibraryFiles: Hashable, Sendable {
  /// Absolute paths of regular files, in byte order.
  public let files: [String]
  /// Absolute path of a link → what it holds, relative to its directory. Links are inferred from the names.
  public let links: [String: String]
  /// By the path of the file, never of a link. A library that is not there has unknown versions.
  public let symbolVersions: [String: SymbolVersions]

  public init(files: [String] = [], links: [String: String] = [:], symbolVersions: [String: SymbolVersions] = [:]) {
    self.files = files
    self.links = links
    self.symbolVersions = symbolVersions
  }

  /// Every name, files and links, in byte order of the paths.
  public var all: [LibraryFile] {
    let entries =
      files.map { LibraryFile(path: $0, linkTarget: nil, versions: symbolVersions[$0]) }
      + links.map { LibraryFile(path: $0.key, linkTarget: $0.value, versions: versions(of: $0.key)) }
    return entries.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  /// Whether a file or a link has this path.
  func has(_ path: String) -> Bool { links[path] != nil || files.contains(path) }

  /// The versions of the file that a path leads to; `nil` where they are not known.
  public func versions(of path: String) -> SymbolVersions? { symbolVersions[resolved(path)] }

  /// The file that a path leads to; the path itself where no link stands there.
  public func resolved(_ path: String) -> String {
    var path = path
    // A link leads to a link at most a few times; a ring of them ends here.
    for _ in 0..<8 {
      guard let target = links[path] else { return path }
      var components = path.split(separator: "/").dropLast()
      for step in target.split(separator: "/") {
        if step == ".." { _ = components.popLast() } else { components.append(step) }
      }
      path = "/" + components.joined(separator: "/")
    }
    return path
  }
}

extension LibraryFiles {
  init(_ entry: CatalogValue) {
    files = entry["files"].strings
    links = entry["links"].members(\.string)
    symbolVersions = entry["symbolVersions"].members { SymbolVersions($0) }
  }
}

/// One name in a directory of libraries.
public struct LibraryFile: Hashable, Sendable {
  /// Absolute.
  public let path: String
  /// What it holds if it is a link.
  public let linkTarget: String?
  /// What the file, or the file that the link leads to, defines; `nil` where not known.
  public let versions: SymbolVersions?
}

/// The version definitions (`verdef`) of a shared library.
public struct SymbolVersions: Hashable, Sendable {
  /// The names in the library's order, without the base definition. Empty and complete: the library has no versions, and
  /// the loader takes any that is asked of it.
  public let defined: [String]
  /// Whether there are no others.
  public let complete: Bool
  /// The Debian suite whose build of the library gives its symbols; `nil` where none was measured.
  public let suite: String?
  public let source: String

  public init(defined: [String], complete: Bool, suite: String? = nil, source: String) {
    self.defined = defined
    self.complete = complete
    self.suite = suite
    self.source = source
  }

  /// Whether the library defines a version; `nil` where that is not known.
  public func defines(_ version: String) -> Bool? {
    defined.contains(version) ? true : complete ? false : nil
  }

  /// The highest number after `prefix` and an underscore: `3.4.33` for `GLIBCXX`; `nil` where there is none.
  public func highest(_ prefix: String) -> String? {
    func numbers(_ version: Substring) -> [Int] { version.split(separator: ".").compactMap { Int($0) } }
    return defined.filter { $0.hasPrefix(prefix + "_") }
      .map { $0.dropFirst(prefix.count + 1) }
      .filter { $0.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") } }
      .max { numbers($0).lexicographicallyPrecedes(numbers($1)) }
      .map(String.init)
  }
}

extension SymbolVersions {
  fileprivate init(_ entry: CatalogValue) {
    defined = entry["defined"].strings
    complete = entry["complete"].bool
    suite = entry.optional("suite")?.string
    source = entry["source"].string
  }
}
