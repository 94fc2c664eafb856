import NativeBinaries

/// Facts of a real `node` executable, read without running it.
///
/// Source of the strings: measured on Node.js 18.4 to 24.19, both architectures; each stands once in the read-only data.
public struct NodeExecutable: Sendable {
  public var image: ELF.Image
  /// From its release URL, `node.js/vX.Y.Z` in the user agent or `node-vX.Y.Z-headers.tar.gz`.
  public var version: NodeVersion?
  /// From the name `node_register_module_vN` that it looks up in addons.
  public var moduleVersion: Int?
  public var architecture: Architecture

  public enum Failure: Error, Hashable, Sendable {
    /// What the file is instead.
    case notExecutable(String)
    case otherArchitecture(String)
  }

  public init(parsing file: RawSpan) throws(Failure) {
    guard case .elf(let image) = NativeBinary(parsing: file) else { throw .notExecutable("it is no ELF file") }
    guard let header = image.header, header.type == ELF.ET_DYN || header.type == ELF.ET_EXEC, !image.needed.isEmpty
    else {
      throw .notExecutable("it is no dynamically linked executable")
    }
    switch header.machine {
    case ELF.EM_X86_64: architecture = .x86_64
    case ELF.EM_AARCH64: architecture = .arm64
    default: throw .otherArchitecture(ELF.architectureName(machine: header.machine))
    }
    self.image = image
    let version = Self.digits(after: "node.js/v", in: file) ?? Self.digits(after: "/node-v", in: file)
    self.version = version.flatMap(NodeVersion.init)
    moduleVersion = Self.digits(after: "node_register_module_v", in: file).flatMap { Int($0) }
    if self.version == nil, moduleVersion == nil {
      throw .notExecutable("it has neither Node.js's version nor its module version in it")
    }
  }

  /// The digits and dots behind the first `marker` that is followed by a digit.
  private static func digits(after marker: StaticString, in file: RawSpan) -> String? {
    var position = 0
    while let found = file.firstOffset(of: marker, from: position) {
      position = found + marker.utf8CodeUnitCount
      let end = min(position + 24, file.byteCount)
      let text = (try? file.bytes(position, count: end - position)) ?? []
      let digits = text.prefix { $0 == UInt8(ascii: ".") || (48...57).contains($0) }
      if let first = digits.first, first != UInt8(ascii: ".") {
        return String(decoding: digits.last == UInt8(ascii: ".") ? digits.dropLast() : digits, as: UTF8.self)
      }
    }
    return nil
  }
}
