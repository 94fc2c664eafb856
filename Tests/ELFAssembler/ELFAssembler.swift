/// Assembles small shared objects, byte by byte, for tests: one `PT_LOAD` segment in which addresses are file offsets.
public struct ELFAssembler: Sendable {
  public enum Reference: Sendable { case data, jumpSlot, staticTLS }
  public enum HashStyle: Sendable { case gnu, sysv, both, none }

  public struct Symbol: Sendable {
    public var name: String
    /// `nil` for an undefined symbol.
    public var code: [UInt8]?
    public var isWeak = false
    public var visibility: UInt8 = 0
    public var type: UInt8 = 2
    /// For an undefined symbol the library and version asked for; for a defined one its own version (library ignored).
    public var version: (library: String, name: String)?
    public var isHiddenVersion = false
    public var reference: Reference?

    public static func defined(_ name: String, code: [UInt8] = [0xc3], version: String? = nil) -> Symbol {
      Symbol(name: name, code: code, version: version.map { ("", $0) })
    }

    public static func undefined(
      _ name: String, _ reference: Reference = .jumpSlot, version: (library: String, name: String)? = nil,
      isWeak: Bool = false
    ) -> Symbol {
      Symbol(name: name, code: nil, isWeak: isWeak, version: version, reference: reference)
    }
  }

  public var is64Bit = true
  public var isBigEndian = false
  public var machine: UInt16 = 62
  public var type: UInt16 = 3
  public var osABI: UInt8 = 0
  public var abiVersion: UInt8 = 0
  public var soname: String?
  public var needed: [String] = []
  public var rpath: String?
  public var runpath: String?
  public var interpreter: String?
  public var flags: UInt64 = 0
  public var flags1: UInt64 = 0
  public var symbols: [Symbol] = []
  /// Versions asked for without a symbol.
  public var versionNeeds: [(library: String, name: String, isWeak: Bool)] = []
  public var stackFlags: UInt32? = 6
  public var tlsByteCount: UInt64 = 0
  public var hashStyle = HashStyle.gnu
  public var hasDynamicSection = true
  /// A GNU note of this type with this description, aligned to 4 or 8 bytes.
  public var note: (type: UInt32, description: [UInt8], alignment: UInt64)?
  /// Appended after everything else, inside the segment; the relocations add relative pointers to it (`offset` within the
  /// data, and the target: another offset within it).
  public var data: [UInt8] = []
  public var relativePointers: [(offset: Int, target: Int)] = []
  public var usesRELR = false
  /// A constructor that calls this undefined symbol with the address of `data` (x86-64 only).
  public var constructorCalls: String?
  /// So many constructors that never end stand before it (x86-64 only).
  public var endlessConstructors = 0
  /// Bytes that the segment claims beyond the end of the file.
  public var missingByteCount: UInt64 = 0

  public init() {}

  public init(soname: String?, needed: [String] = [], symbols: [Symbol] = []) {
    self.soname = soname
    self.needed = needed
    self.symbols = symbols
  }

  /// The whole file.
  public func bytes() -> [UInt8] {
    var layout = ELFLayout(self)
    return layout.assemble()
  }
}
