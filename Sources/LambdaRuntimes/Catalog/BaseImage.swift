/// The operating system that a runtime stands on, as far as loading libraries goes: one root file system of Lambda.
///
/// Source and date of the listings stand in `Sources/CatalogData/catalog/base-images`. Lambda renews its images; a package
/// is checked against the newest listing.
public struct BaseImage: Hashable, Sendable {
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
  public struct EarlierLibrary: Hashable, Sendable {
    /// The soname.
    public let library: String
    /// The first day of the current one.
    public let until: CalendarDate
    /// The last version by prefix: `GLIBCXX` → `3.4.29`.
    public let versions: [String: String]
    public let source: String
  }
}

extension BaseImage {
  init(_ file: CatalogValue) {
    operatingSystem = file["operatingSystem"].parsed(Runtime.OperatingSystem.init)
    architecture = file["architecture"].parsed(Architecture.init(rawValue:))
    glibc = file["glibc"].string
    dynamicLinker = file["dynamicLinker"].string
    defaultDirectories = file["defaultDirectories"].strings
    directoryLinks = file["directoryLinks"].members(\.string)
    dumped = file.optional("dumped")?.parsed { CalendarDate($0) }
    source = file["source"].string
    packages = file["packages"].members(\.string)
    notes = file["notes"].strings
    history = file["history"].elements.map { EarlierLibrary($0) }
    libraries = LibraryFiles(file)
  }
}

extension BaseImage.EarlierLibrary {
  fileprivate init(_ entry: CatalogValue) {
    library = entry["library"].string
    until = entry["until"].parsed { CalendarDate($0) }
    versions = entry["versions"].members(\.string)
    source = entry["source"].string
  }
}
