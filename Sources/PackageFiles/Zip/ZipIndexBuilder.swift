/// Puts the entries of a zip into one tree, as `unzip` would put them on a disk: in archive order.
struct ZipIndexBuilder {
  private(set) var index: ZipIndex
  private(set) var problems: [TreeProblem] = []
  /// The node of each record; `ZipIndex.none` for those that have no place in the tree.
  private(set) var nodeOfRecord: [ZipIndex.NodeIndex]

  private let layout: ZipLayout
  private let directory: UnsafeRawBufferPointer
  /// The directory of the entry before: most entries are next to it.
  private var lastDirectory: (name: UnsafeRawBufferPointer, node: ZipIndex.NodeIndex)

  init(_ archive: ZipArchive) {
    layout = archive.layout
    directory = layout.directoryBytes
    index = ZipIndex(expectedNodes: archive.records.count + archive.records.count / 8)
    nodeOfRecord = Array(repeating: ZipIndex.none, count: archive.records.count)
    lastDirectory = (UnsafeRawBufferPointer(rebasing: directory[..<0]), ZipIndex.root)
    let records = archive.records
    for record in records.indices { insert(record, layout.entry(at: records[record])) }
    problems += CaseCollisions.find(in: index, directory)
  }

  private mutating func insert(_ record: Int, _ entry: ZipEntry) {
    let name = UnsafeRawBufferPointer(rebasing: layout.file[entry.name])
    let check = ZipName(name)
    problems += check.reasons.map { TreeProblem(name: Array(name), kind: .unsafePath($0)) }
    guard check.hasPlace, let parent = parentNode(check.parent, of: name) else { return }
    if check.last.isEmpty {
      // `./` names the root itself.
      index.set(parent, record: UInt32(record), kind: .directory)
      nodeOfRecord[record] = parent
      return
    }
    let kind = check.isDirectory ? .directory : entry.kindByAttributes
    place(record, entry, UnsafeRawBufferPointer(rebasing: name[check.last]), in: parent, kind, fullName: name)
  }

  private mutating func place(
    _ record: Int, _ entry: ZipEntry, _ last: UnsafeRawBufferPointer, in parent: ZipIndex.NodeIndex,
    _ kind: FileStatus.Kind, fullName: UnsafeRawBufferPointer
  ) {
    if let node = index.child(of: parent, last, directory) {
      let existing = index.nodes[Int(node)].kind
      guard (existing == .directory) == (kind == .directory) else {
        let what = existing == .directory ? "a directory" : "not a directory"
        return addProblem(.unsafePath("another entry of this name is \(what): this one cannot be unpacked"), fullName)
      }
      if kind != .directory { addProblem(.duplicate, fullName) }
      index.set(node, record: UInt32(record), kind: kind)
      nodeOfRecord[record] = node
    } else {
      nodeOfRecord[record] = index.add(
        last, at: offset(of: last), to: parent, kind: kind, record: UInt32(record), directory)
    }
  }

  /// The node of the directory `path`, made where it is missing; `nil`, with a problem, where it cannot be one.
  private mutating func parentNode(_ path: Range<Int>, of name: UnsafeRawBufferPointer) -> ZipIndex.NodeIndex? {
    let bytes = UnsafeRawBufferPointer(rebasing: name[path])
    if bytes.hasSameBytes(as: lastDirectory.name) { return lastDirectory.node }
    var node = ZipIndex.root
    for part in PathComponents(bytes) {
      let component = UnsafeRawBufferPointer(rebasing: bytes[part])
      guard let next = index.child(of: node, component, directory) else {
        node = index.add(
          component, at: offset(of: component), to: node, kind: .directory, record: ZipIndex.none, directory)
        continue
      }
      let kind = index.nodes[Int(next)].kind
      guard kind == .directory else {
        let obstacle = String(decoding: index.path(of: next, directory), as: UTF8.self)
        let what = kind == .symbolicLink ? "a symbolic link" : "a file"
        addProblem(.unsafePath("\(obstacle) is \(what): nothing can be unpacked below it"), name)
        return nil
      }
      node = next
    }
    lastDirectory = (bytes, node)
    return node
  }

  private func offset(of part: UnsafeRawBufferPointer) -> Int {
    guard let start = directory.baseAddress, let address = part.baseAddress else { return 0 }
    return address - start
  }

  private mutating func addProblem(_ kind: TreeProblem.Kind, _ name: UnsafeRawBufferPointer) {
    problems.append(TreeProblem(name: Array(name), kind: kind))
  }
}

/// An entry's name, taken apart, and what makes it unsafe.
struct ZipName {
  /// The directories on the way, and the last component; of the root, both are empty.
  private(set) var parent = 0..<0
  private(set) var last = 0..<0
  private(set) var isDirectory = false
  /// Whether it can be given a place in the tree at all.
  private(set) var hasPlace = true
  private(set) var reasons: [String] = []

  init(_ name: UnsafeRawBufferPointer) {
    (last, isDirectory) = Self.last(of: name)
    parent = 0..<last.lowerBound
    if !isOrdinary(name) { check(name) }
  }

  /// The last component, and whether what follows makes it a directory.
  static func last(of name: UnsafeRawBufferPointer) -> (range: Range<Int>, isDirectory: Bool) {
    var end = name.count
    while end > 0 {
      let isDot = name[end - 1] == UInt8(ascii: ".") && (end == 1 || name[end - 2] == UInt8(ascii: "/"))
      guard isDot || name[end - 1] == UInt8(ascii: "/") else { break }
      end -= 1
    }
    var start = end
    while start > 0, name[start - 1] != UInt8(ascii: "/") { start -= 1 }
    return (start..<end, end < name.count)
  }

  /// Whether nothing about the name is worth a closer look: eight bytes at a time, since nearly all are so.
  private func isOrdinary(_ name: UnsafeRawBufferPointer) -> Bool {
    guard !last.isEmpty, name[0] != UInt8(ascii: "/"), name.count < 2 || name[1] != UInt8(ascii: ":") else {
      return false
    }
    var offset = 0
    var endsWithDot: UInt64 = 0
    while offset < name.count {
      let left = name.count - offset
      var word: UInt64 = 0x6161_6161_6161_6161
      if left >= 8 {
        word = UInt64(littleEndian: name.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      } else {
        for index in 0..<left { word = word << 8 | UInt64(name[name.count - 1 - index]) }
      }
      let dots = Self.zeros(word ^ 0x2e2e_2e2e_2e2e_2e2e)
      let others =
        Self.zeros(word & 0xe0e0_e0e0_e0e0_e0e0) | Self.zeros(word ^ 0x7f7f_7f7f_7f7f_7f7f)
        | Self.zeros(word ^ 0x5c5c_5c5c_5c5c_5c5c)
      if others | (dots & (dots << 8 | endsWithDot)) != 0 { return false }
      endsWithDot = dots >> 56
      offset += 8
    }
    return true
  }

  /// 0x80 in each byte that is zero, 0 in the others.
  private static func zeros(_ word: UInt64) -> UInt64 {
    ~((word & 0x7f7f_7f7f_7f7f_7f7f) &+ 0x7f7f_7f7f_7f7f_7f7f | word | 0x7f7f_7f7f_7f7f_7f7f)
  }

  private mutating func check(_ name: UnsafeRawBufferPointer) {
    var hasNul = false
    var hasControl = false
    var hasBackslash = false
    var hasDots = false
    var previous: UInt8 = 0
    for byte in name {
      hasNul = hasNul || byte == 0
      hasControl = hasControl || byte < 0x20 || byte == 0x7f
      hasBackslash = hasBackslash || byte == UInt8(ascii: "\\")
      hasDots = hasDots || (byte == UInt8(ascii: ".") && previous == UInt8(ascii: "."))
      previous = byte
    }
    if last.isEmpty && !isDirectory {
      hasPlace = false
      reasons.append("it has no name")
    }
    if hasNul {
      hasPlace = false
      reasons.append("its name holds a NUL, where some programs end it")
    } else if hasControl {
      reasons.append("its name holds a control character")
    }
    if hasDots, PathComponents(name).contains(where: { name[$0].elementsEqual("..".utf8) }) {
      hasPlace = false
      reasons.append("it climbs with “..”; unzip drops that part or the entry")
    }
    if name.first == UInt8(ascii: "/") { reasons.append("it is an absolute path; unzip drops the leading slash") }
    if hasBackslash { reasons.append("Linux takes its backslash as part of a name, not as a separator") }
    if name.count >= 2, name[1] == UInt8(ascii: ":"), (0x61...0x7a).contains(name[0] | 0x20) {
      reasons.append("it begins with a drive letter, which Linux takes as part of a name")
    }
  }
}

/// Names in one directory that differ only in capitals: one of them is lost where the file system does not tell them apart.
private enum CaseCollisions {
  private struct FoldedName: Hashable {
    var parent: ZipIndex.NodeIndex
    var name: [UInt8]
  }

  static func find(in index: ZipIndex, _ directory: UnsafeRawBufferPointer) -> [TreeProblem] {
    var first: [FoldedName: ZipIndex.NodeIndex] = [:]
    var problems: [TreeProblem] = []
    for position in index.nodes.indices.dropFirst() {
      let node = ZipIndex.NodeIndex(position)
      // Names that are their own folded form can only collide with one that is not.
      guard let folded = fold(index.name(of: node, directory)) else { continue }
      let parent = index.nodes[position].parent
      let lower = folded.withUnsafeBytes { index.child(of: parent, $0, directory) }
      let key = FoldedName(parent: parent, name: folded)
      if let other = lower ?? first[key], let path = TreePath(bytes: index.path(of: min(node, other), directory)) {
        problems.append(TreeProblem(name: index.path(of: max(node, other), directory), kind: .caseCollision(path)))
      }
      if first[key] == nil { first[key] = node }
    }
    return problems
  }

  /// The name in small letters; `nil` where it is that already.
  private static func fold(_ name: UnsafeRawBufferPointer) -> [UInt8]? {
    var hasCapitals = false
    var isASCII = true
    for byte in name {
      hasCapitals = hasCapitals || (0x41...0x5a).contains(byte)
      isASCII = isASCII && byte < 0x80
    }
    if isASCII {
      return hasCapitals ? name.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 } : nil
    }
    guard let text = String(validating: name, as: UTF8.self) else { return nil }
    let folded = Array(text.lowercased().utf8)
    return folded.elementsEqual(name) ? nil : folded
  }
}
