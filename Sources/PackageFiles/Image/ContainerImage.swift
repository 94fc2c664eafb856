/// A container image in an archive of `docker save` or `podman save`, or in an OCI image layout.
public struct ContainerImage: Sendable {
  /// The path of the archive, as it was given.
  public let path: String
  /// The root file system.
  public let tree: ImageTree
  public let configuration: ImageConfiguration
  /// What a reader must know of how it was read, one sentence each.
  public let notes: [String]

  /// Reads the image for `architecture` (`x86_64` or `arm64`) of those in `store`; without it, the only one.
  init(_ store: ImageStore, architecture: String?, path: String) throws(TreeError) {
    let choice = try TreeError.of(path) { () throws(ArchiveFailure) in try ImageChoice(store) }
    let candidate = try choice.choose(architecture, path: path)
    let layers = try TreeError.of(path) { () throws(ArchiveFailure) in try Self.layers(of: candidate, in: store) }
    let contents = try TreeError.of(path) { () throws(ArchiveFailure) in try ImageContents(layers, path: path) }
    self.path = path
    tree = ImageTree(contents)
    configuration = candidate.configuration
    notes = layers.enumerated().filter { !$1.hasEndMark }.map { position, _ in
      "Layer \(position + 1) of \(layers.count) ends without the end mark of a tar: it may have been cut off."
    }
  }

  /// Reads all layers, on all cores.
  private static func layers(
    of candidate: ImageCandidate, in store: ImageStore
  ) throws(ArchiveFailure) -> [ImageLayer] {
    var blobs: [ImageBlob] = []
    for path in candidate.layers { blobs.append(try store.blob(path)) }
    let sources = blobs
    let budget = ImageBudget()
    let next = Monitor(0)
    let parts = onAllCores(atMost: max(sources.count, 1)) { () -> [(Int, Result<ImageLayer, ArchiveFailure>)] in
      var read: [(Int, Result<ImageLayer, ArchiveFailure>)] = []
      while true {
        let position = next.withLock { position in
          defer { position += 1 }
          return position
        }
        guard position < sources.count else { return read }
        read.append(
          (position, Result { () throws(ArchiveFailure) in try ImageLayer(sources[position], budget: budget) }))
      }
    }
    var layers: [ImageLayer] = []
    for (position, result) in parts.flatMap(\.self).sorted(by: { $0.0 < $1.0 }) {
      do throws(ArchiveFailure) {
        layers.append(try result.get())
      } catch {
        guard case .damaged(let what) = error else { throw error }
        throw .damaged("layer \(position + 1) of \(sources.count), \(candidate.layers[position]): \(what)")
      }
    }
    return layers
  }
}

extension ContainerImage {
  /// Where Lambda starts the function: the first of `LAMBDA_TASK_ROOT`, `/var/task` and `WORKDIR` that is a directory with
  /// something in it, links followed.
  ///
  /// Throws `TreeError.unusableImage` where there is none, or only the root itself.
  public func packageDirectory() throws(TreeError) -> TreePath {
    let files = RootFileSystem(mounts: [.init(point: .root, tree: tree)])
    let places = [configuration.environment["LAMBDA_TASK_ROOT"], "/var/task", configuration.workingDirectory]
    for place in places.compactMap(\.self) where place.hasPrefix("/") {
      guard let located = files.resolve(place).located, located.status.kind == .directory, !located.path.isRoot,
        !tree.names(in: located.path).isEmpty
      else { continue }
      return located.path
    }
    let working = configuration.workingDirectory.isEmpty ? "none" : configuration.workingDirectory
    throw .unusableImage(
      path,
      "it has nothing in /var/task, and its WORKDIR is \(working): airworthy cannot tell which directory is the function's. Set WORKDIR to it"
    )
  }

  /// The directory at `path` of the root file system, links followed; `nil` where there is none or it is empty.
  public func directory(at path: String) -> TreePath? {
    let files = RootFileSystem(mounts: [.init(point: .root, tree: tree)])
    guard let located = files.resolve(path).located, located.status.kind == .directory, !located.path.isRoot,
      !tree.names(in: located.path).isEmpty
    else { return nil }
    return located.path
  }
}

extension TreeError {
  /// What `body` gives; what it throws, as an error about the file at `path`.
  static func of<Result>(_ path: String, _ body: () throws(ArchiveFailure) -> Result) throws(TreeError) -> Result {
    do throws(ArchiveFailure) {
      return try body()
    } catch {
      throw TreeError(path: path, error)
    }
  }
}
