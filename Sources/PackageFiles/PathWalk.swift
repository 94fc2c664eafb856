/// One resolution of a path: the kernel's `link_path_walk` (fs/namei.c), with its order of errors.
struct PathWalk {
  private let files: RootFileSystem
  private let followLast: Bool

  /// The directory reached, and those it was reached through, which `..` goes back to.
  private var current: RootFileSystem.Located?
  private var ancestors: [RootFileSystem.Located?] = []
  /// Components still to go, the next one last.
  private var pending: [ArraySlice<UInt8>]
  /// A slash stands behind the last component: it must be a directory, and a link there is followed.
  private var mustBeDirectory: Bool
  private var links = 0

  init(_ files: RootFileSystem, _ path: [UInt8], followLast: Bool) {
    self.files = files
    self.followLast = followLast
    current = files.entry(at: .root)
    pending = Self.components(path)
    mustBeDirectory = path.last == UInt8(ascii: "/")
  }

  mutating func run() -> RootFileSystem.Resolution {
    while let component = pending.popLast() {
      guard let directory = current else { return .missing }
      if !directory.status.othersMayExecute { return .permissionDenied }
      if component.elementsEqual(".".utf8) { continue }
      if component.elementsEqual("..".utf8) {
        if let above = ancestors.popLast() { current = above }
        continue
      }
      if component.count > RootFileSystem.longestNameByteCount { return .nameTooLong }
      guard let entry = files.entry(at: directory.path.appending(component)) else { return .missing }
      switch entry.status.kind {
      case .directory:
        ancestors.append(current)
        current = entry
      case .symbolicLink:
        let isLast = pending.isEmpty
        if isLast && !followLast && !mustBeDirectory { return .found(entry) }
        if let failure = follow(entry, isLast: isLast) { return failure }
      case .file, .other:
        return pending.isEmpty && !mustBeDirectory ? .found(entry) : .notADirectory
      }
    }
    return current.map { .found($0) } ?? .missing
  }

  /// Puts the link's text in its place; what is wrong where that cannot be.
  private mutating func follow(_ link: RootFileSystem.Located, isLast: Bool) -> RootFileSystem.Resolution? {
    links += 1
    if links > RootFileSystem.mostLinks { return .tooManyLinks }
    // Linux has no links with an empty text or a NUL: an archive that does makes none.
    guard let target = files.linkTarget(of: link), !target.isEmpty, !target.contains(0) else { return .missing }
    if target.count > RootFileSystem.longestPathByteCount { return .nameTooLong }
    if target.first == UInt8(ascii: "/") {
      current = files.entry(at: .root)
      ancestors = []
    }
    pending += Self.components(target)
    if isLast, target.last == UInt8(ascii: "/") { mustBeDirectory = true }
    return nil
  }

  private static func components(_ path: [UInt8]) -> [ArraySlice<UInt8>] {
    path.split(separator: UInt8(ascii: "/")).reversed()
  }
}
