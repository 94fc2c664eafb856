/// The tree that a zip's names make: one node for each path, found by hash, without a string or dictionary per entry.
struct ZipIndex {
  typealias NodeIndex = UInt32

  /// No record, no node.
  static let none = UInt32.max
  static let root: NodeIndex = 0

  struct Node {
    var parent: NodeIndex
    /// The entry that counts for this path; `none` where a directory exists only by what is in it.
    var record: UInt32
    var firstChild: NodeIndex
    var nextSibling: NodeIndex
    /// Where the name stands in the central directory.
    var nameStart: UInt32
    var nameCount: UInt16
    var kind: FileStatus.Kind

    var nameRange: Range<Int> { Int(nameStart)..<Int(nameStart) + Int(nameCount) }
  }

  private(set) var nodes: [Node]
  /// Open addressing over `nodes`; a power of two, at most half full.
  private var table: [NodeIndex]
  /// Names come from strangers: without a secret, they could be chosen to collide.
  private let seed: UInt64

  init(expectedNodes: Int) {
    nodes = [
      Node(
        parent: 0, record: Self.none, firstChild: Self.none, nextSibling: Self.none, nameStart: 0, nameCount: 0,
        kind: .directory)
    ]
    // Where more directories stand between the entries than that, all would be copied; room that is not used is only addresses.
    nodes.reserveCapacity(expectedNodes + expectedNodes / 2)
    var capacity = 64
    while capacity < expectedNodes * 2 { capacity *= 2 }
    table = Array(repeating: Self.none, count: capacity)
    seed = UInt64.random(in: .min ... .max)
  }

  /// The node of `name` in `parent`. `directory` are the bytes of the central directory.
  func child(of parent: NodeIndex, _ name: UnsafeRawBufferPointer, _ directory: UnsafeRawBufferPointer) -> NodeIndex? {
    let node = table[slot(parent, name, directory)]
    return node == Self.none ? nil : node
  }

  /// The node at `path`.
  func node(at path: TreePath, _ directory: UnsafeRawBufferPointer) -> NodeIndex? {
    path.bytes.withUnsafeBytes { bytes in
      var node = Self.root
      for part in PathComponents(bytes) {
        guard let next = child(of: node, UnsafeRawBufferPointer(rebasing: bytes[part]), directory) else { return nil }
        node = next
      }
      return node
    }
  }

  func path(of node: NodeIndex, _ directory: UnsafeRawBufferPointer) -> [UInt8] {
    var chain: [NodeIndex] = []
    var current = node
    while current != Self.root {
      chain.append(current)
      current = nodes[Int(current)].parent
    }
    var path: [UInt8] = []
    for node in chain.reversed() {
      if !path.isEmpty { path.append(UInt8(ascii: "/")) }
      path += directory[nodes[Int(node)].nameRange]
    }
    return path
  }

  func name(of node: NodeIndex, _ directory: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: directory[nodes[Int(node)].nameRange])
  }

  func children(of node: NodeIndex) -> some Sequence<NodeIndex> {
    sequence(state: nodes[Int(node)].firstChild) { next in
      guard next != Self.none else { return nil }
      defer { next = nodes[Int(next)].nextSibling }
      return next
    }
  }

  /// Adds `name`, which stands at `nameStart` in the central directory, to `parent`, where it is not yet.
  mutating func add(
    _ name: UnsafeRawBufferPointer, at nameStart: Int, to parent: NodeIndex, kind: FileStatus.Kind, record: UInt32,
    _ directory: UnsafeRawBufferPointer
  ) -> NodeIndex {
    if nodes.count * 2 >= table.count { grow(directory) }
    let index = NodeIndex(nodes.count)
    table[slot(parent, name, directory)] = index
    nodes.append(
      Node(
        parent: parent, record: record, firstChild: Self.none, nextSibling: nodes[Int(parent)].firstChild,
        nameStart: UInt32(nameStart), nameCount: UInt16(name.count), kind: kind))
    nodes[Int(parent)].firstChild = index
    return index
  }

  /// Lets `record` stand for the node.
  mutating func set(_ node: NodeIndex, record: UInt32, kind: FileStatus.Kind) {
    nodes[Int(node)].record = record
    nodes[Int(node)].kind = kind
  }

  private mutating func grow(_ directory: UnsafeRawBufferPointer) {
    table = Array(repeating: Self.none, count: table.count * 2)
    for index in nodes.indices.dropFirst() {
      let node = NodeIndex(index)
      table[slot(nodes[index].parent, name(of: node, directory), directory)] = node
    }
  }

  /// Where the child stands in the table, or where it would go.
  private func slot(_ parent: NodeIndex, _ name: UnsafeRawBufferPointer, _ directory: UnsafeRawBufferPointer) -> Int {
    let mask = table.count - 1
    var slot = Int(truncatingIfNeeded: hash(parent, name)) & mask
    while table[slot] != Self.none {
      let node = nodes[Int(table[slot])]
      if node.parent == parent, Int(node.nameCount) == name.count,
        UnsafeRawBufferPointer(rebasing: directory[node.nameRange]).hasSameBytes(as: name)
      {
        break
      }
      slot = (slot + 1) & mask
    }
    return slot
  }

  /// Multiply and fold, eight bytes at a time.
  private func hash(_ parent: NodeIndex, _ name: UnsafeRawBufferPointer) -> UInt64 {
    func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
      let product = a.multipliedFullWidth(by: b)
      return product.high ^ product.low
    }
    var hash = mix(seed ^ UInt64(parent), 0x9e37_79b9_7f4a_7c15 ^ UInt64(name.count))
    var offset = 0
    while offset <= name.count - 8 {
      hash = mix(hash ^ name.loadUnaligned(fromByteOffset: offset, as: UInt64.self), 0xe703_7ed1_a0b4_28db ^ seed)
      offset += 8
    }
    var tail: UInt64 = 0
    while offset < name.count {
      tail = tail << 8 | UInt64(name[offset])
      offset += 1
    }
    return mix(hash ^ tail, 0x8ebc_6af0_9c88_c6e3 ^ seed)
  }
}

/// The components of a path that say something: neither empty nor `.`.
struct PathComponents: Sequence, IteratorProtocol {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  mutating func next() -> Range<Int>? {
    while position < bytes.count {
      let start = position
      while position < bytes.count, bytes[position] != UInt8(ascii: "/") { position += 1 }
      let part = start..<position
      position += 1
      if part.isEmpty || (part.count == 1 && bytes[start] == UInt8(ascii: ".")) { continue }
      return part
    }
    return nil
  }
}
