/// A runtime of AWS Lambda: `nodejs20.x`, `provided.al2023` …
///
/// Sources and dates stand in `Sources/CatalogData/catalog/runtimes.json`. Lambda moves the dates now and then.
public struct Runtime: Hashable, Sendable, Identifiable {
  public let id: String
  public let operatingSystem: OperatingSystem
  public let architectures: [Architecture]
  public let released: CalendarDate
  /// From this day on AWS neither patches nor supports it; functions still run.
  public let deprecated: CalendarDate?
  /// From this day on no function can be created with it.
  public let blocksCreation: CalendarDate?
  /// From this day on no function that uses it can be changed.
  public let blocksUpdates: CalendarDate?
  public let isPreview: Bool
  /// The Node.js that AWS ships with it; `nil` for `provided…`, where the package brings its own.
  public let node: Node?
  /// Where its `node` stands; `nil` for `provided…`.
  public let nodeExecutable: String?
  /// `LD_LIBRARY_PATH`.
  public let libraryPath: [String]
  /// `NODE_PATH`; empty for `provided…`.
  public let nodePath: [String]
  /// Sonames that `node` itself has loaded, in its order, without the dynamic linker; empty for `provided…`.
  public let loadedLibraries: [String]
  /// The container image without architecture; `nil` where none is known.
  public let image: String?
  /// The image of AWS SAM that has the compilers too; `nil` where none is known.
  public let buildImage: String?

  /// An operating system of Lambda's runtimes.
  public enum OperatingSystem: String, Hashable, Sendable, CaseIterable, Codable {
    case al1, al2, al2023

    /// `Amazon Linux 2023`
    public var name: String {
      switch self {
      case .al1: "Amazon Linux"
      case .al2: "Amazon Linux 2"
      case .al2023: "Amazon Linux 2023"
      }
    }
  }

  /// The Node.js of a runtime.
  public struct Node: Hashable, Sendable {
    /// The newest release known to be in it.
    public let version: NodeVersion
    public let basis: Basis
    /// The release it started with, where known.
    public let launch: NodeVersion?
    public let source: String

    public enum Basis: String, Hashable, Sendable, Codable {
      /// Somebody saw this release in the runtime.
      case observed
      /// AWS publishes no list; the newest release of the line is the best guess.
      case inferred
    }
  }

  /// Where a runtime stands in its life.
  public enum Status: String, Hashable, Sendable, Codable {
    case announced, preview, supported, deprecated
    /// No function can be created with it any more.
    case creationBlocked = "creation-blocked"
    /// Functions that use it cannot be changed any more; they still run.
    case updatesBlocked = "updates-blocked"
  }

  /// Its status on a day.
  public func status(on today: CalendarDate) -> Status {
    if today < released { return .announced }
    if let blocksUpdates, today >= blocksUpdates { return .updatesBlocked }
    if let blocksCreation, today >= blocksCreation { return .creationBlocked }
    if let deprecated, today >= deprecated { return .deprecated }
    return isPreview ? .preview : .supported
  }

  /// The image of one architecture, as `docker run --platform` wants it; `nil` where none is known.
  public func image(for architecture: Architecture) -> String? {
    // Tags of one architecture exist for the released Node.js images only.
    guard let image, node != nil, !isPreview else { return image }
    return "\(image)-\(architecture.rawValue)"
  }
}
