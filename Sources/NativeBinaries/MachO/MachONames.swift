extension MachO {
  // magic, as read in big-endian order
  static let MH_MAGIC: UInt32 = 0xfeed_face
  static let MH_CIGAM: UInt32 = 0xcefa_edfe
  static let MH_MAGIC_64: UInt32 = 0xfeed_facf
  static let MH_CIGAM_64: UInt32 = 0xcffa_edfe
  static let FAT_MAGIC: UInt32 = 0xcafe_babe
  static let FAT_MAGIC_64: UInt32 = 0xcafe_babf

  /// A universal header that counts as many slices or more is no universal header: 45 is Java's oldest class version.
  static let universalSliceLimit: UInt32 = 45

  // cputype
  public static let CPU_TYPE_X86: UInt32 = 7
  public static let CPU_TYPE_X86_64: UInt32 = 0x0100_0007
  public static let CPU_TYPE_ARM: UInt32 = 12
  public static let CPU_TYPE_ARM64: UInt32 = 0x0100_000c
  public static let CPU_TYPE_ARM64_32: UInt32 = 0x0200_000c
  public static let CPU_TYPE_POWERPC: UInt32 = 18
  public static let CPU_TYPE_POWERPC64: UInt32 = 0x0100_0012

  /// The usual name of an architecture, as Apple's tools spell it (`x86_64`, `arm64`, `armv7s`).
  public static func architectureName(cpuType: UInt32, cpuSubtype: UInt32) -> String {
    // The high byte holds capabilities, such as arm64e's pointer authentication version.
    let subtype = cpuSubtype & 0x00ff_ffff
    switch cpuType {
    case CPU_TYPE_X86: return "i386"
    case CPU_TYPE_X86_64: return subtype == 8 ? "x86_64h" : "x86_64"
    case CPU_TYPE_ARM: return armName(subtype: subtype)
    case CPU_TYPE_ARM64: return subtype == 2 ? "arm64e" : "arm64"
    case CPU_TYPE_ARM64_32: return "arm64_32"
    case CPU_TYPE_POWERPC: return "ppc"
    case CPU_TYPE_POWERPC64: return "ppc64"
    default: return "CPU type \(cpuType)"
    }
  }

  private static func armName(subtype: UInt32) -> String {
    switch subtype {
    case 5: "armv4t"
    case 6: "armv6"
    case 7: "armv5"
    case 8: "xscale"
    case 9: "armv7"
    case 10: "armv7f"
    case 11: "armv7s"
    case 12: "armv7k"
    case 13: "armv8"
    case 14: "armv6m"
    case 15: "armv7m"
    case 16: "armv7em"
    default: "arm"
    }
  }

  /// `filetype`.
  public struct FileType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let object = FileType(rawValue: 1)
    public static let executable = FileType(rawValue: 2)
    public static let dylib = FileType(rawValue: 6)
    public static let dylinker = FileType(rawValue: 7)
    public static let bundle = FileType(rawValue: 8)

    public var description: String {
      switch rawValue {
      case 1: "object"
      case 2: "executable"
      case 3: "fixed library"
      case 4: "core"
      case 5: "preloaded executable"
      case 6: "dylib"
      case 7: "dylinker"
      case 8: "bundle"
      case 9: "dylib stub"
      case 10: "debug symbols"
      case 11: "kernel extension"
      case 12: "file set"
      default: "file type \(rawValue)"
      }
    }
  }

  /// `PLATFORM_*`.
  public struct Platform: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let macos = Platform(rawValue: 1)
    public static let ios = Platform(rawValue: 2)
    public static let tvos = Platform(rawValue: 3)
    public static let watchos = Platform(rawValue: 4)

    public var description: String {
      switch rawValue {
      case 1: "macos"
      case 2: "ios"
      case 3: "tvos"
      case 4: "watchos"
      case 5: "bridgeos"
      case 6: "maccatalyst"
      case 7: "iossimulator"
      case 8: "tvossimulator"
      case 9: "watchossimulator"
      case 10: "driverkit"
      case 11: "visionos"
      case 12: "visionossimulator"
      default: "platform \(rawValue)"
      }
    }
  }
}
