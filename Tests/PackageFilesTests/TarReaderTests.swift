import ImageAssembler
import Testing

@testable import PackageFiles

@Suite("A tar is read as GNU tar and Go's archive/tar read it")
struct TarReaderTests {
  struct Read: Equatable {
    var name: String
    var kind: TarEntry.Kind
    var link = ""
    var text = ""
  }

  static func read(_ bytes: [UInt8]) throws(ArchiveFailure) -> [Read] {
    let owner = OwnedBytes(copying: bytes)
    var reader = TarReader(MemoryStream(owner.bytes))
    var all: [Read] = []
    while let entry = try reader.next() {
      var text: [UInt8] = []
      while reader.remaining > 0 { text += try reader.read(100) }
      all.append(
        Read(
          name: String(decoding: entry.name, as: UTF8.self), kind: entry.kind,
          link: String(decoding: entry.linkName, as: UTF8.self), text: String(decoding: text, as: UTF8.self)))
    }
    return all
  }

  private func read(_ entries: [TarAssembler.Entry]) throws -> [Read] { try Self.read(TarAssembler(entries).bytes()) }

  private func damage(_ bytes: [UInt8]) -> String? {
    do throws(ArchiveFailure) {
      _ = try Self.read(bytes)
      return nil
    } catch {
      guard case .damaged(let what) = error else { return "\(error)" }
      return what
    }
  }

  @Test("Files, directories, links and devices in every format")
  func kinds() throws {
    for format in [TarAssembler.Format.v7, .ustar, .gnu] {
      var entries: [TarAssembler.Entry] = [
        .directory("bin/"), .file("bin/a", "hello"), .hardLink("bin/b", to: "bin/a"), .link("c", to: "bin/a"),
        .init("null", "3"), .init("sda", "4"), .init("pipe", "6"), .init("old/", "\0"),
        .init("seven", "7", data: [0x37]),
      ]
      for index in entries.indices { entries[index].format = format }
      #expect(
        try read(entries) == [
          .init(name: "bin/", kind: .directory), .init(name: "bin/a", kind: .file, text: "hello"),
          .init(name: "bin/b", kind: .hardLink, link: "bin/a"),
          .init(name: "c", kind: .symbolicLink, link: "bin/a"), .init(name: "null", kind: .device),
          .init(name: "sda", kind: .device), .init(name: "pipe", kind: .device), .init(name: "old/", kind: .directory),
          .init(name: "seven", kind: .file, text: "7"),
        ])
    }
  }

  @Test("Long names: ustar's prefix, GNU's headers, pax records; the last two win over the header")
  func longNames() throws {
    let long = String(repeating: "d/", count: 80) + "f"
    var prefixed = TarAssembler.Entry.file("f", "1")
    prefixed.prefix = String(repeating: "d/", count: 60) + "d"
    #expect(try read([prefixed]).map(\.name) == [prefixed.prefix + "/f"])
    #expect(try read([.long("L", long), .file("cut", "2")]) == [.init(name: long, kind: .file, text: "2")])
    #expect(
      try read([.long("K", long), .long("L", "n"), .link("cut", to: "cut")])
        == [.init(name: "n", kind: .symbolicLink, link: long)])
    #expect(
      try read([.pax([("path", long), ("linkpath", "t=u"), ("mtime", "1.5")]), .link("x", to: "y"), .file("z", "3")])
        == [.init(name: long, kind: .symbolicLink, link: "t=u"), .init(name: "z", kind: .file, text: "3")])
  }

  @Test("Records of a global pax header hold for all that follow, and its comment for nothing")
  func globals() throws {
    #expect(
      try read([.pax([("comment", "git")], "g"), .file("a", "1")]) == [.init(name: "a", kind: .file, text: "1")])
    #expect(
      try read([.pax([("linkpath", "t")], "g"), .link("a", to: "1"), .pax([("linkpath", "u")]), .link("b", to: "2")])
        .map(\.link) == ["t", "u"])
  }

  @Test("Sizes in base 256 and in pax records")
  func sizes() throws {
    var entry = TarAssembler.Entry.file("a", "hello")
    entry.isBase256 = true
    #expect(try read([entry, .file("b", "x")]).map(\.text) == ["hello", "x"])
    entry.isBase256 = false
    entry.statedSize = 0
    #expect(try read([.pax([("size", "5")]), entry, .file("b", "x")]).map(\.text) == ["hello", "x"])
  }

  @Test("A file whose name ends in a slash is a directory, and its data is passed over")
  func directoryWithData() throws {
    #expect(
      try read([.file("d/", "data"), .file("a", "x")])
        == [.init(name: "d/", kind: .directory, text: "data"), .init(name: "a", kind: .file, text: "x")])
  }

  @Test("Sparse files are passed over whole, and are known as such")
  func sparse() throws {
    var old = TarAssembler.Entry("hole", "S", data: Array("data".utf8))
    old.format = .gnu
    var header = TarAssembler.header(of: old)
    header[482] = 1
    header.replaceSubrange(483..<495, with: Array("00000020000\0".utf8))
    TarAssembler.seal(&header)
    // Two more blocks of the map, of which the first says that another one follows.
    var map = [UInt8](repeating: 0, count: 1024)
    map[504] = 1
    let bytes = header + map + Array("data".utf8) + Array(repeating: 0, count: 508)
    let owner = OwnedBytes(copying: bytes + TarAssembler([.file("after", "x")]).bytes())
    var reader = TarReader(MemoryStream(owner.bytes))
    let hole = try #require(try reader.next())
    #expect(hole.isSparse && hole.byteCount == 8192)
    #expect(try reader.next().map { String(decoding: $0.name, as: UTF8.self) } == "after")
    let pax = TarAssembler([
      .pax([("GNU.sparse.major", "1"), ("GNU.sparse.name", "real"), ("GNU.sparse.realsize", "9")]),
      .file("GNUSparseFile.1/real", "1\n0\n1\n"), .file("after", "x"),
    ])
    let second = OwnedBytes(copying: pax.bytes())
    reader = TarReader(MemoryStream(second.bytes))
    let real = try #require(try reader.next())
    #expect(real.isSparse && real.byteCount == 9 && real.name == Array("real".utf8))
  }

  @Test("What is wrong is said, with its place")
  func damaged() {
    var flipped = TarAssembler([.file("a", "x"), .file("b", "y")]).bytes()
    flipped[1024] ^= 1
    #expect(damage(flipped) == "the checksum of the header at byte 1024 is wrong")
    var lies = TarAssembler.Entry.file("a", "x")
    lies.statedSize = 1 << 30
    #expect(damage(TarAssembler([lies]).bytes())?.contains("ends in the middle") == true)
    lies.isBase256 = true
    lies.statedSize = .max
    #expect(damage(TarAssembler([lies]).bytes())?.contains("size") == true)
    #expect(damage(TarAssembler([.init("a", "M")]).bytes())?.contains("volume") == true)
    #expect(damage(TarAssembler([.init("a", "Z")]).bytes())?.contains("unknown type") == true)
    for record in ["5 a=b\n", "9999 path=a\n", "x", "6 path\n", "11 size=-1\n", " path=a\n"] {
      #expect(damage(TarAssembler([.init("p", "x", data: Array(record.utf8)), .file("a", "x")]).bytes()) != nil)
    }
    let huge = TarAssembler.Entry("p", "x", data: Array(repeating: 0x20, count: TarReader.longestHeader + 1))
    #expect(damage(TarAssembler([huge]).bytes())?.contains("extended header") == true)
  }

  @Test("A tar that was cut off anywhere is damaged, but for between two entries")
  func truncated() throws {
    let whole = TarAssembler([
      .directory("d/"), .pax([("path", "d/long")]), .file("x", String(repeating: "data", count: 200)),
      .link("l", to: "d"),
    ]).bytes()
    let ends = Set([0, 512, 512 * 6])
    for count in 0..<(whole.count - 1024) {
      #expect((damage(Array(whole[..<count])) == nil) == ends.contains(count), "\(count) bytes")
    }
    #expect(damage(whole) == nil)
  }

  @Test("Old checksums, of signed bytes, count too")
  func signedChecksum() throws {
    var header = TarAssembler.header(of: .file("ü", ""))
    header.replaceSubrange(148..<156, with: Array(repeating: UInt8(ascii: " "), count: 8))
    let sum = header.reduce(0) { $0 + Int(Int8(bitPattern: $1)) }
    header.replaceSubrange(148..<156, with: Array((String("00000" + String(sum, radix: 8)).suffix(6) + "\0 ").utf8))
    let padded = header[148..<156]
    #expect(padded.count == 8)
    #expect(try Self.read(header).map(\.name) == ["ü"])
  }
}
