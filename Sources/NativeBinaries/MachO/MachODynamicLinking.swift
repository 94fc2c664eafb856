extension MachOLinkEdit.Table {
  /// The table's bytes; throws when they are not all in the slice.
  func range(in slice: RawSpan) throws(ParseError) -> Range<Int> { try slice.range(offset, count: byteCount) }
}

extension MachO.Slice {
  /// The export trie: edges carry parts of names, terminal nodes the facts of one symbol.
  mutating func readExportTrie(
    _ slice: RawSpan, _ table: MachOLinkEdit.Table, _ budget: inout NameBudget
  ) throws(ParseError) {
    let range = try table.range(in: slice)
    let base = segments.first { $0.offset == 0 && $0.fileByteCount > 0 }?.virtualAddress ?? 0
    var known = Set(definedSymbols.map(\.name))
    // A node has one parent; a node met twice is a loop or a way to repeat names without end.
    var visited: Set<Int> = [range.lowerBound]
    var pending: [(node: Int, name: [UInt8])] = [(range.lowerBound, [])]
    while let (node, name) = pending.popLast() {
      var offset = node
      let trie = slice.extracting(..<range.upperBound)
      let terminalByteCount = try trie.unsignedLEB128(at: &offset)
      guard let size = Int(exactly: terminalByteCount), size <= range.upperBound - offset else {
        throw ParseError(.truncated, at: node)
      }
      if size > 0 {
        let symbol = try exportedSymbol(trie, at: offset, name: name, base: base)
        if known.insert(symbol.name).inserted { definedSymbols.append(symbol) }
      }
      offset += size
      let childCount: UInt8 = try trie.integer(at: offset)
      offset += 1
      var children: [(node: Int, name: [UInt8])] = []
      for _ in 0..<childCount {
        let edge = try trie.cString(at: offset)
        try budget.spend(name.count + edge.count, at: offset)
        offset += edge.count + 1
        let distance = try trie.unsignedLEB128(at: &offset)
        guard distance < UInt64(range.count) else { throw ParseError(.truncated, at: node) }
        let child = range.lowerBound + Int(distance)
        guard visited.insert(child).inserted else {
          throw ParseError(.invalid("an export trie with a node of two parents"), at: child)
        }
        children.append((child, name + edge))
      }
      pending += children.reversed()
    }
  }

  private func exportedSymbol(
    _ trie: RawSpan, at start: Int, name: [UInt8], base: UInt64
  ) throws(ParseError) -> MachO.Symbol {
    var offset = start
    let flags = try trie.unsignedLEB128(at: &offset)
    var symbol = MachO.Symbol(name: String(decoding: name, as: UTF8.self), isWeak: flags & 0x4 != 0)
    // EXPORT_SYMBOL_FLAGS_REEXPORT: an ordinal and a name follow instead of an address.
    if flags & 0x8 == 0 {
      let value = try trie.unsignedLEB128(at: &offset)
      let isAbsolute = flags & 0x3 == 2
      symbol.address = isAbsolute ? value : base &+ value
    }
    return symbol
  }

  /// The imports of `dyld_chained_fixups_header`, always little-endian.
  mutating func readChainedImports(
    _ slice: RawSpan, _ table: MachOLinkEdit.Table, _ budget: inout NameBudget
  ) throws(ParseError) {
    let range = try table.range(in: slice)
    let start = range.lowerBound
    let importsOffset: UInt32 = try slice.integer(at: start + 8)
    let symbolsOffset: UInt32 = try slice.integer(at: start + 12)
    let count: UInt32 = try slice.integer(at: start + 16)
    let format: UInt32 = try slice.integer(at: start + 20)
    let symbolsFormat: UInt32 = try slice.integer(at: start + 24)
    guard symbolsFormat == 0 else { throw ParseError(.invalid("compressed import names"), at: start) }
    guard (1...3).contains(format) else { throw ParseError(.invalid("imports of format \(format)"), at: start) }
    // DYLD_CHAINED_IMPORT, DYLD_CHAINED_IMPORT_ADDEND, DYLD_CHAINED_IMPORT_ADDEND64
    let entryByteCount = format == 1 ? 4 : format == 2 ? 8 : 16
    for index in 0..<Int(count) {
      let entry = start + Int(importsOffset) + index * entryByteCount
      let ordinal: Int
      let isWeak: Bool
      let nameOffset: Int
      if format == 3 {
        let bits: UInt64 = try slice.integer(at: entry)
        // Special ordinals are negative; elsewhere they have eight bits.
        let library = Int(bits & 0xffff)
        (ordinal, isWeak, nameOffset) = (
          library >= 0xfff0 ? library & 0xff : library, bits >> 16 & 1 != 0, Int(bits >> 32)
        )
      } else {
        let bits: UInt32 = try slice.integer(at: entry)
        (ordinal, isWeak, nameOffset) = (Int(bits & 0xff), bits >> 8 & 1 != 0, Int(bits >> 9))
      }
      let name = try budget.name(in: slice, at: start + Int(symbolsOffset) + nameOffset, end: range.upperBound)
      undefinedSymbols.append(MachO.Symbol(name: name, isWeak: isWeak, libraryOrdinal: ordinal))
    }
  }

  /// The binding opcodes of `LC_DYLD_INFO`; only those that name a symbol or a library matter here.
  mutating func readBindings(
    _ slice: RawSpan, _ table: MachOLinkEdit.Table, namesLibraries: Bool, _ budget: inout NameBudget,
    seen: inout Set<String>
  ) throws(ParseError) {
    let range = try table.range(in: slice)
    let opcodes = slice.extracting(..<range.upperBound)
    var offset = range.lowerBound
    var symbol: MachO.Symbol?
    var ordinal = 0
    while offset < range.upperBound {
      let byte: UInt8 = try opcodes.integer(at: offset)
      let immediate = byte & 0x0f
      offset += 1
      switch byte & 0xf0 {
      case 0x10: ordinal = Int(immediate)
      case 0x20: ordinal = Int(truncatingIfNeeded: try opcodes.unsignedLEB128(at: &offset) & 0xff)
      // Special ordinals are negative: 0, -1, -2, -3 in four bits; nlist stores them in eight.
      case 0x30: ordinal = immediate == 0 ? 0 : Int(immediate | 0xf0)
      case 0x40:
        let name = try budget.name(in: opcodes, at: offset, end: range.upperBound, next: &offset)
        symbol = MachO.Symbol(name: name, isWeak: immediate & 0x1 != 0)
      // SET_ADDEND_SLEB, ADD_ADDR_ULEB, SET_SEGMENT_AND_OFFSET_ULEB
      case 0x60, 0x70, 0x80: try opcodes.skipLEB128(at: &offset)
      // DO_BIND, DO_BIND_ADD_ADDR_ULEB, DO_BIND_ADD_ADDR_IMM_SCALED, DO_BIND_ULEB_TIMES_SKIPPING_ULEB
      case 0x90, 0xa0, 0xb0, 0xc0:
        if byte & 0xf0 == 0xa0 || byte & 0xf0 == 0xc0 { try opcodes.skipLEB128(at: &offset) }
        if byte & 0xf0 == 0xc0 { try opcodes.skipLEB128(at: &offset) }
        guard var reference = symbol else { break }
        symbol = nil
        reference.libraryOrdinal = namesLibraries ? ordinal : nil
        if seen.insert(reference.name).inserted { undefinedSymbols.append(reference) }
      // DONE (which also separates lazy bindings), SET_TYPE_IMM
      case 0x00, 0x50: break
      // THREADED: with SET_BIND_ORDINAL_TABLE_SIZE_ULEB or APPLY
      case 0xd0: if immediate == 0 { try opcodes.skipLEB128(at: &offset) }
      default: throw ParseError(.invalid("an unknown binding opcode"), at: offset - 1)
      }
    }
  }
}
