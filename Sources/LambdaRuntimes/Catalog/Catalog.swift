import PackageFiles

/// What airworthy knows of AWS Lambda without looking at any machine.
///
/// The data files are embedded in the executable. `runtimes.json` is read at once; each base image only when asked for.
public struct Catalog: Sendable {
  /// Oldest line first.
  public let runtimes: [Runtime]
  public let quotas: Quotas

  /// The catalog of this executable.
  public static let builtIn: Catalog = {
    let file = RuntimesFile(CatalogValue(file: "runtimes.json"))
    return Catalog(runtimes: file.runtimes, quotas: file.quotas)
  }()

  /// Starts to read what every check needs, on a thread of its own: the command line is read meanwhile.
  public static func prepare() -> Meanwhile<Void> {
    Meanwhile { _ = (builtIn.runtimes.count, NodeReleases.builtIn.defaultNodeAPIVersion) }
  }

  /// Limits of a deployment package.
  public struct Quotas: Hashable, Sendable, Codable {
    /// Of function and layers together, unpacked, in bytes.
    public let unzippedBytes: Int
    /// Of a zip that is uploaded directly and not through S3, in bytes.
    public let zippedUploadBytes: Int
    /// How many layers a function may have.
    public let layers: Int
  }

  /// The runtime of that id, in any case of letters. Throws `TargetError.unknownRuntime`.
  public func runtime(_ id: String) throws(TargetError) -> Runtime {
    if let runtime = runtimes.first(where: { $0.id == id }) { return runtime }
    let lowercased = id.lowercased()
    if let runtime = runtimes.first(where: { $0.id == lowercased }) { return runtime }
    throw .unknownRuntime(id, nearest: nearestRuntime(to: lowercased), known: runtimes.map(\.id))
  }

  /// The newest Node.js runtime that is released and no preview; `nil` on days before the first.
  public func newestRuntime(on today: CalendarDate) -> Runtime? {
    runtimes.filter { $0.node != nil && !$0.isPreview && $0.status(on: today) != .announced }
      .max { ($0.node?.version.major ?? 0, $0.released) < ($1.node?.version.major ?? 0, $1.released) }
  }

  /// The target that command-line arguments name. `architecture` defaults to x86_64. Throws `TargetError`.
  public func target(
    runtime id: String, architecture name: String = "x86_64", nodeVersion text: String? = nil
  ) throws(TargetError) -> Target {
    let runtime = try runtime(id)
    guard let architecture = Architecture(name: name) else { throw .unknownArchitecture(name) }
    guard let text else { return try Target(runtime: runtime, architecture: architecture) }
    return try Target(runtime: runtime, architecture: architecture, nodeVersion: nodeVersion(text))
  }

  /// Reads `22.14.0`, or a line alone (`22`), which means the release that Lambda's runtime of that line has.
  /// Throws `TargetError.unknownNodeVersion`.
  public func nodeVersion(_ text: String) throws(TargetError) -> NodeVersion {
    if let version = NodeVersion(text) { return version }
    let line = text.hasPrefix("v") ? String(text.dropFirst()) : text
    guard let version = runtimes.compactMap({ $0.node?.version }).last(where: { $0.line == line }) else {
      throw .unknownNodeVersion(text)
    }
    return version
  }

  /// The root file system that a runtime stands on; `nil` for an architecture that the operating system never had.
  public func baseImage(_ system: Runtime.OperatingSystem, _ architecture: Architecture) -> BaseImage? {
    CatalogValue(optionalFile: "base-images/\(system.rawValue)-\(architecture.rawValue).json").map { BaseImage($0) }
  }

  /// The libraries and addons that a runtime adds to its image, in `/var/lang` and `/var/runtime`; `nil` where they were
  /// never listed (`nodejs12.x` and older) and for `provided…`.
  public func runtimeFiles(_ runtime: Runtime, _ architecture: Architecture) -> LibraryFiles? {
    CatalogValue(file: "runtime-files.json").optional(runtime.id)?["architectures"].optional(architecture.rawValue)
      .map { LibraryFiles($0) }
  }

  /// What is known of Node.js by release.
  public var nodeReleases: NodeReleases { .builtIn }

  /// The Node-API functions by release.
  public var nodeAPISymbols: NodeAPISymbols { .builtIn }

  private func nearestRuntime(to name: String) -> String? {
    // Longer names are no misspellings; the distance costs length times length.
    guard name.utf8.count <= 32 else { return nil }
    let number = name.filter(\.isNumber)
    let candidates = runtimes.map { runtime in
      (
        id: runtime.id, sameNumber: !number.isEmpty && runtime.id.filter(\.isNumber) == number,
        distance: editDistance(Array(runtime.id.utf8), Array(name.utf8))
      )
    }
    // `20` is far from `nodejs20.x` by letters; what counts is the number.
    return candidates.filter { $0.distance <= ($0.sameNumber ? 8 : 3) }
      .min { ($0.sameNumber ? 0 : 1, $0.distance) < ($1.sameNumber ? 0 : 1, $1.distance) }?.id
  }

  /// How many bytes must be put in, taken out or replaced to make one string of the other (Levenshtein).
  private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let above = row[j + 1]
        row[j + 1] = min(above + 1, row[j] + 1, diagonal + (x == y ? 0 : 1))
        diagonal = above
      }
    }
    return row[b.count]
  }
}
