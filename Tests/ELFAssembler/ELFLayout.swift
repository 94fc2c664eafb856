/// One file while it is assembled.
struct ELFLayout {
  let source: ELFAssembler
  private var file: [UInt8] = []
  private var strings: [UInt8] = [0]
  private var dynamic: [(tag: UInt64, value: UInt64)] = []
  private var segments: [(type: UInt32, flags: UInt32, offset: Int, count: Int, memory: UInt64, align: UInt64)] = []
  /// Undefined symbols first, as the GNU hash table wants; within the defined ones, bucket order is trivial with one bucket.
  private let symbols: [ELFAssembler.Symbol]
  private var values: [UInt64] = []
  private var versionIndices: [UInt16] = []

  init(_ source: ELFAssembler) {
    self.source = source
    symbols = source.symbols.filter { $0.code == nil } + source.symbols.filter { $0.code != nil }
  }

  private var word: Int { source.is64Bit ? 8 : 4 }

  mutating func assemble() -> [UInt8] {
    let segmentCount = 5
    file = Array(repeating: 0, count: (source.is64Bit ? 64 : 52) + segmentCount * (source.is64Bit ? 56 : 32))
    align(16)
    addInterpreter()
    addNote()
    values = symbols.map { symbol in
      guard let code = symbol.code else { return 0 }
      align(16)
      let address = UInt64(file.count)
      file += code
      return address
    }
    if source.hasDynamicSection { addTables() }
    let count = file.count
    segments.append((1, 7, 0, count + Int(source.missingByteCount), UInt64(count) + source.missingByteCount, 4096))
    if let flags = source.stackFlags { segments.append((0x6474_e551, flags, 0, 0, 0, 16)) }
    if source.tlsByteCount > 0 { segments.append((7, 4, 0, 0, source.tlsByteCount, 8)) }
    writeHeaders()
    return file
  }

  private mutating func addInterpreter() {
    guard let interpreter = source.interpreter else { return }
    segments.append((3, 4, file.count, interpreter.utf8.count + 1, UInt64(interpreter.utf8.count + 1), 1))
    file += Array(interpreter.utf8) + [0]
  }

  private mutating func addNote() {
    guard let note = source.note else { return }
    align(8)
    let start = file.count
    append(UInt32(4))
    append(UInt32(note.description.count))
    append(note.type)
    file += Array("GNU\0".utf8) + note.description
    segments.append((4, 4, start, file.count - start, UInt64(file.count - start), note.alignment))
  }

  private mutating func addTables() {
    for name in source.needed { dynamic.append((1, intern(name))) }
    if let soname = source.soname { dynamic.append((14, intern(soname))) }
    if let rpath = source.rpath { dynamic.append((15, intern(rpath))) }
    if let runpath = source.runpath { dynamic.append((29, intern(runpath))) }
    if source.flags != 0 { dynamic.append((30, source.flags)) }
    if source.flags1 != 0 { dynamic.append((0x6fff_fffb, source.flags1)) }
    addVersions()
    addSymbols()
    addHash()
    addDataAndRelocations()
    align(8)
    dynamic.append((5, UInt64(file.count)))
    dynamic.append((10, UInt64(strings.count)))
    file += strings
    align(16)
    let start = file.count
    for (tag, value) in dynamic + [(0, 0)] {
      appendWord(tag)
      appendWord(value)
    }
    segments.append((2, 6, start, file.count - start, UInt64(file.count - start), UInt64(word)))
  }

  /// `DT_VERNEED`, `DT_VERDEF` and the version index of every symbol.
  private mutating func addVersions() {
    var needs: [(library: String, versions: [(name: String, isWeak: Bool, index: UInt16)])] = []
    let own = symbols.filter { $0.code != nil }.compactMap { $0.version?.name }
    var definitions: [String] = []
    for name in own where !definitions.contains(name) { definitions.append(name) }
    var next = UInt16(definitions.count + 2)
    func index(_ library: String, _ name: String, isWeak: Bool) -> UInt16 {
      let place = needs.firstIndex { $0.library == library } ?? needs.count
      if place == needs.count { needs.append((library, [])) }
      if let known = needs[place].versions.first(where: { $0.name == name }) { return known.index }
      needs[place].versions.append((name, isWeak, next))
      next += 1
      return next - 1
    }
    versionIndices = symbols.map { symbol in
      guard let version = symbol.version else { return symbol.code == nil ? 0 : 1 }
      if symbol.code == nil { return index(version.library, version.name, isWeak: false) }
      let place = definitions.firstIndex(of: version.name) ?? 0
      return UInt16(place + 2) | (symbol.isHiddenVersion ? 0x8000 : 0)
    }
    for need in source.versionNeeds { _ = index(need.library, need.name, isWeak: need.isWeak) }
    if !needs.isEmpty { append(needs: needs) }
    if !definitions.isEmpty { append(definitions: [source.soname ?? ""] + definitions) }
    guard !needs.isEmpty || !definitions.isEmpty else { return }
    align(8)
    dynamic.append((0x6fff_fff0, UInt64(file.count)))
    append(UInt16(0))
    for index in versionIndices { append(index) }
  }

  private mutating func append(needs: [(library: String, versions: [(name: String, isWeak: Bool, index: UInt16)])]) {
    align(8)
    dynamic.append((0x6fff_fffe, UInt64(file.count)))
    dynamic.append((0x6fff_ffff, UInt64(needs.count)))
    for (place, need) in needs.enumerated() {
      append(UInt16(1))
      append(UInt16(need.versions.count))
      append(UInt32(intern(need.library)))
      append(UInt32(16))
      append(UInt32(place + 1 == needs.count ? 0 : 16 + 16 * need.versions.count))
      for (position, version) in need.versions.enumerated() {
        append(Self.elfHash(version.name))
        append(UInt16(version.isWeak ? 2 : 0))
        append(version.index)
        append(UInt32(intern(version.name)))
        append(UInt32(position + 1 == need.versions.count ? 0 : 16))
      }
    }
  }

  private mutating func append(definitions: [String]) {
    align(8)
    dynamic.append((0x6fff_fffc, UInt64(file.count)))
    dynamic.append((0x6fff_fffd, UInt64(definitions.count)))
    for (place, name) in definitions.enumerated() {
      append(UInt16(1))
      append(UInt16(place == 0 ? 1 : 0))
      append(UInt16(place + 1))
      append(UInt16(1))
      append(Self.elfHash(name))
      append(UInt32(20))
      append(UInt32(place + 1 == definitions.count ? 0 : 28))
      append(UInt32(intern(name)))
      append(UInt32(0))
    }
  }

  private mutating func addSymbols() {
    align(8)
    dynamic.append((11, source.is64Bit ? 24 : 16))
    dynamic.append((6, UInt64(file.count)))
    file += Array(repeating: 0, count: source.is64Bit ? 24 : 16)
    for (place, symbol) in symbols.enumerated() {
      let info = (symbol.isWeak ? 0x20 : 0x10) | symbol.type
      let section: UInt16 = symbol.code == nil ? 0 : 1
      append(UInt32(intern(symbol.name)))
      if source.is64Bit {
        file += [info, symbol.visibility]
        append(section)
        append(values[place])
        append(UInt64(symbol.code?.count ?? 0))
      } else {
        append(UInt32(values[place]))
        append(UInt32(symbol.code?.count ?? 0))
        file += [info, symbol.visibility]
        append(section)
      }
    }
  }

  private mutating func addHash() {
    let first = symbols.filter { $0.code == nil }.count + 1
    let defined = symbols.dropFirst(first - 1)
    if source.hashStyle == .gnu || source.hashStyle == .both {
      align(8)
      dynamic.append((0x6fff_fef5, UInt64(file.count)))
      append(UInt32(1))
      append(UInt32(first))
      append(UInt32(1))
      append(UInt32(0))
      appendWord(.max)
      append(UInt32(defined.isEmpty ? 0 : first))
      for (place, symbol) in defined.enumerated() {
        append(Self.gnuHash(symbol.name) & ~1 | (place + 1 == defined.count ? 1 : 0))
      }
    }
    guard source.hashStyle == .sysv || source.hashStyle == .both else { return }
    align(8)
    dynamic.append((4, UInt64(file.count)))
    append(UInt32(1))
    append(UInt32(symbols.count + 1))
    append(UInt32(symbols.count))
    for index in 0...symbols.count { append(UInt32(index == 0 ? 0 : index - 1)) }
  }

  private mutating func addDataAndRelocations() {
    align(16)
    let slots = file.count
    let base = slots + symbols.count * word
    file += Array(repeating: 0, count: symbols.count * word) + source.data
    if source.usesRELR {
      for pointer in source.relativePointers { writePointer(UInt64(base + pointer.target), at: base + pointer.offset) }
    }
    var data: [(UInt64, UInt64, UInt64)] = []
    var jumps: [(UInt64, UInt64, UInt64)] = []
    let arm = source.machine == 183
    for (place, symbol) in symbols.enumerated() {
      let slot = UInt64(slots + place * word)
      switch symbol.reference {
      case .data: data.append((slot, info(place + 1, arm ? 1025 : 6), 0))
      case .jumpSlot: jumps.append((slot, info(place + 1, arm ? 1026 : 7), 0))
      case .staticTLS: data.append((slot, info(place + 1, arm ? 1030 : 18), 0))
      case nil: break
      }
    }
    if !source.usesRELR {
      for pointer in source.relativePointers {
        data.append((UInt64(base + pointer.offset), info(0, arm ? 1027 : 8), UInt64(base + pointer.target)))
      }
    }
    if let name = source.constructorCalls, let place = symbols.firstIndex(where: { $0.name == name }) {
      let code = addConstructor(argument: base, slot: slots + place * word)
      let endless = file.count
      file += [0xeb, 0xfe]
      align(8)
      dynamic.append((25, UInt64(file.count)))
      dynamic.append((27, UInt64((source.endlessConstructors + 1) * word)))
      for function in Array(repeating: endless, count: source.endlessConstructors) + [code] {
        data.append((UInt64(file.count), info(0, 8), UInt64(function)))
        appendWord(0)
      }
    }
    append(table: data, address: 7, count: 8)
    append(table: jumps, address: 23, count: 2)
    if !data.isEmpty { dynamic.append((9, UInt64(3 * word))) }
    if !jumps.isEmpty {
      dynamic.append((20, 7))
      // The first three words of the table of jump slots are the loader's.
      align(8)
      dynamic.append((3, UInt64(file.count)))
      file += Array(repeating: 0, count: 3 * word)
    }
    if source.usesRELR, !source.relativePointers.isEmpty {
      align(8)
      dynamic.append((36, UInt64(file.count)))
      dynamic.append((35, UInt64(source.relativePointers.count * word)))
      dynamic.append((37, UInt64(word)))
      for pointer in source.relativePointers { appendWord(UInt64(base + pointer.offset)) }
    }
  }

  /// `lea argument(%rip), %rdi; jmp *slot(%rip)`; its address.
  private mutating func addConstructor(argument: Int, slot: Int) -> Int {
    align(16)
    let start = file.count
    file += [0x48, 0x8d, 0x3d]
    append(Int32(argument - (start + 7)))
    file += [0xff, 0x25]
    append(Int32(slot - (start + 13)))
    return start
  }

  private func info(_ symbol: Int, _ type: UInt64) -> UInt64 {
    // Little-endian 64-bit MIPS: a 32-bit symbol index, then three bytes of further types and the type.
    if source.machine == 8, source.is64Bit, !source.isBigEndian { return UInt64(symbol) | type << 56 }
    return source.is64Bit ? UInt64(symbol) << 32 | type : UInt64(symbol) << 8 | type
  }

  private mutating func append(table: [(UInt64, UInt64, UInt64)], address: UInt64, count: UInt64) {
    if table.isEmpty { return }
    align(8)
    dynamic.append((address, UInt64(file.count)))
    dynamic.append((count, UInt64(table.count * 3 * word)))
    for entry in table {
      appendWord(entry.0)
      appendWord(entry.1)
      appendWord(entry.2)
    }
  }

  private mutating func writePointer(_ value: UInt64, at offset: Int) {
    for byte in 0..<word { file[offset + byte] = UInt8(truncatingIfNeeded: value >> UInt64(8 * byte)) }
  }

  private mutating func writeHeaders() {
    let body = file
    file = [
      0x7f, 0x45, 0x4c, 0x46, source.is64Bit ? 2 : 1, source.isBigEndian ? 2 : 1, 1, source.osABI, source.abiVersion,
    ]
    file += Array(repeating: 0, count: 7)
    append(source.type)
    append(source.machine)
    append(UInt32(1))
    appendWord(0)
    appendWord(source.is64Bit ? 64 : 52)
    appendWord(0)
    append(UInt32(0))
    append(UInt16(source.is64Bit ? 64 : 52))
    append(UInt16(source.is64Bit ? 56 : 32))
    append(UInt16(segments.count))
    for _ in 0..<3 { append(UInt16(0)) }
    for segment in segments {
      append(segment.type)
      if source.is64Bit { append(segment.flags) }
      appendWord(UInt64(segment.offset))
      appendWord(UInt64(segment.offset))
      appendWord(UInt64(segment.offset))
      appendWord(UInt64(segment.count))
      appendWord(segment.memory)
      if !source.is64Bit { append(segment.flags) }
      appendWord(segment.align)
    }
    file += body[file.count...]
  }

  private mutating func intern(_ text: String) -> UInt64 {
    defer { strings += Array(text.utf8) + [0] }
    return UInt64(strings.count)
  }

  private mutating func align(_ count: Int) {
    while file.count % count != 0 { file.append(0) }
  }

  private mutating func append<T: FixedWidthInteger>(_ value: T) {
    withUnsafeBytes(of: source.isBigEndian ? value.bigEndian : value.littleEndian) { file += $0 }
  }

  private mutating func appendWord(_ value: UInt64) {
    if source.is64Bit { append(value) } else { append(UInt32(truncatingIfNeeded: value)) }
  }

  private static func gnuHash(_ name: String) -> UInt32 { name.utf8.reduce(5381) { $0 &* 33 &+ UInt32($1) } }

  private static func elfHash(_ name: String) -> UInt32 {
    name.utf8.reduce(0) { hash, byte in
      let shifted = (hash << 4) &+ UInt32(byte)
      return (shifted ^ (shifted >> 24 & 0xf0)) & 0x0fff_ffff
    }
  }
}
