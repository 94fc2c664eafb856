import NativeBinaries
import PackageFiles

/// The libraries that a real Node.js is linked against, read for what others bind to.
struct BoundObjects {
  /// By real path.
  private(set) var objects: [TreePath: SharedObject] = [:]

  /// Looks for each library in `directories`, in order, and then for what those need. That need not be how the loader finds
  /// them: what stands at a path is the same however it is found.
  init(of node: ELF.Image, in files: RootFileSystem, _ directories: [String]) {
    var wanted: [String] = []
    var seen: Set<String> = []
    func want(_ names: [String]) {
      for name in names.prefix(Self.limit) where seen.count < Self.limit && seen.insert(name).inserted {
        wanted.append(name)
      }
    }
    want(node.needed)
    while let name = wanted.popLast() {
      for directory in directories {
        guard let located = files.resolve(directory + "/" + name).located, located.status.kind == .file else {
          continue
        }
        if objects[located.path] != nil { break }
        guard let image = files.image(at: located), image.header?.machine == node.header?.machine else { continue }
        objects[located.path] = SharedObject(image: image)
        want(image.needed)
        break
      }
    }
  }

  /// So many names are looked for at most: Node.js needs a dozen, a hostile root file system may name any number.
  private static let limit = 64
}

extension RootFileSystem {
  /// What others bind to of the ELF file at `located`; `nil` where there is none to read.
  func image(at located: Located) -> ELF.Image? {
    let binary = try? read(keeping: located) { bytes, keeper in
      var effort = ParsingEffort.binding
      effort.keeper = keeper
      return NativeBinary(parsing: bytes, effort: effort)
    }
    guard case .elf(let image) = binary else { return nil }
    return image
  }
}
