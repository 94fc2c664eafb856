import Synchronization
import Testing

@testable import PackageFiles

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

  private func wholeFiles(of tree: some FileTree) -> ([TreePath: String], TreeScan) {
    let taken = Taken()
    let scan = tree.scan(
      { name, kind, _ in kind == .file && name.byteCount == 12 },
      reading: WholeFiles(named: "package.json") { path, contents in
        let text = contents.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        taken.files.withLock { $0[path] = text }
      })
    return (taken.files.withLock(\.self), scan)
  }

  private final class Taken: Sendable {
    let files = Mutex<[TreePath: String]>([:])
  }
}
