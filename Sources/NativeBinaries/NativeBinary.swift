/// The facts of one file, whatever it turns out to be.
///
/// The kind is decided by the bytes alone, never by the file's name.
public enum NativeBinary: Sendable {
  case elf(ELF.Image)
  case machO(MachO.Image)
  case pe(PE.Image)
  case archive(StaticArchive)
  case webAssembly(WebAssembly.Module)
  /// No native binary: what it is instead, as far as its bytes tell.
  case other(LookAlike)

  /// Reads the facts of a whole file.
  ///
  /// Never fails: a damaged binary keeps the facts that could be read and lists the damage.
  public init(parsing file: RawSpan, effort: ParsingEffort = ParsingEffort()) {
    switch BinaryFormat(head: file) {
    case .elf: self = .elf(ELF.Image(parsing: file, effort: effort))
    case .machO: self = .machO(MachO.Image(parsing: file))
    case .pe: self = .pe(PE.Image(parsing: file))
    case .archive: self = .archive(StaticArchive(parsing: file))
    case .webAssembly: self = .webAssembly(WebAssembly.Module(parsing: file))
    case nil: self = .other(LookAlike(head: file, byteCount: file.byteCount))
    }
  }
}
