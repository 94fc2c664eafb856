extension ELF {
  /// What the dynamic relocations ask of symbols: each symbol once, by how it is referred to first.
  public struct Relocations: Sendable {
    /// Symbols that data relocations name (`DT_RELA`, `DT_REL`), in file order: they must resolve at load.
    public internal(set) var data: [Reference] = []
    /// Symbols that jump slots name (`DT_JMPREL`), in file order: they resolve at the first call unless `BIND_NOW`.
    public internal(set) var jumpSlots: [Reference] = []
    /// How many relocations there are in all, `DT_RELR` included.
    public internal(set) var count = 0
    /// Whether an initial-exec TLS relocation needs a place in the static TLS block for this object's own storage.
    public internal(set) var needsStaticTLS = false
    /// Whether `DT_RELR` is used.
    public internal(set) var usesRELR = false
    /// Whether an ifunc resolver of the object's own is called (`R_*_IRELATIVE`).
    public internal(set) var callsResolvers = false
    /// Whether the pointer to some constructor is not relocated.
    public internal(set) var constructorsAreUnrelocated = false
    /// Weak undefined symbols whose addresses are called as constructors: where nobody defines one, that is a null pointer.
    public internal(set) var weakConstructors: [Reference] = []
    /// How the walk over the tables ends before their end, after all that `data` and `jumpSlots` hold; `nil` when it does not.
    public internal(set) var ending: Ending?

    public struct Reference: Hashable, Sendable {
      /// Index into the symbol table.
      public var symbol: Int
      /// `R_*_COPY`: the executable is not searched.
      public var isCopy: Bool
      /// A jump slot or a TLS relocation, which no undefined symbol can satisfy (`ELF_RTYPE_CLASS_PLT`).
      public var needsDefinition: Bool
      /// What a TLS relocation asks of the storage of whoever defines the symbol.
      public var storage = Storage.any

      public enum Storage: Hashable, Sendable {
        case any
        /// Initial-exec: it must lie in the static TLS block.
        case inStaticBlock
        /// A descriptor: it may lie there.
        case describable
      }

      init(symbol: Int, isCopy: Bool, needsDefinition: Bool) {
        self.symbol = symbol
        self.isCopy = isCopy
        self.needsDefinition = needsDefinition
      }

      init(symbol: Int, _ storage: Storage) {
        self.init(symbol: symbol, isCopy: false, needsDefinition: true)
        self.storage = storage
      }
    }

    public enum Ending: Hashable, Sendable {
      case fault(MemoryFault)
      /// A relocation type that the machine's loader does not know, and whether it stands among the jump slots.
      case unknownType(UInt32, isJumpSlot: Bool)
      /// One of the first `DT_RELACOUNT` relocations is of another type than the relative one; x86-64 only.
      case foreignRelative
    }

    public init() {}
  }

  /// What one relocation type means to the loader.
  enum RelocationClass {
    case none, relative, symbolic, jumpSlot, copy, irelative
    /// The module of a TLS variable: dynamic TLS.
    case tlsDynamic
    /// The offset of a TLS variable from the thread pointer: static TLS.
    case tlsStatic
    case tlsDescriptor
    case unknown

    static func x86_64(_ type: UInt32) -> Self {
      switch type {
      case 0: .none
      case 1, 2, 6, 10, 32, 33: .symbolic
      case 5: .copy
      case 7: .jumpSlot
      case 8, 38: .relative
      case 16, 17: .tlsDynamic
      case 18: .tlsStatic
      case 36: .tlsDescriptor
      case 37: .irelative
      default: .unknown
      }
    }

    static func aarch64(_ type: UInt32) -> Self {
      switch type {
      case 0: .none
      case 257, 258, 1025: .symbolic
      case 1024: .copy
      case 1026: .jumpSlot
      case 1027: .relative
      case 1028, 1029: .tlsDynamic
      case 1030: .tlsStatic
      case 1031: .tlsDescriptor
      case 1032: .irelative
      default: .unknown
      }
    }

    /// For machines that airworthy does not simulate: only whether a symbol is named matters.
    static func classify(_ type: UInt32, machine: UInt16) -> Self {
      switch machine {
      case ELF.EM_X86_64: x86_64(type)
      case ELF.EM_AARCH64: aarch64(type)
      default: type == 0 ? .none : .symbolic
      }
    }
  }

  /// One relocation, of whichever table.
  struct Relocation {
    var offset: UInt64
    var type: UInt32
    var symbol: Int
    /// `nil` in `REL` tables, where the addend stands in place.
    var addend: Int64?
  }

  /// Walks relocation tables.
  struct RelocationTable {
    let reader: TableReader
    let is64Bit: Bool
    let hasAddends: Bool
    let machine: UInt16

    var entryByteCount: Int { (hasAddends ? 3 : 2) * (is64Bit ? 8 : 4) }
    var count: Int { reader.bytes.count / entryByteCount }

    subscript(index: Int) -> Relocation {
      let word = is64Bit ? 8 : 4
      let base = index * entryByteCount
      let offset = reader.word(base, is64Bit: is64Bit) ?? 0
      var info = reader.word(base + word, is64Bit: is64Bit) ?? 0
      // 64-bit MIPS has a 32-bit symbol index, then four bytes of types, in either byte order.
      if machine == ELF.EM_MIPS, is64Bit, reader.order == .little {
        info = info << 32 | UInt64(UInt32(truncatingIfNeeded: info >> 32).byteSwapped)
      }
      let addend = hasAddends ? reader.word(base + 2 * word, is64Bit: is64Bit) : nil
      return Relocation(
        offset: offset, type: UInt32(truncatingIfNeeded: is64Bit ? info & 0xffff_ffff : info & 0xff),
        symbol: Int(is64Bit ? info >> 32 : info >> 8),
        addend: addend.map { is64Bit ? Int64(bitPattern: $0) : Int64(Int32(truncatingIfNeeded: $0)) })
    }
  }

  /// The addresses that a `DT_RELR` table relocates, in order, up to `limit`.
  static func relrAddresses(_ reader: TableReader, is64Bit: Bool, limit: Int = 1 << 22) -> [UInt64] {
    let word = is64Bit ? 8 : 4
    let bits = UInt64(word * 8 - 1)
    var addresses: [UInt64] = []
    var next: UInt64 = 0
    for index in 0..<reader.bytes.count / word {
      guard let entry = reader.word(index * word, is64Bit: is64Bit), addresses.count < limit else { break }
      if entry & 1 == 0 {
        addresses.append(entry)
        next = entry &+ UInt64(word)
      } else {
        for bit in 0..<bits where entry >> (bit + 1) & 1 == 1 { addresses.append(next &+ bit * UInt64(word)) }
        next = next &+ bits * UInt64(word)
      }
    }
    return addresses
  }
}
