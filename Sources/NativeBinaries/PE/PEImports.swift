/// Reads import directories, and bounds the work where many entries point at the same tables.
struct PEImportReader {
  let memory: PEMemory
  let isPE32Plus: Bool
  var names: NameBudget
  private var thunkBudget: NameBudget

  init(memory: PEMemory, isPE32Plus: Bool, names: NameBudget) {
    self.memory = memory
    self.isPE32Plus = isPE32Plus
    self.names = names
    thunkBudget = names
  }

  /// `IMAGE_IMPORT_DESCRIPTOR` entries, up to one without a name or an address table.
  mutating func readImports(
    _ file: RawSpan, _ directory: PE.DataDirectory, into libraries: inout [PE.ImportedLibrary]
  ) throws(ParseError) {
    var entry = try memory.bytes(at: directory.address)
    while true {
      guard entry.count >= 20 else { throw ParseError(.truncated, at: entry.lowerBound) }
      let lookupTable: UInt32 = try file.integer(at: entry.lowerBound)
      let name: UInt32 = try file.integer(at: entry.lowerBound + 12)
      let addressTable: UInt32 = try file.integer(at: entry.lowerBound + 16)
      if name == 0 || addressTable == 0 { return }
      try readLibrary(file, name: name, table: lookupTable == 0 ? addressTable : lookupTable, base: 0, into: &libraries)
      entry = entry.lowerBound + 20..<entry.upperBound
    }
  }

  /// `IMAGE_DELAYLOAD_DESCRIPTOR` entries, up to one without a name.
  mutating func readDelayImports(
    _ file: RawSpan, _ directory: PE.DataDirectory, imageBase: UInt64, into libraries: inout [PE.ImportedLibrary]
  ) throws(ParseError) {
    var entry = try memory.bytes(at: directory.address)
    while true {
      guard entry.count >= 32 else { throw ParseError(.truncated, at: entry.lowerBound) }
      let attributes: UInt32 = try file.integer(at: entry.lowerBound)
      let name: UInt32 = try file.integer(at: entry.lowerBound + 4)
      let table: UInt32 = try file.integer(at: entry.lowerBound + 16)
      if name == 0 { return }
      // Visual C++ 6 wrote addresses instead of relative addresses, and left RvaBased clear.
      let base = attributes & 1 == 0 ? UInt32(truncatingIfNeeded: imageBase) : 0
      try readLibrary(file, name: name &- base, table: table &- base, base: base, into: &libraries)
      entry = entry.lowerBound + 32..<entry.upperBound
    }
  }

  /// One library; it is kept by its name also where its functions cannot be read.
  private mutating func readLibrary(
    _ file: RawSpan, name: UInt32, table: UInt32, base: UInt32, into libraries: inout [PE.ImportedLibrary]
  ) throws(ParseError) {
    let nameRange = try memory.bytes(at: name)
    libraries.append(
      PE.ImportedLibrary(name: try names.name(in: file, at: nameRange.lowerBound, end: nameRange.upperBound)))
    guard table != 0 else { return }
    let range = try memory.bytes(at: table)
    let size = isPE32Plus ? 8 : 4
    var offset = range.lowerBound
    while true {
      guard offset + size <= range.upperBound else { throw ParseError(.truncated, at: offset) }
      let thunk =
        isPE32Plus
        ? try file.integer(at: offset, as: UInt64.self) : UInt64(try file.integer(at: offset, as: UInt32.self))
      if thunk == 0 { return }
      try thunkBudget.spend(size, at: offset)
      libraries[libraries.count - 1].functions.append(try function(file, thunk, base: base))
      offset += size
    }
  }

  private mutating func function(
    _ file: RawSpan, _ thunk: UInt64, base: UInt32
  ) throws(ParseError) -> PE.ImportedLibrary.Function {
    if thunk >> (isPE32Plus ? 63 : 31) != 0 { return .ordinal(UInt16(truncatingIfNeeded: thunk)) }
    // IMAGE_IMPORT_BY_NAME: a hint of two bytes, then the name.
    let range = try memory.bytes(at: UInt32(truncatingIfNeeded: thunk) &- base)
    return .name(try names.name(in: file, at: range.lowerBound + 2, end: range.upperBound))
  }
}
