/// One image of an archive that may hold several.
struct ImageCandidate {
  var name: String?
  var configuration: ImageConfiguration
  var layers: [TreePath]

  /// How a user would tell it from the others.
  var description: String { [name, configuration.platform].compactMap(\.self).joined(separator: " ") }
}

/// The images of an archive, and the one that is meant.
struct ImageChoice {
  private static let deepestIndex = 4
  private static let mostManifests = 256
  /// Docker allows 127.
  private static let mostLayers = 1024

  private let store: ImageStore
  private(set) var candidates: [ImageCandidate] = []
  private var seen: Set<String> = []

  /// Whether `store` holds images at all.
  static func isImage(_ store: ImageStore) -> Bool { store.has(indexPath) || store.has(dockerPath) }

  private static let indexPath = TreePath("index.json") ?? .root
  private static let dockerPath = TreePath("manifest.json") ?? .root

  /// Finds the images. What `docker save` writes for several platforms lists them in `index.json` only, which therefore comes
  /// first; but it may list what was not saved.
  init(_ store: ImageStore) throws(ArchiveFailure) {
    self.store = store
    var failure: ArchiveFailure?
    if store.has(Self.indexPath) {
      do throws(ArchiveFailure) {
        let index = try store.document(Self.indexPath, as: ImageManifest.self)
        for descriptor in index.manifests ?? [] { try add(descriptor, name: nil, depth: 0) }
      } catch {
        failure = error
      }
    }
    if candidates.isEmpty, store.has(Self.dockerPath) {
      failure = nil
      for manifest in try store.document(Self.dockerPath, as: [DockerManifest].self) { try add(manifest) }
    }
    if let failure { throw failure }
    if candidates.isEmpty { throw .damaged("none of the images that it lists is in it") }
  }

  private mutating func add(_ descriptor: ImageDescriptor, name: String?, depth: Int) throws(ArchiveFailure) {
    guard !descriptor.isAttestation, seen.insert(descriptor.digest).inserted else { return }
    guard seen.count <= Self.mostManifests, depth < Self.deepestIndex else {
      throw .tooLarge("more than \(Self.mostManifests) manifests, or indexes nested deeper than \(Self.deepestIndex)")
    }
    guard let path = descriptor.path else { throw .damaged("\(descriptor.digest.prefix(80)) in it is no digest") }
    guard store.has(path) else { return }
    let manifest = try store.document(path, as: ImageManifest.self)
    let name = descriptor.name ?? name
    for inner in manifest.manifests ?? [] { try add(inner, name: name, depth: depth + 1) }
    guard let config = manifest.config else { return }
    guard let configPath = config.path else { throw .damaged("\(config.digest.prefix(80)) in it is no digest") }
    var layers: [TreePath] = []
    for layer in manifest.layers ?? [] {
      guard let path = layer.path else { throw .damaged("\(layer.digest.prefix(80)) in it is no digest") }
      layers.append(path)
    }
    try add(name, configPath, layers)
  }

  private mutating func add(_ manifest: DockerManifest) throws(ArchiveFailure) {
    guard candidates.count < Self.mostManifests else { throw .tooLarge("more than \(Self.mostManifests) manifests") }
    var layers: [TreePath] = []
    for layer in manifest.layers ?? [] {
      guard let path = TreePath(layer) else { throw .damaged("a layer's name in it leads out of it") }
      layers.append(path)
    }
    guard let config = TreePath(manifest.config) else { throw .damaged("a configuration's name leads out of it") }
    try add(manifest.tags?.first, config, layers)
  }

  private mutating func add(_ name: String?, _ config: TreePath, _ layers: [TreePath]) throws(ArchiveFailure) {
    let configuration = try store.document(config, as: ImageConfiguration.self)
    guard layers.count <= Self.mostLayers else { throw .tooLarge("more than \(Self.mostLayers) layers") }
    if let count = configuration.layerCount, count != layers.count {
      throw .damaged("its manifest lists \(layers.count) layers, its configuration \(count)")
    }
    let isKnown = candidates.contains { $0.configuration == configuration && $0.layers == layers }
    if !isKnown { candidates.append(ImageCandidate(name: name, configuration: configuration, layers: layers)) }
  }

  /// The image for `architecture`, in Lambda's names; without it, the only one there is.
  ///
  /// Throws `TreeError.noSuchPlatform`, `severalImages` and `unusableImage`; `path` is what they call the archive.
  func choose(_ architecture: String?, path: String) throws(TreeError) -> ImageCandidate {
    let usable = candidates.filter {
      $0.configuration.operatingSystem == "linux" && $0.configuration.lambdaArchitecture != nil
    }
    if usable.isEmpty {
      let platforms = candidates.map(\.configuration.platform).joined(separator: ", ")
      throw .unusableImage(path, "it is for \(platforms), and Lambda runs linux/amd64 and linux/arm64")
    }
    let matching = usable.filter { architecture == nil || $0.configuration.lambdaArchitecture == architecture }
    let choices = (matching.isEmpty ? usable : matching).map(\.description)
    guard let first = matching.first else { throw .noSuchPlatform(path, architecture ?? "", choices) }
    if matching.count == 1 { return first }
    let architectures = Set(matching.compactMap(\.configuration.lambdaArchitecture))
    throw .severalImages(path, choices, isByArchitecture: architectures.count == matching.count)
  }
}
