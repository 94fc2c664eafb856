extension ELF {
  /// One `Elf32_Sym` or `Elf64_Sym`; its members stand in the latter's order and size.
  public struct Symbol: Hashable, Sendable, BitwiseCopyable {
    /// `st_name`: an offset into the table's strings, in bytes.
    public var nameOffset: UInt32
    public var info: UInt8
    public var other: UInt8
    public var section: UInt16
    public var value: UInt64
    public var byteCount: UInt64

    public var binding: UInt8 { info >> 4 }
    public var type: UInt8 { info & 0xf }
    public var visibility: UInt8 { other & 0x3 }
    public var isUndefined: Bool { section == 0 }
    public var isWeak: Bool { binding == ELF.STB_WEAK }
  }

  // ST_BIND, ST_TYPE, ST_VISIBILITY, st_shndx
  public static let STB_LOCAL: UInt8 = 0
  public static let STB_GLOBAL: UInt8 = 1
  public static let STB_WEAK: UInt8 = 2
  public static let STB_GNU_UNIQUE: UInt8 = 10
  public static let STT_NOTYPE: UInt8 = 0
  public static let STT_OBJECT: UInt8 = 1
  public static let STT_FUNC: UInt8 = 2
  public static let STT_COMMON: UInt8 = 5
  public static let STT_TLS: UInt8 = 6
  public static let STT_GNU_IFUNC: UInt8 = 10
  public static let STV_INTERNAL: UInt8 = 1
  public static let STV_HIDDEN: UInt8 = 2
  public static let SHN_ABS: UInt16 = 0xfff1

  /// The dynamic symbol table with its strings, versions and hash table.
  public struct SymbolTable: Sendable {
    /// Entry 0 is the null symbol.
    public internal(set) var symbols = Table<Symbol>()
    /// `DT_STRTAB`.
    var strings = StringBytes()
    /// `DT_VERSYM`, parallel to `symbols`; empty when there is none. Bit 15 marks a hidden version.
    public internal(set) var versionIndices = Table<UInt16>()
    public internal(set) var hash = HashTable.none

    public init() {}

    /// The length of `DT_STRTAB` in bytes.
    public var stringByteCount: Int { strings.count }

    /// The name's bytes, without the NUL; empty where the offset is outside.
    public func nameBytes(_ index: Int) -> ArraySlice<UInt8> {
      strings.string(at: Int(symbols[index].nameOffset))
    }

    /// The first byte of the name; 0 where it is empty or outside.
    func firstByte(_ index: Int) -> UInt8 {
      let offset = Int(symbols[index].nameOffset)
      return offset < strings.count ? strings[offset] : 0
    }

    public func name(_ index: Int) -> String { String(decoding: nameBytes(index), as: UTF8.self) }

    /// Calls `body` with each symbol of this name that the hash table leads to, until it returns true.
    ///
    /// `name` holds no NUL.
    /// `shiftWidth` is how many bits the loader gives a hash: 64 before glibc 2.36. Throws where the table leads out of
    /// the object's memory.
    @_specialize(where Name == ArraySlice<UInt8>)
    public func forEachSymbol<Name: Collection>(
      named name: Name, gnuHash: UInt32, shiftWidth: UInt32 = 32, _ body: (_ index: Int) -> Bool
    ) throws(MemoryFault) where Name.Element == UInt8 {
      switch hash {
      case .none: return
      case .gnu(let table):
        var leadsAstray = false
        table.forEachCandidate(hash: gnuHash, shiftWidth: shiftWidth) {
          guard $0 < symbols.count else { return false }
          leadsAstray = leadsAstray || hasWildName($0)
          return leadsAstray || hasName(name, $0) && body($0)
        }
        if leadsAstray { throw .segmentation }
      case .sysv(let table):
        var leadsAstray = false
        table.forEachCandidate(hash: SysVHashTable.hash(name)) {
          guard $0 < symbols.count else { return false }
          leadsAstray = leadsAstray || hasWildName($0)
          return leadsAstray || hasName(name, $0) && body($0)
        }
        if leadsAstray { throw .segmentation }
      case .damaged(let table):
        for index in try table.candidates(
          gnuHash: gnuHash, sysvHash: SysVHashTable.hash(name), shiftWidth: shiftWidth)
        where index < symbols.count && hasName(name, index) && body(index) { return }
      }
    }

    /// Whether comparing the symbol's name leads so far out of the strings that no other library is there; nearer by there
    /// mostly is one, and the names differ.
    private func hasWildName(_ index: Int) -> Bool {
      let symbol = symbols[index]
      let isCompared = symbol.value != 0 || symbol.section == ELF.SHN_ABS || symbol.type == ELF.STT_TLS
      return isCompared && Int(symbol.nameOffset) >= max(strings.count, 1 << 28)
    }

    @inline(__always)
    private func hasName(_ name: some Collection<UInt8>, _ index: Int) -> Bool {
      let start = Int(symbols[index].nameOffset)
      guard start < strings.count, strings.count - start > name.count else { return false }
      return strings.withUnsafeBytes { strings in
        var position = start
        for byte in name {
          if strings[position] != byte { return false }
          position += 1
        }
        return strings[position] == 0
      }
    }
  }

  /// How a loader finds a name in the symbol table.
  public enum HashTable: Sendable {
    case none
    case gnu(GNUHashTable)
    case sysv(SysVHashTable)
    case damaged(DamagedHashTable)
  }

  /// A hash table of either kind whose numbers contradict each other: `do_lookup_x` follows it wherever it leads.
  public struct DamagedHashTable: Sendable {
    /// A larger file is not kept in memory for its damage: nothing is found in it then. In bytes.
    static let largestFile = 1 << 26
    /// How far a chain of a GNU table is followed: it goes on word by word, until one ends it or the memory does. Memory that is
    /// all zeros counts as one word.
    private static let longestChain = 1 << 12

    let file: MappedFile
    let address: UInt64
    let isGNU: Bool
    let symbolTable: UInt64

    /// The symbols that the loader would compare with the name.
    func candidates(gnuHash: UInt32, sysvHash: UInt32, shiftWidth: UInt32) throws(MemoryFault) -> [Int] {
      let found = try isGNU ? gnuCandidates(gnuHash, shiftWidth) : sysvCandidates(sysvHash)
      for index in found { _ = try file.integer(at: symbolTable &+ UInt64(index) &* 24, as: UInt64.self) }
      return found
    }

    private func word(_ address: UInt64) throws(MemoryFault) -> UInt32 { try file.integer(at: address) }

    private func gnuCandidates(_ hash: UInt32, _ shiftWidth: UInt32) throws(MemoryFault) -> [Int] {
      let bucketCount = try word(address)
      let symbolOffset = try word(address &+ 4)
      let bloomCount = try word(address &+ 8)
      if bucketCount == 0 { return [] }
      let shift = try word(address &+ 12) & (shiftWidth - 1)
      let bloom = address &+ 16
      let bits: UInt64 = try file.integer(at: bloom &+ UInt64((hash / 64) & (bloomCount &- 1)) &* 8)
      let second = shift < 32 ? hash >> shift : 0
      guard bits >> UInt64(hash % 64) & bits >> UInt64(second % 64) & 1 == 1 else { return [] }
      let buckets = bloom &+ UInt64(bloomCount) &* 8
      let chains = buckets &+ UInt64(bucketCount) &* 4 &- UInt64(symbolOffset) &* 4
      var index = UInt64(try word(buckets &+ UInt64(hash % bucketCount) &* 4))
      var found: [Int] = []
      if index == 0 { return [] }
      for _ in 0..<Self.longestChain where index < 1 << 48 {
        let link = try word(chains &+ index &* 4)
        if (link ^ hash) >> 1 == 0 { found.append(Int(index)) }
        if link & 1 == 1 { break }
        let zeros = link == 0 ? file.memory.zeroByteCount(at: chains &+ index &* 4) : 0
        index += UInt64(max(1, zeros / 4))
      }
      return found
    }

    private func sysvCandidates(_ hash: UInt32) throws(MemoryFault) -> [Int] {
      let bucketCount = try word(address)
      if bucketCount == 0 { return [] }
      var found: [Int] = []
      var index = UInt64(try word(address &+ 8 &+ UInt64(hash % bucketCount) &* 4))
      while index != 0, found.count < ELF.longestChain {
        found.append(Int(index))
        index = UInt64(try word(address &+ 8 &+ UInt64(bucketCount) &* 4 &+ index &* 4))
      }
      return found
    }
  }

  /// How far one chain of a hash table is followed. Linkers make chains of a few dozen symbols at most; were a hundred thousand symbols in
  /// one, resolving as many references would take minutes.
  static let longestChain = 1 << 9

  /// `DT_GNU_HASH`. A class, because each lookup takes it out of `HashTable`.
  public final class GNUHashTable: Sendable {
    let symbolOffset: UInt32
    let bloomShift: UInt32
    /// The width of a bloom word in bits: that of the ELF class.
    let wordBits: UInt32
    let bloom: Table<UInt64>
    let buckets: Table<UInt32>
    let chain: Table<UInt32>

    init(
      symbolOffset: UInt32, bloomShift: UInt32, wordBits: UInt32, bloom: Table<UInt64>, buckets: Table<UInt32>,
      chain: Table<UInt32>
    ) {
      self.symbolOffset = symbolOffset
      self.bloomShift = bloomShift
      self.wordBits = wordBits
      self.bloom = bloom
      self.buckets = buckets
      self.chain = chain
    }

    /// Bernstein's hash with multiplier 33, as glibc's `_dl_new_hash`.
    @_specialize(where Name == ArraySlice<UInt8>)
    public static func hash<Name: Sequence>(_ name: Name) -> UInt32 where Name.Element == UInt8 {
      var hash: UInt32 = 5381
      for byte in name { hash = hash &* 33 &+ UInt32(byte) }
      return hash
    }

    func forEachCandidate(hash: UInt32, shiftWidth: UInt32, _ body: (Int) -> Bool) {
      guard !buckets.isEmpty else { return }
      if !bloom.isEmpty {
        let word = bloom[Int((hash / wordBits) % UInt32(bloom.count))]
        let first = word >> UInt64(hash % wordBits)
        let shift = bloomShift & (shiftWidth - 1)
        let second = word >> UInt64((shift < 32 ? hash >> shift : 0) % wordBits)
        guard first & second & 1 == 1 else { return }
      }
      let bucket = buckets[Int(hash % UInt32(buckets.count))]
      guard bucket >= symbolOffset, bucket != 0 else { return }
      var position = Int(bucket - symbolOffset)
      let end = min(chain.count, position + ELF.longestChain)
      while position < end {
        if (chain[position] ^ hash) >> 1 == 0, body(position + Int(symbolOffset)) { return }
        if chain[position] & 1 == 1 { return }
        position += 1
      }
    }
  }

  /// `DT_HASH`.
  public struct SysVHashTable: Sendable {
    var buckets: [UInt32]
    var chain: [UInt32]

    /// The System V gABI's hash.
    @_specialize(where Name == ArraySlice<UInt8>)
    public static func hash<Name: Sequence>(_ name: Name) -> UInt32 where Name.Element == UInt8 {
      var hash: UInt32 = 0
      for byte in name {
        let shifted = (hash << 4) &+ UInt32(byte)
        let high = shifted & 0xf000_0000
        hash = (shifted ^ (high >> 24)) & ~high
      }
      return hash
    }

    func forEachCandidate(hash: UInt32, _ body: (Int) -> Bool) {
      guard !buckets.isEmpty else { return }
      var index = Int(buckets[Int(hash % UInt32(buckets.count))])
      var steps = 0
      // A hostile chain may also run in a circle.
      while index != 0, index < chain.count, steps < ELF.longestChain {
        if body(index) { return }
        index = Int(chain[index])
        steps += 1
      }
    }
  }
}

extension ELF.SymbolTable {
  /// A table of definitions only, from names as `nm -D --with-symbol-versions` writes them: `name`, `name@@VERSION` for
  /// the default version, `name@VERSION` for another one.
  public init(exports: [Substring.UTF8View.SubSequence], versions: [String: UInt16]) {
    self.init()
    var names: [UInt8] = [0]
    var entries = [ELF.Symbol(nameOffset: 0, info: 0, other: 0, section: 0, value: 0, byteCount: 0)]
    var indices: [UInt16] = [0]
    for export in exports {
      let at = export.firstIndex(of: UInt8(ascii: "@")) ?? export.endIndex
      var version = export[at...].dropFirst()
      let isDefault = version.first == UInt8(ascii: "@")
      if isDefault { version = version.dropFirst() }
      // Values and types do not matter to a definition that is there.
      entries.append(
        ELF.Symbol(
          nameOffset: UInt32(clamping: names.count), info: ELF.STB_GLOBAL << 4, other: 0, section: 1, value: 1,
          byteCount: 0))
      names += export[..<at]
      names.append(0)
      let index = version.isEmpty ? 1 : versions[String(decoding: version, as: UTF8.self)] ?? 1
      indices.append(index | (isDefault || version.isEmpty ? 0 : 0x8000))
    }
    symbols = ELF.Table(entries)
    versionIndices = ELF.Table(indices)
    strings = ELF.StringBytes(names)
    hash = .sysv(ELF.SysVHashTable(symbolCount: symbols.count) { nameBytes($0) })
  }
}

extension ELF.SysVHashTable {
  /// A table over `symbolCount` symbols, entry 0 left out, each found by its name.
  init(symbolCount: Int, name: (Int) -> ArraySlice<UInt8>) {
    buckets = Array(repeating: 0, count: max(1, symbolCount))
    chain = Array(repeating: 0, count: symbolCount)
    for index in stride(from: symbolCount - 1, to: 0, by: -1) {
      let bucket = Int(Self.hash(name(index)) % UInt32(buckets.count))
      chain[index] = buckets[bucket]
      buckets[bucket] = UInt32(index)
    }
  }
}
