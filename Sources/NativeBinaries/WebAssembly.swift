/// The WebAssembly binary format, as the core specification and the component model define it.
public enum WebAssembly {
  /// The facts of one module or component.
  public struct Module: Sendable {
    public enum Layer: Hashable, Sendable {
      /// A core module.
      case module
      /// A component; its sections are listed, its imports and exports are not read.
      case component
      /// A layer that neither specification has.
      case unknown(UInt16)
    }

    /// The file's length in bytes.
    public var byteCount: Int
    /// `nil` when the file ends before it.
    public var version: UInt16?
    public var layer = Layer.module
    /// In file order.
    public var sections: [Section] = []
    public var imports: [Import] = []
    public var exports: [Export] = []
    /// What could not be read, in the order it was met.
    public var damage: [ParseError] = []

    public init(byteCount: Int) { self.byteCount = byteCount }

    /// The names of the custom sections, in file order.
    public var customSectionNames: [String] { sections.compactMap(\.name) }
  }

  /// One section; offset and size are those of its contents, in bytes.
  public struct Section: Hashable, Sendable {
    public var id: UInt8
    public var offset: Int
    public var byteCount: Int
    /// The name of a custom section.
    public var name: String?
  }

  /// What is imported or exported.
  public enum Kind: UInt8, Hashable, Sendable, CustomStringConvertible {
    case function, table, memory, global, tag

    public var description: String {
      switch self {
      case .function: "function"
      case .table: "table"
      case .memory: "memory"
      case .global: "global"
      case .tag: "tag"
      }
    }
  }

  public struct Import: Hashable, Sendable {
    public var module: String
    public var name: String
    public var kind: Kind
  }

  public struct Export: Hashable, Sendable {
    public var name: String
    public var kind: Kind
  }
}

extension WebAssembly.Module {
  /// Reads the sections; what cannot be read is listed in `damage`.
  public init(parsing file: RawSpan) {
    self.init(byteCount: file.byteCount)
    do throws(ParseError) {
      guard file.matches("\0asm") else { throw ParseError(.invalid("no WebAssembly magic"), at: 0) }
      version = try file.integer(at: 4)
      switch try file.integer(at: 6, as: UInt16.self) {
      case 0: layer = .module
      case 1: layer = .component
      case let other: layer = .unknown(other)
      }
      try readSections(file)
    } catch {
      damage.append(error)
    }
  }

  private mutating func readSections(_ file: RawSpan) throws(ParseError) {
    var offset = 8
    while offset < file.byteCount {
      let start = offset
      let id: UInt8 = try file.integer(at: offset)
      offset += 1
      let size = try file.unsignedLEB128(at: &offset)
      var section = WebAssembly.Section(id: id, offset: offset, byteCount: Int(clamping: size))
      let isWhole = size <= UInt64(file.byteCount - offset)
      let end = isWhole ? offset + section.byteCount : file.byteCount
      do throws(ParseError) {
        try readContents(file.extracting(..<end), &section)
      } catch {
        // A section that is cut off has not failed by its contents.
        if isWhole { damage.append(error) }
      }
      sections.append(section)
      guard isWhole else { throw ParseError(.truncated, at: start) }
      offset = end
    }
  }

  private mutating func readContents(_ file: RawSpan, _ section: inout WebAssembly.Section) throws(ParseError) {
    var offset = section.offset
    switch section.id {
    case 0: section.name = try file.name(at: &offset)
    case 2 where layer == .module:
      for _ in 0..<(try file.unsignedLEB128(at: &offset)) {
        let module = try file.name(at: &offset)
        let name = try file.name(at: &offset)
        let kind = try file.kind(at: &offset)
        try file.skipImportType(kind, at: &offset)
        imports.append(WebAssembly.Import(module: module, name: name, kind: kind))
      }
    case 7 where layer == .module:
      for _ in 0..<(try file.unsignedLEB128(at: &offset)) {
        let name = try file.name(at: &offset)
        let kind = try file.kind(at: &offset)
        try file.skipLEB128(at: &offset)
        exports.append(WebAssembly.Export(name: name, kind: kind))
      }
    default: break
    }
  }
}

extension RawSpan {
  /// A vector of UTF-8 bytes; `offset` moves past it.
  fileprivate func name(at offset: inout Int) throws(ParseError) -> String {
    let start = offset
    let count = try unsignedLEB128(at: &offset)
    guard count <= UInt64(byteCount - offset) else { throw ParseError(.truncated, at: start) }
    defer { offset += Int(count) }
    return String(decoding: try bytes(offset, count: Int(count)), as: UTF8.self)
  }

  fileprivate func kind(at offset: inout Int) throws(ParseError) -> WebAssembly.Kind {
    let byte: UInt8 = try integer(at: offset)
    guard let kind = WebAssembly.Kind(rawValue: byte) else {
      throw ParseError(.invalid("an import or export of unknown kind \(byte)"), at: offset)
    }
    offset += 1
    return kind
  }

  /// `externtype` without its leading kind.
  fileprivate func skipImportType(_ kind: WebAssembly.Kind, at offset: inout Int) throws(ParseError) {
    switch kind {
    case .function: try skipLEB128(at: &offset)
    case .table:
      try skipValueType(at: &offset)
      try skipLimits(at: &offset)
    case .memory: try skipLimits(at: &offset)
    case .global:
      try skipValueType(at: &offset)
      offset += 1
    case .tag:
      offset += 1
      try skipLEB128(at: &offset)
    }
  }

  /// A value type is one byte, or `ref null ht` or `ref ht`, which carry a heap type.
  private func skipValueType(at offset: inout Int) throws(ParseError) {
    let type: UInt8 = try integer(at: offset)
    offset += 1
    if type == 0x63 || type == 0x64 { try skipLEB128(at: &offset) }
  }

  private func skipLimits(at offset: inout Int) throws(ParseError) {
    let flags: UInt8 = try integer(at: offset)
    offset += 1
    try skipLEB128(at: &offset)
    if flags & 0x01 != 0 { try skipLEB128(at: &offset) }
    // The page size of the custom-page-sizes proposal.
    if flags & 0x08 != 0 { try skipLEB128(at: &offset) }
  }
}
