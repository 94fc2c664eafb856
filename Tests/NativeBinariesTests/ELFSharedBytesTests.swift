import NativeBinaries
import Testing

/// Records that share bytes, so that a small file would say much more than it holds.
@Suite("What an ELF file costs grows with its length")
struct ELFSharedBytesTests {
  /// A library of x86-64 whose addresses are file offsets.
  private struct Library {
    enum Value { case number(Int), part(Int) }

    var parts: [[UInt8]] = []
    /// Dynamic tags.
    var dynamic: [(tag: UInt64, value: Value)] = []
    /// `PT_LOAD` segments before the one that holds the file: address and length, both of the file's first bytes.
    var segments: [(address: UInt64, byteCount: Int)] = []
    /// Zeros behind the file in memory.
    var zeroByteCount = 0

    mutating func add(_ tag: UInt64, _ part: [UInt8]) {
      dynamic.append((tag, .part(parts.count)))
      parts.append(part + Array(repeating: 0, count: (16 - part.count % 16) % 16))
    }

    mutating func add(_ tag: UInt64, _ number: Int) { dynamic.append((tag, .number(number))) }

    var bytes: [UInt8] {
      let start = 64 + 56 * (segments.count + 2)
      let body = Array(parts.joined())
      let section = dynamic + [(0, .number(0))]
      let dynamicOffset = start + body.count
      let end = dynamicOffset + 16 * section.count
      var file = ByteLayout()
      file.bytes += [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + Array(repeating: 0, count: 9)
      file.add(3 as UInt16, 62)
      file.add(1 as UInt32)
      file.add(0 as UInt64, 64, 0)
      file.add(0 as UInt32)
      file.add(64 as UInt16, 56, UInt16(segments.count + 2), 0, 0, 0)
      func addHeader(_ type: UInt32, _ offset: Int, _ address: UInt64, _ count: Int, zeros: Int = 0) {
        file.add(type, 6)
        file.add(UInt64(offset), address, address, UInt64(count), UInt64(count + zeros), 8)
      }
      addHeader(2, dynamicOffset, UInt64(dynamicOffset), end - dynamicOffset)
      for segment in segments { addHeader(1, 0, segment.address, segment.byteCount) }
      addHeader(1, 0, 0, end, zeros: zeroByteCount)
      file.bytes += body
      for (tag, value) in section {
        switch value {
        case .number(let number): file.add(tag, UInt64(number))
        case .part(let index): file.add(tag, UInt64(start + parts[..<index].joined().count))
        }
      }
      return file.bytes
    }

    func image() -> ELF.Image {
      let bytes = bytes
      return ELF.Image(parsing: bytes.span.bytes)
    }
  }

  /// 64 KiB of a name, which begins at every byte.
  private static let longName = Array(repeating: UInt8(ascii: "n"), count: 1 << 16) + [0]

  private static func symbols(_ count: Int, _ name: (Int) -> Int) -> [UInt8] {
    var layout = ByteLayout()
    for index in 0..<count {
      layout.add(UInt32(name(index)))
      layout.bytes += [0x12, 0]
      layout.add(1 as UInt16)
      layout.add(0 as UInt64, 0)
    }
    return layout.bytes
  }

  /// One bucket of all symbols, in a circle.
  private static func sysVHash(_ count: Int) -> [UInt8] {
    var layout = ByteLayout()
    layout.add(1 as UInt32, UInt32(count), 1)
    for index in 0..<count { layout.add(UInt32(index + 1 < count ? index + 1 : 1)) }
    return layout.bytes
  }

  /// One bucket, all of whose symbols have the hash of `a`.
  private static func gnuHash(_ count: Int) -> [UInt8] {
    var layout = ByteLayout()
    layout.add(1 as UInt32, 1, 1, 0)
    layout.add(UInt64.max)
    layout.add(1 as UInt32)
    for index in 1..<count { layout.add(ELF.GNUHashTable.hash("a".utf8) & ~1 | (index + 1 == count ? 1 : 0)) }
    return layout.bytes
  }

  private static let tooManyNames = "more names than the file has room for"

  @Test("Needed libraries whose names overlap are not copied beyond four times the file's length")
  func neededNames() {
    var library = Library()
    library.add(5, Self.longName)
    library.add(6, Self.symbols(1) { _ in 0 })
    for offset in 0..<1000 { library.add(1, offset) }
    let image = library.image()
    #expect(image.needed.count == 1000)
    #expect(image.needed.first?.utf8.count == 1 << 16)
    #expect(image.needed.reduce(0) { $0 + $1.utf8.count } <= 4 * image.byteCount)
    #expect(image.damage.contains { $0.description.contains(Self.tooManyNames) })
  }

  @Test("Symbols whose names overlap end where the names are more than four times the file")
  func symbolNames() {
    var library = Library()
    library.add(5, Self.longName)
    library.add(6, Self.symbols(3000) { $0 })
    library.add(4, Self.sysVHash(3000))
    let image = library.image()
    let table = image.symbols
    #expect(table.symbols.count > 1 && table.symbols.count < 3000)
    #expect(table.symbols.indices.reduce(0) { $0 + table.nameBytes($1).count } <= 4 * image.byteCount)
    #expect(image.damage.contains { $0.description.contains(Self.tooManyNames) })
  }

  @Test("Version records that lead to one chain are counted once for all of them")
  func versionNeeds() {
    var records = ByteLayout()
    let count = 3000
    for index in 0..<count {
      records.add(1 as UInt16, 1)
      records.add(0 as UInt32, UInt32(16 * (count - index)), 16)
    }
    for index in 0..<count {
      records.add(0 as UInt32)
      records.add(0 as UInt16, 2)
      records.add(0 as UInt32, index + 1 == count ? 0 : 16)
    }
    var library = Library()
    library.add(5, Array("v\0".utf8))
    library.add(6, Self.symbols(1) { _ in 0 })
    library.add(0x6fff_fffe, records.bytes)
    let needs = library.image().versionNeeds
    #expect(needs.first?.versions.count == count)
    #expect(needs.reduce(0) { $0 + $1.versions.count } <= 1 << 12)
  }

  @Test("A hash chain of thousands of symbols is not followed to its end", arguments: [false, true])
  func chains(isGNU: Bool) throws {
    let count = 5000
    var library = Library()
    library.add(5, Array("\0a\0".utf8))
    library.add(6, Self.symbols(count) { $0 == 0 ? 0 : 1 })
    library.add(isGNU ? 0x6fff_fef5 : 4, isGNU ? Self.gnuHash(count) : Self.sysVHash(count))
    let table = library.image().symbols
    #expect(table.symbols.count == count)
    var calls = 0
    try table.forEachSymbol(named: "a".utf8, gnuHash: ELF.GNUHashTable.hash("a".utf8)) { _ in
      calls += 1
      return false
    }
    #expect(calls > 100 && calls <= 512)
  }

  @Test("A damaged hash table whose chain runs in a circle is not followed for ever")
  func circle() throws {
    var library = Library()
    library.add(6, Self.symbols(4) { $0 == 0 ? 0 : 1 })
    library.add(5, Array("\0a\0".utf8))
    var hash = ByteLayout()
    // One bucket; symbol 1 leads to 2 and 2 to 1, and entry 0 to a symbol that is not there.
    hash.add(1 as UInt32, 3, 1, 99, 2, 1)
    library.add(4, hash.bytes)
    let table = library.image().symbols
    var calls = 0
    try table.forEachSymbol(named: "a".utf8, gnuHash: ELF.GNUHashTable.hash("a".utf8)) { _ in
      calls += 1
      return false
    }
    #expect(calls > 100 && calls <= 512)
  }

  @Test(
    "A damaged hash table that leads through gigabytes of zeros faults behind them, and at once",
    .timeLimit(.minutes(5)))
  func zeros() {
    var library = Library()
    library.zeroByteCount = 1 << 36
    library.add(5, Array("\0a\0".utf8))
    library.add(6, Self.symbols(2) { $0 })
    var hash = ByteLayout()
    // One bucket, whose chain begins in the zeros: it has no end there.
    hash.add(1 as UInt32, 1, 1, 0)
    hash.add(UInt64.max)
    hash.add(1 << 14 as UInt32)
    library.add(0x6fff_fef5, hash.bytes)
    let table = library.image().symbols
    for _ in 0..<10_000 {
      #expect(throws: ELF.MemoryFault.segmentation) {
        try table.forEachSymbol(named: "a".utf8, gnuHash: ELF.GNUHashTable.hash("a".utf8)) { _ in true }
      }
    }
  }

  @Test("A table is no longer than the file, even where hundreds of segments map the same bytes one behind the other")
  func repeatedSegments() {
    let page = 4096
    var library = Library()
    library.parts = [Array(repeating: 0x61, count: 16 * page)]
    let first: UInt64 = 1 << 40
    library.segments = (0..<300).map { (first + UInt64($0 * 16 * page), 16 * page) }
    library.dynamic = [(5, .number(Int(first))), (10, .number(1 << 28))]
    library.add(6, Self.symbols(1) { _ in 0 })
    let image = library.image()
    #expect((16 * page...image.byteCount + 2 * page).contains(image.symbols.stringByteCount))
  }

  @Test("Thousands of segments and symbols are looked at without comparing each with each", .timeLimit(.minutes(5)))
  func manySegments() {
    var library = Library()
    library.add(5, Array("a\0".utf8))
    library.add(6, Self.symbols(60_000) { _ in 0 })
    library.add(4, Self.sysVHash(60_000))
    library.segments = (0..<60_000).map { (1 << 40 + UInt64($0) << 12, 16) }
    // The segment of the file comes last and below the others: in no order.
    #expect(library.image().symbols.symbols.count == 60_000)
    library.segments = []
    #expect(library.image().damage == [])
  }
}
