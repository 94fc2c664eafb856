import Testing

@testable import PackageFiles

private typealias Entry = ZipAssembler.Entry

/// Zips that are well-formed and mean harm.
@Suite("Zips made as traps")
struct ZipTrapTests {
  @Test("Of a hundred entries with the same data only the first is read, and the others are said to overlap")
  func sharedData() throws {
    let zeros = [UInt8](repeating: 0, count: 100_000)
    let first = Entry(Array("e0".utf8), zeros)
    let others = (1..<100).map { number in
      Entry("e\(number)", "").with {
        $0.localHeaderOffset = 0
        $0.data = []
        $0.compressed = UInt64(deflated(zeros).count)
        $0.uncompressed = UInt64(zeros.count)
        $0.crc32 = checksum(zeros)
      }
    }
    let tree = try ZipAssembler([first] + others).tree()
    #expect(try tree.withContents(of: "e0") { $0.byteCount } == zeros.count)
    for number in 1..<100 {
      let path = try #require(TreePath("e\(number)"))
      #expect(damage(reading: path, in: tree) == .damaged("archive: \(path)", ZipExtents.overlapMessage))
    }
    let scan = tree.scan { _, _, _ in false }
    // What it would take on disk counts whether or not it can be read.
    #expect(scan.files == 100 && scan.byteCount == 100 * zeros.count)
    #expect(scan.problems.filter { $0.kind == .damaged(ZipExtents.overlapMessage) }.count == 99)
  }

  @Test("A flat bomb is counted without being inflated, and no entry above Lambda's limit is read")
  func flatBomb() throws {
    let limit = ZipTree.largestEntryByteCount
    let data = deflated([UInt8](repeating: 0, count: 1_000_000))
    let part = Entry("", "").with {
      $0.data = data
      $0.uncompressed = 1_000_000
    }
    let parts = (0..<300).map { number in part.with { $0.name = Array("part\(number)".utf8) } }
    let whole = Entry("whole", "").with {
      $0.data = Array(repeating: 0x5a, count: limit / ZipTree.largestDeflateRatio + 1000)
      $0.uncompressed = UInt64(limit + 1)
    }
    let tree = try ZipAssembler(parts + [whole]).tree()
    let scan = tree.scan { _, _, _ in false }
    #expect(scan.byteCount == 300_000_000 + limit + 1)
    #expect(damage(reading: "whole", in: tree) == .tooLarge("archive: whole", limit + 1))
    // The stated length is right, and so is the head; the CRC-32 of nothing is not.
    #expect(scan.problems.allSatisfy { $0.name == Array("whole".utf8) })
    guard case .damaged(_, let what) = damage(reading: "part0", in: tree) else { throw TreeError.missing("damage") }
    #expect(what.contains("CRC-32"))
  }

  @Test("Links out of the package lead where the kernel would go, never above the root, and circles end")
  func links() throws {
    let package = try ZipAssembler([
      .link("out", to: "../../etc/passwd"), .link("absolute", to: "/etc/passwd"),
      .link("above", to: "../../../../../../etc/passwd"), .link("nowhere", to: "../../../x"), .link("self", to: "self"),
      .link("a", to: "b/x"), .link("b", to: "a/y"), .link("up", to: "."), .link("empty", to: ""),
      .link("nul", to: "etc\0/passwd"), Entry("file", "inside"),
    ]).tree()
    let files = RootFileSystem(mounts: [
      .init(point: .root, tree: try ZipAssembler([Entry("etc/passwd", "outside")]).tree()),
      .init(point: "var/task", tree: package),
    ])
    for name in ["out", "absolute", "above"] {
      let located = try #require(files.resolve("/var/task/\(name)").located)
      #expect(located.absolutePath == "/etc/passwd" && located.mount == 0)
    }
    for name in ["self", "a", "b", "a/z"] { #expect(files.resolve("/var/task/\(name)") == .tooManyLinks) }
    for name in ["nowhere", "empty", "nul"] { #expect(files.resolve("/var/task/\(name)") == .missing) }
    #expect(files.resolve("/var/task/up/up/up/file").located?.absolutePath == "/var/task/file")
    // The tree itself follows none.
    #expect(package.status(of: "out")?.kind == .symbolicLink && package.status(of: "up/file") == nil)
    #expect(damage(reading: "out", in: package) == .notARegularFile("archive: out"))
    #expect(package.scan { _, _, _ in false }.links == 10)
  }

  @Test("A zip cut off at any byte says that it is no zip, or which part is missing")
  func truncation() throws {
    let bytes = ZipAssembler([Entry("index.js", "exports.a = 1;"), Entry("lib/a.node", "stored", method: 0)]).bytes()
    for count in 0..<bytes.count {
      let expected: TreeError =
        count < 4
        ? .unknownPackageFormat("archive")
        : .damaged("archive", "it has no end of central directory record; the file is truncated")
      #expect(throws: expected) { try ZipTree(bytes: Array(bytes[..<count])) }
    }
    var commented = ZipAssembler([Entry("a", "x")])
    commented.comment = Array("comment".utf8)
    for missing in 1...7 {
      #expect(throws: TreeError.damaged("archive", "the file ends inside the archive comment; it is truncated")) {
        try ZipTree(bytes: Array(commented.bytes().dropLast(missing)))
      }
    }
  }

  @Test(
    "Each field of a local header that differs from the central directory is named, which alone counts",
    arguments: [
      (6, 0x01, "flags"), (14, 0xff, "CRC-32"), (18, 0xff, "compressed size"), (22, 0xff, "size"),
    ])
  func localHeader(offset: Int, bits: UInt8, field: String) throws {
    var bytes = ZipAssembler([Entry("a", "hello hello hello")]).bytes()
    bytes[offset] ^= bits
    let tree = try ZipTree(bytes: bytes)
    #expect(tree.problems() == [TreeProblem(name: Array("a".utf8), kind: .headerMismatch(field))])
    #expect(try tree.text("a") == "hello hello hello")
  }
}
