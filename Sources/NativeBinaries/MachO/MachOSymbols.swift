extension MachO.Slice {
  /// External symbols: from the symbol table, and what was stripped from there but the dynamic loader still finds.
  mutating func readSymbols(_ slice: RawSpan, _ linkEdit: MachOLinkEdit, damage: inout [ParseError]) {
    var budget = NameBudget(fileByteCount: slice.byteCount)
    do throws(ParseError) {
      if let table = linkEdit.symbolTable { try readSymbolTable(slice, table, &budget, damage: &damage) }
    } catch {
      damage.append(error)
    }
    do throws(ParseError) {
      if let trie = linkEdit.exportTrie { try readExportTrie(slice, trie, &budget) }
    } catch {
      damage.append(error)
    }
    // `strip` keeps references in the symbol table, because the code's stubs refer to its entries.
    guard undefinedSymbols.isEmpty else { return }
    do throws(ParseError) {
      if let fixups = linkEdit.chainedFixups { try readChainedImports(slice, fixups, &budget) }
      var seen = Set(definedSymbols.map(\.name))
      for table in linkEdit.bindings {
        try readBindings(slice, table, namesLibraries: true, &budget, seen: &seen)
      }
      if let table = linkEdit.weakBindings {
        try readBindings(slice, table, namesLibraries: false, &budget, seen: &seen)
      }
    } catch {
      damage.append(error)
    }
  }

  /// `nlist` or `nlist_64` entries; a table that is cut off gives the entries that are there.
  private mutating func readSymbolTable(
    _ slice: RawSpan, _ table: MachOLinkEdit.SymbolTable, _ budget: inout NameBudget, damage: inout [ParseError]
  ) throws(ParseError) {
    let entryByteCount = is64Bit ? 16 : 12
    let stringEnd = table.stringOffset + table.stringByteCount
    if stringEnd > slice.byteCount { damage.append(ParseError(.truncated, at: table.stringOffset)) }
    for index in 0..<table.symbolCount {
      let entry = table.symbolOffset + index * entryByteCount
      let type: UInt8 = try slice.integer(at: entry + 4)
      // N_STAB: debugger entries. N_PEXT: external only inside the file it came from. N_EXT: external.
      guard type & 0xe0 == 0, type & 0x10 == 0, type & 0x01 != 0 else { continue }
      let nameOffset: UInt32 = try slice.integer(at: entry, order: byteOrder)
      let description: UInt16 = try slice.integer(at: entry + 6, order: byteOrder)
      let value =
        is64Bit
        ? try slice.integer(at: entry + 8, as: UInt64.self, order: byteOrder)
        : UInt64(try slice.integer(at: entry + 8, as: UInt32.self, order: byteOrder))
      let name = try budget.name(in: slice, at: table.stringOffset + Int(nameOffset), end: stringEnd)
      // N_UNDF with a value is a common symbol, which defines; N_PBUD is a prebound reference.
      let isUndefined = (type & 0x0e == 0 && value == 0) || type & 0x0e == 0x0c
      if isUndefined {
        let isTwoLevel = flags & 0x80 != 0
        undefinedSymbols.append(
          MachO.Symbol(
            name: name, isWeak: description & 0x40 != 0, libraryOrdinal: isTwoLevel ? Int(description >> 8) : nil))
      } else {
        definedSymbols.append(MachO.Symbol(name: name, address: value, isWeak: description & 0x80 != 0))
      }
    }
  }

  /// What Node.js would find, by the names of the symbols.
  mutating func readRegistration(_ slice: RawSpan) {
    var symbols = RegistrationSymbols()
    var versionFunction: UInt64?
    for symbol in definedSymbols {
      let name = symbol.name.dropFirst()
      symbols.define(name)
      if name == RegistrationSymbols.nodeAPIVersionFunction { versionFunction = symbol.address }
    }
    for symbol in undefinedSymbols { symbols.require(symbol.name.dropFirst()) }
    registration = symbols.registration(compiledVersion: versionFunction.flatMap { constant(slice, returnedAt: $0) })
  }

  private func constant(_ slice: RawSpan, returnedAt address: UInt64) -> Int? {
    for segment in segments where address >= segment.virtualAddress {
      let distance = address - segment.virtualAddress
      guard distance < segment.fileByteCount, segment.offset <= UInt64(slice.byteCount),
        distance < UInt64(slice.byteCount) - segment.offset
      else { continue }
      let code = slice.extracting(droppingFirst: Int(segment.offset + distance))
      switch cpuType {
      case MachO.CPU_TYPE_X86, MachO.CPU_TYPE_X86_64: return ConstantFunction.valueX86(code)
      case MachO.CPU_TYPE_ARM64: return ConstantFunction.valueARM64(code)
      default: return nil
      }
    }
    return nil
  }
}
