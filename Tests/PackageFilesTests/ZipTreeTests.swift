import Testing

@testable import PackageFiles

private typealias Entry = ZipAssembler.Entry

@Suite("Zips are read as they were written")
struct ZipTreeTests {
  @Test("Stored and deflated entries give their contents, and their directories exist by name alone")
  func contents() throws {
    let long = String(repeating: "module.exports = 1\n", count: 5000)
    let tree = try ZipAssembler([
      Entry("index.js", "exports.handler = 1", method: 0), Entry("node_modules/a/lib/long.js", long),
      Entry("empty/"), Entry("none", "", method: 8),
    ]).tree()
    #expect(try tree.text("index.js") == "exports.handler = 1")
    #expect(try tree.text("node_modules/a/lib/long.js") == long)
    #expect(try tree.text("none") == "")
    #expect(tree.names(.root) == ["empty", "index.js", "node_modules", "none"])
    #expect(tree.names("node_modules/a") == ["lib"])
    #expect(tree.names("empty") == [] && tree.names("nowhere") == [] && tree.names("index.js") == [])
    #expect(tree.status(of: "node_modules/a")?.kind == .directory)
    #expect(tree.status(of: "node_modules/b") == nil)
    #expect(tree.status(of: "node_modules/a/lib/long.js")?.byteCount == long.utf8.count)
    #expect(tree.problems() == [])
  }

  @Test("Reading what is no file fails with what it is")
  func notAFile() throws {
    let tree = try ZipAssembler([Entry("d/f", "x"), .link("l", to: "d/f")]).tree()
    #expect(damage(reading: "d", in: tree) == .notARegularFile("archive: d"))
    #expect(damage(reading: "l", in: tree) == .notARegularFile("archive: l"))
    #expect(damage(reading: "x", in: tree) == .missing("archive: x"))
  }

  @Test("The first file of several places is read, and none where it is too long")
  func firstFile() throws {
    let tree = try ZipAssembler([
      Entry("d/f", "inside"), .link("l", to: "d/f"), Entry("long", String(repeating: "x", count: 100), method: 8),
    ]).tree()
    func read(_ paths: TreePath...) -> String? {
      tree.withFirstFile(of: paths, upTo: 99) { bytes in bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
    }
    #expect(read("x", .root, "d", "l", "d/f", "long") == "inside")
    #expect(read("long", "d/f") == nil && read("x") == nil)
  }

  @Test("Modes and links count where a Unix system made the entry, and only there")
  func modes() throws {
    let tree = try ZipAssembler([
      Entry("unix").with { $0.mode = 0o100755 },
      Entry("macos").with {
        $0.mode = 0o100600; $0.madeBy = 19
      },
      Entry("dos").with {
        $0.mode = 0o120777; $0.madeBy = 0
      }, Entry("unset").with { $0.mode = 0 },
      Entry("none").with { $0.mode = 0o100000 }, .link("lib.so", to: "lib.so.1"),
      Entry("pipe").with { $0.mode = 0o010644 },
      Entry("d/").with { $0.mode = 0o040700 },
    ]).tree()
    #expect(tree.status(of: "unix") == FileStatus(kind: .file, permissions: 0o755, byteCount: 0))
    #expect(tree.status(of: "macos")?.permissions == 0o600)
    #expect(tree.status(of: "dos") == FileStatus(kind: .file, permissions: nil, byteCount: 0))
    #expect(tree.status(of: "unset")?.permissions == nil)
    #expect(tree.status(of: "none")?.permissions == 0)
    #expect(tree.status(of: "lib.so") == FileStatus(kind: .symbolicLink, permissions: 0o777, byteCount: 8))
    #expect(tree.linkTarget(of: "lib.so") == Array("lib.so.1".utf8))
    #expect(tree.linkTarget(of: "unix") == nil)
    #expect(tree.status(of: "pipe")?.kind == .other)
    #expect(tree.status(of: "d") == FileStatus(kind: .directory, permissions: 0o700, byteCount: 0))
  }

  @Test("A link's text longer than Linux allows is not read")
  func longLink() throws {
    let tree = try ZipAssembler([.link("l", to: String(repeating: "x", count: 4097))]).tree()
    #expect(tree.linkTarget(of: "l") == nil)
  }

  @Test("Zip64 lengths, offsets and end record are understood", arguments: [[], Array("#!/bin/sh\n".utf8)])
  func zip64(prefix: [UInt8]) throws {
    var zip = ZipAssembler([Entry("a", "first").with { $0.usesZip64 = true }, Entry("b", "second")])
    zip.usesZip64End = true
    zip.prefix = prefix
    let tree = try zip.tree()
    #expect(try tree.text("a") == "first")
    #expect(try tree.text("b") == "second")
    #expect(tree.problems().isEmpty == prefix.isEmpty)
  }

  @Test("Data descriptors, with and without signature, are no mismatch")
  func descriptors() throws {
    let tree = try ZipAssembler([
      Entry("a", "one").with { $0.usesDescriptor = true },
      Entry("b", "two").with {
        $0.usesDescriptor = true; $0.descriptorHasSignature = false
      },
    ]).tree()
    #expect(try tree.text("a") + tree.text("b") == "onetwo")
    #expect(tree.problems() == [])
  }

  @Test("Names are bytes, whatever their encoding")
  func bytes() throws {
    let name: [UInt8] = [0x66, 0xfc, 0x72]
    let tree = try ZipAssembler([Entry(name, Array("latin".utf8))]).tree()
    let path = try #require(TreePath(bytes: name))
    #expect(try tree.text(path) == "latin")
    #expect(tree.names(in: .root) == [name])
  }

  @Test("Info-ZIP's Unicode path counts where its CRC-32 is that of the name, and only there")
  func unicodePath() throws {
    func extra(_ path: String, _ crc: UInt32) -> [UInt8] {
      let field = [1] + le(crc) + Array(path.utf8)
      return le(0x7075 as UInt16) + le(UInt16(field.count)) + field
    }
    let tree = try ZipAssembler([
      Entry([0x81], Array("x".utf8)).with { $0.centralExtra = extra("ü", checksum([0x81])) },
      Entry("b", "y").with { $0.centralExtra = extra("c", 0) },
    ]).tree()
    #expect(tree.names(.root) == ["b", "ü"])
    #expect(tree.problems() == [])
  }

  @Test("Data before the archive does not matter, but is said", arguments: [false, true])
  func prefix(offsetsIncludePrefix: Bool) throws {
    var zip = ZipAssembler([Entry("a", "first"), Entry("b", "second")])
    zip.prefix = Array("#!/usr/bin/env node\n".utf8)
    zip.offsetsIncludePrefix = offsetsIncludePrefix
    let tree = try zip.tree()
    #expect(try tree.text("b") == "second")
    #expect(tree.problems() == [TreeProblem(name: [], kind: .foreignData("20 bytes stand before the first entry"))])
  }

  @Test("A comment is skipped, also one that looks like an end record or holds a whole other archive")
  func comment() throws {
    var zip = ZipAssembler([Entry("real", "1")])
    zip.comment = Array("PK\u{5}\u{6}".utf8) + Array(repeating: 0xff, count: 40)
    #expect(try zip.tree().names(.root) == ["real"])
    zip.comment = Array(repeating: 0x20, count: 65535)
    #expect(try zip.tree().names(.root) == ["real"])
    zip.comment = ZipAssembler([Entry("hidden", "2")]).bytes()
    // The last end record that holds together wins, as in unzip and Go.
    let tree = try zip.tree()
    #expect(tree.names(.root) == ["hidden"])
    #expect(
      tree.problems().contains { if case .foreignData(let what) = $0.kind { what.contains("comment") } else { false } })
  }

  @Test("Bytes behind the archive are said")
  func trailing() throws {
    var zip = ZipAssembler([Entry("a", "1")])
    zip.trailing = [0, 0, 0]
    #expect(try zip.tree().problems() == [TreeProblem(name: [], kind: .foreignData("3 bytes follow the archive"))])
  }

  @Test("An empty archive is a tree without files")
  func empty() throws {
    let tree = try ZipAssembler([]).tree()
    #expect(tree.names(.root) == [] && tree.status(of: .root)?.kind == .directory && tree.problems() == [])
  }

  @Test("A scan shows the first 64 bytes of every file, counts everything and keeps what is wanted, in path order")
  func scan() throws {
    let long = String(repeating: "0123456789abcdef", count: 100)
    var entries = [
      Entry("z/long", long), Entry("a/stored", long, method: 0), Entry("m", "\u{7f}ELF"), .link("l", to: "m"),
      Entry("d/"),
    ]
    entries += (0..<2000).map { Entry("many/file-\($0)", "contents of file \($0)") }
    let tree = try ZipAssembler(entries).tree()
    let head = Array(long.utf8.prefix(64))
    let scan = tree.scan { name, kind, seen in
      let bytes = seen.withUnsafeBytes { Array($0) }
      return kind == .directory
        ? name.byteCount == 4 : bytes == head || bytes.starts(with: [0x7f]) || kind == .symbolicLink
    }
    #expect(scan.found.map(\.path) == ["a/stored", "l", "m", "many", "z/long"])
    #expect(scan.files == 2003 && scan.links == 1 && scan.directories == 4)
    #expect(scan.byteCount == 3204 + (0..<2000).reduce(0) { $0 + "contents of file \($1)".utf8.count })
    #expect(scan.problems == [])
  }
}
