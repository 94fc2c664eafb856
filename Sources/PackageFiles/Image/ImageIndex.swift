/// The paths of an image's root file system: what its layers make when they are unpacked over one another.
///
/// Removed paths keep their node and are not present.
struct ImageIndex {
  typealias Node = ZipIndex.NodeIndex

  /// What stands at a path.
  struct Place {
    var isPresent: Bool
    /// The layer that put it there.
    var layer: Int
    /// The entry that describes it, and the layer that has it: another one for some hard links. `nil` for a directory that
    /// exists only by what is in it.
    var entry: Int?
    var entryLayer: Int
  }

  private var index = ZipIndex(expectedNodes: 1024)
  private let names = NameArena()
  private(set) var places = [Place(isPresent: true, layer: 0, entry: nil, entryLayer: 0)]

  static let root = ZipIndex.root

  func kind(of node: Node) -> FileStatus.Kind { index.nodes[Int(node)].kind }
  func parent(of node: Node) -> Node { index.nodes[Int(node)].parent }
  func place(of node: Node) -> Place { places[Int(node)] }
  func name(of node: Node) -> UnsafeRawBufferPointer { index.name(of: node, names.bytes) }
  func path(of node: Node) -> [UInt8] { index.path(of: node, names.bytes) }

  /// The node at `path`, no link followed; `nil` where nothing is.
  func node(at path: TreePath) -> Node? {
    index.node(at: path, names.bytes).flatMap { places[Int($0)].isPresent ? $0 : nil }
  }

  func children(of node: Node) -> some Sequence<Node> {
    index.children(of: node).lazy.filter { places[Int($0)].isPresent }
  }

  func child(of parent: Node, _ name: ArraySlice<UInt8>) -> Node? {
    known(parent, name).flatMap { places[Int($0)].isPresent ? $0 : nil }
  }

  private func known(_ parent: Node, _ name: ArraySlice<UInt8>) -> Node? {
    name.withUnsafeBytes { index.child(of: parent, $0, names.bytes) }
  }

  /// Lets something stand at `name` in `parent`, whatever stood there; what was below it stays.
  @discardableResult
  mutating func put(_ name: ArraySlice<UInt8>, in parent: Node, _ kind: FileStatus.Kind, _ place: Place) -> Node {
    if let node = known(parent, name) {
      set(node, kind, place)
      return node
    }
    let range = names.append(name)
    let bytes = names.bytes
    let node = index.add(
      UnsafeRawBufferPointer(rebasing: bytes[range]), at: range.lowerBound, to: parent, kind: kind,
      record: ZipIndex.none, bytes)
    places.append(place)
    return node
  }

  mutating func set(_ node: Node, _ kind: FileStatus.Kind, _ place: Place) {
    index.set(node, record: ZipIndex.none, kind: kind)
    places[Int(node)] = place
  }

  /// Removes all that layers before `layer` put below `node`; with `andItself`, `node` too. A directory stays where
  /// something below it does. Returns how many nodes were visited.
  mutating func remove(below node: Node, before layer: Int, andItself: Bool) -> Int {
    var order = [node]
    var next = 0
    var visited = 1
    while next < order.count {
      for child in index.children(of: order[next]) {
        visited += 1
        if places[Int(child)].isPresent { order.append(child) }
      }
      next += 1
    }
    // Directories whose contents stay, in part at least.
    var kept: Set<Node> = []
    for node in order.dropFirst(andItself ? 0 : 1).reversed() {
      if places[Int(node)].layer < layer, !kept.contains(node) {
        places[Int(node)].isPresent = false
      } else {
        kept.insert(parent(of: node))
      }
    }
    return visited
  }
}
