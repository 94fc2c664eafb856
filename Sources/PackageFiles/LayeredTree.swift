/// Several trees unpacked over one another, as Lambda unpacks layers into `/opt`: directories merge, and of anything else the
/// later tree's counts.
public struct LayeredTree: FileTree {
  /// The trees, in the order in which they are unpacked.
  public let trees: [any FileTree]

  public init(_ trees: [any FileTree]) { self.trees = trees }

  /// The position in `trees` of the tree whose entry counts at `path`; of directories, the last that has it.
  public func owner(of path: TreePath) -> Int? { contributors(to: path).first }

  public func status(of path: TreePath) -> FileStatus? {
    guard let owner = owner(of: path) else {
      // The place exists, even if nothing was unpacked there.
      return path.isRoot ? FileStatus(kind: .directory, permissions: nil, byteCount: 0) : nil
    }
    return trees[owner].status(of: path)
  }

  public func linkTarget(of path: TreePath) -> [UInt8]? { owner(of: path).flatMap { trees[$0].linkTarget(of: path) } }

  public func names(in path: TreePath) -> [[UInt8]] {
    let contributors = contributors(to: path)
    if contributors.count == 1 { return trees[contributors[0]].names(in: path) }
    return Set(contributors.flatMap { trees[$0].names(in: path) }).sorted { $0.lexicographicallyPrecedes($1) }
  }

  public func withContents<Result>(of path: TreePath, _ body: (RawSpan) throws -> Result) throws -> Result {
    guard let owner = owner(of: path) else { throw TreeError.missing(path.description) }
    return try trees[owner].withContents(of: path, body)
  }

  /// Scans every tree. What is kept is what counts; the sums are over all trees, as Lambda's limits are.
  public func scan(_ isWanted: @escaping Wanted) -> TreeScan {
    TreeScan(
      merging: trees.indices.map { position in
        var scan = trees[position].scan(isWanted)
        if trees.count > 1 { scan.found.removeAll { owner(of: $0.path) != position } }
        return scan
      })
  }

  public func scan(_ isWanted: @escaping Wanted, reading: WholeFiles) -> TreeScan {
    if trees.count == 1 { return trees[0].scan(isWanted, reading: reading) }
    // Which of several trees' files counts is known only behind the scan.
    var scan = scan(isWanted)
    scan.handOver(reading, of: self)
    return scan
  }

  /// The trees that make up what stands at `path`, the last first: one for a file, all that merge for a directory.
  private func contributors(to path: TreePath) -> [Int] {
    if trees.count == 1 { return trees[0].status(of: path) == nil ? [] : [0] }
    var merging = Array(trees.indices.reversed())
    var prefix = TreePath.root
    for component in path.components {
      prefix = prefix.appending(component)
      var next: [Int] = []
      for tree in merging {
        guard let kind = trees[tree].status(of: prefix)?.kind else { continue }
        if kind == .directory {
          next.append(tree)
          continue
        }
        // Unpacked later, a file hides an earlier directory; unpacked earlier, it is replaced by one.
        if next.isEmpty { return prefix == path ? [tree] : [] }
        break
      }
      merging = next
    }
    return merging
  }
}
