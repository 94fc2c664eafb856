import LambdaRuntimes
import NativeBinaries

private final class Keeper: Sendable {}

/// The bytes as an executable taken for `node`, once copied and once with its tables left where they are, as those of `--node`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
  let file = RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: start, count: count))
  var effort = ParsingEffort.binding
  let copied = try? NodeExecutable(parsing: file, effort: effort)
  effort.keeper = Keeper()
  let kept = try? NodeExecutable(parsing: file, effort: effort)
  guard let kept, kept.failure == nil else {
    precondition(copied == nil)
    return 0
  }
  precondition(copied?.version == kept.version && copied?.moduleVersion == kept.moduleVersion)
  guard let copies = copied?.image.symbols else { preconditionFailure("only one is an executable") }
  let table = kept.image.symbols
  precondition(table.symbols.elementsEqual(copies.symbols) && table.versionIndices.elementsEqual(copies.versionIndices))
  for index in table.symbols.indices.prefix(32) {
    let name = table.nameBytes(index)
    var found: [Int] = []
    for table in [table, copies] {
      try? table.forEachSymbol(named: name, gnuHash: ELF.GNUHashTable.hash(name)) {
        found.append($0)
        return true
      }
    }
    precondition(found.count % 2 == 0 && found.first == found.last)
  }
  return 0
}
