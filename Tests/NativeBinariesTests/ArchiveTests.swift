import NativeBinaries
import Testing

@Suite struct ArchiveTests {
  static func parse(_ bytes: [UInt8]) -> StaticArchive { StaticArchive(parsing: bytes.span.bytes) }

  static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: width - text.utf8.count)
  }

  static func member(_ name: String, _ contents: [UInt8], byteCount: Int? = nil) -> [UInt8] {
    let header = padded(name, 16) + padded("0", 12) + padded("0", 6) + padded("0", 6) + padded("644", 8)
    let size = padded("\(byteCount ?? contents.count)", 10)
    return Array((header + size + "`\n").utf8) + contents + (contents.count % 2 == 0 ? [] : [0x0a])
  }

  static let magic = Array("!<arch>\n".utf8)
  /// An `ELFDATA2LSB` header of `EM_AARCH64`, as far as an archive looks.
  static let object: [UInt8] =
    [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9) + [1, 0, 183, 0, 1, 0, 0, 0, 0]
  static let gnu =
    magic + member("/", [0, 0, 0, 0]) + member("//", Array("a_name_of_more_than_15_bytes.o/\n".utf8))
    + member("short.o/", object) + member("/0", object) + member("note.txt/", Array("text".utf8))

  @Test("GNU archives: short and long names, the index, the members' formats")
  func gnu() {
    let archive = Self.parse(Self.gnu)
    #expect(archive.damage == [])
    #expect(!archive.isThin)
    #expect(archive.hasSymbolIndex)
    #expect(archive.members.map(\.name) == ["short.o", "a_name_of_more_than_15_bytes.o", "note.txt"])
    #expect(archive.members.map(\.byteCount) == [25, 25, 4])
    #expect(archive.members.map(\.offset) == [224, 310, 396])
    #expect(archive.members.map(\.format) == [.elf, .elf, nil])
    #expect(archive.formatCounts == [.elf: 2])
    #expect(archive.architectureName == "arm64")
  }

  @Test("BSD archives: the name stands before the contents")
  func bsd() {
    let name = Array("a name with spaces.o".utf8)
    let archive = Self.parse(
      Self.magic + Self.member("#1/12", Array("__.SYMDEF\0\0\0".utf8) + [0, 0])
        + Self.member("#1/20", name + MachOSample(cpuType: MachO.CPU_TYPE_X86_64, fileType: 1).bytes))
    #expect(archive.damage == [])
    #expect(archive.hasSymbolIndex)
    #expect(archive.members.map(\.name) == ["a name with spaces.o"])
    #expect(archive.members.map(\.offset) == [8 + 60 + 14 + 60 + 20])
    #expect(archive.formatCounts == [.machO: 1])
    #expect(archive.architectureName == "x86_64")
  }

  @Test("Thin archives name files that are not in them")
  func thin() {
    let archive = Self.parse(
      Array("!<thin>\n".utf8) + Self.member("//", Array("dir/a.o/\ndir/b.o/\n".utf8))
        + Self.member("/0", [], byteCount: 5000) + Self.member("/9", [], byteCount: 6000))
    #expect(archive.damage == [])
    #expect(archive.isThin)
    #expect(!archive.hasSymbolIndex)
    #expect(archive.members.map(\.name) == ["dir/a.o", "dir/b.o"])
    #expect(archive.members.map(\.byteCount) == [5000, 6000])
    #expect(archive.formatCounts.isEmpty)
  }

  @Test("A member that ends past the file is kept and is damage; what is no header ends the reading")
  func damaged() {
    let cut = Self.parse(Array(Self.gnu.dropLast(2)))
    #expect(cut.members.count == 3)
    #expect(cut.damage == [ParseError(.truncated, at: 336)])
    let noise = Self.parse(Self.magic + Self.member("a.o/", Self.object) + [UInt8](repeating: 0x41, count: 70))
    #expect(noise.members.map(\.name) == ["a.o"])
    #expect(noise.damage == [ParseError(.invalid("no member header"), at: 94)])
    #expect(Self.parse(Self.magic + Self.member("/7", [])).damage.count == 1)
    #expect(Self.parse(Self.magic + Self.member("#1/99", [0])).damage.count == 1)
    #expect(Self.parse(Self.magic + Self.member("a.o/", [], byteCount: -1)).damage.count == 1)
  }
}
