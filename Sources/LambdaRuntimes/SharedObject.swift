import NativeBinaries

/// A library of the environment, with what is known of it.
///
/// Facts from a real file are complete. The catalog knows its libraries' names and mostly their symbol versions, but not
/// their symbols; a simulation must then say that it does not know instead of guessing.
public struct SharedObject: Sendable {
  public var image: ELF.Image
  /// Whether `image.versionDefinitions` are the library's own; when not, any version is taken for present.
  public var knowsVersions: Bool
  /// Whether `image.symbols` and `image.relocations` are the library's own.
  public var knowsSymbols: Bool
  /// Whether everything was read from the file itself; otherwise it is taken to be a sound library of its image, whose
  /// segments and own relocations need no check.
  public var isWholeFile: Bool

  public init(image: ELF.Image, knowsVersions: Bool = true, knowsSymbols: Bool = true, isWholeFile: Bool = true) {
    self.image = image
    self.knowsVersions = knowsVersions
    self.knowsSymbols = knowsSymbols
    self.isWholeFile = isWholeFile
  }
}

/// A version of the GNU C library, such as 2.34.
public struct GLibCVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
  public var major: Int
  public var minor: Int

  public init(_ major: Int, _ minor: Int) {
    self.major = major
    self.minor = minor
  }

  /// `nil` unless the text is two numbers with a dot between them; what follows a second dot is ignored.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ".")
    guard parts.count >= 2, let major = Int(parts[0]), let minor = Int(parts[1]) else { return nil }
    self.init(major, minor)
  }

  public var description: String { "\(major).\(minor)" }

  public static func < (a: Self, b: Self) -> Bool { (a.major, a.minor) < (b.major, b.minor) }
}
