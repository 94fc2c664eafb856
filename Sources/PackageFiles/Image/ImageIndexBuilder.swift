/// Unpacks layers over one another, as container runtimes do: OCI image specification 1.1, "Image Layer Filesystem Changeset".
///
/// As containerd's does, the unpacking follows links to directories on the way to an entry, inside the image; an entry
/// that is a directory replaces a link.
struct ImageIndexBuilder {
  private(set) var index = ImageIndex()
  private(set) var problems: [TreeProblem] = []

  private let layers: [ImageLayer]
  private var layer = 0
  /// Paths that were gone through: long ones through many links, and large directories that come and go, make few bytes
  /// into much work.
  private var steps = 0
  private static let mostSteps = 1 << 26

  init(_ layers: [ImageLayer]) throws(ArchiveFailure) {
    self.layers = layers
    for position in layers.indices {
      layer = position
      for entry in layers[position].entries.indices {
        apply(layers[position].entries[entry], entry)
        if steps > Self.mostSteps {
          throw .tooLarge("more links, or directories that come and go, than airworthy follows")
        }
      }
    }
  }

  private mutating func apply(_ entry: ImageLayer.Entry, _ position: Int) {
    guard let components = components(entry.name, of: entry) else { return }
    let place = ImageIndex.Place(isPresent: true, layer: layer, entry: position, entryLayer: layer)
    guard let last = components.last else {
      // `./` is the root itself.
      if entry.kind == .directory { index.set(ImageIndex.root, .directory, place) }
      return
    }
    if last.starts(with: Self.whiteout) { return hide(last, in: components.dropLast()) }
    guard let parent = directory(components.dropLast(), isMade: true) else {
      return addProblem(.unsafePath("something on its way is no directory: it cannot be unpacked"), entry.name)
    }
    switch entry.kind {
    case .directory: index.put(last, in: parent, .directory, place)
    case .hardLink: link(last, in: parent, entry)
    case .file, .symbolicLink, .device:
      let kind: FileStatus.Kind =
        switch entry.kind {
        case .file: .file
        case .symbolicLink: .symbolicLink
        default: .other
        }
      replace(last, in: parent, kind, place)
    }
  }

  /// Puts something that is no directory at a name.
  private mutating func replace(
    _ name: ArraySlice<UInt8>, in parent: ImageIndex.Node, _ kind: FileStatus.Kind, _ place: ImageIndex.Place
  ) {
    if let existing = index.child(of: parent, name), index.kind(of: existing) == .directory {
      steps += index.remove(below: existing, before: layer + 1, andItself: true)
    }
    index.put(name, in: parent, kind, place)
  }

  /// Another name for what an earlier entry, or a layer below, has put there.
  private mutating func link(_ name: ArraySlice<UInt8>, in parent: ImageIndex.Node, _ entry: ImageLayer.Entry) {
    guard let target = components(entry.linkName, of: entry) else { return }
    guard let last = target.last, let directory = directory(target.dropLast(), isMade: false),
      let node = index.child(of: directory, last), index.kind(of: node) != .directory
    else {
      let shown = String(decoding: entry.linkName, as: UTF8.self)
      return addProblem(.damaged("it is a hard link to \(shown), which is no file in the image"), entry.name)
    }
    var place = index.place(of: node)
    place.layer = layer
    replace(name, in: parent, index.kind(of: node), place)
  }
}

extension ImageIndexBuilder {
  private static let whiteout = Array(".wh.".utf8)
  private static let aufsMark = Array(".wh..wh.".utf8)
  private static let opaque = Array(".wh..wh..opq".utf8)

  /// Takes away what layers below have put there; what this layer has stays, wherever it stands in the archive.
  private mutating func hide(_ name: ArraySlice<UInt8>, in path: ArraySlice<ArraySlice<UInt8>>) {
    guard let parent = directory(path, isMade: false) else { return }
    if name.elementsEqual(Self.opaque) {
      steps += index.remove(below: parent, before: layer, andItself: false)
      return
    }
    // Other names that begin so are AUFS's own.
    if name.starts(with: Self.aufsMark) { return }
    guard let node = index.child(of: parent, name.dropFirst(Self.whiteout.count)) else { return }
    steps += index.remove(below: node, before: layer, andItself: true)
  }

  /// The components of a name that say something; `nil`, with a problem, where nothing can stand at it.
  private mutating func components(_ name: [UInt8], of entry: ImageLayer.Entry) -> [ArraySlice<UInt8>]? {
    let components = name.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }
    let reason: String? =
      if name.isEmpty {
        "it has no name"
      } else if name.contains(0) {
        "its name holds a NUL, where some programs end it"
      } else if components.contains(where: { $0.elementsEqual("..".utf8) }) {
        "it climbs with “..”; container runtimes refuse that"
      } else if name.count > RootFileSystem.longestPathByteCount
        || components.contains(where: { $0.count > RootFileSystem.longestNameByteCount })
      {
        "its name is longer than Linux takes"
      } else {
        nil
      }
    guard let reason else { return components }
    addProblem(.unsafePath(reason), entry.name)
    return nil
  }

  /// The directory at `path`, links followed; where it is missing, it is made or `nil`.
  private mutating func directory(_ path: ArraySlice<ArraySlice<UInt8>>, isMade: Bool) -> ImageIndex.Node? {
    var pending = Array(path.reversed())
    var node = ImageIndex.root
    var links = 0
    while let component = pending.popLast() {
      steps += 1
      if component.elementsEqual("..".utf8) {
        node = index.parent(of: node)
        continue
      }
      guard let next = index.child(of: node, component) else {
        guard isMade, component.count <= RootFileSystem.longestNameByteCount else { return nil }
        node = index.put(
          component, in: node, .directory, .init(isPresent: true, layer: layer, entry: nil, entryLayer: layer))
        continue
      }
      switch index.kind(of: next) {
      case .directory: node = next
      case .symbolicLink:
        links += 1
        let place = index.place(of: next)
        guard links <= RootFileSystem.mostLinks, let entry = place.entry else { return nil }
        let target = layers[place.entryLayer].entries[entry].linkName
        guard !target.isEmpty, !target.contains(0), target.count <= RootFileSystem.longestPathByteCount else {
          return nil
        }
        if target.first == UInt8(ascii: "/") { node = ImageIndex.root }
        pending += target.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }.reversed()
      case .file, .other: return nil
      }
    }
    return node
  }

  private mutating func addProblem(_ kind: TreeProblem.Kind, _ name: [UInt8]) {
    problems.append(TreeProblem(name: name, kind: kind))
  }
}
