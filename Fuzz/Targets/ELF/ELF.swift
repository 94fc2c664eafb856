import NativeBinaries

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
  let file = RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: start, count: count))
  var effort = ParsingEffort()
  // Endless loops are what the fuzzer finds first; they need no long run to show themselves.
  effort.followedInstructions = 256
  let image = ELF.Image(parsing: file, effort: effort)
  let table = image.symbols
  for (index, symbol) in table.symbols.enumerated().prefix(32) {
    let name = table.nameBytes(index)
    try? table.forEachSymbol(named: name, gnuHash: ELF.GNUHashTable.hash(name)) { found in
      precondition(table.nameBytes(found).elementsEqual(name))
      return symbol.isUndefined
    }
    if index < table.versionIndices.count { _ = image.versionName(table.versionIndices[index] & 0x7fff) }
  }
  return 0
}
