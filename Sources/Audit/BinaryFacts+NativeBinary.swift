import NativeBinaries
import NodeModules

extension BinaryFacts {
  /// The facts of a file of any format.
  public init(_ binary: NativeBinary) {
    switch binary {
    case .elf(let image): self.init(image)
    case .machO(let image): self.init(image)
    case .pe(let image): self.init(image)
    case .archive(let archive):
      self.init(format: .ar)
      kind = .object
      architectures = archive.architectureName.map { [$0] } ?? []
      damage = archive.damage.map(\.description)
    case .webAssembly(let module):
      self.init(format: .wasm)
      damage = module.damage.map(\.description)
    case .other(let lookAlike):
      self.init(format: .other)
      self.lookAlike = lookAlike
    }
  }

  private init(_ image: MachO.Image) {
    self.init(format: .macho)
    damage = image.damage.map(\.description)
    architectures = image.architectureNames
    registration = image.registration
    let slice = image.slices.first
    // Files from before 2011 name no platform; they are all macOS's.
    os = slice?.platform.map(\.description) ?? "macos"
    bits = slice.map { $0.is64Bit ? 64 : 32 }
    needed = slice?.dylibs.map(\.name) ?? []
    kind = Self.kind(slice?.fileType, registration)
  }

  private static func kind(_ type: MachO.FileType?, _ registration: AddonRegistration) -> Kind? {
    switch type {
    case MachO.FileType.executable: .executable
    case MachO.FileType.object: .object
    // Addons are bundles where node-gyp links them, and dylibs where Rust does.
    case MachO.FileType.bundle, MachO.FileType.dylib: registration.kind == .none ? .library : .addon
    default: nil
    }
  }

  private init(_ image: PE.Image) {
    self.init(format: .pe)
    damage = image.damage.map(\.description)
    architectures = image.architectureName.map { [$0] } ?? []
    registration = image.registration
    os = "windows"
    bits = image.optionalHeader.map { $0.isPE32Plus ? 64 : 32 }
    needed = image.imports.map(\.name)
    kind = image.isDLL ? (registration.kind == .none ? .library : .addon) : .executable
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
    case nil: return format == .wasm ? .webAssembly : .library
    }
  }
}
