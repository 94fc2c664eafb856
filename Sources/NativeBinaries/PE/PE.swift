/// The Portable Executable format of Windows, as Microsoft's "PE Format" defines it.
///
/// Structures and constants carry their names from that specification and `<winnt.h>`.
public enum PE {
  /// The facts of one PE file, or of a DOS program (`MZ`) without a PE header.
  public struct Image: Sendable {
    /// The file's length in bytes.
    public var byteCount: Int
    /// `nil` for a DOS program and for a file that ends before its PE header.
    public var header: Header?
    /// `nil` when the file ends before it.
    public var optionalHeader: OptionalHeader?
    public var sections: [Section] = []
    /// Libraries that must be there when the file is loaded, in file order.
    public var imports: [ImportedLibrary] = []
    /// Libraries that are loaded at the first call into them, in file order.
    public var delayImports: [ImportedLibrary] = []
    public var exports: [Export] = []
    /// The DLL's own name, from its export directory.
    public var exportName: String?
    /// What Node.js would find in it.
    public var registration = AddonRegistration()
    /// What could not be read, in the order it was met.
    public var damage: [ParseError] = []

    public init(byteCount: Int) { self.byteCount = byteCount }

    /// The usual name of the machine; `nil` when there is no PE header.
    public var architectureName: String? { header.map { PE.architectureName(machine: $0.machine) } }
    public var isDLL: Bool { header?.isDLL ?? false }
    public var isPE32Plus: Bool { optionalHeader?.isPE32Plus ?? false }
  }
}

extension PE {
  /// `IMAGE_FILE_HEADER`.
  public struct Header: Hashable, Sendable {
    public var machine: UInt16
    public var sectionCount: UInt16
    /// `TimeDateStamp`: seconds since 1970, or a hash of the contents in reproducible builds.
    public var timestamp: UInt32
    public var optionalHeaderByteCount: UInt16
    public var characteristics: UInt16

    /// `IMAGE_FILE_DLL`.
    public var isDLL: Bool { characteristics & 0x2000 != 0 }
  }

  /// `IMAGE_OPTIONAL_HEADER32` or `IMAGE_OPTIONAL_HEADER64`.
  public struct OptionalHeader: Hashable, Sendable {
    public var isPE32Plus: Bool
    public var imageBase: UInt64
    /// `SizeOfHeaders`, in bytes.
    public var headersByteCount: UInt32
    public var subsystem: UInt16
    public var dllCharacteristics: UInt16
    public var directories: [DataDirectory]

    /// The usual name of the subsystem.
    public var subsystemName: String {
      switch subsystem {
      case 1: "native"
      case 2: "Windows GUI"
      case 3: "Windows console"
      case 5: "OS/2 console"
      case 7: "POSIX console"
      case 9: "Windows CE"
      case 10: "EFI application"
      case 11: "EFI boot service driver"
      case 12: "EFI runtime driver"
      case 13: "EFI ROM"
      case 14: "Xbox"
      case 16: "Windows boot application"
      default: "subsystem \(subsystem)"
      }
    }
  }

  /// `IMAGE_DATA_DIRECTORY`: where a table is in memory, in bytes from the image base.
  public struct DataDirectory: Hashable, Sendable {
    public var address: UInt32
    public var byteCount: UInt32
  }

  /// `IMAGE_SECTION_HEADER`; sizes, offsets and relative addresses in bytes.
  public struct Section: Hashable, Sendable {
    public var name: String
    public var virtualByteCount: UInt32
    public var virtualAddress: UInt32
    public var fileByteCount: UInt32
    public var offset: UInt32
    public var characteristics: UInt32

    /// Whether bytes of the file fill it; uninitialised data has no offset, sometimes a size all the same.
    var isInFile: Bool { offset > 0 && fileByteCount > 0 }
  }

  /// A library that the file imports from, and what it imports.
  public struct ImportedLibrary: Hashable, Sendable {
    public enum Function: Hashable, Sendable {
      case name(String)
      case ordinal(UInt16)
    }

    public var name: String
    public var functions: [Function] = []
  }

  public struct Export: Hashable, Sendable {
    public var name: String
    public var ordinal: Int
    /// In bytes from the image base; 0 where the name has no entry in the address table.
    public var address: UInt32
    /// `LIBRARY.function` of an export that another library implements.
    public var forwarder: String?
  }

  // IMAGE_FILE_MACHINE_*
  public static let IMAGE_FILE_MACHINE_I386: UInt16 = 0x14c
  public static let IMAGE_FILE_MACHINE_ARMNT: UInt16 = 0x1c4
  public static let IMAGE_FILE_MACHINE_AMD64: UInt16 = 0x8664
  public static let IMAGE_FILE_MACHINE_ARM64: UInt16 = 0xaa64

  /// The usual name of a machine, spelled as for the other formats (`x86_64`, `arm64`).
  public static func architectureName(machine: UInt16) -> String {
    switch machine {
    case IMAGE_FILE_MACHINE_I386: "i386"
    case IMAGE_FILE_MACHINE_AMD64: "x86_64"
    case IMAGE_FILE_MACHINE_ARM64: "arm64"
    case 0xa641: "arm64ec"
    case 0xa64e: "arm64x"
    case 0x1c0, 0x1c2, IMAGE_FILE_MACHINE_ARMNT: "arm"
    case 0x200: "ia64"
    case 0xebc: "EFI byte code"
    case 0x1f0, 0x1f1: "ppc"
    case 0x5032, 0x5064, 0x5128: "riscv"
    case 0x6232, 0x6264: "loongarch"
    default: "machine \(machine)"
    }
  }
}
