import NativeBinaries

/// A library of the environment, with what is known of it.
///
/// Facts from a real file are complete. The catalog knows its libraries' names, of most their symbol versions, and of those
/// that matter their symbols; of the others a simulation must say that it does not know instead of guessing.
///
/// A class, because simulations hand it around for every symbol: a copy of the facts would count references to a dozen arrays.
public final class SharedObject: Sendable {
  public let image: ELF.Image
  /// Whether `image.versionDefinitions` are the library's own; when not, any version is taken for present.
  public let knowsVersions: Bool
  /// Where its exported symbols stand.
  public let exports: Exports
  /// Whether everything was read from the file itself; otherwise it is taken to be a sound library of its image, whose
  /// segments and own relocations need no check.
  public let isWholeFile: Bool

  /// Where the symbols of an object stand that others can bind to.
  public enum Exports: Sendable {
    /// In `image.symbols`.
    case image
    /// In the catalog's tables.
    case listed(ListedExports)
    /// Nowhere: a symbol that no other object defines may be here.
    case unknown
  }

  public init(image: ELF.Image, knowsVersions: Bool = true, exports: Exports = .image, isWholeFile: Bool = true) {
    self.image = image
    self.knowsVersions = knowsVersions
    self.exports = exports
    self.isWholeFile = isWholeFile
  }

  /// Whether a symbol that is not found in it is certainly not there.
  public var knowsSymbols: Bool {
    switch exports {
    case .image: true
    case .listed(let exports): exports.isWhole
    case .unknown: false
    }
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
