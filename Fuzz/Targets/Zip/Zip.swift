@testable import PackageFiles

/// Does with an archive what `check` does with a package, and reads every file and link in it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
  do {
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    // As if it had thousands of entries, of which the scan sees some before it knows which of them count.
    let isLarge = count % 8 == 0
    let tree = try ZipTree(OwnedBytes(copying: Array(bytes)), path: "archive", large: isLarge ? 0 : Int.max)
    let files = RootFileSystem(mounts: [.init(point: .root, tree: tree)])
    let scan = tree.scan { _, _, _ in true }
    for found in scan.found {
      precondition(tree.status(of: found.path) == found.status)
      _ = files.resolve(Array(found.path.bytes)).located.map(files.names)
      if found.status.kind == .symbolicLink { _ = tree.linkTarget(of: found.path) }
      if found.status.kind == .file {
        do {
          let byteCount = try tree.withContents(of: found.path) { $0.byteCount }
          precondition(byteCount == found.status.byteCount)
        } catch let error as TreeError {
          _ = error.description
        }
      }
    }
    for problem in scan.problems { _ = problem.description }
    if isLarge {
      let again = tree.scan { _, _, _ in true }
      precondition(again.found == scan.found && again.problems == scan.problems && again.byteCount == scan.byteCount)
    }
  } catch let error as TreeError {
    _ = error.description
  } catch {
    preconditionFailure("not a TreeError: \(error)")
  }
  return 0
}
