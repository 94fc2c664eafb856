/// `runtimes.json` as it stands, with the lists that runtimes share.
struct RuntimesFile: Decodable {
  let quotas: Catalog.Quotas
  let libraryPaths: [String: [String]]
  let loadedLibraries: [String: [String]]
  let runtimes: [Entry]

  struct Entry: Decodable {
    let id: String
    let operatingSystem: Runtime.OperatingSystem
    let architectures: [Architecture]
    let released: CalendarDate
    let deprecated: CalendarDate?
    let blocksCreation: CalendarDate?
    let blocksUpdates: CalendarDate?
    let preview: Bool?
    let node: Runtime.Node?
    let nodeExecutable: String?
    /// A key of `libraryPaths`.
    let libraryPath: String
    let nodePath: [String]?
    /// A key of `loadedLibraries`.
    let loadedLibraries: String?
    let image: String?
    let buildImage: String?
  }

  /// The runtimes, each with the shared lists that it names.
  var resolved: [Runtime] {
    runtimes.map { entry in
      guard let libraryPath = libraryPaths[entry.libraryPath] else {
        preconditionFailure("runtimes.json has no library path \(entry.libraryPath)")
      }
      return Runtime(
        id: entry.id, operatingSystem: entry.operatingSystem, architectures: entry.architectures,
        released: entry.released, deprecated: entry.deprecated, blocksCreation: entry.blocksCreation,
        blocksUpdates: entry.blocksUpdates, isPreview: entry.preview ?? false, node: entry.node,
        nodeExecutable: entry.nodeExecutable, libraryPath: libraryPath, nodePath: entry.nodePath ?? [],
        loadedLibraries: entry.loadedLibraries.flatMap { loadedLibraries[$0] } ?? [], image: entry.image,
        buildImage: entry.buildImage)
    }
  }
}
