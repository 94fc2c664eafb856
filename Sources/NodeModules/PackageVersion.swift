/// The numbers of an npm package's version; what stands behind a `-` or `+` only makes it a pre-release.
public struct PackageVersion: Hashable, Sendable, Comparable {
  public var major: Int
  public var minor: Int
  public var patch: Int
  public var isPrerelease: Bool

  public init(_ major: Int, _ minor: Int = 0, _ patch: Int = 0) {
    self.major = major
    self.minor = minor
    self.patch = patch
    isPrerelease = false
  }

  /// `nil` where the text does not begin with a number.
  public init?(_ text: String) {
    let core = text.prefix { $0 != "-" && $0 != "+" }
    let numbers = core.split(separator: ".").map { Int($0) }
    guard let first = numbers.first, let major = first else { return nil }
    self.init(major, numbers.count > 1 ? numbers[1] ?? 0 : 0, numbers.count > 2 ? numbers[2] ?? 0 : 0)
    isPrerelease = text.dropFirst(core.count).first == "-"
  }

  public static func < (a: Self, b: Self) -> Bool {
    if a.major != b.major { return a.major < b.major }
    if a.minor != b.minor { return a.minor < b.minor }
    if a.patch != b.patch { return a.patch < b.patch }
    return a.isPrerelease && !b.isPrerelease
  }
}

extension NPMPackage {
  /// The version's numbers; `nil` where it has none.
  public var numbers: PackageVersion? { version.flatMap { PackageVersion($0) } }

  /// Whether its version is `major.minor.patch` or later; a package without a version counts as the newest.
  public func isAtLeast(_ major: Int, _ minor: Int = 0, _ patch: Int = 0) -> Bool {
    numbers.map { $0 >= PackageVersion(major, minor, patch) } ?? true
  }
}
