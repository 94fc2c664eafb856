/// Finds the `node::node_module` structure that a V8-bound addon's constructor hands to `node_module_register`, also in
/// stripped files.
///
/// Layout (LP64, offsets in bytes): 0 `nm_version` int, 4 `nm_flags` unsigned, 8 `nm_dso_handle` pointer, 16 `nm_filename`,
/// 24 `nm_register_func`, 32 `nm_context_register_func`, 40 `nm_modname`, 48 `nm_priv`, 56 `nm_link`. Source: Node.js's
/// `src/node.h`; verified on stripped addons of both architectures.
struct NodeModuleScan {
  private static let byteCount = 64
  private static let partLimit = 16
  private let memory: ELF.Memory
  /// The file bytes of the writable segments, by address.
  private let parts: [(address: UInt64, reader: TableReader)]
  /// The pointer that each relocated word holds after loading; 0 for one that a symbol gives.
  private var pointers: [UInt64: UInt64] = [:]

  /// `nil` for 32-bit and big-endian files: Node.js has not run there since version 10.
  init?(tables: ELF.DynamicTables, file span: RawSpan) {
    guard tables.is64Bit, tables.order == .little else { return nil }
    memory = tables.memory
    var parts: [(UInt64, TableReader)] = []
    // Segments may share bytes; those of real files do not, and two are writable at most.
    var remaining = memory.fileByteCount
    for segment in memory.segments.filter({ $0.flags & 2 != 0 }).prefix(Self.partLimit) {
      let count = min(Int(clamping: segment.fileByteCount), remaining, 1 << 26)
      let bytes = memory.read(segment.virtualAddress, count: count, in: span).bytes
      remaining -= bytes.count
      parts.append((segment.virtualAddress, TableReader(bytes: bytes, order: .little)))
    }
    self.parts = parts
    readPointers(tables, span)
  }

  private mutating func readPointers(_ tables: ELF.DynamicTables, _ span: RawSpan) {
    let relocations = tables.memory.read(
      tables.dynamic[ELF.DT_RELA] ?? 0, count: Int(clamping: tables.dynamic[ELF.DT_RELASZ] ?? 0), in: span)
    let table = ELF.RelocationTable(
      reader: TableReader(bytes: relocations.bytes, order: .little), is64Bit: true, hasAddends: true,
      machine: tables.machine)
    for index in 0..<table.count {
      let relocation = table[index]
      // Nothing else is ever looked up.
      guard isInParts(relocation.offset) else { continue }
      switch ELF.RelocationClass.classify(relocation.type, machine: tables.machine) {
      case .relative: pointers[relocation.offset] = UInt64(bitPattern: relocation.addend ?? 0)
      case .symbolic: pointers[relocation.offset] = 0
      default: continue
      }
    }
    guard let address = tables.dynamic[ELF.DT_RELR] else { return }
    let relr = tables.memory.read(address, count: Int(clamping: tables.dynamic[ELF.DT_RELRSZ] ?? 0), in: span)
    for place in ELF.relrAddresses(TableReader(bytes: relr.bytes, order: .little), is64Bit: true) {
      if isInParts(place) { pointers[place] = word(at: place) ?? 0 }
    }
  }

  /// Whether `pointer` leads to printable text, as both names in the structure do.
  private func isText(_ pointer: UInt64, _ span: RawSpan) -> Bool {
    guard pointer != 0, let text = memory.cString(at: pointer, in: span) else { return false }
    return !text.isEmpty && text.count < 4096 && text.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
  }

  private func isInParts(_ address: UInt64) -> Bool {
    parts.contains { address >= $0.address && address - $0.address < UInt64($0.reader.bytes.count) }
  }

  private func word(at address: UInt64) -> UInt64? {
    for part in parts where address >= part.address && address - part.address < UInt64(part.reader.bytes.count) {
      return part.reader.integer(Int(address - part.address), as: UInt64.self)
    }
    return nil
  }

  /// What is read of a structure.
  struct Module {
    /// `nm_version`.
    var version: Int
    /// Whether one of the two register functions is set.
    var hasEntryPoint: Bool
  }

  /// The first structure that fits; one without a function only where no other does, because less tells it from chance.
  func module(in span: RawSpan) -> Module? {
    var withoutEntryPoint: Module?
    for part in parts {
      let first = Int((8 - part.address % 8) % 8)
      for offset in stride(from: first, through: part.reader.bytes.count - Self.byteCount, by: 8) {
        guard let module = module(at: offset, part, span) else { continue }
        if module.hasEntryPoint { return module }
        withoutEntryPoint = withoutEntryPoint ?? module
      }
    }
    return withoutEntryPoint
  }

  private func module(at offset: Int, _ part: (address: UInt64, reader: TableReader), _ span: RawSpan) -> Module? {
    guard let version: Int32 = part.reader.integer(offset), (1...400).contains(version),
      let flags: UInt32 = part.reader.integer(offset + 4), flags == 0 || flags == 2
    else { return nil }
    let base = part.address + UInt64(offset)
    guard let dsoHandle: UInt64 = part.reader.integer(offset + 8), dsoHandle == 0, pointers[base + 8] == nil,
      let name = pointers[base + 16], isText(name, span),
      let module = pointers[base + 40], isText(module, span),
      pointers[base + 24] == nil || pointers[base + 32] == nil
    else { return nil }
    return Module(version: Int(version), hasEntryPoint: pointers[base + 24] != nil || pointers[base + 32] != nil)
  }
}
