/// The root file system of a container image, or one directory of it, read from the image's layers.
public struct ImageTree: FileTree {
  let contents: ImageContents
  private let base: TreePath
  private let baseNode: ImageIndex.Node
  /// Whether what is wrong anywhere in the image is said by this tree's scan.
  private let hasProblems: Bool

  init(_ contents: ImageContents) {
    self.init(contents, at: .root, ImageIndex.root, hasProblems: true)
  }

  private init(_ contents: ImageContents, at base: TreePath, _ node: ImageIndex.Node, hasProblems: Bool) {
    self.contents = contents
    self.base = base
    baseNode = node
    self.hasProblems = hasProblems
  }

  /// The directory at `path`, which leads through no link, as a tree of its own; `nil` where there is none.
  ///
  /// Of the subtrees of an image one should have `withProblems`: it says what is wrong anywhere in the image.
  public func subtree(at path: TreePath, withProblems: Bool) -> ImageTree? {
    guard let node = node(at: path), contents.index.kind(of: node) == .directory else { return nil }
    return ImageTree(contents, at: absolute(path), node, hasProblems: withProblems)
  }

  private func absolute(_ path: TreePath) -> TreePath {
    if base.isRoot { return path }
    return path.components.reduce(base) { $0.appending($1) }
  }

  private func node(at path: TreePath) -> ImageIndex.Node? { contents.index.node(at: absolute(path)) }

  public func status(of path: TreePath) -> FileStatus? { node(at: path).map(contents.status) }

  public func linkTarget(of path: TreePath) -> [UInt8]? {
    guard let node = node(at: path), contents.index.kind(of: node) == .symbolicLink else { return nil }
    return contents.entry(of: node)?.linkName
  }

  public func names(in path: TreePath) -> [[UInt8]] {
    guard let node = node(at: path) else { return [] }
    return contents.index.children(of: node).map { Array(contents.index.name(of: $0)) }
      .sorted { $0.lexicographicallyPrecedes($1) }
  }

  public func withContents<Result>(of path: TreePath, _ body: (RawSpan) throws -> Result) throws -> Result {
    let shown = "\(contents.path): \(absolute(path))"
    guard let node = node(at: path) else { throw TreeError.missing(shown) }
    let place = contents.index.place(of: node)
    guard contents.index.kind(of: node) == .file, let entry = place.entry else {
      throw TreeError.notARegularFile(shown)
    }
    do {
      return try contents.layers[place.entryLayer].withContents(of: entry, body)
    } catch let failure as ArchiveFailure {
      throw TreeError(path: shown, failure)
    }
  }

  public func scan(_ isWanted: @escaping Wanted) -> TreeScan {
    var scan = TreeScan()
    var pending = Array(contents.index.children(of: baseNode))
    while let node = pending.popLast() {
      look(at: node, isWanted, &scan)
      if contents.index.kind(of: node) == .directory { pending += contents.index.children(of: node) }
    }
    scan.found.sort { $0.path < $1.path }
    if hasProblems { scan.problems += contents.problems.map(relative) }
    scan.sortProblems()
    return scan
  }

  private func look(at node: ImageIndex.Node, _ isWanted: Wanted, _ scan: inout TreeScan) {
    let kind = contents.index.kind(of: node)
    var head = UnsafeRawBufferPointer(start: nil, count: 0)
    switch kind {
    case .directory: scan.directories += 1
    case .symbolicLink: scan.links += 1
    case .other: break
    case .file:
      guard let entry = contents.entry(of: node) else { break }
      scan.files += 1
      scan.addBytes(entry.byteCount)
      head = contents.layers[contents.index.place(of: node).entryLayer].head(of: entry)
      if case .sparse = entry.contents {
        let reason = "it is stored as a sparse file, which airworthy does not put together"
        scan.problems.append(TreeProblem(name: relativePath(of: node).bytes, kind: .unreadable(reason)))
      }
    }
    let name = contents.index.name(of: node)
    guard isWanted(RawSpan(_unsafeBytes: name), kind, RawSpan(_unsafeBytes: head)) else { return }
    scan.found.append(FoundFile(path: relativePath(of: node), status: contents.status(node)))
  }

  private func relativePath(of node: ImageIndex.Node) -> TreePath {
    (TreePath(bytes: contents.index.path(of: node)) ?? .root).relative(to: base)
  }

  /// The problem with its name as seen from here; names elsewhere in the image are absolute.
  private func relative(_ problem: TreeProblem) -> TreeProblem {
    var problem = problem
    guard let path = TreePath(bytes: problem.name), !path.isRoot else { return problem }
    problem.name = path.isInside(base) ? path.relative(to: base).bytes : [UInt8(ascii: "/")] + path.bytes
    return problem
  }
}

/// An image's layers and what they make together.
final class ImageContents: Sendable {
  /// What errors call the archive.
  let path: String
  let layers: [ImageLayer]
  let index: ImageIndex
  /// Entries that cannot be unpacked.
  let problems: [TreeProblem]

  init(_ layers: [ImageLayer], path: String) throws(ArchiveFailure) {
    self.path = path
    self.layers = layers
    let builder = try ImageIndexBuilder(layers)
    index = builder.index
    problems = builder.problems
  }

  /// The entry that describes what stands at `node`.
  func entry(of node: ImageIndex.Node) -> ImageLayer.Entry? {
    let place = index.place(of: node)
    return place.entry.map { layers[place.entryLayer].entries[$0] }
  }

  func status(_ node: ImageIndex.Node) -> FileStatus {
    let kind = index.kind(of: node)
    guard let entry = entry(of: node) else { return FileStatus(kind: kind, permissions: 0o755, byteCount: 0) }
    switch kind {
    case .symbolicLink: return FileStatus(kind: kind, permissions: 0o777, byteCount: entry.linkName.count)
    case .file: return FileStatus(kind: kind, permissions: entry.permissions, byteCount: entry.byteCount)
    case .directory, .other: return FileStatus(kind: kind, permissions: entry.permissions, byteCount: 0)
    }
  }
}
