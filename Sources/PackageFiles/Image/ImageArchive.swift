/// Opens what may be an image archive: a tar, plain or compressed as a whole, whatever its name.
enum ImageArchive {
  /// The image in the file; `nil` where it is no tar.
  ///
  /// Throws `TreeError`: `unsupportedArchive` where it is a tar without an image in it.
  static func image(_ owner: OwnedBytes, path: String, architecture: String?) throws(TreeError) -> ContainerImage? {
    let compression = Compression(owner.bytes)
    guard beginsAsTar(owner.bytes, compression) else { return nil }
    let tar = try TreeError.of(path) { () throws(ArchiveFailure) in try unpacked(owner, compression) }
    let tree = try TreeError.of(path) { () throws(ArchiveFailure) in
      // What it holds is counted when it is read.
      let blob = ImageBlob(owner: tar, range: 0..<tar.bytes.count)
      return ImageTree(try ImageContents([try ImageLayer(blob, budget: ImageBudget(bytes: .max))], path: path))
    }
    let store = ImageStore(tree)
    guard ImageChoice.isImage(store) else {
      throw .unsupportedArchive(path, "a tar archive without a container image in it")
    }
    return try ContainerImage(store, architecture: architecture, path: path)
  }

  /// The image in a directory that is an OCI image layout; `nil` where it is none.
  static func image(
    _ directory: DirectoryTree, path: String, architecture: String?
  ) throws(TreeError) -> ContainerImage? {
    let store = ImageStore(directory)
    guard let mark = TreePath("oci-layout"), store.has(mark), ImageChoice.isImage(store) else { return nil }
    return try ContainerImage(store, architecture: architecture, path: path)
  }

  /// Whether the first block is a tar header, or would be, once decompressed.
  private static func beginsAsTar(_ bytes: UnsafeRawBufferPointer, _ compression: Compression) -> Bool {
    do throws(ArchiveFailure) {
      let stream = try compression.stream(of: bytes, budget: ImageBudget())
      return TarHeader(try stream.read(TarHeader.blockBytes)) != nil
    } catch {
      if case .libraryMissing = error { return true }
      return false
    }
  }

  /// The tar itself, decompressed into a temporary file where it has to be.
  private static func unpacked(_ owner: OwnedBytes, _ compression: Compression) throws(ArchiveFailure) -> OwnedBytes {
    if compression == .none { return owner }
    let stream = try compression.stream(of: owner.bytes, budget: ImageBudget())
    var file = try SpillFile()
    while true {
      let bytes = try stream.read(128 * 1024)
      if bytes.isEmpty { return try file.finish() }
      try file.append(bytes)
    }
  }
}
