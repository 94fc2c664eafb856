import Testing

@testable import PackageFiles

private typealias Entry = ZipAssembler.Entry

@Suite("Hostile and damaged zips")
struct ZipHostileTests {
  @Test("Encrypted entries and unknown methods are problems, and are not read")
  func unreadable() throws {
    let tree = try ZipAssembler([
      Entry("secret.node", "x").with { $0.flags = 1 }, Entry("b", "y", method: 12), Entry("c", "z"),
    ]).tree()
    #expect(
      tree.problems() == [
        TreeProblem(name: Array("b".utf8), kind: .unknownMethod(12)),
        TreeProblem(name: Array("secret.node".utf8), kind: .encrypted),
      ])
    #expect(damage(reading: "secret.node", in: tree) == .encrypted("archive: secret.node"))
    #expect(damage(reading: "b", in: tree) == .unknownMethod("archive: b", 12))
    #expect(try tree.text("c") == "z")
    // By its name alone an entry can still be wanted.
    #expect(tree.scan { name, _, head in name.byteCount == 11 && head.isEmpty }.found.count == 1)
  }

  @Test("Of entries with one name the last counts")
  func duplicates() throws {
    let tree = try ZipAssembler([Entry("a", "old"), Entry("b"), Entry("a", "new!"), Entry("d/"), Entry("d/")]).tree()
    let scan = tree.scan { _, kind, _ in kind == .file }
    #expect(try tree.text("a") == "new!")
    #expect(scan.problems == [TreeProblem(name: Array("a".utf8), kind: .duplicate)])
    #expect(scan.files == 2 && scan.byteCount == 4 && scan.found.map(\.path) == ["a", "b"])
  }

  @Test("Names that differ only in capitals collide, in directories and beyond ASCII too")
  func caseCollisions() throws {
    let tree = try ZipAssembler([
      Entry("README"), Entry("Readme"), Entry("lib/a"), Entry("Lib/b"), Entry("x/README"), Entry("Ä"), Entry("ä"),
    ]).tree()
    let problems = tree.problems().map { "\(String(decoding: $0.name, as: UTF8.self))|\($0.kind)".prefix { $0 != ":" } }
    #expect(problems.count == 3)
    #expect(problems.contains { $0.hasPrefix("Readme|differs from README only") })
    #expect(problems.contains { $0.hasPrefix("Lib|differs from lib only") })
    #expect(problems.contains { $0.hasPrefix("ä|differs from Ä only") })
  }

  @Test(
    "Unsafe names are said; those that climb or hold a NUL have no place in the tree",
    arguments: [
      ("../evil", nil, "climbs"), ("a/../../evil", nil, "climbs"), ("a\0b", nil, "NUL"), ("", nil, "no name"),
      ("/etc/passwd", "etc/passwd", "absolute"), ("C:/x", "C:/x", "drive"), ("a\\b.node", "a\\b.node", "backslash"),
      ("a\u{1b}[2J", "a\u{1b}[2J", "control"), ("..x", "..x", nil), ("./a//b/./c", "a/b/c", nil),
    ] as [(String, String?, String?)])
  func unsafeNames(name: String, place: String?, reason: String?) throws {
    let tree = try ZipAssembler([Entry(name, "x"), Entry("other", "y")]).tree()
    let scan = tree.scan { _, kind, _ in kind == .file }
    let path = place.flatMap { TreePath($0) }
    #expect(Set(scan.found.map(\.path)) == Set([path, "other"].compactMap { $0 }))
    if let path { #expect(try tree.text(path) == "x") }
    if let reason {
      let problem = try #require(scan.problems.first)
      #expect(scan.problems.count == 1 && problem.name == Array(name.utf8))
      guard case .unsafePath(let why) = problem.kind else { throw TreeError.missing("unsafePath in \(problem)") }
      #expect(why.contains(reason))
      #expect(!problem.description.contains("\u{1b}"))
    } else {
      #expect(scan.problems == [])
    }
  }

  @Test("Nothing is unpacked below a file or through a link, and a directory does not become a file")
  func conflicts() throws {
    let tree = try ZipAssembler([
      Entry("file", "x"), Entry("file/below", "y"), .link("link", to: "/etc"), Entry("link/passwd", "z"), Entry("d/f"),
      Entry("d"),
    ]).tree()
    #expect(tree.status(of: "file/below") == nil && tree.status(of: "link/passwd") == nil)
    #expect(tree.status(of: "d")?.kind == .directory)
    #expect(tree.problems().map { String(decoding: $0.name, as: UTF8.self) } == ["d", "file/below", "link/passwd"])
  }

  @Test("A local header that tells another story is a mismatch")
  func headerMismatch() throws {
    let tree = try ZipAssembler([Entry("harmless.js", "x").with { $0.localName = Array("evil.js".utf8) }]).tree()
    #expect(tree.problems() == [TreeProblem(name: Array("harmless.js".utf8), kind: .headerMismatch("name"))])
    var bytes = ZipAssembler([Entry("a", "hello hello hello")]).bytes()
    bytes[8] = 0
    #expect(try ZipTree(bytes: bytes).problems().map(\.kind) == [.headerMismatch("method")])
    var zip = ZipAssembler([Entry("a", "1")])
    zip.statedCount = 2
    #expect(try zip.tree().problems().count == 1)
  }

  @Test("Data that does not match its CRC-32 is damaged")
  func checksum() throws {
    let tree = try ZipAssembler([
      Entry("a", "hello").with { $0.crc32 = 1 }, Entry("b", "stored", method: 0).with { $0.crc32 = 2 },
    ]).tree()
    for path in ["a", "b"] as [TreePath] {
      guard case .damaged(_, let what) = damage(reading: path, in: tree) else { Issue.record(); continue }
      #expect(what.contains("CRC-32"))
    }
  }

  @Test("Compressed data that is no deflate, too short or too long is damaged, and found by a scan")
  func badData() throws {
    let tree = try ZipAssembler([
      Entry("bad", "").with {
        $0.data = [0xff, 0xff, 0xff]; $0.uncompressed = 9
      },
      Entry("long", "0123456789").with { $0.uncompressed = 5 },
      Entry("short", "0123456789").with { $0.uncompressed = 20 },
      Entry("stored", "0123456789", method: 0).with { $0.uncompressed = 5 },
    ]).tree()
    for path in ["bad", "long", "short", "stored"] as [TreePath] {
      guard case .damaged = damage(reading: path, in: tree) else { Issue.record("\(path)"); continue }
    }
    #expect(tree.problems().map { String(decoding: $0.name, as: UTF8.self) } == ["bad", "long", "short", "stored"])
  }

  @Test("Sizes that the data cannot have are refused before memory is taken")
  func claims() throws {
    let four = UInt64(UInt32.max) - 1
    let tree = try ZipAssembler([
      Entry("ratio", "x").with { $0.uncompressed = 200_000_000 }, Entry("4gb", "x").with { $0.uncompressed = four },
      Entry("endless", "x").with {
        $0.usesZip64 = true; $0.uncompressed = .max
      },
      Entry("more", "x").with {
        $0.usesZip64 = true; $0.uncompressed = .max; $0.compressed = .max
      },
    ]).tree()
    guard case .damaged = damage(reading: "ratio", in: tree) else { throw TreeError.missing("damage") }
    #expect(damage(reading: "4gb", in: tree) == .tooLarge("archive: 4gb", Int(four)))
    #expect(damage(reading: "endless", in: tree) == .tooLarge("archive: endless", .max))
    let scan = tree.scan { _, _, _ in true }
    #expect(scan.byteCount == .max && scan.files == 4)
    #expect(scan.problems.filter { if case .damaged = $0.kind { true } else { false } }.count == 4)
  }

  @Test("A real bomb within the limit inflates to what it says; entries that share data are refused")
  func bombs() throws {
    let zeros = [UInt8](repeating: 0, count: 10_000_000)
    let tree = try ZipAssembler([Entry(Array("bomb".utf8), zeros)]).tree()
    #expect(try tree.withContents(of: "bomb") { $0.byteCount } == zeros.count)
    #expect(tree.problems() == [])

    // Fifield's quoting: each entry's data contains the next entry whole.
    var quoted = ZipAssembler([Entry("inner", "kernel", method: 0)]).bytes()
    let inner = Array(quoted[..<(30 + 5 + 6)])
    quoted = ZipAssembler([
      Entry(Array("outer".utf8), inner, method: 0),
      Entry("inner", "kernel", method: 0).with { $0.localHeaderOffset = 35 },
    ]).bytes()
    let overlapping = try ZipTree(bytes: quoted)
    guard case .damaged(_, let what) = damage(reading: "inner", in: overlapping) else {
      throw TreeError.missing("damage")
    }
    #expect(what == ZipExtents.overlapMessage)
    #expect(overlapping.problems().contains(TreeProblem(name: Array("inner".utf8), kind: .damaged(what))))
    #expect(try overlapping.withContents(of: "outer") { $0.byteCount } == inner.count)
  }

  @Test("Offsets that lead outside the file leave the other entries readable")
  func offsets() throws {
    let tree = try ZipAssembler([
      Entry("lost", "x").with { $0.localHeaderOffset = 0xffff_fff0 },
      Entry("far", "x").with {
        $0.usesZip64 = true; $0.localHeaderOffset = .max
      },
      Entry("long", "x").with { $0.compressed = 1_000_000 }, Entry("good", "y"),
    ]).tree()
    #expect(try tree.text("good") == "y")
    for path in ["lost", "far", "long"] as [TreePath] {
      guard case .damaged = damage(reading: path, in: tree) else { Issue.record("\(path)"); continue }
    }
    #expect(tree.problems().filter { if case .damaged = $0.kind { true } else { false } }.count == 3)
  }

  @Test("A name of thousands of components costs what its length justifies")
  func deepName() throws {
    let deep = String(repeating: "a/", count: 32000) + "f"
    let entries = (0..<20).map { Entry("\($0)/" + String(deep.dropFirst(10)), "x") }
    let tree = try ZipAssembler(entries).tree()
    let path = try #require(TreePath("7/" + deep.dropFirst(10)))
    #expect(try tree.text(path) == "x")
    #expect(tree.problems() == [])
  }

  @Test("What is no zip, or only the start of one, says so")
  func notAZip() throws {
    #expect(throws: TreeError.unknownPackageFormat("archive")) { try ZipTree(bytes: []) }
    #expect(throws: TreeError.unknownPackageFormat("archive")) {
      try ZipTree(bytes: Array(repeating: 0x50, count: 1000))
    }
    let whole = ZipAssembler([Entry("a", "hello")]).bytes()
    #expect(throws: TreeError.damaged("archive", "it has no end of central directory record; the file is truncated")) {
      try ZipTree(bytes: Array(whole.dropLast(22)))
    }
    do {
      _ = try ZipTree(bytes: Array(whole.suffix(22)))
      Issue.record("an end record alone is no zip")
    } catch {
      #expect(error.description.contains("lies outside the file"))
      #expect(!error.description.contains("\n"))
    }
  }
}
