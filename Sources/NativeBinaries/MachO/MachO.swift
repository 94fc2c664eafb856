/// The Mach object format of Apple's systems, thin and universal, as `<mach-o/loader.h>` and `<mach-o/fat.h>` define it.
///
/// Structures and constants carry their names from those headers.
public enum MachO {
  /// The facts of one Mach-O file: one slice where it is thin, one for each architecture where it is universal.
  public struct Image: Sendable {
    /// The file's length in bytes.
    public var byteCount: Int
    /// Whether it begins with a universal ("fat") header.
    public var isUniversal = false
    /// In file order; a thin file has one, a file too short for its header none.
    public var slices: [Slice] = []
    /// What could not be read, in the order it was met; offsets are those of the whole file.
    public var damage: [ParseError] = []

    public init(byteCount: Int) { self.byteCount = byteCount }

    /// Each slice's architecture, in file order.
    public var architectureNames: [String] { slices.map(\.architectureName) }

    /// What Node.js would find in the first slice that registers at all.
    public var registration: AddonRegistration {
      slices.lazy.map(\.registration).first { $0.kind != .none } ?? AddonRegistration()
    }
  }

  /// The Mach-O of one architecture.
  public struct Slice: Sendable {
    /// Where it starts in the file and how long it is, in bytes; cut to the part that the file really has.
    public var offset: Int
    public var byteCount: Int
    /// `cputype` and `cpusubtype`, capability bits included.
    public var cpuType: UInt32 = 0
    public var cpuSubtype: UInt32 = 0
    public var is64Bit = false
    public var byteOrder = ByteOrder.little
    /// `nil` when the slice is no Mach-O, such as the static archive of a universal `.a`.
    public var fileType: FileType?
    /// What the slice is where it is no Mach-O, as far as `BinaryFormat` knows.
    public var foreignFormat: BinaryFormat?
    /// `MH_*` flags.
    public var flags: UInt32 = 0
    public var segments: [Segment] = []
    /// `LC_BUILD_VERSION` and `LC_VERSION_MIN_*`; zippered libraries have two.
    public var builds: [BuildVersion] = []
    /// `LC_ID_DYLIB`: the install name and the versions of this library itself.
    public var identity: Dylib?
    /// `LC_LOAD_DYLIB` and its kin, in file order.
    public var dylibs: [Dylib] = []
    /// `LC_RPATH`, unexpanded, in file order.
    public var rpaths: [String] = []
    /// `LC_UUID`, 16 bytes.
    public var uuid: [UInt8]?
    /// Symbols that others can bind to.
    public var definedSymbols: [Symbol] = []
    /// Symbols that other images must define.
    public var undefinedSymbols: [Symbol] = []
    /// `LC_CODE_SIGNATURE`.
    public var hasCodeSignature = false
    /// What Node.js would find in it.
    public var registration = AddonRegistration()

    public init(offset: Int, byteCount: Int) {
      self.offset = offset
      self.byteCount = byteCount
    }

    public var architectureName: String { MachO.architectureName(cpuType: cpuType, cpuSubtype: cpuSubtype) }
    public var installName: String? { identity?.name }
    /// The first platform that the slice was built for.
    public var platform: Platform? { builds.first?.platform }
    public var minimumOS: Version? { builds.first?.minimumOS }
    public var sdk: Version? { builds.first?.sdk }
  }
}

extension MachO {
  /// `LC_SEGMENT` or `LC_SEGMENT_64`; sizes, offsets and addresses in bytes, offsets from the slice's start.
  public struct Segment: Hashable, Sendable {
    public var name: String
    public var virtualAddress: UInt64
    public var memoryByteCount: UInt64
    public var offset: UInt64
    public var fileByteCount: UInt64
  }

  /// A library that a slice names.
  public struct Dylib: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
      /// `LC_LOAD_DYLIB`; for a library's own identity, `LC_ID_DYLIB`.
      case regular
      case weak, reexport, lazy, upward
    }

    /// The path, with `@rpath`, `@loader_path` or `@executable_path` unexpanded.
    public var name: String
    public var kind: Kind
    public var currentVersion: Version
    public var compatibilityVersion: Version
  }

  public struct BuildVersion: Hashable, Sendable {
    public var platform: Platform
    public var minimumOS: Version
    public var sdk: Version
  }

  /// An external symbol, named as in the file: C names carry a leading underscore.
  public struct Symbol: Hashable, Sendable {
    public var name: String
    /// The address of a definition; 0 where it is unknown or the symbol is undefined.
    public var address: UInt64 = 0
    /// `N_WEAK_DEF` of a definition, `N_WEAK_REF` of a reference.
    public var isWeak = false
    /// For a reference in a two-level namespace, the library that must define it: 1 is the first of `dylibs`,
    /// 0 the image itself, 254 (`DYNAMIC_LOOKUP_ORDINAL`) any loaded image, 255 (`EXECUTABLE_ORDINAL`) the program.
    public var libraryOrdinal: Int?
  }

  /// `X.Y.Z` packed into 32 bits as 16, 8 and 8.
  public struct Version: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public var major: Int { Int(rawValue >> 16) }
    public var minor: Int { Int(rawValue >> 8 & 0xff) }
    public var patch: Int { Int(rawValue & 0xff) }
    /// Such as `11.0` or `10.15.4`: a patch number of 0 is left out, as Apple's tools do for systems.
    public var description: String { patch == 0 ? "\(major).\(minor)" : "\(major).\(minor).\(patch)" }

    public static func < (left: Version, right: Version) -> Bool { left.rawValue < right.rawValue }
  }
}
