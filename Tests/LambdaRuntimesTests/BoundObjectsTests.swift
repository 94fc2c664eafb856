import ELFAssembler
import NativeBinaries
import PackageFiles
import Testing

@testable import LambdaRuntimes

/// A root in which every name in `/lib64` is a library that needs `needs`.
private struct EndlessTree: FileTree {
  let library: [UInt8]
  let reads = Reads()

  final class Reads: @unchecked Sendable { var count = 0 }

  func status(of path: TreePath) -> FileStatus? {
    let isDirectory = path.isRoot || path.description == "lib64"
    if path.description.hasPrefix("lib64/link") {
      return FileStatus(kind: .symbolicLink, permissions: 0o777, byteCount: 4)
    }
    guard isDirectory || path.description.hasPrefix("lib64/lib") else { return nil }
    return FileStatus(
      kind: isDirectory ? .directory : .file, permissions: 0o755, byteCount: isDirectory ? 0 : library.count)
  }

  func linkTarget(of path: TreePath) -> [UInt8]? {
    path.description.hasPrefix("lib64/link") ? Array("libc".utf8) : nil
  }
  func names(in path: TreePath) -> [[UInt8]] { [] }
  func scan(_ isWanted: @escaping Wanted) -> TreeScan { TreeScan() }

  func withContents<Result>(of path: TreePath, _ body: (RawSpan) throws -> Result) throws -> Result {
    reads.count += 1
    return try library.withUnsafeBytes { try body(RawSpan(_unsafeBytes: $0)) }
  }
}

@Suite struct BoundObjectsTests {
  private func bound(needed: [String], by library: [String], machine: UInt16 = 62) -> (paths: [String], reads: Int) {
    let tree = EndlessTree(library: ELFAssembler(soname: nil, needed: library).bytes())
    var assembler = ELFAssembler(soname: nil, needed: needed)
    assembler.machine = machine
    let node = assembler.bytes().withUnsafeBytes { ELF.Image(parsing: RawSpan(_unsafeBytes: $0)) }
    let files = RootFileSystem(mounts: [.init(point: .root, tree: tree)])
    let objects = BoundObjects(of: node, in: files, ["/usr/lib64", "/lib64"]).objects
    return (objects.keys.map(\.description).sorted(), tree.reads.count)
  }

  @Test func findsWhatLibrariesNeedToo() {
    #expect(
      bound(needed: ["liba", "other", "libb"], by: ["libc", "liba"]).paths == [
        "lib64/liba", "lib64/libb", "lib64/libc",
      ])
    #expect(bound(needed: ["liba"], by: [], machine: 183).paths == [])
  }

  @Test func looksAtNoMoreThanNodeCouldNeed() {
    let many = (0..<5000).map { "lib\($0)" }
    let different = bound(needed: many, by: many.map { $0 + "x" })
    #expect(different.reads <= 64 && different.paths.count == different.reads)
    #expect(bound(needed: Array(repeating: "libc", count: 5000), by: []) == (["lib64/libc"], 1))
    #expect(bound(needed: (0..<50).map { "link\($0)" }, by: []) == (["lib64/libc"], 1))
    #expect(bound(needed: many.map { "missing\($0)" }, by: []) == ([], 0))
  }
}
