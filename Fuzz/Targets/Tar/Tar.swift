@testable import PackageFiles

/// Unpacks a layer twice over itself, plain or compressed, and reads every file and link in it; then takes it for an archive
/// of images.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
  let owner = OwnedBytes(copying: Array(UnsafeRawBufferPointer(start: start, count: count)))
  do {
    let budget = ImageBudget(bytes: 1 << 24, entries: 1 << 12)
    let layer = try ImageLayer(ImageBlob(owner: owner, range: 0..<count), budget: budget)
    let tree = ImageTree(try ImageContents([layer, layer], path: "image"))
    let scan = tree.scan { _, _, _ in true }
    for found in scan.found {
      precondition(tree.status(of: found.path) == found.status)
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
    _ = try ImageArchive.image(owner, path: "image", architecture: nil)?.packageDirectory()
  } catch let error as ArchiveFailure {
    _ = error
  } catch let error as TreeError {
    _ = error.description
  } catch {
    preconditionFailure("not a typed error: \(error)")
  }
  return 0
}
