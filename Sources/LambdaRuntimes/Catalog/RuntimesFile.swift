/// `runtimes.json`, whose runtimes share some lists.
struct RuntimesFile {
  let quotas: Catalog.Quotas
  let runtimes: [Runtime]

  init(_ file: CatalogValue) {
    let quotas = file["quotas"]
    self.quotas = Catalog.Quotas(
      unzippedBytes: quotas["unzippedBytes"].integer, zippedUploadBytes: quotas["zippedUploadBytes"].integer,
      layers: quotas["layers"].integer)
    let libraryPaths = file["libraryPaths"].members(\.strings)
    let loadedLibraries = file["loadedLibraries"].members(\.strings)
    runtimes = file["runtimes"].elements.map { Runtime($0, libraryPaths, loadedLibraries) }
  }
}

extension Runtime {
  /// - Parameters:
  ///   - libraryPaths: those that runtimes share, by the names by which they call them.
  ///   - loadedLibraries: likewise.
  fileprivate init(
    _ entry: CatalogValue, _ libraryPaths: [String: [String]], _ loadedLibraries: [String: [String]]
  ) {
    id = entry["id"].string
    operatingSystem = entry["operatingSystem"].parsed(OperatingSystem.init)
    architectures = entry["architectures"].elements.map { $0.parsed(Architecture.init(rawValue:)) }
    released = entry["released"].parsed { CalendarDate($0) }
    deprecated = entry.optional("deprecated")?.parsed { CalendarDate($0) }
    blocksCreation = entry.optional("blocksCreation")?.parsed { CalendarDate($0) }
    blocksUpdates = entry.optional("blocksUpdates")?.parsed { CalendarDate($0) }
    isPreview = entry.optional("preview")?.bool ?? false
    node = entry.optional("node").map { Node($0) }
    nodeExecutable = entry.optional("nodeExecutable")?.string
    libraryPath = entry["libraryPath"].parsed { libraryPaths[$0] }
    nodePath = entry.optional("nodePath")?.strings ?? []
    self.loadedLibraries = entry.optional("loadedLibraries")?.parsed { loadedLibraries[$0] } ?? []
    image = entry.optional("image")?.string
    buildImage = entry.optional("buildImage")?.string
  }
}

extension Runtime.Node {
  fileprivate init(_ entry: CatalogValue) {
    version = entry["version"].parsed { NodeVersion($0) }
    basis = entry["basis"].parsed(Basis.init)
    launch = entry.optional("launch")?.parsed { NodeVersion($0) }
    source = entry["source"].string
  }
}
