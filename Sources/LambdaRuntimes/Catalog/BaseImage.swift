/// The operating system that a runtime stands on, as far as loading libraries goes: one root file system of Lambda.
///
/// Source and date of the listings stand in `Sources/CatalogData/catalog/base-images`. Lambda renews its images; a package
/// is checked against the newest listing.
public struct BaseImage: Hashable, Sendable, Decodable {
  public let operatingSystem: Runtime.OperatingSystem
  public let architecture: Architecture
  /// The release of glibc, such as `2.34`.
  public let glibc: String
  /// The path of the dynamic linker that executables name: `/lib64/ld-linux-x86-64.so.2`.
  public let dynamicLinker: String
  /// Where the dynamic linker looks last, in its order.
  public let defaultDirectories: [String]
  /// Links between directories of the root: `/lib64` → `usr/lib64`.
  public let directoryLinks: [String: String]
  /// The day the listing was made; `nil` where not recorded.
  public let dumped: CalendarDate?
  public let source: String
  /// The RPM packages that the symbol versions belong to: name → version.
  public let packages: [String: String]
  /// What else is worth knowing, one sentence each.
  public let notes: [String]
  /// What earlier images had: functions pinned to an older runtime version, and older container tags, still have it.
  public let history: [EarlierLibrary]
  public let libraries: LibraryFiles

  /// A library that was older before some day.
  public struct EarlierLibrary: Hashable, Sendable, Codable {
    /// The soname.
    public let library: String
    /// The first day of the current one.
    public let until: CalendarDate
    /// The last version by prefix: `GLIBCXX` → `3.4.29`.
    public let versions: [String: String]
    public let source: String
  }

  private enum CodingKeys: String, CodingKey {
    case operatingSystem, architecture, glibc, dynamicLinker, defaultDirectories, directoryLinks, dumped, source
    case packages, notes, history
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    operatingSystem = try container.decode(Runtime.OperatingSystem.self, forKey: .operatingSystem)
    architecture = try container.decode(Architecture.self, forKey: .architecture)
    glibc = try container.decode(String.self, forKey: .glibc)
    dynamicLinker = try container.decode(String.self, forKey: .dynamicLinker)
    defaultDirectories = try container.decode([String].self, forKey: .defaultDirectories)
    directoryLinks = try container.decode([String: String].self, forKey: .directoryLinks)
    dumped = try container.decodeIfPresent(CalendarDate.self, forKey: .dumped)
    source = try container.decode(String.self, forKey: .source)
    packages = try container.decode([String: String].self, forKey: .packages)
    notes = try container.decode([String].self, forKey: .notes)
    history = try container.decode([EarlierLibrary].self, forKey: .history)
    libraries = try LibraryFiles(from: decoder)
  }
}
