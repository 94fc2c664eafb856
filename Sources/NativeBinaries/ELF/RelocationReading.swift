extension ELF.DynamicTables {
  /// The relocation tables in the order that the loader processes them: `REL` or `RELA`, then the jump slots.
  private mutating func relocationTables(_ file: RawSpan) -> [(table: ELF.RelocationTable, isJumpSlots: Bool)] {
    var tables: [(ELF.RelocationTable, Bool)] = []
    for (tag, size, hasAddends) in [(ELF.DT_REL, ELF.DT_RELSZ, false), (ELF.DT_RELA, ELF.DT_RELASZ, true)] {
      if let reader = table(tag, count: Int(clamping: dynamic[size] ?? 0), phase: .relocation, file) {
        tables.append(
          (ELF.RelocationTable(reader: reader, is64Bit: is64Bit, hasAddends: hasAddends, machine: machine), false))
      }
    }
    if let reader = table(ELF.DT_JMPREL, count: Int(clamping: dynamic[ELF.DT_PLTRELSZ] ?? 0), phase: .relocation, file)
    {
      let hasAddends = dynamic[ELF.DT_PLTREL] == ELF.DT_RELA
      tables.append(
        (ELF.RelocationTable(reader: reader, is64Bit: is64Bit, hasAddends: hasAddends, machine: machine), true))
    }
    return tables
  }

  /// The highest symbol index that a relocation names; 0 when none does.
  mutating func highestRelocatedSymbol(_ file: RawSpan) -> Int {
    let (savedFaults, savedDamage) = (faults, damage)
    defer { (faults, damage) = (savedFaults, savedDamage) }
    var highest = 0
    for (table, _) in relocationTables(file) {
      for index in 0..<table.count { highest = max(highest, table[index].symbol) }
    }
    // A symbol table cannot have more entries than fit in its segment.
    return min(highest, memory.availableBytes(at: dynamic[ELF.DT_SYMTAB] ?? 0) / (is64Bit ? 24 : 16))
  }

  mutating func readRelocations(into image: inout ELF.Image, _ file: RawSpan) {
    var relocations = ELF.Relocations()
    relocations.jumpSlotTableTag = dynamic[ELF.DT_PLTREL]
    relocations.entryByteCount = dynamic[ELF.DT_RELA] == nil ? nil : dynamic[ELF.DT_RELAENT]
    let symbols = image.symbols.symbols
    var seenData = [Bool](repeating: false, count: symbols.count)
    var seenSlots = seenData
    let relativeCount = Int(clamping: dynamic[ELF.DT_RELACOUNT] ?? 0)
    let isTruncated = memory.segments.contains { $0.offset &+ $0.fileByteCount > UInt64(memory.fileByteCount) }
    for (table, isJumpSlots) in relocationTables(file) {
      relocations.count += table.count
      for index in 0..<table.count {
        let relocation = table[index]
        if isTruncated, memory.faults(at: relocation.offset) { faults.insert(.relocation) }
        // The first DT_RELACOUNT entries are taken for relative ones without a look at their type.
        let kind = ELF.RelocationClass.classify(relocation.type, machine: machine)
        if !isJumpSlots, table.hasAddends, index < relativeCount {
          if kind != .relative { relocations.hasForeignRelative = true }
          continue
        }
        if kind == .unknown, relocations.unknownType == nil {
          relocations.unknownType = .init(type: relocation.type, isJumpSlot: isJumpSlots)
        }
        note(kind, relocation, isJumpSlots, symbols, &relocations, &seenData, &seenSlots)
      }
    }
    if let reader = table(ELF.DT_RELR, count: Int(clamping: dynamic[ELF.DT_RELRSZ] ?? 0), phase: .relocation, file) {
      relocations.usesRELR = true
      let addresses = ELF.relrAddresses(reader, is64Bit: is64Bit)
      relocations.count += addresses.count
      if isTruncated, addresses.contains(where: { memory.faults(at: $0) }) { faults.insert(.relocation) }
    }
    image.relocations = relocations
  }

  private func note(
    _ kind: ELF.RelocationClass, _ relocation: ELF.Relocation, _ isJumpSlots: Bool, _ symbols: [ELF.Symbol],
    _ relocations: inout ELF.Relocations, _ seenData: inout [Bool], _ seenSlots: inout [Bool]
  ) {
    let symbol = relocation.symbol
    switch kind {
    case .none, .relative, .irelative, .unknown: return
    case .tlsStatic where symbol == 0 || symbol < symbols.count && symbols[symbol].binding == ELF.STB_LOCAL:
      relocations.needsStaticTLS = true
      return
    case .tlsStatic, .symbolic, .jumpSlot, .copy, .tlsDynamic, .tlsDescriptor: break
    }
    if kind == .tlsStatic { relocations.staticTLSSymbols.append(symbol) }
    guard symbol > 0, symbol < symbols.count else { return }
    let reference = ELF.Relocations.Reference(
      symbol: symbol, isCopy: kind == .copy,
      needsDefinition: kind == .jumpSlot || kind == .tlsStatic || kind == .tlsDynamic || kind == .tlsDescriptor)
    // The loader resolves a TLS descriptor among the jump slots at once; every other one waits for its first call.
    if isJumpSlots, kind == .jumpSlot {
      if !seenSlots[symbol] { relocations.jumpSlots.append(reference) }
      seenSlots[symbol] = true
    } else {
      if !seenData[symbol] { relocations.data.append(reference) }
      seenData[symbol] = true
    }
  }
}
