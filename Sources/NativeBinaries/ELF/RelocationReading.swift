extension ELF.DynamicTables {
  /// Every relocation table, for machines that airworthy does not simulate and to learn how many symbols there are.
  func relocationTables(_ file: RawSpan) -> [(table: ELF.RelocationTable, isJumpSlots: Bool)] {
    let kinds: [(tag: UInt64, size: UInt64, hasAddends: Bool, isJumpSlots: Bool)] = [
      (ELF.DT_REL, ELF.DT_RELSZ, false, false), (ELF.DT_RELA, ELF.DT_RELASZ, true, false),
      (ELF.DT_JMPREL, ELF.DT_PLTRELSZ, dynamic[ELF.DT_PLTREL] == ELF.DT_RELA, true),
    ]
    return kinds.compactMap { kind in
      guard let address = dynamic[kind.tag], let size = dynamic[kind.size] else { return nil }
      let bytes = memory.read(address, count: min(Int(clamping: size), longestTable), in: file).bytes
      let reader = TableReader(bytes: bytes, order: order)
      return (
        ELF.RelocationTable(reader: reader, is64Bit: is64Bit, hasAddends: kind.hasAddends, machine: machine),
        kind.isJumpSlots
      )
    }
  }

  /// The highest symbol index that a relocation names; 0 when none does.
  func highestRelocatedSymbol(_ file: RawSpan) -> Int {
    var highest = 0
    for (table, _) in relocationTables(file) {
      for index in 0..<table.count { highest = max(highest, table[index].symbol) }
    }
    // A symbol table cannot have more entries than fit in its segment.
    return min(highest, memory.availableBytes(at: dynamic[ELF.DT_SYMTAB] ?? 0) / (is64Bit ? 24 : 16))
  }

  mutating func readRelocations(into image: inout ELF.Image, _ file: RawSpan) {
    guard is64Bit, order == .little, machine == ELF.EM_X86_64 || machine == ELF.EM_AARCH64 else {
      image.relocations = references(in: image, file)
      return
    }
    image.relocations = walk(image, file, knowsRELR: true)
    // Since 2.36 only does glibc know packed relocations, and with them that there may be no others.
    if dynamic[ELF.DT_RELR] != nil || dynamic[ELF.DT_RELA] == 0 {
      image.earlierRelocations = walk(image, file, knowsRELR: false)
    }
    if case .fault = image.relocations.ending {
      damage.append(ParseError(.invalid("its relocations lead out of its segments"), at: 0))
    }
  }

  private func walk(_ image: ELF.Image, _ file: RawSpan, knowsRELR: Bool) -> ELF.Relocations {
    var walk = ELF.RelocationWalk(tables: self, image: image)
    walk.run(file, knowsRELR: knowsRELR)
    return walk.relocations
  }

  /// The symbols that relocations name, for machines that no ld.so of Lambda's runs on.
  private func references(in image: ELF.Image, _ file: RawSpan) -> ELF.Relocations {
    var relocations = ELF.Relocations()
    var seen = [[Bool]](repeating: [Bool](repeating: false, count: image.symbols.symbols.count), count: 2)
    for (table, isJumpSlots) in relocationTables(file) {
      relocations.count += table.count
      for index in 0..<table.count {
        let relocation = table[index]
        let (symbol, list) = (relocation.symbol, isJumpSlots ? 1 : 0)
        guard relocation.type != 0, symbol > 0, symbol < seen[list].count, !seen[list][symbol] else { continue }
        seen[list][symbol] = true
        let reference = ELF.Relocations.Reference(symbol: symbol, isCopy: false, needsDefinition: isJumpSlots)
        if isJumpSlots { relocations.jumpSlots.append(reference) } else { relocations.data.append(reference) }
      }
    }
    if let address = dynamic[ELF.DT_RELR] {
      let count = min(Int(clamping: dynamic[ELF.DT_RELRSZ] ?? 0), longestTable)
      let reader = TableReader(bytes: memory.read(address, count: count, in: file).bytes, order: order)
      relocations.usesRELR = true
      relocations.count += ELF.relrAddresses(reader, is64Bit: is64Bit).count
    }
    return relocations
  }
}
