extension ELF.Image {
  /// Reads the facts of a whole file that begins with the ELF magic.
  public init(parsing file: RawSpan, effort: ParsingEffort = ParsingEffort()) {
    self.init(byteCount: file.byteCount)
    do {
      let header = try ELF.Header(parsing: file)
      self.header = header
      guard let order = header.byteOrder, header.elfClass == 1 || header.elfClass == 2 else {
        damage.append(ParseError(.invalid("unknown ELF class or data encoding"), at: 4))
        return
      }
      programHeaders = try ELF.ProgramHeader.table(of: header, order: order, in: file)
      readSegments(file, order)
      readDynamicSection(file, order, is64Bit: header.is64Bit, effort)
    } catch {
      damage.append(error)
    }
  }

  private mutating func readSegments(_ file: RawSpan, _ order: ByteOrder) {
    for segment in programHeaders {
      switch segment.type {
      case ELF.PT_INTERP:
        if let range = try? file.range(
          Int(clamping: segment.offset), count: min(Int(clamping: segment.fileByteCount), 4096))
        {
          let bytes = file.extracting(range).withUnsafeBytes { Array($0) }
          interpreter = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
      case ELF.PT_GNU_STACK: stackFlags = segment.flags
      case ELF.PT_TLS where segment.memoryByteCount > 0:
        threadLocalStorage = ELF.ThreadLocalStorage(
          fileByteCount: segment.fileByteCount, memoryByteCount: segment.memoryByteCount, alignment: segment.alignment)
      case ELF.PT_NOTE: notes.read(segment, in: file, order: order)
      case ELF.PT_GNU_PROPERTY: notes.read(segment, in: file, order: order)
      default: break
      }
    }
    for segment in programHeaders where segment.type == ELF.PT_LOAD {
      let (end, overflow) = segment.offset.addingReportingOverflow(segment.fileByteCount)
      if overflow || end > UInt64(byteCount) {
        damage.append(
          ParseError(.invalid("a PT_LOAD segment ends past the end of the file"), at: Int(clamping: segment.offset)))
      }
    }
  }

  private mutating func readDynamicSection(
    _ file: RawSpan, _ order: ByteOrder, is64Bit: Bool, _ effort: ParsingEffort
  ) {
    let memory = ELF.Memory(fileByteCount: byteCount, programHeaders: programHeaders)
    markZeroFillFaults(memory)
    markProgramHeaderFaults(memory, file, order, byteCount: ELF.ProgramHeader.byteCount(is64Bit: is64Bit))
    guard let segment = programHeaders.last(where: { $0.type == ELF.PT_DYNAMIC && $0.fileByteCount > 0 }) else {
      return
    }
    let entryBytes = is64Bit ? 16 : 8
    let limit = ELF.DynamicSection.entryLimit * entryBytes
    // The loader reads to DT_NULL, however long the header says the section is.
    let rest = max(memory.availableBytes(at: segment.virtualAddress), Int(clamping: segment.memoryByteCount))
    var part = memory.read(segment.virtualAddress, count: min(rest, limit), in: file)
    if part.bytes.isEmpty, part.unmapped {
      segmentationFaults.insert(.mapping)
      damage.append(ParseError(.invalid("PT_DYNAMIC lies in no PT_LOAD segment"), at: Int(clamping: segment.offset)))
      let count = min(Int(clamping: segment.fileByteCount), limit, max(0, byteCount - Int(clamping: segment.offset)))
      part.bytes = (try? file.bytes(Int(clamping: segment.offset), count: count)) ?? []
    }
    if part.faults, part.bytes.isEmpty {
      faults.insert(.mapping)
      damage.append(ParseError(.truncated, at: Int(clamping: segment.offset)))
      return
    }
    hasDynamicSection = true
    tableTags.isInWritableMemory =
      memory.writingFault(at: segment.virtualAddress &+ 8, liftsProtection: false) != .segmentation
    tableTags.claimsToBeWritable = segment.flags & 2 != 0
    let dynamic = ELF.DynamicSection(TableReader(bytes: part.bytes, order: order), is64Bit: is64Bit)
    var tables = ELF.DynamicTables(
      dynamic: dynamic, memory: memory, order: order, is64Bit: is64Bit, machine: header?.machine ?? 0,
      effort: effort)
    tables.read(into: &self, file)
    // An executable is never loaded as an addon, and one like Node.js itself has tens of thousands of symbols.
    if effort.purpose == .everything, header?.type != ELF.ET_EXEC, flags1 & ELF.DF_1_PIE == 0 {
      registration = AddonRegistration(of: self, tables: tables, in: file, effort)
    }
    faults.formUnion(tables.faults)
    segmentationFaults.formUnion(tables.segmentationFaults)
    damage += tables.damage
    if effort.purpose == .everything { markCodeFaults(memory, dynamic) }
  }

  /// Constructors run when the object has been relocated, and Node.js then calls the registration function.
  private mutating func markCodeFaults(_ memory: ELF.Memory, _ dynamic: ELF.DynamicSection) {
    if let address = dynamic[ELF.DT_INIT], memory.faults(at: address) { faults.insert(.initialization) }
    if let address = dynamic[ELF.DT_INIT], !memory.isExecutable(address) { segmentationFaults.insert(.initialization) }
    if let address = dynamic[ELF.DT_INIT_ARRAY], memory.faults(at: address) { faults.insert(.initialization) }
    markDestructorFaults(memory, dynamic)
    var seen: Set<ArraySlice<UInt8>> = []
    for (index, symbol) in symbols.symbols.enumerated()
    where !symbol.isUndefined && (symbol.value != 0 || symbol.type == ELF.STT_TLS) {
      guard symbols.firstByte(index) == UInt8(ascii: "n") else { continue }
      let name = symbols.nameBytes(index)
      guard name.elementsEqual("napi_register_module_v1".utf8) || name.starts(with: "node_register_module_v".utf8)
      else { continue }
      // Of several symbols of one name the first is found.
      let isCode = symbol.type != ELF.STT_TLS && memory.isExecutable(symbol.value)
      guard seen.insert(name).inserted, !isCode || memory.faults(at: symbol.value) else { continue }
      if isCode {
        faults.insert(.registration)
      } else {
        segmentationFaults.insert(.registration)
      }
    }
  }

  /// `_dl_call_fini` goes through `DT_FINI_ARRAY` from its end, and then calls `DT_FINI`.
  private mutating func markDestructorFaults(_ memory: ELF.Memory, _ dynamic: ELF.DynamicSection) {
    if let array = dynamic[ELF.DT_FINI_ARRAY], let size = dynamic[ELF.DT_FINI_ARRAYSZ], size >= 8,
      let fault = memory.readingFault(at: array &+ (size & ~7) &- 8)
    {
      if fault == .bus { faults.insert(.finalization) } else { segmentationFaults.insert(.finalization) }
    }
    guard let address = dynamic[ELF.DT_FINI] else { return }
    if !memory.isExecutable(address) {
      segmentationFaults.insert(.finalization)
    } else if memory.faults(at: address) {
      faults.insert(.finalization)
    }
  }

  /// `_dl_find_object_from_map` reads the table that `PT_PHDR` says is in memory, up to `PT_GNU_EH_FRAME`.
  private mutating func markProgramHeaderFaults(
    _ memory: ELF.Memory, _ file: RawSpan, _ order: ByteOrder, byteCount: Int
  ) {
    // The last one counts; without one the loader finds the table by the ELF header.
    guard let table = programHeaders.last(where: { $0.type == ELF.PT_PHDR }), table.virtualAddress != 0,
      memory.availableBytes(at: table.virtualAddress) < programHeaders.count * byteCount
    else { return }
    // A 64-bit Arm processor does not look at the highest byte of an address.
    let address = table.virtualAddress & (header?.machine == ELF.EM_AARCH64 ? (1 << 56) - 1 : .max)
    for index in programHeaders.indices {
      let entry = memory.read(address &+ UInt64(index * byteCount), count: 4, in: file)
      if entry.faults { faults.insert(.unwinding) }
      if entry.unmapped { segmentationFaults.insert(.unwinding) }
      let type: UInt32? = TableReader(bytes: entry.bytes, order: order).integer(0)
      if type == nil || type == ELF.PT_GNU_EH_FRAME { return }
    }
  }

  /// Mapping a segment whose memory is longer than its file part zeroes the rest of the last page: a write to a page
  /// that the file may not have.
  private mutating func markZeroFillFaults(_ memory: ELF.Memory) {
    for segment in memory.segments where segment.memoryByteCount > segment.fileByteCount && segment.fileByteCount > 0 {
      let dataEnd = segment.virtualAddress &+ segment.fileByteCount
      if dataEnd & (ELF.Memory.pageByteCount - 1) != 0, memory.faults(at: dataEnd - 1) { faults.insert(.mapping) }
    }
  }
}

extension ELF.Header {
  /// The byte order that `EI_DATA` names; `nil` for any other value.
  public var byteOrder: ByteOrder? {
    switch dataEncoding {
    case 1: .little
    case 2: .big
    default: nil
    }
  }

  /// The length of the structure in bytes: 52 or 64.
  public static func byteCount(elfClass: UInt8) -> Int { elfClass == 1 ? 52 : 64 }

  init(parsing file: RawSpan) throws(ParseError) {
    elfClass = try file.integer(at: 4)
    dataEncoding = try file.integer(at: 5)
    identVersion = try file.integer(at: 6)
    osABI = try file.integer(at: 7)
    abiVersion = try file.integer(at: 8)
    padding = try file.bytes(9, count: 7)
    _ = try file.range(0, count: Self.byteCount(elfClass: elfClass))
    let order: ByteOrder = dataEncoding == 2 ? .big : .little
    type = try file.integer(at: 16, order: order)
    machine = try file.integer(at: 18, order: order)
    version = try file.integer(at: 20, order: order)
    if elfClass == 1 {
      programHeaderOffset = UInt64(try file.integer(at: 28, as: UInt32.self, order: order))
      flags = try file.integer(at: 36, order: order)
      programHeaderEntrySize = try file.integer(at: 42, order: order)
      programHeaderCount = try file.integer(at: 44, order: order)
    } else {
      programHeaderOffset = try file.integer(at: 32, order: order)
      flags = try file.integer(at: 48, order: order)
      programHeaderEntrySize = try file.integer(at: 54, order: order)
      programHeaderCount = try file.integer(at: 56, order: order)
    }
  }
}

extension ELF.ProgramHeader {
  /// The length of the structure in bytes: 32 or 56.
  public static func byteCount(is64Bit: Bool) -> Int { is64Bit ? 56 : 32 }

  static func table(of header: ELF.Header, order: ByteOrder, in file: RawSpan) throws(ParseError) -> [Self] {
    let size = byteCount(is64Bit: header.is64Bit)
    let count = Int(header.programHeaderCount)
    let start = Int(clamping: header.programHeaderOffset)
    _ = try file.range(start, count: count * size)
    var headers: [Self] = []
    headers.reserveCapacity(count)
    for index in 0..<count {
      headers.append(try Self(at: start + index * size, is64Bit: header.is64Bit, order: order, in: file))
    }
    return headers
  }

  private init(at offset: Int, is64Bit: Bool, order: ByteOrder, in file: RawSpan) throws(ParseError) {
    type = try file.integer(at: offset, order: order)
    if is64Bit {
      flags = try file.integer(at: offset + 4, order: order)
      self.offset = try file.integer(at: offset + 8, order: order)
      virtualAddress = try file.integer(at: offset + 16, order: order)
      fileByteCount = try file.integer(at: offset + 32, order: order)
      memoryByteCount = try file.integer(at: offset + 40, order: order)
      alignment = try file.integer(at: offset + 48, order: order)
    } else {
      self.offset = UInt64(try file.integer(at: offset + 4, as: UInt32.self, order: order))
      virtualAddress = UInt64(try file.integer(at: offset + 8, as: UInt32.self, order: order))
      fileByteCount = UInt64(try file.integer(at: offset + 16, as: UInt32.self, order: order))
      memoryByteCount = UInt64(try file.integer(at: offset + 20, as: UInt32.self, order: order))
      flags = try file.integer(at: offset + 24, order: order)
      alignment = UInt64(try file.integer(at: offset + 28, as: UInt32.self, order: order))
    }
  }
}
