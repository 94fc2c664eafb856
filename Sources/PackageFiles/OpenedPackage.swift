#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A deployment package that was opened for reading.
public struct OpenedPackage: Sendable {
  public enum Container: Hashable, Sendable { case directory, zip, image }

  public var tree: any FileTree
  public var container: Container
  /// The image that `tree` is the root file system of; `nil` for a directory and a zip.
  public var image: ContainerImage?
  /// The length of the archive in bytes; `nil` for a directory.
  public var archiveByteCount: Int?
  /// The path as it was given.
  public var path: String
}

/// Opens the directory, zip or container image at `path`; a zip is known by its contents, whatever it is called and whatever
/// stands before it, and so is an image: an archive of `docker save`, an OCI image layout as a tar or a directory.
///
/// - Parameter architecture: which image is meant where there are several: `x86_64` or `arm64`.
///
/// Throws `TreeError`: `missing`, `unreadable`, `notARegularFile` (a device), `damaged` (an empty file, a truncated zip),
/// `unsupportedArchive` (a tar without an image), `unknownPackageFormat`, and for images `noSuchPlatform`, `severalImages`,
/// `unusableImage`, `imageTooLarge`, `libraryMissing` and `noTemporaryFile`.
public func openPackage(path: String, architecture: String? = nil) throws(TreeError) -> OpenedPackage {
  var information = stat()
  guard stat(path, &information) == 0 else { throw TreeError(path: path, code: errno) }
  switch FileStatus(information).kind {
  case .directory:
    let tree = try DirectoryTree(path: path)
    if let image = try ImageArchive.image(tree, path: path, architecture: architecture) {
      return OpenedPackage(tree: image.tree, container: .image, image: image, path: path)
    }
    return OpenedPackage(tree: tree, container: .directory, path: path)
  case .file: return try openArchive(path: path, architecture: architecture)
  default: throw .notARegularFile(path)
  }
}

private func openArchive(path: String, architecture: String?) throws(TreeError) -> OpenedPackage {
  let owner = try OwnedBytes(mappingFileAt: path)
  if owner.bytes.isEmpty { throw .damaged(path, "it is empty") }
  if let image = try ImageArchive.image(owner, path: path, architecture: architecture) {
    return OpenedPackage(
      tree: image.tree, container: .image, image: image, archiveByteCount: owner.bytes.count, path: path)
  }
  do throws(TreeError) {
    let tree = try ZipTree(owner, path: path)
    return OpenedPackage(tree: tree, container: .zip, archiveByteCount: owner.bytes.count, path: path)
  } catch {
    // What looks like the end of a zip may be chance in another kind of file.
    if !owner.bytes.starts(with: [0x50, 0x4b]), let format = foreignFormat(owner.bytes) {
      throw .unsupportedArchive(path, format)
    }
    throw error
  }
}

/// What else people deploy or mistake for a zip, by its first bytes.
private func foreignFormat(_ file: UnsafeRawBufferPointer) -> String? {
  let signatures: [(offset: Int, bytes: [UInt8], format: String)] = [
    (0, [0x1f, 0x8b], "a gzip file"),
    (257, Array("ustar".utf8), "a tar archive"),
    (0, Array("7z\u{bc}\u{af}".unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }), "a 7z archive"),
    (0, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], "an xz file"),
    (0, [0x28, 0xb5, 0x2f, 0xfd], "a zstd file"),
    (0, Array("BZh".utf8), "a bzip2 file"),
    (0, Array("Rar!".utf8), "a RAR archive"),
  ]
  return signatures.first { file.dropFirst($0.offset).starts(with: $0.bytes) }?.format
}
