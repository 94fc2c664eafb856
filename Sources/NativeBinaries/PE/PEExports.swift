extension PE.Image {
  /// `IMAGE_EXPORT_DIRECTORY`: named exports; those by ordinal alone are no symbols that anyone looks up.
  mutating func readExports(
    _ file: RawSpan, _ memory: PEMemory, _ directory: PE.DataDirectory, _ names: inout NameBudget
  ) throws(ParseError) {
    let entry = try memory.bytes(at: directory.address)
    guard entry.count >= 40 else { throw ParseError(.truncated, at: entry.lowerBound) }
    let start = entry.lowerBound
    let nameAddress: UInt32 = try file.integer(at: start + 12)
    let ordinalBase: UInt32 = try file.integer(at: start + 16)
    let functionCount: UInt32 = try file.integer(at: start + 20)
    let nameCount: UInt32 = try file.integer(at: start + 24)
    let functionTable: UInt32 = try file.integer(at: start + 28)
    let nameTable: UInt32 = try file.integer(at: start + 32)
    let ordinalTable: UInt32 = try file.integer(at: start + 36)
    if nameAddress != 0 {
      let range = try memory.bytes(at: nameAddress)
      exportName = try names.name(in: file, at: range.lowerBound, end: range.upperBound)
    }
    guard nameCount > 0 else { return }
    let pointers = try memory.bytes(at: nameTable)
    let ordinals = try memory.bytes(at: ordinalTable)
    let functions = functionCount == 0 ? 0..<0 : try memory.bytes(at: functionTable)
    for index in 0..<Int(nameCount) {
      let pointer = pointers.lowerBound + index * 4
      let ordinal = ordinals.lowerBound + index * 2
      guard pointer + 4 <= pointers.upperBound, ordinal + 2 <= ordinals.upperBound else {
        throw ParseError(.truncated, at: pointer)
      }
      let range = try memory.bytes(at: try file.integer(at: pointer))
      let name = try names.name(in: file, at: range.lowerBound, end: range.upperBound)
      let position = Int(try file.integer(at: ordinal, as: UInt16.self))
      var export = PE.Export(name: name, ordinal: position + Int(ordinalBase), address: 0)
      let function = functions.lowerBound + position * 4
      if position < Int(functionCount), function + 4 <= functions.upperBound {
        export.address = try file.integer(at: function)
        // An address inside the export directory is that of a forwarder string.
        if export.address >= directory.address, export.address - directory.address < directory.byteCount {
          let target = try memory.bytes(at: export.address)
          export.forwarder = try names.name(in: file, at: target.lowerBound, end: target.upperBound)
        }
      }
      exports.append(export)
    }
  }
}
