extension ELF {
  /// The tables that the dynamic section points to, read through the mapped segments.
  struct DynamicTables {
    let dynamic: DynamicSection
    let memory: Memory
    let order: ByteOrder
    let is64Bit: Bool
    let machine: UInt16
    private let effort: ParsingEffort
    private var names: NameBudget
    var faults: Image.LoadPhases = []
    var segmentationFaults: Image.LoadPhases = []
    var damage: [ParseError] = []

    init(
      dynamic: DynamicSection, memory: Memory, order: ByteOrder, is64Bit: Bool, machine: UInt16,
      effort: ParsingEffort
    ) {
      self.effort = effort
      self.dynamic = dynamic
      self.memory = memory
      self.order = order
      self.is64Bit = is64Bit
      self.machine = machine
      names = NameBudget(fileByteCount: memory.fileByteCount)
    }

    mutating func read(into image: inout Image, _ file: RawSpan) {
      if dynamic[ELF.DT_STRTAB] == nil {
        segmentationFaults.insert(dynamic.dependencies.isEmpty ? .relocation : .dependencies)
      }
      readTags(into: &image)
      var strings = readStrings(file, wholeSegment: false)
      readNames(into: &image, strings)
      readSymbols(into: &image, strings, file)
      if leavesStrings(image, strings) {
        strings = readStrings(file, wholeSegment: true)
        (image.needed, image.dependencies) = ([], [])
        readNames(into: &image, strings)
        image.symbols.strings = strings
      }
      readVersions(into: &image, strings, file)
      if effort.purpose == .everything { readRelocations(into: &image, file) }
    }

    /// No table is longer than the file, even where many segments map the same bytes; two pages more tell whether it leaves
    /// the file.
    var longestTable: Int { memory.fileByteCount + 2 * Int(Memory.pageByteCount) }

    private func readTags(into image: inout Image) {
      image.tableTags.hasRelocations = dynamic[ELF.DT_RELA] != nil
      image.tableTags.relocationByteCount = dynamic[ELF.DT_RELAENT]
      image.tableTags.hasPackedRelocations = dynamic[ELF.DT_RELR] != nil
      image.tableTags.packedRelocationByteCount = dynamic[ELF.DT_RELRENT]
      image.tableTags.jumpSlotTable = dynamic[ELF.DT_PLTREL]
    }

    /// A table of `count` bytes at the address that `tag` gives; faults count for `phase`.
    mutating func table(_ tag: UInt64, count: Int, phase: Image.LoadPhases, _ file: RawSpan) -> TableReader? {
      guard let address = dynamic[tag], count > 0 else { return nil }
      let part = memory.read(address, count: min(count, longestTable), in: file)
      if part.faults { faults.insert(phase) }
      if part.unmapped { segmentationFaults.insert(phase) }
      if part.faults || part.unmapped { noteDamage(tag, address) }
      return part.bytes.isEmpty ? nil : TableReader(bytes: part.bytes, order: order)
    }

    /// The string at `offset` of the string table; empty where all names of the file together are too long.
    mutating func string(_ offset: Int, in strings: StringBytes) -> String {
      let bytes = strings.string(at: offset, limit: names.remaining + 1)
      guard spend(bytes.count) else { return "" }
      return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func spend(_ byteCount: Int) -> Bool {
      do throws(ParseError) {
        try names.spend(byteCount, at: memory.fileOffset(of: dynamic[ELF.DT_STRTAB] ?? 0) ?? 0)
        return true
      } catch {
        if damage.last != error { damage.append(error) }
        return false
      }
    }

    mutating func noteDamage(_ tag: UInt64, _ address: UInt64) {
      let offset = memory.fileOffset(of: address) ?? memory.fileByteCount
      damage.append(
        ParseError(.invalid("the table of dynamic tag 0x\(String(tag, radix: 16)) leaves the file"), at: offset))
    }

    /// The loader never looks at `DT_STRSZ`: strings go on to their NULs. It is taken for the length where it holds all that
    /// is used, to copy no more than that.
    private mutating func readStrings(_ file: RawSpan, wholeSegment: Bool) -> StringBytes {
      let rest = memory.availableBytes(at: dynamic[ELF.DT_STRTAB] ?? 0)
      var count = dynamic[ELF.DT_STRSZ].map { Int(clamping: $0) } ?? rest
      // A truncated file has less than its segment: reading on is what faults.
      let isCut = memory.faults(at: (dynamic[ELF.DT_STRTAB] ?? 0) &+ UInt64(rest))
      if wholeSegment || count > rest && !isCut { count = max(rest, 1) }
      if let keeper = effort.keeper, let address = dynamic[ELF.DT_STRTAB],
        let start = memory.fileOffset(of: address, count: count)
      {
        return file.extracting(start..<start + count).withUnsafeBytes { StringBytes($0, keeper: keeper) }
      }
      return StringBytes(table(ELF.DT_STRTAB, count: count, phase: .dependencies, file)?.bytes ?? [])
    }

    /// Whether some name lies outside of `strings`, or the last one has no end there.
    private mutating func leavesStrings(_ image: Image, _ strings: StringBytes) -> Bool {
      let available = memory.availableBytes(at: dynamic[ELF.DT_STRTAB] ?? 0)
      for dependency in dynamic.dependencies where dependency.string >= UInt64(available) {
        switch memory.readingFault(at: (dynamic[ELF.DT_STRTAB] ?? 0) &+ dependency.string) {
        case .bus: faults.insert(.dependencies)
        case .segmentation: segmentationFaults.insert(.dependencies)
        case nil: break
        }
      }
      guard strings.count < available else { return false }
      let names = [ELF.DT_SONAME, ELF.DT_RPATH, ELF.DT_RUNPATH].compactMap { dynamic[$0] }
      return strings.last != 0 || image.symbols.symbols.contains { $0.nameOffset >= strings.count }
        || (names + dynamic.dependencies.map(\.string)).contains { $0 >= UInt64(strings.count) }
    }

    private mutating func readNames(into image: inout Image, _ strings: StringBytes) {
      image.soname = dynamic[ELF.DT_SONAME].map { string(Int(clamping: $0), in: strings) }
      image.rpath = dynamic[ELF.DT_RPATH].map { string(Int(clamping: $0), in: strings) }
      image.runpath = dynamic[ELF.DT_RUNPATH].map { string(Int(clamping: $0), in: strings) }
      image.flags = dynamic[ELF.DT_FLAGS] ?? 0
      if dynamic[ELF.DT_BIND_NOW] != nil { image.flags |= ELF.DF_BIND_NOW }
      if dynamic[ELF.DT_SYMBOLIC] != nil { image.flags |= ELF.DF_SYMBOLIC }
      if dynamic[ELF.DT_TEXTREL] != nil { image.flags |= ELF.DF_TEXTREL }
      image.flags1 = dynamic[ELF.DT_FLAGS_1] ?? 0
      image.hasInitializers = dynamic[ELF.DT_INIT] != nil || (dynamic[ELF.DT_INIT_ARRAYSZ] ?? 0) > 0
      image.initializerCount = Int(clamping: (dynamic[ELF.DT_INIT_ARRAYSZ] ?? 0) / (is64Bit ? 8 : 4))
      image.finalizerCount = Int(clamping: (dynamic[ELF.DT_FINI_ARRAYSZ] ?? 0) / (is64Bit ? 8 : 4))
      for dependency in dynamic.dependencies {
        let name = string(Int(clamping: dependency.string), in: strings)
        if dependency.tag == ELF.DT_NEEDED { image.needed.append(name) }
        let kind: Image.Dependency.Kind
        switch dependency.tag {
        case ELF.DT_AUXILIARY: kind = .auxiliary
        case ELF.DT_FILTER: kind = .filter
        default: kind = .needed
        }
        var entry = Image.Dependency(name: name, kind: kind)
        if name.unicodeScalars.contains("\u{fffd}") {
          entry.undecodableName = Array(strings.string(at: Int(clamping: dependency.string)))
        }
        image.dependencies.append(entry)
      }
    }

    private mutating func readSymbols(into image: inout Image, _ strings: StringBytes, _ file: RawSpan) {
      var symbols = SymbolTable()
      symbols.strings = strings
      var count = 0
      if let (gnu, end) = readGNUHash(file) {
        symbols.hash = .gnu(gnu)
        count = end
      }
      if let sysv = readSysVHash(file) {
        if dynamic[ELF.DT_GNU_HASH] == nil { symbols.hash = .sysv(sysv) }
        count = max(count, sysv.chain.count)
      }
      if case .none = symbols.hash, let damaged = damagedHash(into: &image, file) {
        symbols.hash = .damaged(damaged)
        count = max(count, symbolsBeforeStrings)
      }
      // With a GNU hash table alone, symbols that are only referred to need not be counted there.
      if effort.purpose == .everything { count = max(count, highestRelocatedSymbol(file) + 1) }
      let size = is64Bit ? 24 : 16
      let available = memory.availableBytes(at: dynamic[ELF.DT_SYMTAB] ?? 0) / size
      if count > available, faultsOrEnds(dynamic[ELF.DT_SYMTAB] ?? 0, count * size, file) { count = available }
      if let address = dynamic[ELF.DT_SYMTAB], let entries: Table<Symbol> = inPlace(address, count: count, file) {
        symbols.symbols = entries
      } else if let reader = table(ELF.DT_SYMTAB, count: count * size, phase: .relocation, file) {
        symbols.symbols = Table(Symbol.table(reader, is64Bit: is64Bit))
      }
      if effort.purpose == .everything, let first = firstUnaffordable(symbols.symbols, strings) {
        symbols.symbols = symbols.symbols.first(first)
      }
      count = symbols.symbols.count
      if let address = dynamic[ELF.DT_VERSYM], let indices: Table<UInt16> = inPlace(address, count: count, file) {
        symbols.versionIndices = indices
      } else if let reader = table(ELF.DT_VERSYM, count: count * 2, phase: .versions, file) {
        symbols.versionIndices = Table(reader.integers(0, count: reader.bytes.count / 2))
      }
      image.symbols = symbols
    }

    /// A table that lies in the file as it lies in memory here, kept at its place or copied at once; `nil` for any other.
    fileprivate func inPlace<Entry>(_ address: UInt64, count: Int, _ file: RawSpan) -> Table<Entry>? {
      guard is64Bit, order == .little, UInt16(littleEndian: 1) == 1, count > 0,
        let start = memory.fileOffset(of: address, count: count * MemoryLayout<Entry>.size)
      else { return nil }
      return file.extracting(start..<start + count * MemoryLayout<Entry>.size).withUnsafeBytes { bytes in
        effort.keeper.map { Table(bytes, keeper: $0) } ?? Table(copying: bytes)
      }
    }

    /// The first symbol whose name is more than the names of one file may have together; `nil` for every real file. Who only
    /// binds to them reads no more of a name than the name that is looked for.
    private mutating func firstUnaffordable(_ symbols: Table<Symbol>, _ strings: StringBytes) -> Int? {
      symbols.firstIndex { symbol in
        !spend(strings.stringByteCount(at: Int(symbol.nameOffset), limit: names.remaining + 1))
      }
    }

    /// Whether a table of `count` bytes leaves the file's part of its segment; remembers the fault.
    private mutating func faultsOrEnds(_ address: UInt64, _ count: Int, _ file: RawSpan) -> Bool {
      guard count > 0 else { return false }
      let (last, overflow) = address.addingReportingOverflow(UInt64(count - 1))
      if !overflow, memory.faults(at: last) { faults.insert(.relocation) }
      damage.append(
        ParseError(.invalid("the dynamic symbol table leaves the file"), at: memory.fileOffset(of: address) ?? 0))
      return true
    }
  }
}

extension ELF.DynamicTables {
  /// The GNU hash table, and the index behind its last symbol.
  fileprivate mutating func readGNUHash(_ file: RawSpan) -> (ELF.GNUHashTable, end: Int)? {
    guard let address = dynamic[ELF.DT_GNU_HASH],
      let header = table(ELF.DT_GNU_HASH, count: 16, phase: .mapping, file),
      let bucketCount: UInt32 = header.integer(0), let symbolOffset: UInt32 = header.integer(4),
      let bloomCount: UInt32 = header.integer(8), let shift: UInt32 = header.integer(12),
      bloomCount & (bloomCount &- 1) == 0, bloomCount > 0
    else { return nil }
    let word = is64Bit ? 8 : 4
    let bloomBytes = Int(bloomCount) * word
    let tableBytes = bloomBytes + Int(bucketCount) * 4
    guard tableBytes <= memory.availableBytes(at: address) else {
      if memory.faults(at: address &+ 16 &+ UInt64(tableBytes)) { faults.insert(.relocation) }
      damage.append(ParseError(.invalid("the GNU hash table leaves the file"), at: memory.fileOffset(of: address) ?? 0))
      return nil
    }
    let bloom: ELF.Table<UInt64> =
      inPlace(address &+ 16, count: Int(bloomCount), file)
      ?? ELF.Table(
        is64Bit
          ? integers(address &+ 16, count: Int(bloomCount), file)
          : integers(address &+ 16, count: Int(bloomCount), as: UInt32.self, file).map(UInt64.init))
    let buckets = words(address &+ 16 &+ UInt64(bloomBytes), count: Int(bucketCount), file)
    let last = buckets.max() ?? 0
    let chain = readChain(address &+ 16 &+ UInt64(tableBytes), last: last, symbolOffset, file)
    if last != 0, chain.isEmpty || buckets.contains(where: { $0 != 0 && $0 < symbolOffset }) { return nil }
    let table = ELF.GNUHashTable(
      symbolOffset: symbolOffset, bloomShift: shift, wordBits: UInt32(word * 8), bloom: bloom, buckets: buckets,
      chain: chain)
    return (
      table,
      chain.isEmpty
        ? min(Int(symbolOffset), memory.availableBytes(at: dynamic[ELF.DT_SYMTAB] ?? 0) / 16)
        : Int(symbolOffset) + chain.count
    )
  }

  /// The chain words of all buckets: up to the end of the chain that begins at the `last` bucket's symbol.
  private func readChain(_ address: UInt64, last: UInt32, _ symbolOffset: UInt32, _ file: RawSpan) -> ELF.Table<UInt32>
  {
    guard last >= symbolOffset, last != 0, let start = memory.fileOffset(of: address) else { return ELF.Table() }
    let available = memory.availableBytes(at: address) / 4
    var end = Int(last - symbolOffset)
    var isLast = false
    while !isLast {
      guard end < available, let word: UInt32 = try? file.integer(at: start + end * 4, order: order) else {
        return ELF.Table()
      }
      end += 1
      isLast = word & 1 == 1
    }
    return words(address, count: min(end, available), file)
  }

  private func words(_ address: UInt64, count: Int, _ file: RawSpan) -> ELF.Table<UInt32> {
    inPlace(address, count: count, file) ?? ELF.Table(integers(address, count: count, file))
  }

  private func integers<T: FixedWidthInteger & BitwiseCopyable>(
    _ address: UInt64, count: Int, as type: T.Type = T.self, _ file: RawSpan
  ) -> [T] {
    let bytes = memory.read(address, count: count * MemoryLayout<T>.size, in: file).bytes
    return TableReader(bytes: bytes, order: order).integers(0, count: count)
  }

  /// A hash table that is not what it should be, to be followed as the loader follows it.
  fileprivate func damagedHash(into image: inout ELF.Image, _ file: RawSpan) -> ELF.DamagedHashTable? {
    guard is64Bit, order == .little, file.byteCount <= ELF.DamagedHashTable.largestFile else { return nil }
    guard let address = dynamic[ELF.DT_GNU_HASH] ?? dynamic[ELF.DT_HASH] else { return nil }
    let mapped = ELF.MappedFile(memory: memory, bytes: file.withUnsafeBytes { Array($0) }, order: order)
    let isGNU = dynamic[ELF.DT_GNU_HASH] != nil
    if isGNU, let count = try? mapped.integer(at: address &+ 8, as: UInt32.self), count & (count &- 1) != 0 {
      image.tableTags.hasSoundBloomCount = false
    }
    return ELF.DamagedHashTable(
      file: mapped, address: address, isGNU: isGNU, symbolTable: dynamic[ELF.DT_SYMTAB] ?? 0)
  }

  /// Linkers put the strings behind the symbols: so many can be symbols where no hash table says.
  fileprivate var symbolsBeforeStrings: Int {
    let (symbols, strings) = (dynamic[ELF.DT_SYMTAB] ?? 0, dynamic[ELF.DT_STRTAB] ?? 0)
    let available = memory.availableBytes(at: symbols) / 24
    return strings > symbols ? min(available, Int(clamping: (strings - symbols) / 24)) : 0
  }

  fileprivate mutating func readSysVHash(_ file: RawSpan) -> ELF.SysVHashTable? {
    // Alpha and s390x use 64-bit words here; nothing that Lambda runs does.
    guard let address = dynamic[ELF.DT_HASH], machine != 0x9026, machine != 22 || !is64Bit,
      let header = table(ELF.DT_HASH, count: 8, phase: .relocation, file),
      let bucketCount: UInt32 = header.integer(0), let chainCount: UInt32 = header.integer(4),
      (Int(bucketCount) + Int(chainCount)) * 4 <= memory.availableBytes(at: address)
    else { return nil }
    let bytes = memory.read(address &+ 8, count: (Int(bucketCount) + Int(chainCount)) * 4, in: file).bytes
    let reader = TableReader(bytes: bytes, order: order)
    let words = reader.integers(0, count: bytes.count / 4, as: UInt32.self)
    guard bucketCount == 0 || words.allSatisfy({ $0 < chainCount }) else { return nil }
    return ELF.SysVHashTable(
      buckets: Array(words.prefix(Int(bucketCount))), chain: Array(words.dropFirst(Int(bucketCount))))
  }
}
