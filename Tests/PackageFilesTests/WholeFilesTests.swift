import Testing

@testable import PackageFiles

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

private typealias Entry = ZipAssembler.Entry

@Suite("A scan hands over small files of one name with all their bytes")
struct WholeFilesTests {
  @Test("Directories, zips and layers hand over the same files, and keep what is too long or cannot be read")
  func trees() throws {
    let long = String(repeating: "x", count: WholeFiles.byteLimit + 1)
    let full = String(repeating: "y", count: WholeFiles.byteLimit)
    let directory = try TemporaryDirectory()
    let files = [
      "package.json": "{}", "a/package.json": full, "b/package.json": "", "c/package.json": long,
      "d/xpackage.json": "x",
      "e/package.jsonx": "y", "f/index.js": "z",
    ]
    for (path, text) in files { directory.write(path, text) }
    directory.link("g", to: "package.json")
    let zip = try ZipAssembler(files.map { Entry(Array($0.key.utf8), Array($0.value.utf8)) }).tree()
    let trees: [any FileTree] = [
      try DirectoryTree(path: directory.path), zip, LayeredTree([zip]),
      LayeredTree([try ZipAssembler([Entry("a/package.json", "old")]).tree(), zip]),
    ]
    for tree in trees {
      let (given, scan) = wholeFiles(of: tree)
      #expect(given == ["package.json": "{}", "a/package.json": full, "b/package.json": ""])
      #expect(scan.found.map(\.path) == ["c/package.json"])
      let layers = (tree as? LayeredTree)?.trees.count ?? 1
      #expect(scan.files == files.count + layers - 1)
    }
  }

  @Test("An entry whose data is damaged, encrypted or shared with another is kept and not handed over")
  func damaged() throws {
    let tree = try ZipAssembler([
      Entry("a/package.json", "{}").with { $0.crc32 = 7 }, Entry("b/package.json", "x").with { $0.flags = 1 },
      Entry("c/package.json", "z"),
    ]).tree()
    let (given, scan) = wholeFiles(of: tree)
    #expect(given == ["c/package.json": "z"])
    #expect(scan.found.map(\.path) == ["a/package.json", "b/package.json"])
  }

  @Test("Of a zip so large that another thread makes its index, the entries that count are the same")
  func large() throws {
    let count = 1500
    var entries: [Entry] = []
    for index in 0..<count {
      // Each of these is replaced, thousands of entries later, by one of the same name.
      entries.append(Entry("p\(index)/package.json", "old"))
      entries.append(Entry("p\(index)/secret", "hidden").with { $0.flags = 1 })
      entries.append(Entry("p\(index)/a", "12345"))
    }
    entries.append(Entry("q/"))
    for index in 0..<count { entries.append(Entry("p\(index)/package.json", "new \(index)")) }
    for index in 0..<count { entries.append(Entry("p\(index)/secret", "plain")) }
    entries.append(Entry("last", "z", method: 12))
    #expect(entries.count > ZipNames.large)
    let tree = try ZipAssembler(entries).tree()
    // The first scan may run ahead of the index; the second finds it made.
    for _ in 0..<2 {
      let (given, scan) = wholeFiles(of: tree)
      #expect(given.count == count && given["p7/package.json"] == "new 7")
      #expect(given.allSatisfy { "p\($0.value.dropFirst(4))/package.json" == $0.key.description })
      #expect(scan.files == 3 * count + 1 && scan.directories == count + 1 && scan.found.isEmpty)
      #expect(scan.byteCount == given.values.reduce(1) { $0 + $1.utf8.count } + 10 * count)
      let kinds = Dictionary(grouping: scan.problems, by: \.kind).mapValues(\.count)
      #expect(kinds == [.duplicate: 2 * count, .unknownMethod(12): 1])
    }
  }

  @Test("A scan that runs ahead of the index finds of a hostile zip what one behind it finds")
  func ahead() throws {
    var entries: [Entry] = [
      Entry("package.json", "old"), Entry("a/package.json").with { $0.flags = 1 }, Entry("../package.json", "up"),
      Entry("b/"), Entry("b", "a file where a directory is"), Entry("./c//package.json", "c"), Entry("", "x"),
      Entry("d/package.json", "x").with { $0.crc32 = 1 }, Entry("e", "x", method: 12), Entry("E", "x"),
      Entry("f/package.json", String(repeating: "y", count: WholeFiles.byteLimit + 1)), Entry("a/package.json", "new"),
      Entry("g/package.json", "z").with { $0.data = [0xff, 0xff] }, .link("h/package.json", to: "../package.json"),
      Entry("i/package.json", "i").with { $0.localHeaderOffset = 1 << 20 }, Entry("e", "plain"), Entry("./", ""),
      Entry("j\0/package.json", "nul"), Entry("k/package.json/x", "below"), Entry("k/package.json", "k"),
    ]
    for index in 0..<400 { entries.append(Entry("l\(index)/package.json", "\(index)")) }
    entries += [Entry("package.json", "last"), Entry("l9/package.json").with { $0.flags = 1 }]
    let bytes = ZipAssembler(entries).bytes()
    let (given, scan) = wholeFiles(of: try ZipTree(OwnedBytes(copying: bytes), path: "", large: .max))
    #expect(given["package.json"] == "last" && given["a/package.json"] == "new" && given["l9/package.json"] == nil)
    #expect(given.count == 402 && scan.problems.count == 13)
    for _ in 0..<50 {
      let (others, other) = wholeFiles(of: try ZipTree(OwnedBytes(copying: bytes), path: "", large: 0))
      #expect(others == given && other.found == scan.found && other.problems == scan.problems)
      #expect(
        [other.files, other.directories, other.links, other.byteCount]
          == [scan.files, scan.directories, scan.links, scan.byteCount])
    }
  }

  @Test("What another thread works out is there once, for whoever asks")
  func meanwhile() async {
    let runs = Monitor(0)
    let slow = Meanwhile {
      runs.withLock { $0 += 1 }
      return [runs.withLock { $0 }]
    }
    let answers = await withTaskGroup(of: [Int].self) { group in
      for _ in 0..<64 { group.addTask { slow.value() } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(answers == Array(repeating: [1], count: 64) && slow.valueIfReady == [1])
    #expect(Meanwhile(value: "known").valueIfReady == "known")
  }

  @Test(
    "What has no thread is worked out once: by whoever asks for it, or meanwhile, while another value is waited for")
  func whoeverWaits() async {
    let runs = Monitor(0)
    let open = Meanwhile.byWhoeverWaits { runs.withLock { $0 += 1 } }
    let mustEnd = Monitor(false)
    let other = Meanwhile { mustEnd.wait { $0 ? 1 : nil } }
    let waiting = Task.detached { other.value() }
    while open.valueIfReady == nil { await Task.yield() }
    mustEnd.update { $0 = true }
    #expect(await waiting.value == 1)
    open.value()
    #expect(runs.withLock { $0 } == 1)

    let asked = Meanwhile.byWhoeverWaits { 7 }
    #expect(asked.value() == 7 && asked.value() == 7)
  }

  @Test(
    "What a directory's entries tell of the file that is wanted beside one is what asking for it tells",
    arguments: [false, true])
  func wantedFiles(isPortable: Bool) throws {
    let directory = try TemporaryDirectory()
    let names = [
      "index.js", "main.js", "lib/main.js", "none.js", "package.json", "link.js", "lib", "none/x.js", "long.js",
    ]
    for number in 0..<300 {
      let home = number == 0 ? "" : "package\(number)/"
      // Some directories are so large that they are not read at once.
      for other in 0..<(number % 50 == 7 ? 2000 : number % 5) {
        directory.write("\(home)other-\(other)-with-a-long-name", "")
      }
      directory.write("\(home)package.json", "\(number)")
      for (bit, name) in ["index.js", "main.js", "lib/main.js"].enumerated() where number >> bit & 1 == 1 {
        directory.write(home + name, "\(name) of \(number)")
      }
      if number % 3 == 0 { directory.link("\(home)link.js", to: "main.js") }
      // Longer than the scan's own room, and than what is wanted.
      directory.write("\(home)long.js", String(repeating: "x", count: [10, 70_000, 300_000, 500_000][number % 4]))
    }
    let tree = try DirectoryTree(path: directory.path)
    let taken = Monitor<[TreePath: [String?]]>([:])
    let decided = Monitor(0)
    let scan = try scan(
      directory, isPortable: isPortable,
      WholeFiles(named: "package.json") { path, contents, open in
        guard let home = path.parent, let open,
          let number = contents.withUnsafeBytes({ Int(String(decoding: $0, as: UTF8.self)) })
        else { return nil }
        let paths = self.paths(in: home, number, names)
        func take(_ text: String?) { taken.withLock { $0[home, default: []].append(text) } }
        switch open.firstFile(of: paths) {
        case .here(let file):
          decided.withLock { $0 += 1 }
          return .init(file, upTo: 400_000) { bytes in
            if let bytes { take(self.text(bytes)) } else { take(nil) }
          }
        case .nowhere: take(nil)
        case .unknown: take(tree.withFirstFile(of: paths, upTo: 400_000, from: open) { self.text($0) })
        }
        return nil
      })
    let found = taken.withLock(\.self)
    #expect(found.count == 300)
    for (home, texts) in found {
      let number = try #require(home.isRoot ? 0 : Int(home.description.dropFirst("package".count)))
      let asked = tree.withFirstFile(of: paths(in: home, number, names), upTo: 400_000) { text($0) }
      #expect(texts == [asked], "\(home)")
    }
    // Not every file system tells at once that nothing follows.
    let batch = DirectoryBatch(noting: "package.json", isPortable: isPortable)
    let descriptor = open(directory.path + "/package1", O_RDONLY | O_DIRECTORY)
    #expect(batch.read(descriptor) == nil)
    close(descriptor)
    #expect(batch.mayHaveMore || decided.withLock { $0 } > 100)
    let plain = tree.scan { _, _, _ in false }
    #expect(scan.files == plain.files && scan.byteCount == plain.byteCount && scan.problems == [])
  }

  @Test(
    "Whoever wants a file is told once where it has gone, cannot be read or is too long, and where it is package.json")
  func wantedInVain() throws {
    let nothing: @Sendable (String) -> Void = { _ in }
    let cases: [(file: String, change: @Sendable (String) -> Void, found: Int?)] = [
      ("index.js", { unlink($0) }, nil),
      ("index.js", { _ = (unlink($0), mkdir($0, 0o755)) }, nil),
      ("index.js", { truncate($0, 100) }, nil),
      ("index.js", nothing, 99), ("package.json", nothing, 2),
    ]
    for (file, change, found) in cases {
      let directory = try TemporaryDirectory()
      // What is wanted in one directory is not sought in the next.
      for place in ["", "next/", "next/next/"] {
        directory.write("\(place)\(place.isEmpty ? "package.json" : "package.jsom")", "{}")
        directory.write("\(place)index.js", String(repeating: "x", count: 99))
      }
      let path = directory.path
      let taken = Monitor<[Int?]>([])
      let scan = try scan(
        directory, isPortable: true,
        WholeFiles(named: "package.json") { manifest, _, open in
          guard manifest.parent?.isRoot ?? false, let wanted = TreePath(file),
            case .here(let entry) = open?.firstFile(of: [wanted])
          else { return nil }
          change("\(path)/index.js")
          return .init(entry, upTo: 99) { bytes in
            let count: Int? = if let bytes { bytes.byteCount } else { nil }
            taken.withLock { $0.append(count) }
          }
        })
      #expect(taken.withLock(\.self) == [found] && scan.files == 6)
    }
  }

  /// Scans with one thread, whose directories tell at once that nothing follows where `isPortable`; else as ever.
  private func scan(_ directory: TemporaryDirectory, isPortable: Bool, _ reading: WholeFiles) throws -> TreeScan {
    guard isPortable else {
      return try DirectoryTree(path: directory.path).scan({ _, _, _ in false }, reading: reading)
    }
    let root = open(directory.path, O_RDONLY | O_DIRECTORY)
    defer { close(root) }
    let batch = DirectoryBatch(noting: "package.json", isPortable: true)
    return DirectoryScan(root: root, isWanted: { _, _, _ in false }, reading: reading, batch: batch)
      .run(DirectoryPool([.directories([[]])]))
  }

  /// Three of `names`, others for each number.
  private func paths(in home: TreePath, _ number: Int, _ names: [String]) -> [TreePath] {
    [0, 3, 7].compactMap { home.descending(names[(number * 7 / 3 + $0) % names.count]) }
  }

  private func text(_ bytes: RawSpan) -> String { bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }

  private func wholeFiles(of tree: some FileTree) -> ([TreePath: String], TreeScan) {
    let taken = Taken()
    let scan = tree.scan(
      { name, kind, _ in kind == .file && name.byteCount == 12 },
      reading: WholeFiles(named: "package.json") { path, contents, _ in
        let text = contents.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        taken.files.withLock { $0[path] = text }
        return nil
      })
    return (taken.files.withLock(\.self), scan)
  }

  private final class Taken: Sendable {
    let files = Monitor<[TreePath: String]>([:])
  }
}
