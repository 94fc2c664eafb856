import Testing

@testable import PackageFiles

private typealias Entry = ZipAssembler.Entry

@Suite("Paths resolve as the Linux kernel resolves them")
struct RootFileSystemTests {
  private func files(_ root: [ZipAssembler.Entry], task: [ZipAssembler.Entry] = [], layer: [ZipAssembler.Entry] = [])
    throws -> RootFileSystem
  {
    RootFileSystem(mounts: [
      .init(point: .root, tree: try ZipAssembler(root).tree()),
      .init(point: "var/task", tree: try ZipAssembler(task).tree()),
      .init(point: "opt", tree: try ZipAssembler(layer).tree()),
    ])
  }

  @Test("A path is found in the tree of its mount, which hides what is below it in the outer tree")
  func mounts() throws {
    let files = try files(
      [Entry("etc/os-release", "al2023"), Entry("var/task/hidden"), Entry("var/lib/x")],
      task: [Entry("index.js", "task")])
    let index = try #require(files.resolve("/var/task/index.js").located)
    #expect(
      index.mount == 1 && index.pathInTree == "index.js" && index.mountPoint == "var/task"
        && index.path == "var/task/index.js")
    #expect(try files.read(index) { $0.byteCount } == 4)
    #expect(files.resolve("/var/task/hidden") == .missing)
    #expect(files.resolve("/etc/os-release").located?.mount == 0)
    let root = try #require(files.resolve("/").located)
    #expect(files.names(inDirectory: root) == ["etc", "opt", "var"].map { Array($0.utf8) })
    let parent = try #require(files.resolve("/var").located)
    #expect(files.names(inDirectory: parent) == ["lib", "task"].map { Array($0.utf8) })
  }

  @Test("Where an earlier path led through real directories, the next ones are found as if walked from the root")
  func remembered() throws {
    var closed = Entry("closed/inside/file")
    closed.mode = 0o100644
    var gate = Entry("closed/")
    gate.mode = 0o40750
    let files = try files(
      [Entry("etc/conf/a", "1"), Entry("var/task/hidden"), .link("home", to: "var/task"), Entry("opt/below/x")],
      task: [
        Entry("lib/deep/file", "2"), .link("lib/link", to: "deep"), .link("lib/up", to: "../lib/deep/file"),
        .link("lib/circle", to: "circle"), .link("lib/nowhere", to: "none"), Entry("lib/deep/deeper/"), gate, closed,
      ], layer: [Entry("lib/so", "3")])
    // Every path of up to four of these components, in an order that meets what is remembered early and late.
    let names = [
      "etc", "conf", "a", "var", "task", "lib", "deep", "file", "link", "up", "opt", "closed", "inside", "..", ".", "",
      "circle", "none", String(repeating: "n", count: 256),
    ]
    var state: UInt64 = 1
    for _ in 0..<20_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      var rest = state >> 16
      var path = rest & 7 == 0 ? "" : "/"
      if rest & 8 == 0 { path = "/var/task" }
      rest >>= 4
      for _ in 0...(rest & 3) {
        rest >>= 2
        path += "/" + names[Int(rest % UInt64(names.count))]
        rest /= UInt64(names.count)
      }
      for followLast in [true, false] {
        var walk = PathWalk(files, Array(path.utf8), followLast: followLast)
        #expect(files.resolve(path, followLast: followLast) == walk.run(), "\(path)")
      }
    }
  }

  @Test("Mount points and the way to them exist although no tree has them")
  func impliedMountPoints() throws {
    let files = RootFileSystem(mounts: [.init(point: "var/task", tree: try ZipAssembler([Entry("a")]).tree())])
    for path in ["/", "/var", "/var/task", "/var/task/", "/var/task/../task/."] {
      #expect(files.resolve(path).located?.status.kind == .directory, "\(path)")
    }
    #expect(files.realPath("/var/../var/task/./a") == "/var/task/a")
    #expect(files.resolve("/var/other") == .missing && files.resolve("/tmp") == .missing)
  }

  @Test("Links are followed across mounts, relative ones from where they stand")
  func links() throws {
    let files = try files(
      [
        .link("lib64", to: "usr/lib64"), Entry("usr/lib64/libc.so.6", "c"),
        .link("usr/lib64/libm.so", to: "../../opt/lib/libm.so"),
      ],
      task: [.link("node_modules", to: "/opt/nodejs/node_modules"), .link("up", to: "../../etc")],
      layer: [Entry("nodejs/node_modules/a/index.js", "a"), Entry("lib/libm.so", "m")])
    #expect(files.realPath("/lib64/libc.so.6") == "/usr/lib64/libc.so.6")
    #expect(files.realPath("/lib64/libm.so") == "/opt/lib/libm.so")
    #expect(files.resolve("/lib64/libm.so").located?.mount == 2)
    #expect(files.realPath("/var/task/node_modules/a/index.js") == "/opt/nodejs/node_modules/a/index.js")
    // `..` goes to where the link led, not to where it stands.
    #expect(files.realPath("/var/task/node_modules/../..") == "/opt")
    #expect(files.resolve("/var/task/up") == .missing)
    #expect(files.realPath("/../../lib64/..") == "/usr")
  }

  @Test("The last link is followed unless asked not to; a slash behind it asks for it again")
  func lastLink() throws {
    let files = try files([Entry("d/f"), .link("l", to: "d"), .link("lf", to: "d/f"), .link("broken", to: "nowhere")])
    #expect(files.resolve("/l").located?.path == "d")
    #expect(files.resolve("/l", followLast: false).located?.status.kind == .symbolicLink)
    #expect(files.resolve("/l/", followLast: false).located?.path == "d")
    #expect(files.resolve("/l/f", followLast: false).located?.path == "d/f")
    #expect(files.resolve("/lf/") == .notADirectory && files.resolve("/d/f/") == .notADirectory)
    #expect(files.resolve("/broken") == .missing)
    #expect(files.resolve("/broken", followLast: false).located?.path == "broken")
  }

  @Test("A file on the way is no directory, and nothing is missing below it")
  func notADirectory() throws {
    let files = try files([Entry("f"), .link("slashed", to: "f/")])
    for path in ["/f/x", "/f/.", "/f/..", "/f/x/y", "/slashed", "/f/" + String(repeating: "x", count: 300)] {
      #expect(files.resolve(path) == .notADirectory, "\(path)")
    }
    #expect(files.resolve("") == .missing && files.resolve("/x/y") == .missing && files.resolve("/f\0") == .missing)
  }

  @Test("Forty links are followed, not forty-one, and circles end")
  func manyLinks() throws {
    let chain = (0..<41).map { Entry.link("l\($0)", to: $0 == 0 ? "f" : "l\($0 - 1)") }
    let files = try files(
      [Entry("f"), .link("a", to: "b"), .link("b", to: "a"), .link("self", to: "self/self")] + chain)
    #expect(files.realPath("/l39") == "/f")
    #expect(files.resolve("/l40") == .tooManyLinks)
    #expect(files.resolve("/a") == .tooManyLinks && files.resolve("/self") == .tooManyLinks)
  }

  @Test("A directory without search permission for others lets nothing through; one of which nothing is known does")
  func permissions() throws {
    let files = try files([
      Entry("closed/").with { $0.mode = 0o040750 }, Entry("closed/f"), .link("l", to: "closed/f"),
      Entry("search/").with { $0.mode = 0o040711 }, Entry("search/f"),
      Entry("dos/").with { $0.madeBy = 0 }, Entry("dos/f"),
    ])
    for path in ["/closed/f", "/closed/none", "/closed/.", "/closed/..", "/l"] {
      #expect(files.resolve(path) == .permissionDenied, "\(path)")
    }
    #expect(files.resolve("/closed").located != nil && files.resolve("/search/f").located != nil)
    #expect(files.resolve("/dos/f").located?.status.othersMayRead == true)
    #expect(FileStatus(kind: .file, permissions: 0o750, byteCount: 0).othersMayRead == false)
  }

  @Test("Names longer than 255 bytes and paths longer than 4095 are too long")
  func lengths() throws {
    let name = String(repeating: "n", count: 255)
    let files = try files([Entry(name), .link("long", to: name + "n")])
    #expect(files.resolve("/" + name).located != nil)
    #expect(files.resolve("/" + name + "n") == .nameTooLong && files.resolve("/long") == .nameTooLong)
    #expect(files.resolve(String(repeating: "/", count: 4095)).located != nil)
    #expect(files.resolve(String(repeating: "/", count: 4096)) == .nameTooLong)
  }
}

@Suite("Layers merge as Lambda unpacks them into /opt")
struct LayeredTreeTests {
  @Test("Directories merge, and of files the later layer's counts")
  func merging() throws {
    let tree = LayeredTree([
      try ZipAssembler([Entry("nodejs/a", "old"), Entry("nodejs/b", "b"), Entry("x/y", "1"), Entry("f", "2")]).tree(),
      try ZipAssembler([Entry("nodejs/a", "new!"), Entry("nodejs/c", "c"), Entry("x", "3"), Entry("f/g", "4")]).tree(),
    ])
    #expect(tree.names("nodejs") == ["a", "b", "c"])
    #expect(try tree.text("nodejs/a") == "new!" && tree.text("nodejs/b") == "b")
    #expect(tree.owner(of: "nodejs/b") == 0 && tree.owner(of: "nodejs/a") == 1)
    #expect(tree.status(of: "x")?.kind == .file && tree.status(of: "x/y") == nil)
    #expect(tree.status(of: "f")?.kind == .directory && tree.names("f") == ["g"])
    let scan = tree.scan { _, kind, _ in kind == .file }
    #expect(scan.found.map(\.path) == ["f/g", "nodejs/a", "nodejs/b", "nodejs/c", "x"])
    #expect(scan.found.first { $0.path == "nodejs/a" }?.status.byteCount == 4)
    #expect(damage(reading: "x/y", in: tree) == .missing("x/y"))
    #expect(LayeredTree([]).status(of: .root)?.kind == .directory)
  }
}
