extension ELF {
  /// `ELF_DYNAMIC_RELOCATE` of glibc's `elf/dynamic-link.h` over one object of x86-64 or arm64, entry by entry: what it asks
  /// of symbols, until it ends or touches what it must not.
  struct RelocationWalk {
    private let tables: DynamicTables
    private let symbols: Table<Symbol>
    private let versionCount: Int
    private let stringByteCount: Int
    /// Whether versions are named but none defined or needed: ld.so then has no table of them.
    private let lacksVersionTable: Bool
    private let isLazy: Bool
    private let liftsProtection: Bool
    private(set) var relocations = Relocations()
    private var seenData: [Bool]
    private var seenSlots: [Bool]
    private var seenTLS: Set<Relocations.Reference> = []
    /// Addresses that were found to be writable; relocations are sorted, so that the next one mostly lies there too.
    private var writable: Range<UInt64> = 0..<0
    /// The addresses of constructors' pointers, and those of them that were relocated.
    private let constructors: Range<UInt64>
    private var relocatedConstructors: Set<UInt64> = []

    private static let entryByteCount: UInt64 = 24

    /// One range of `_ELF_DYNAMIC_DO_RELOC`.
    private struct Entries {
      var start: UInt64 = 0
      /// In bytes.
      var size: UInt64 = 0
      /// `DT_RELACOUNT`.
      var relativeCount: UInt64 = 0
      var isLazy = false
    }

    init(tables: DynamicTables, image: Image) {
      self.tables = tables
      symbols = image.symbols.symbols
      versionCount = image.symbols.versionIndices.count
      stringByteCount = image.symbols.strings.count
      lacksVersionTable =
        tables.dynamic[ELF.DT_VERSYM] != nil && image.versionNeeds.isEmpty && image.versionDefinitions.isEmpty
      isLazy = image.flags & ELF.DF_BIND_NOW == 0 && image.flags1 & ELF.DF_1_NOW == 0
      liftsProtection = image.flags & ELF.DF_TEXTREL != 0
      seenData = Array(repeating: false, count: symbols.count)
      seenSlots = seenData
      let start = tables.dynamic[ELF.DT_INIT_ARRAY] ?? 0
      let end = start.addingReportingOverflow((tables.dynamic[ELF.DT_INIT_ARRAYSZ] ?? 0) & ~7)
      // More of them than any object has lead out of its memory, and so does an array without a length.
      let isEndless =
        end.overflow || end.partialValue - start > 1 << 20
        || tables.dynamic[ELF.DT_INIT_ARRAY] != nil && tables.dynamic[ELF.DT_INIT_ARRAYSZ] == nil
      constructors = isEndless ? 0..<0 : start..<end.partialValue
      relocations.constructorsAreUnrelocated = isEndless
    }

    mutating func run(_ file: RawSpan, knowsRELR: Bool) {
      let dynamic = tables.dynamic
      if isLazy, dynamic[ELF.DT_JMPREL] != nil { setUpLazyBinding() }
      if relocations.ending == nil, knowsRELR { applyPacked(file) }
      if relocations.ending == nil {
        if let ranges = ranges(skipsNullTable: knowsRELR), dynamic[ELF.DT_SYMTAB] != nil {
          for range in ranges where relocations.ending == nil { process(range, file) }
        } else {
          // One of the entries that stands for a table's length or place is not there: ld.so follows a null pointer.
          end(.fault(.segmentation))
        }
      }
      noteConstructors()
    }

    private mutating func end(_ ending: Relocations.Ending) {
      if relocations.ending == nil { relocations.ending = ending }
    }

    /// `elf_machine_runtime_setup` writes the second and third word of the procedure linkage table's data.
    private mutating func setUpLazyBinding() {
      guard let address = tables.dynamic[ELF.DT_PLTGOT] else { return end(.fault(.segmentation)) }
      write(at: address &+ 8, count: 16)
    }

    /// `ELF_DYNAMIC_DO_RELR`.
    private mutating func applyPacked(_ file: RawSpan) {
      guard let address = tables.dynamic[ELF.DT_RELR] else { return }
      relocations.usesRELR = true
      guard let size = tables.dynamic[ELF.DT_RELRSZ] else { return end(.fault(.segmentation)) }
      let part = tables.memory.read(address, count: min(Int(clamping: size), tables.longestTable), in: file)
      let addresses = ELF.relrAddresses(TableReader(bytes: part.bytes, order: .little), is64Bit: true)
      relocations.count += addresses.count
      for place in addresses {
        write(at: place, count: 8)
        if relocations.ending != nil { return }
        if constructors.contains(place) { relocatedConstructors.insert(place) }
      }
      if part.faults || part.unmapped { end(.fault(part.faults ? .bus : .segmentation)) }
    }

    /// The two ranges of `_ELF_DYNAMIC_DO_RELOC` for `RELA`; `nil` where it would follow a null pointer.
    private func ranges(skipsNullTable: Bool) -> [Entries]? {
      let dynamic = tables.dynamic
      var ranges = [Entries(), Entries()]
      if let start = dynamic[ELF.DT_RELA], start != 0 || !skipsNullTable {
        guard let size = dynamic[ELF.DT_RELASZ] else { return nil }
        ranges[0] = Entries(start: start, size: size, relativeCount: dynamic[ELF.DT_RELACOUNT] ?? 0)
      }
      guard dynamic[ELF.DT_PLTREL] != nil else { return ranges }
      guard let start = dynamic[ELF.DT_JMPREL], let size = dynamic[ELF.DT_PLTRELSZ] else { return nil }
      if ranges[0].start == 0, dynamic[ELF.DT_RELA] == nil || skipsNullTable { ranges[0].start = start }
      if ranges[0].start &+ ranges[0].size == start &+ size { ranges[0].size &-= size }
      if !isLazy, ranges[0].start &+ ranges[0].size == start {
        ranges[0].size &+= size
      } else {
        ranges[1] = Entries(start: start, size: size, isLazy: isLazy)
      }
      return ranges
    }

    /// `elf_dynamic_do_Rela`.
    private mutating func process(_ range: Entries, _ file: RawSpan) {
      let entries = range.size / Self.entryByteCount + (range.size % Self.entryByteCount == 0 ? 0 : 1)
      // The relative ones are counted, whatever the size says.
      let wanted = max(entries, range.relativeCount).multipliedReportingOverflow(by: Self.entryByteCount)
      let count = wanted.overflow ? Int.max : Int(clamping: wanted.partialValue)
      if count == 0 { return }
      let part = tables.memory.read(range.start, count: min(count, tables.longestTable), in: file)
      let table = RelocationTable(
        reader: TableReader(bytes: part.bytes, order: .little), is64Bit: true, hasAddends: true, machine: tables.machine
      )
      for index in 0..<table.count {
        let relocation = table[index]
        let kind = RelocationClass.classify(relocation.type, machine: tables.machine)
        relocations.count += 1
        if range.isLazy {
          bindLazily(relocation, kind)
        } else if UInt64(index) < range.relativeCount {
          applyRelative(relocation, kind)
        } else {
          apply(relocation, kind)
        }
        if relocations.ending != nil { return }
      }
      if part.bytes.count < count { end(.fault(part.faults ? .bus : .segmentation)) }
    }

    /// `elf_machine_rela_relative`: only x86-64 looks at the type.
    private mutating func applyRelative(_ relocation: Relocation, _ kind: RelocationClass) {
      if kind != .relative, tables.machine == ELF.EM_X86_64 { return end(.foreignRelative) }
      writeWord(relocation)
    }

    /// `elf_machine_lazy_rel`.
    private mutating func bindLazily(_ relocation: Relocation, _ kind: RelocationClass) {
      switch kind {
      case .jumpSlot:
        let symbol = relocation.symbol
        if bindsAtLoad(symbol) { return apply(relocation, kind) }
        writeWord(relocation)
        guard relocations.ending == nil, symbol > 0, symbol < symbols.count, !seenSlots[symbol] else { return }
        seenSlots[symbol] = true
        relocations.jumpSlots.append(.init(symbol: symbol, isCopy: false, needsDefinition: true))
      case .tlsDescriptor: apply(relocation, kind)
      case .irelative: resolveIndirectly(relocation)
      default: end(.unknownType(relocation.type, isJumpSlot: true))
      }
    }

    /// Functions of arm64 with a calling convention of their own (`STO_AARCH64_VARIANT_PCS`), which the code that binds at the
    /// first call would not keep; since glibc 2.30.
    private func bindsAtLoad(_ symbol: Int) -> Bool {
      tables.machine == ELF.EM_AARCH64 && tables.dynamic[ELF.DT_AARCH64_VARIANT_PCS] != nil && symbol < symbols.count
        && symbols[symbol].other & 0x80 != 0
    }

    /// `elf_machine_rela`.
    private mutating func apply(_ relocation: Relocation, _ kind: RelocationClass) {
      if let versions = tables.dynamic[ELF.DT_VERSYM], relocation.symbol >= versionCount,
        let fault = tables.memory.readingFault(at: versions &+ UInt64(relocation.symbol) &* 2)
      {
        return end(.fault(fault))
      }
      switch kind {
      case .none: return
      case .relative: return writeWord(relocation)
      case .irelative: return resolveIndirectly(relocation)
      case .symbolic, .jumpSlot, .copy, .tlsDynamic, .tlsStatic, .tlsDescriptor, .unknown: break
      }
      refer(relocation.symbol, kind)
      guard relocations.ending == nil else { return }
      if kind == .unknown { return end(.unknownType(relocation.type, isJumpSlot: false)) }
      // R_X86_64_PC32, R_X86_64_32 and R_X86_64_SIZE32 are the short ones.
      let isShort = tables.machine == ELF.EM_X86_64 && [2, 10, 32].contains(relocation.type)
      write(at: relocation.offset, count: isShort ? 4 : kind == .tlsDescriptor ? 16 : 8)
      if !isShort, kind == .symbolic || kind == .jumpSlot { noteConstructor(at: relocation.offset, relocation.symbol) }
    }

    /// A constructor whose address is that of a symbol, as of each function that other objects can see.
    private mutating func noteConstructor(at place: UInt64, _ symbol: Int) {
      guard constructors.contains(place), relocatedConstructors.insert(place).inserted, symbol < symbols.count else {
        return
      }
      let entry = symbols[symbol]
      guard entry.isWeak, entry.isUndefined else { return }
      relocations.weakConstructors.append(.init(symbol: symbol, isCopy: false, needsDefinition: false))
    }

    /// `RESOLVE_MAP`, as far as it does not depend on other objects.
    private mutating func refer(_ symbol: Int, _ kind: RelocationClass) {
      let address = (tables.dynamic[ELF.DT_SYMTAB] ?? 0) &+ UInt64(symbol) &* 24
      guard symbol < symbols.count else {
        if let fault = tables.memory.readingFault(at: address) { end(.fault(fault)) }
        return
      }
      let entry = symbols[symbol]
      let bindsLocally =
        entry.binding == ELF.STB_LOCAL || entry.visibility == ELF.STV_HIDDEN || entry.visibility == ELF.STV_INTERNAL
      if kind == .tlsStatic || kind == .tlsDescriptor {
        let storage: Relocations.Reference.Storage = kind == .tlsStatic ? .inStaticBlock : .describable
        if !seenTLS.contains(.init(symbol: symbol, storage)) { relocations.data.append(.init(symbol: symbol, storage)) }
        seenTLS.insert(.init(symbol: symbol, storage))
        if bindsLocally, kind == .tlsStatic { relocations.needsStaticTLS = true }
      }
      if bindsLocally { return }
      if lacksVersionTable { return end(.fault(.segmentation)) }
      let name = (tables.dynamic[ELF.DT_STRTAB] ?? 0) &+ UInt64(entry.nameOffset)
      if Int(entry.nameOffset) >= stringByteCount, let fault = tables.memory.readingFault(at: name) {
        return end(.fault(fault))
      }
      guard symbol > 0, kind != .tlsStatic, kind != .tlsDescriptor, !seenData[symbol] else { return }
      seenData[symbol] = true
      // Every class but these may be satisfied by the address of a procedure linkage table's entry.
      let needsDefinition = kind == .jumpSlot || kind == .tlsDynamic
      let reference = Relocations.Reference(symbol: symbol, isCopy: kind == .copy, needsDefinition: needsDefinition)
      if kind == .jumpSlot, !isLazy {
        relocations.jumpSlots.append(reference)
      } else {
        relocations.data.append(reference)
      }
    }

    /// The loader calls the function at the addend.
    private mutating func resolveIndirectly(_ relocation: Relocation) {
      relocations.callsResolvers = true
      guard tables.memory.isExecutable(UInt64(bitPattern: relocation.addend ?? 0)) else {
        return end(.fault(.segmentation))
      }
      writeWord(relocation)
    }

    private mutating func writeWord(_ relocation: Relocation) {
      write(at: relocation.offset, count: 8)
      if constructors.contains(relocation.offset) { relocatedConstructors.insert(relocation.offset) }
    }

    private mutating func write(at address: UInt64, count: UInt64) {
      if address >= writable.lowerBound, writable.upperBound >= count, address <= writable.upperBound - count { return }
      if let fault = tables.memory.writingFault(at: address, count: count, liftsProtection: liftsProtection) {
        return end(.fault(fault))
      }
      writable = tables.memory.writableRange(at: address, liftsProtection: liftsProtection) ?? 0..<0
    }

    /// A constructor whose pointer nothing relocates is called at an address where nothing is.
    private mutating func noteConstructors() {
      if relocations.constructorsAreUnrelocated { return }
      relocations.constructorsAreUnrelocated = stride(
        from: constructors.lowerBound, to: constructors.upperBound, by: 8
      ).contains { !relocatedConstructors.contains($0) }
    }
  }
}
