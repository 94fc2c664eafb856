import Testing

@testable import NativeBinaries

@Suite struct ELFTableTests {
  @Test("A table gives its entries, and its first ones")
  func entries() {
    let table = ELF.Table<UInt32>([1, 2, 3])
    #expect(table.elementsEqual([1, 2, 3]) && table.first(2).elementsEqual([1, 2]) && table.first(9).count == 3)
    #expect(ELF.Table<UInt64>().isEmpty && table.first(0).isEmpty && ELF.Table<UInt64>().first(3).isEmpty)
  }

  @Test("An entry behind the end, or before the beginning, ends the process instead of being read")
  func outside() async {
    await #expect(processExitsWith: .failure) { _ = ELF.Table<UInt32>([1, 2])[2] }
    await #expect(processExitsWith: .failure) { _ = ELF.Table<UInt32>([1, 2])[-1] }
    await #expect(processExitsWith: .failure) { _ = ELF.Table<UInt32>()[0] }
  }
}
