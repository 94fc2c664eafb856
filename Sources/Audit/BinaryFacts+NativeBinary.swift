import NativeBinaries
import NodeModules

extension BinaryFacts {
  /// The facts of a file of any format.
  public init(_ binary: NativeBinary) {
    switch binary {
    case .elf(let image): self.init(image)
    case .machO: self.init(format: .macho)
    case .pe: self.init(format: .pe)
    case .archive: self.init(format: .ar)
    case .webAssembly: self.init(format: .wasm)
    case .other: self.init(format: .other)
    }
  }

  /// What the file is to its package, for `BinaryRole.assign`.
  ///
  /// - Parameter isNamedAsAddon: whether its name ends in `.node`, which decides before the contents do.
  public func content(isNamedAsAddon: Bool) -> RoleCandidate.Content {
    if isNamedAsAddon { return .addon }
    switch kind {
    case .addon: return .addon
    case .executable: return .executable
    case .object: return .object
    case .library: return .library
    case nil: return format == .wasm ? .webAssembly : format == .ar ? .object : .library
    }
  }
}
