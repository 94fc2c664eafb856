import NativeBinaries

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
  let image = ELF.Image(parsing: RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: start, count: count)))
  let table = image.symbols
  for (index, symbol) in table.symbols.enumerated().prefix(256) {
    let name = table.nameBytes(index)
    try? table.forEachSymbol(named: name, gnuHash: ELF.GNUHashTable.hash(name)) { found in
      precondition(table.nameBytes(found).elementsEqual(name))
      return symbol.isUndefined
    }
    if index < table.versionIndices.count { _ = image.versionName(table.versionIndices[index] & 0x7fff) }
  }
  return 0
}
