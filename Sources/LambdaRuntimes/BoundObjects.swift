import NativeBinaries
import PackageFiles

/// The libraries that a real Node.js is linked against, read for what others bind to.
struct BoundObjects {
  /// By real path.
  private(set) var objects: [TreePath: SharedObject] = [:]

  /// Looks for each library in `directories`, in order, and then for what those need. That need not be how the loader finds
  /// them: what stands at a path is the same however it is found.
  init(of node: ELF.Image, in files: RootFileSystem, _ directories: [String]) {
    var wanted = node.needed
    var seen = Set(wanted)
    while let name = wanted.popLast(), objects.count < Self.limit {
      guard let (path, image) = Self.library(name, machine: node.header?.machine, files, directories) else { continue }
      objects[path] = SharedObject(image: image)
      wanted += image.needed.filter { seen.insert($0).inserted }
    }
  }

  /// Node.js has a dozen; a hostile root file system may name any number.
  private static let limit = 64

  private static func library(
    _ name: String, machine: UInt16?, _ files: RootFileSystem, _ directories: [String]
  ) -> (TreePath, ELF.Image)? {
    for directory in directories {
      guard let located = files.resolve(directory + "/" + name).located, located.status.kind == .file,
        let image = files.image(at: located), image.header?.machine == machine
      else { continue }
      return (located.path, image)
    }
    return nil
  }
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
