import Testing

@testable import PackageFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

@Suite("Directories are read without following anything out of them")
struct DirectoryTreeTests {
  @Test("Files, directories and links are told apart, and names come in byte order")
  func kinds() throws {
    let directory = try TemporaryDirectory()
    directory.write("b/index.js", "exports")
    directory.write("a.js", "")
    directory.link("l", to: "b/index.js")
    chmod(directory.path + "/a.js", 0o640)
    let tree = try DirectoryTree(path: directory.path)
    #expect(tree.names(.root) == ["a.js", "b", "l"] && tree.names("b") == ["index.js"])
    #expect(tree.names("l") == [] && tree.names("a.js") == [] && tree.names("x") == [])
    #expect(tree.status(of: "a.js") == FileStatus(kind: .file, permissions: 0o640, byteCount: 0))
    #expect(tree.status(of: "l")?.kind == .symbolicLink && tree.status(of: "l")?.byteCount == 10)
    #expect(tree.status(of: "b")?.kind == .directory && tree.status(of: .root)?.kind == .directory)
    #expect(tree.status(of: "b/x") == nil && tree.status(of: "x/y") == nil && tree.status(of: "a.js/y") == nil)
    #expect(tree.linkTarget(of: "l") == Array("b/index.js".utf8) && tree.linkTarget(of: "a.js") == nil)
    #expect(try tree.text("b/index.js") == "exports")
    #expect(try tree.text("a.js") == "")
  }

  @Test("Large files are mapped, and give the same bytes")
  func large() throws {
    let directory = try TemporaryDirectory()
    let text = String(repeating: "0123456789abcdef", count: 50_000)
    directory.write("large", text)
    #expect(try DirectoryTree(path: directory.path).text("large") == text)
  }

  @Test("No link is followed, in the last component or before it")
  func links() throws {
    let outside = try TemporaryDirectory()
    outside.write("secret", "s")
    let directory = try TemporaryDirectory()
    directory.link("out", to: outside.path)
    directory.link("file", to: outside.path + "/secret")
    directory.link("circle", to: "circle")
    let tree = try DirectoryTree(path: directory.path)
    #expect(tree.status(of: "out/secret") == nil && tree.names("out") == [])
    // What was seen of a link does not make it a directory, nor lose its text.
    for _ in 0..<2 {
      #expect(tree.status(of: "out")?.kind == .symbolicLink && tree.status(of: "out/secret") == nil)
      #expect(tree.linkTarget(of: "out") == Array(outside.path.utf8) && tree.linkTarget(of: "out/secret") == nil)
    }
    #expect(damage(reading: "out/secret", in: tree) == .missing("\(directory.path)/out/secret"))
    #expect(damage(reading: "file", in: tree) == .notARegularFile("\(directory.path)/file"))
    #expect(damage(reading: "circle", in: tree) == .notARegularFile("\(directory.path)/circle"))
    let scan = tree.scan { _, _, _ in true }
    #expect(scan.links == 3 && scan.files == 0 && scan.directories == 0 && scan.found.count == 3)
  }

  @Test("A FIFO is neither waited for nor a file")
  func fifo() throws {
    let directory = try TemporaryDirectory()
    mkfifo(directory.path + "/pipe", 0o644)
    let tree = try DirectoryTree(path: directory.path)
    #expect(tree.status(of: "pipe")?.kind == .other)
    #expect(damage(reading: "pipe", in: tree) == .notARegularFile("\(directory.path)/pipe"))
    let scan = tree.scan { name, kind, head in kind == .other && head.isEmpty }
    #expect(scan.found.map(\.path) == ["pipe"] && scan.files == 0)
  }

  @Test("What may not be read is a problem, and still wanted by its name", .enabled(if: geteuid() != 0))
  func unreadable() throws {
    let directory = try TemporaryDirectory()
    directory.write("a.node", "x")
    directory.write("closed/b.node", "y")
    chmod(directory.path + "/a.node", 0)
    chmod(directory.path + "/closed", 0)
    defer { chmod(directory.path + "/closed", 0o755) }
    let tree = try DirectoryTree(path: directory.path)
    let scan = tree.scan { _, kind, head in kind == .file && head.isEmpty }
    #expect(scan.found.map(\.path) == ["a.node"])
    #expect(scan.problems.map { String(decoding: $0.name, as: UTF8.self) } == ["a.node", "closed"])
    guard case .unreadable = damage(reading: "a.node", in: tree) else { throw TreeError.missing("unreadable") }
  }

  @Test("A scan shows the first 64 bytes of every file, in large directories too, and sums up all lengths")
  func scan() throws {
    let directory = try TemporaryDirectory()
    let long = String(repeating: "x", count: 100_000)
    directory.write("long", long)
    for number in 0..<5000 { directory.write("flat/a-file-with-a-longer-name-\(number)", "\(number)") }
    let scan = try DirectoryTree(path: directory.path).scan { name, kind, head in
      kind == .directory || head.byteCount == 64 || head.withUnsafeBytes { $0.elementsEqual("4711".utf8) }
    }
    #expect(scan.found.map(\.path) == ["flat", "flat/a-file-with-a-longer-name-4711", "long"])
    #expect(scan.files == 5001 && scan.directories == 1)
    #expect(scan.byteCount == 100_000 + (0..<5000).reduce(0) { $0 + "\($1)".utf8.count })
    #expect(scan.problems == [])
  }

  @Test("A tree of 3,000 levels is walked and read, although its paths are longer than the kernel takes")
  func deep() throws {
    let directory = try TemporaryDirectory()
    let levels = 3000
    var parent = open(directory.path, O_RDONLY | O_DIRECTORY)
    for level in 0..<levels {
      mkdirat(parent, "d", 0o755)
      let next = openat(parent, "d", O_RDONLY | O_DIRECTORY)
      // A second directory on each level keeps each level waiting.
      if level % 5 == 0 { mkdirat(next, "e", 0o755) }
      close(parent)
      parent = next
    }
    let file = openat(parent, "bottom", O_WRONLY | O_CREAT, 0o644)
    #expect(write(file, "found", 5) == 5)
    close(file)
    close(parent)
    defer { directory.removeChain("d", sibling: "e", levels: levels) }

    let tree = try DirectoryTree(path: directory.path)
    let scan = tree.scan { name, _, _ in name.byteCount == 6 }
    #expect(scan.directories == levels + levels / 5 && scan.files == 1 && scan.problems == [])
    let path = try #require(scan.found.first?.path)
    #expect(path.components.count == levels + 1)
    #expect(try tree.text(path) == "found")
    #expect(tree.names(in: try #require(path.parent)).count == 1)
    #expect(tree.status(of: path)?.byteCount == 5)
  }

  @Test("A scan of one directory after the other, and of many at once, counts each once", arguments: [1, 2, 3, 40])
  func chainsAndRows(count: Int) throws {
    let directory = try TemporaryDirectory()
    directory.write((0..<count).map { "level\($0)" }.joined(separator: "/") + "/deep", "d")
    for index in 0..<count { directory.write("row\(index)/file", "f") }
    let scan = try DirectoryTree(path: directory.path).scan { _, kind, _ in kind == .file }
    #expect(scan.files == count + 1 && scan.directories == 2 * count && scan.found.count == count + 1)
  }

  @Test("The first regular file of several places is read, through no link, and no other where it is too long")
  func firstFile() throws {
    let outside = try TemporaryDirectory()
    outside.write("index.js", "outside")
    let directory = try TemporaryDirectory()
    directory.write("package/lib/index.js", "inside")
    directory.write("package/long.js", String(repeating: "x", count: 1000))
    directory.link("package/link.js", to: "lib/index.js")
    directory.link("linked", to: outside.path)
    mkfifo(directory.path + "/package/pipe", 0o644)
    let tree = try DirectoryTree(path: directory.path)
    func read(_ paths: TreePath..., from tree: any FileTree) -> String? {
      tree.withFirstFile(of: paths, upTo: 999) { bytes in
        bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
      }
    }
    // Both ways: by the call that follows no link, and as every tree does it.
    for tree in [tree as any FileTree, LayeredTree([tree])] {
      #expect(read("package/lib/index.js", from: tree) == "inside")
      #expect(read("package", "package/lib", "package/pipe", "package/link.js", from: tree) == nil)
      #expect(read("package/none", "package/none/x", "linked/index.js", "package/lib/index.js", from: tree) == "inside")
      #expect(read("package/long.js/x", "package/lib/index.js", from: tree) == "inside")
      #expect(read("package/long.js", "package/lib/index.js", from: tree) == nil)
      #expect(read(.root, "package/lib/index.js", from: tree) == "inside")
      #expect(read("none", from: tree) == nil && read(from: tree) == nil)
    }
    let deep = try #require(TreePath(String(repeating: "d/", count: 3000) + "x"))
    #expect(read(deep, "package/lib/index.js", from: tree) == "inside")
  }

  @Test("A directory that a scan has open is begun from for what is below it, and for nothing else")
  func firstFileBelowOpenDirectory() throws {
    let directory = try TemporaryDirectory()
    for name in ["package/index.js", "package/lib/index.js", "package2/index.js", "index.js"] {
      directory.write(name, name)
    }
    directory.link("package/link.js", to: "index.js")
    directory.link("package/linked", to: "lib")
    let tree = try DirectoryTree(path: directory.path)
    for place in ["package", ""] {
      let descriptor = open(directory.path + "/" + place, O_RDONLY | O_DIRECTORY)
      defer { _ = close(descriptor) }
      let opened = OpenDirectory(descriptor: descriptor, path: try #require(TreePath(place)))
      func read(_ paths: TreePath...) -> String? {
        tree.withFirstFile(of: paths, upTo: 999, from: opened) { bytes in
          bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        }
      }
      #expect(read("package/none.js", "package/index.js") == "package/index.js")
      #expect(read("package/lib/index.js") == "package/lib/index.js")
      #expect(read("package2/index.js") == "package2/index.js" && read("index.js") == "index.js")
      #expect(read("package/link.js", "package/linked/index.js", "package/lib", "package") == nil)
      #expect(read("package/none.js", "package/none.js/x", "package/lib/none.js", "package/index.js") != nil)
    }
  }

  @Test("A directory is read to its end, however many entries it has and however few are read at once")
  func readToTheEnd() throws {
    let directory = try TemporaryDirectory()
    for count in [0, 1, 7, 60, 300] {
      let names = (0..<count).map { "file-\($0)" }
      directory.write("\(count)/x", "")
      for name in names { directory.write("\(count)/\(name)", "") }
      for byteCount in [256, 1000, 32 * 1024] {
        let descriptor = open(directory.path + "/\(count)", O_RDONLY | O_DIRECTORY)
        defer { _ = close(descriptor) }
        let batch = DirectoryBatch(byteCount: byteCount)
        var found: [String] = []
        var isEnd = false
        repeat {
          #expect(batch.read(descriptor) == nil)
          batch.forEach { _, name in found.append(String(decoding: name, as: UTF8.self)) }
          isEnd = !batch.mayHaveMore
        } while !isEnd
        #expect(found.sorted() == (names + ["x"]).sorted())
        // Behind the end is nothing, whether it was asked for or not.
        #expect(
          batch.read(descriptor) == nil && !batch.mayHaveMore
            && Array("x".utf8).withUnsafeBytes { batch.entry(named: $0) } == nil)
      }
    }
  }

  @Test("A directory without files is scanned")
  func empty() throws {
    let directory = try TemporaryDirectory()
    let scan = try DirectoryTree(path: directory.path).scan { _, _, _ in true }
    #expect(scan.files == 0 && scan.directories == 0 && scan.found == [] && scan.problems == [])
  }

  @Test("Names that are not UTF-8 are kept as they are", .enabled(if: isLinux))
  func bytes() throws {
    let directory = try TemporaryDirectory()
    let name: [UInt8] = [0x66, 0xfc, 0x72]
    let file = withCString(Array(directory.path.utf8) + [0x2f] + name) { open($0, O_WRONLY | O_CREAT, 0o644) }
    close(file)
    #expect(try DirectoryTree(path: directory.path).names(in: .root) == [name])
  }

  @Test("readdir finds the same entries as the faster system call")
  func portableListing() throws {
    let directory = try TemporaryDirectory()
    for number in 0..<3000 { directory.write("file-\(number)", "") }
    directory.write("d/x", "")
    let descriptor = open(directory.path, O_RDONLY | O_DIRECTORY)
    defer { close(descriptor) }
    func names(_ read: (DirectoryBatch) -> Int32?) -> [String] {
      let batch = DirectoryBatch()
      var names: [String] = []
      repeat {
        #expect(read(batch) == nil)
        batch.forEach { type, name in names.append("\(type) \(String(decoding: name, as: UTF8.self))") }
      } while batch.mayHaveMore
      return names.sorted()
    }
    let portable = names { $0.readAll(descriptor) }
    #expect(portable.count == 3001)
    #expect(names { $0.read(descriptor) } == portable)
  }
}

#if os(Linux)
  private let isLinux = true
#else
  private let isLinux = false
#endif
