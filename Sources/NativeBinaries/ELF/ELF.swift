/// The Executable and Linking Format, as the System V gABI and the GNU extensions define it.
///
/// Structures and constants carry their names from the specification and `<elf.h>`.
public enum ELF {
  /// The facts of one ELF file of either class and either byte order.
  ///
  /// Everything is read as the dynamic loader reads it, through program headers and the dynamic section; section
  /// headers are never needed, so stripped files give the same facts.
  public struct Image: Sendable {
    /// The file's length in bytes.
    public var byteCount: Int
    /// `nil` when the file is shorter than an ELF header of its class.
    public var header: Header?
    public var programHeaders: [ProgramHeader] = []
    /// `PT_INTERP`.
    public var interpreter: String?
    /// Whether there is a `PT_DYNAMIC` segment with at least its terminator readable.
    public var hasDynamicSection = false
    public var soname: String?
    /// `DT_NEEDED`, in file order.
    public var needed: [String] = []
    /// `DT_RPATH` and `DT_RUNPATH`, unexpanded.
    public var rpath: String?
    public var runpath: String?
    /// `DT_FLAGS` and `DT_FLAGS_1`.
    public var flags: UInt64 = 0
    public var flags1: UInt64 = 0
    /// Whether `DT_INIT`, `DT_INIT_ARRAY` or `DT_PREINIT_ARRAY` names code that runs at load.
    public var hasInitializers = false
    /// How many functions `DT_INIT_ARRAY` names.
    public var initializerCount = 0
    /// The same of `DT_FINI_ARRAY`, whose functions run when it is closed.
    public var finalizerCount = 0
    /// Whether it needs or defines versions without saying which symbol has which (`DT_VERSYM`).
    public internal(set) var lacksVersionTable = false
    /// `DT_VERNEED`, one element for each library named there.
    public var versionNeeds: [VersionNeed] = []
    /// How the process ends that follows the link behind the last of them; `nil` where there is none or it can be followed.
    public internal(set) var versionNeedsEnd: MemoryFault?
    /// `DT_VERDEF`; the base definition (the soname itself) included.
    public var versionDefinitions: [VersionDefinition] = []
    /// The same behind the last of these.
    public internal(set) var versionDefinitionsEnd: MemoryFault?
    public var symbols = SymbolTable()
    public var relocations = Relocations()
    /// What glibc before 2.36 makes of the relocations, where that is something else.
    public var earlierRelocations: Relocations?
    public var tableTags = TableTags()
    public var notes = Notes()
    /// `PT_GNU_STACK`'s `p_flags`; `nil` when there is no such header.
    public var stackFlags: UInt32?
    /// `PT_TLS`.
    public var threadLocalStorage: ThreadLocalStorage?
    /// What Node.js would find in it.
    public var registration = AddonRegistration()
    /// `DT_NEEDED`, `DT_AUXILIARY` and `DT_FILTER` together, in file order.
    public var dependencies: [Dependency] = []
    /// The phases of loading that touch pages which a truncated file does not have: a `SIGBUS`.
    public var faults: LoadPhases = []
    /// The phases of loading that follow a pointer into no segment, or one that is not there: a `SIGSEGV`.
    public var segmentationFaults: LoadPhases = []
    /// What could not be read, in the order it was met.
    public var damage: [ParseError] = []

    /// Entries of the dynamic section that `elf_get_dynamic_info` looks at before anything else.
    public struct TableTags: Hashable, Sendable {
      /// Whether there is a `DT_RELA`, and `DT_RELAENT` in bytes.
      public var hasRelocations = false
      public var relocationByteCount: UInt64?
      /// Whether there is a `DT_RELR`, and `DT_RELRENT` in bytes.
      public var hasPackedRelocations = false
      public var packedRelocationByteCount: UInt64?
      /// `DT_PLTREL`: which kind of table holds the jump slots.
      public var jumpSlotTable: UInt64?
      /// Whether the memory of the section can be written, and whether its program header says so.
      public var isInWritableMemory = true
      public var claimsToBeWritable = true
      /// Whether the GNU hash table's count of bloom words is a power of two.
      public var hasSoundBloomCount = true

      public init() {}
    }

    /// One dependency entry of the dynamic section.
    public struct Dependency: Hashable, Sendable {
      public enum Kind: Hashable, Sendable { case needed, auxiliary, filter }
      /// As it stands there, unexpanded.
      public var name: String
      public var kind: Kind
      /// The bytes of a name that is not UTF-8.
      public var undecodableName: [UInt8]?

      public init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
      }
    }

    /// When the loader touches what.
    public struct LoadPhases: OptionSet, Hashable, Sendable {
      public let rawValue: UInt8
      public init(rawValue: UInt8) { self.rawValue = rawValue }
      /// Zero-filling, the dynamic section, the hash table's header.
      public static let mapping = LoadPhases(rawValue: 1)
      /// The strings that name dependencies.
      public static let dependencies = LoadPhases(rawValue: 2)
      public static let versions = LoadPhases(rawValue: 4)
      /// Relocation tables, symbols, and what is relocated.
      public static let relocation = LoadPhases(rawValue: 8)
      /// Constructors.
      public static let initialization = LoadPhases(rawValue: 16)
      /// The function that Node.js calls.
      public static let registration = LoadPhases(rawValue: 32)
      /// Destructors, which run when the object is closed.
      public static let finalization = LoadPhases(rawValue: 64)
      /// The program headers in memory, where glibc 2.35 and later look for `PT_GNU_EH_FRAME` before the constructors run.
      public static let unwinding = LoadPhases(rawValue: 128)
    }

    public init(byteCount: Int) { self.byteCount = byteCount }
  }
}

extension ELF {
  /// One library in `DT_VERNEED` and the versions asked of it.
  public struct VersionNeed: Hashable, Sendable {
    /// `vn_file`: the name as in `DT_NEEDED`.
    public var file: String
    public var versions: [Version]
    /// `vn_version`: 1 in every record that a loader takes.
    public var recordVersion: UInt16 = 1

    public struct Version: Hashable, Sendable {
      /// Such as `GLIBC_2.34`.
      public var name: String
      /// `VER_FLG_WEAK`: its absence is no error.
      public var isWeak: Bool
      /// `vna_other`: the index that `DT_VERSYM` uses for it.
      public var index: UInt16
      /// Whether `vna_hash` is the hash of the name: the loader compares it first, and finds nothing when it is not.
      public var hasSoundHash = true
    }
  }

  /// One version that a library defines.
  public struct VersionDefinition: Hashable, Sendable {
    public var name: String
    public var index: UInt16
    /// `VER_FLG_BASE`: the file's own name, no version of symbols.
    public var isBase: Bool
    public var isWeak: Bool
    /// `vd_version`; the loader knows 1 only.
    public var recordVersion: UInt16 = 1
    /// Whether `vd_hash` is the name's, by which the loader looks for it.
    public var hasSoundHash = true

    public init(name: String, index: UInt16, isBase: Bool, isWeak: Bool) {
      self.name = name
      self.index = index
      self.isBase = isBase
      self.isWeak = isWeak
    }
  }

  /// `PT_NOTE` contents that decide loading.
  public struct Notes: Hashable, Sendable {
    /// `NT_GNU_ABI_TAG`: the operating system and the earliest kernel.
    public var abiTag: ABITag?
    /// `NT_GNU_BUILD_ID`.
    public var buildID: [UInt8]?
    /// `GNU_PROPERTY_X86_ISA_1_NEEDED`: bit 0 baseline, 1 v2, 2 v3, 3 v4.
    public var x86ISANeeded: UInt32?

    public struct ABITag: Hashable, Sendable {
      /// 0 Linux, 1 GNU, 2 Solaris2, 3 FreeBSD.
      public var operatingSystem: UInt32
      public var major: UInt32
      public var minor: UInt32
      public var patch: UInt32
    }
  }

  /// `PT_TLS`, in bytes.
  public struct ThreadLocalStorage: Hashable, Sendable {
    public var fileByteCount: UInt64
    public var memoryByteCount: UInt64
    public var alignment: UInt64

    public init(fileByteCount: UInt64, memoryByteCount: UInt64, alignment: UInt64) {
      self.fileByteCount = fileByteCount
      self.memoryByteCount = memoryByteCount
      self.alignment = alignment
    }
  }
}

/// What Node.js finds in an addon when it has been mapped.
public struct AddonRegistration: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable {
    /// Bound to Node-API: loads in every Node.js that has the version.
    case nodeAPI = "node-api"
    /// Bound to one `NODE_MODULE_VERSION`.
    case v8
    /// Nothing that Node.js would recognise.
    case none
  }

  /// A structure that a constructor registers: a `node_module`, or a `napi_module`, for which Node.js makes one.
  public struct Module: Hashable, Sendable {
    public var isNodeAPI: Bool
    /// `nm_version`; -1 for Node-API.
    public var version: Int
    /// `nm_flags`.
    public var flags: UInt32
    /// Whether `nm_register_func` and `nm_context_register_func` are set.
    public var hasFunction: Bool
    public var hasContextFunction: Bool

    // Source: `src/node.h` and `src/node_binding.h`.
    public static let NM_F_BUILTIN: UInt32 = 1
    public static let NM_F_INTERNAL: UInt32 = 4
    public static let NM_F_DELETEME: UInt32 = 8

    public init(isNodeAPI: Bool, version: Int, flags: UInt32, hasFunction: Bool, hasContextFunction: Bool) {
      self.isNodeAPI = isNodeAPI
      self.version = version
      self.flags = flags
      self.hasFunction = hasFunction
      self.hasContextFunction = hasContextFunction
    }
  }

  /// What the code of the constructors comes to.
  public enum Constructors: Hashable, Sendable {
    /// This structure stays registered; `nil` for none.
    case register(Module?)
    /// Only running them would tell.
    case undecided
  }

  public var kind = Kind.none
  public var constructors = Constructors.undecided
  /// A V8-bound addon's `NODE_MODULE_VERSION`, from its symbol or from its `node_module` structure.
  public var moduleVersion: Int?
  /// The Node-API version compiled in; 8 where none is (`NODE_API_DEFAULT_MODULE_API_VERSION`). 2147483647 is experimental.
  public var nodeAPIVersion: Int?
  /// Whether the `node_module` structure names a function to call; true where no structure was read.
  public var hasEntryPoint = true
  /// Every N of the `node_register_module_vN` symbols that it defines.
  public var registeredVersions: [Int] = []
  /// Whether it refers to `node_module_register`: a constructor registers a `node_module` structure.
  public var callsNodeModuleRegister = false
  /// Whether it refers to `napi_module_register`: a constructor registers a `napi_module` structure.
  public var callsNodeAPIModuleRegister = false
  /// Whether it defines `napi_register_module_v1`.
  public var definesNodeAPIEntryPoint = false
  /// Whether it defines `node_api_module_get_api_version_v1`; then `nodeAPIVersion` is what that returns, where it could be
  /// read.
  public var definesNodeAPIVersion = false
  /// Whether a constructor registers it, in either way.
  public var usesConstructor: Bool { callsNodeModuleRegister || callsNodeAPIModuleRegister }
  /// Whether it uses V8's or Node.js's C++ interface, whatever it registers through.
  public var usesV8Interface = false

  public init() {}
}
