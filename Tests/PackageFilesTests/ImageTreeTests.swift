import ImageAssembler
import Testing

@testable import PackageFiles

@Suite("Layers are unpacked over one another as container runtimes do")
struct ImageTreeTests {
  private func tree(_ layers: [TarAssembler.Entry]...) throws -> ImageTree {
    let read = try layers.map { entries throws in
      let bytes = TarAssembler(entries).bytes()
      return try ImageLayer(ImageBlob(owner: OwnedBytes(copying: bytes), range: 0..<bytes.count), budget: ImageBudget())
    }
    return ImageTree(try ImageContents(read, path: "image.tar"))
  }

  /// Every path with what it holds: the text of a file, `-> TARGET`, or `/`.
  private func paths(_ tree: ImageTree) throws -> [String: String] {
    var all: [String: String] = [:]
    for found in tree.scan({ _, _, _ in true }).found {
      switch found.status.kind {
      case .directory: all[found.path.description] = "/"
      case .file:
        all[found.path.description] = try tree.withContents(of: found.path) { span in
          span.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        }
      case .symbolicLink:
        all[found.path.description] = "-> " + String(decoding: tree.linkTarget(of: found.path) ?? [], as: UTF8.self)
      case .other: all[found.path.description] = "device"
      }
    }
    return all
  }

  @Test("A later layer's files replace those below; directories merge")
  func merging() throws {
    let tree = try tree(
      [.directory("d/"), .file("d/a", "1"), .file("d/b", "1"), .link("l", to: "d")],
      [.file("d/b", "2"), .file("e/c", "2")])
    #expect(try paths(tree) == ["d": "/", "d/a": "1", "d/b": "2", "l": "-> d", "e": "/", "e/c": "2"])
  }

  @Test("A whiteout removes what is below, and nothing of its own layer, wherever it stands")
  func whiteouts() throws {
    let base: [TarAssembler.Entry] = [.file("a", "1"), .file("d/b", "1"), .file("d/e/c", "1"), .file("k", "1")]
    #expect(try paths(tree(base, [.file(".wh.a", ""), .file("d/.wh.e", "")])) == ["d": "/", "d/b": "1", "k": "1"])
    let kept: [TarAssembler.Entry] = [.file("d/new", "2"), .file(".wh.d", "")]
    #expect(try paths(tree(base, kept)) == ["a": "1", "d": "/", "d/new": "2", "k": "1"])
    #expect(try paths(tree(base, kept.reversed())) == ["a": "1", "d": "/", "d/new": "2", "k": "1"])
    #expect(
      try paths(tree(base, [.file(".wh.d", "")], [.file("d/e/x", "3")]))
        == ["a": "1", "k": "1", "d": "/", "d/e": "/", "d/e/x": "3"])
    #expect(try paths(tree(base, [.file(".wh.nothing", ""), .file("no/.wh.where", ""), .file(".wh.", "")])).count == 6)
  }

  @Test("An opaque directory hides all that is below it; AUFS's own marks are nothing")
  func opaque() throws {
    let base: [TarAssembler.Entry] = [.file("d/a", "1"), .file("d/e/c", "1")]
    let expected = ["d": "/", "d/new": "2"]
    #expect(try paths(tree(base, [.directory("d/"), .file("d/.wh..wh..opq", ""), .file("d/new", "2")])) == expected)
    #expect(try paths(tree(base, [.file("d/new", "2"), .file("d/.wh..wh..opq", "")])) == expected)
    #expect(try paths(tree(base, [.file(".wh..wh.plnk", ""), .directory(".wh..wh.orph/")])).count == 4)
  }

  @Test("A file replaces a directory with all in it, a directory a file or a link")
  func replacing() throws {
    #expect(try paths(tree([.file("d/a", "1")], [.file("d", "2")])) == ["d": "2"])
    #expect(try paths(tree([.file("d/a", "1")], [.file("d", "2")], [.file("d/b", "3")])) == ["d": "2"])
    #expect(try paths(tree([.file("d", "1")], [.directory("d/"), .file("d/b", "2")])) == ["d": "/", "d/b": "2"])
    #expect(try paths(tree([.link("d", to: "e")], [.directory("d/"), .file("d/b", "2")])) == ["d": "/", "d/b": "2"])
  }

  @Test("Entries go through links to directories of the image, and nowhere else")
  func throughLinks() throws {
    let base: [TarAssembler.Entry] = [
      .directory("usr/lib/"), .link("lib", to: "usr/lib"), .link("up", to: "../../usr"),
    ]
    let tree = try tree(base, [.file("lib/x", "1"), .file("up/y", "2")])
    #expect(try paths(tree)["usr/lib/x"] == "1")
    #expect(try paths(tree)["usr/y"] == "2", "`..` at the root is the root")
    let loop = try self.tree([.link("a", to: "b"), .link("b", to: "a"), .file("a/x", "1")])
    #expect(loop.scan { _, _, _ in false }.problems.count == 1)
  }

  @Test("Hard links are another name for what is there, also in a layer below; permissions go with them")
  func hardLinks() throws {
    let tree = try tree(
      [
        .file("a", Array("1".utf8), mode: 0o755), .hardLink("d/b", to: "./a"), .link("l", to: "a"),
        .hardLink("m", to: "l"),
      ],
      [.hardLink("c", to: "a"), .file("a", "2"), .file(".wh.l", "")])
    #expect(try paths(tree) == ["a": "2", "c": "1", "d": "/", "d/b": "1", "m": "-> a"])
    #expect(tree.status(of: "c")?.permissions == 0o755)
    let lost = try self.tree([
      .directory("d/"), .hardLink("x", to: "nowhere"), .hardLink("y", to: "d"), .hardLink("z", to: "../a"),
    ])
    #expect(
      lost.scan { _, _, _ in false }.problems.map { String(decoding: $0.name, as: UTF8.self) } == ["x", "y", "z"])
  }

  @Test("Names that lead out of the image are problems, and nothing stands there")
  func unsafeNames() throws {
    let tree = try tree([
      .file("../escape", "1"), .file("a/../../b", "1"), .file("/absolute", "2"), .file("./dot", "3"),
      .pax([("path", "nul\u{0}x")]), .file("x", "4"), .pax([("path", String(repeating: "n", count: 256))]),
      .file("y", "5"),
      .pax([("path", String(repeating: "d/", count: 3000))]), .file("z", "6"), .file("file", "7"),
      .file("file/below", "8"),
    ])
    #expect(try paths(tree) == ["absolute": "2", "dot": "3", "file": "7"])
    let problems = tree.scan { _, _, _ in false }.problems
    #expect(problems.count == 6)
    #expect(problems.allSatisfy { if case .unsafePath = $0.kind { true } else { false } })
  }

  @Test("A subtree counts what is below it, and names problems as they are seen from there")
  func subtree() throws {
    let tree = try tree([
      .file("var/task/a.node", "\u{7f}ELF"), .file("var/task/d/b", "22"), .file("etc/c", "333"),
      .hardLink("var/task/lost", to: "nowhere"), .hardLink("etc/lost", to: "nowhere"),
    ])
    let task = try #require(tree.subtree(at: "var/task", withProblems: true))
    let scan = task.scan { name, _, _ in name.byteCount == 6 }
    #expect(scan.files == 2 && scan.byteCount == 6 && scan.directories == 1)
    #expect(scan.found.map(\.path.description) == ["a.node"])
    #expect(scan.problems.map { String(decoding: $0.name, as: UTF8.self) } == ["/etc/lost", "lost"])
    #expect(task.names(in: .root).map { String(decoding: $0, as: UTF8.self) } == ["a.node", "d"])
    #expect(tree.subtree(at: "etc/c", withProblems: false) == nil)
  }

  @Test("Compressed layers give what plain ones give; large texts are decompressed again when they are asked for")
  func compressed() throws {
    let large = [UInt8](repeating: UInt8(ascii: "x"), count: 3 << 20)
    let addon = Array("\u{7f}ELF".utf8) + large
    let bytes = TarAssembler([.file("large.txt", large), .file("b", "tiny"), .file("a.so", addon)]).bytes()
    for packed in [bytes, Packed.gzip(bytes)] {
      let layer = try ImageLayer(
        ImageBlob(owner: OwnedBytes(copying: packed), range: 0..<packed.count), budget: ImageBudget())
      let tree = ImageTree(try ImageContents([layer], path: "image.tar"))
      for (name, expected) in [("large.txt", large), ("b", Array("tiny".utf8)), ("a.so", addon)] {
        let path = try #require(TreePath(name))
        #expect(try tree.withContents(of: path) { span in span.withUnsafeBytes { Array($0) == expected } })
        #expect(tree.status(of: path)?.byteCount == expected.count)
      }
      let heads = tree.scan { _, _, head in head.byteCount == TreeScan.headBytes }
      #expect(heads.found.map(\.path.description) == ["a.so", "large.txt"])
    }
  }

  @Test("Directories that come and go without end are given up on")
  func churn() throws {
    var entries: [TarAssembler.Entry] = (0..<6000).map { .file("d/\($0)", "") }
    for _ in 0..<12_000 { entries += [.file("d", ""), .directory("d/")] }
    #expect(throws: ArchiveFailure.self) { try tree(entries) }
  }
}
