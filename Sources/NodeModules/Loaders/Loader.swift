/// A convention by which npm packages find their native binary.
///
/// Its documentation comment is its section in `Documentation/Loaders.md`: the first sentence says what it is, then
/// `Convention:` what it looks for, `Precedence:` in which order, and `Source:` where that was read. Adding a loader is adding one
/// file here; `Scripts/generate-loaders` collects them.
public protocol Loader: Sendable {
  /// Kebab-case, as reports name it; never changed once released.
  static var id: String { get }
}

/// A loader that is an npm package itself, called by the JavaScript of the packages that use it.
public protocol LibraryLoader: Loader {
  /// The names it is required by.
  static var libraries: Set<String> { get }

  /// A call of what `require` of the library gives: the addon's module, or what it throws.
  ///
  /// Throws what ends the simulation.
  static func call(_ call: LibraryCall, _ search: inout AddonSearch) throws(AddonSearch.End) -> JavaScriptValue

  /// A member that is read without being called, such as `MUSL` of detect-libc; `nil` where nothing is known of it.
  static func constant(_ member: String, _ search: AddonSearch) -> JavaScriptValue?
}

extension LibraryLoader {
  public static func constant(_ member: String, _ search: AddonSearch) -> JavaScriptValue? { nil }
}

/// A loader that one npm package, or one kind of npm package, brings with itself.
public protocol PackageLoader: Loader {
  /// Named packages come before packages of a kind.
  static var isForNamedPackages: Bool { get }

  /// The names of the npm packages that it is for: `isUsed(by:)` is false for all others. Empty where they cannot be listed.
  static var packageNames: [String] { get }

  /// Whether `package` finds its binary so.
  static func isUsed(by package: NPMPackage) -> Bool

  /// Whether the package of `search` finds its binary so, for a loader that must read the package's files to know; what
  /// `isUsed(by:)` says where the loader does not implement it.
  static func isUsed(in search: AddonSearch) -> Bool

  /// Goes through what the package does when it is required, or first used, on the target.
  ///
  /// Throws what ends the simulation.
  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result
}

extension PackageLoader {
  public static var isForNamedPackages: Bool { true }

  public static var packageNames: [String] { [] }

  public static func isUsed(by package: NPMPackage) -> Bool { isNamed(package) }

  /// Whether it is for `package` as far as the name tells.
  static func isNamed(_ package: NPMPackage) -> Bool { packageNames.contains(package.name) }

  public static func isUsed(in search: AddonSearch) -> Bool { isUsed(by: search.package) }
}

/// How a package's JavaScript calls a loader library.
public struct LibraryCall: Sendable {
  /// The name it was required by.
  public var library: String
  /// The member that is called, such as `find`; `nil` for the library itself.
  public var member: String?
  public var arguments: [JavaScriptValue]
  /// The file that calls, absolute and without links.
  public var file: String

  /// The directory of the calling file.
  var directory: String { NodePath.directory(of: file) }
}
