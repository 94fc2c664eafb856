extension ELF {
  /// `Elf32_Ehdr` or `Elf64_Ehdr`.
  public struct Header: Hashable, Sendable {
    /// `EI_CLASS`: 1 for 32-bit, 2 for 64-bit; other values are kept as they stand.
    public var elfClass: UInt8
    /// `EI_DATA`: 1 little-endian, 2 big-endian.
    public var dataEncoding: UInt8
    public var identVersion: UInt8
    public var osABI: UInt8
    public var abiVersion: UInt8
    /// `EI_PAD`, bytes 9 to 15 of the identification.
    public var padding: [UInt8]
    public var type: UInt16
    public var machine: UInt16
    public var version: UInt32
    public var programHeaderOffset: UInt64
    public var flags: UInt32
    public var programHeaderEntrySize: UInt16
    public var programHeaderCount: UInt16

    public var is64Bit: Bool { elfClass == 2 }
  }

  /// `Elf32_Phdr` or `Elf64_Phdr`; sizes, offsets and addresses in bytes.
  public struct ProgramHeader: Hashable, Sendable {
    public var type: UInt32
    public var flags: UInt32
    public var offset: UInt64
    public var virtualAddress: UInt64
    public var fileByteCount: UInt64
    public var memoryByteCount: UInt64
    public var alignment: UInt64
  }

  // e_type
  public static let ET_REL: UInt16 = 1
  public static let ET_EXEC: UInt16 = 2
  public static let ET_DYN: UInt16 = 3
  public static let ET_CORE: UInt16 = 4

  // e_machine
  public static let EM_386: UInt16 = 3
  public static let EM_MIPS: UInt16 = 8
  public static let EM_ARM: UInt16 = 40
  public static let EM_X86_64: UInt16 = 62
  public static let EM_AARCH64: UInt16 = 183

  // p_type
  public static let PT_LOAD: UInt32 = 1
  public static let PT_DYNAMIC: UInt32 = 2
  public static let PT_INTERP: UInt32 = 3
  public static let PT_NOTE: UInt32 = 4
  public static let PT_PHDR: UInt32 = 6
  public static let PT_TLS: UInt32 = 7
  public static let PT_GNU_EH_FRAME: UInt32 = 0x6474_e550
  public static let PT_GNU_STACK: UInt32 = 0x6474_e551
  public static let PT_GNU_RELRO: UInt32 = 0x6474_e552
  public static let PT_GNU_PROPERTY: UInt32 = 0x6474_e553

  /// The usual name of a machine, as Node.js and package managers spell it where they do (`x86_64`, `arm64`).
  public static func architectureName(machine: UInt16) -> String {
    switch machine {
    case EM_386: "i386"
    case EM_ARM: "arm"
    case EM_X86_64: "x86_64"
    case EM_AARCH64: "arm64"
    case 2: "sparc"
    case EM_MIPS: "mips"
    case 18: "sparc32plus"
    case 20: "ppc"
    case 21: "ppc64"
    case 22: "s390x"
    case 43: "sparc64"
    case 50: "ia64"
    case 243: "riscv"
    case 247: "bpf"
    case 258: "loongarch"
    case 0x9026: "alpha"
    default: "machine \(machine)"
    }
  }
}

extension ELF.Header {
  /// A sound header of which only these fields are known.
  public init(elfClass: UInt8, dataEncoding: UInt8, type: UInt16, machine: UInt16) {
    self.init(
      elfClass: elfClass, dataEncoding: dataEncoding, identVersion: 1, osABI: 0, abiVersion: 0,
      padding: Array(repeating: 0, count: 7), type: type, machine: machine, version: 1, programHeaderOffset: 0,
      flags: 0,
      programHeaderEntrySize: UInt16(ELF.ProgramHeader.byteCount(is64Bit: elfClass == 2)), programHeaderCount: 0)
  }
}
