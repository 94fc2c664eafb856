import PackageFiles

/// What an installed npm package's `package.json` says, as far as native binaries are concerned.
public struct NPMPackage: Hashable, Sendable {
  /// Shared until one of those that share it changes: a check copies thousands of packages from list to list.
  private var shared: Shared

  struct Fields: Hashable {
    var name: String
    var version: String?
    var path: TreePath
    var main: String?
    var exports: JSONValue?
    var isModule = false
    var os: [String] = []
    var cpu: [String] = []
    var libc: [String] = []
    var gypfile: Bool?
    var isAddon = false
    var nodeEngine: String?
    var installScript: String?
    var binary: NodePreGyp.Description?
    var binaryFields: JSONValue?
    var napi: JSONValue?
    var dependencies: Set<String> = []
    var optionalDependencies: Set<String> = []
  }

  /// Changed only by its one owner.
  private final class Shared: @unchecked Sendable {
    var fields: Fields
    init(_ fields: Fields) { self.fields = fields }
  }

  public init(name: String, version: String?, path: TreePath) {
    shared = Shared(Fields(name: name, version: version, path: path))
  }

  /// A package of which all is known at once.
  init(_ fields: Fields) { shared = Shared(fields) }

  private mutating func change(_ body: (inout Fields) -> Void) {
    if !isKnownUniquelyReferenced(&shared) { shared = Shared(shared.fields) }
    body(&shared.fields)
  }

  public static func == (a: NPMPackage, b: NPMPackage) -> Bool {
    a.shared === b.shared || a.shared.fields == b.shared.fields
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(shared.fields) }
}

extension NPMPackage {
  /// The manifest's name; where there is none, the one that its directory in `node_modules` gives it.
  public var name: String {
    get { shared.fields.name }
    set { change { $0.name = newValue } }
  }
  public var version: String? {
    get { shared.fields.version }
    set { change { $0.version = newValue } }
  }
  /// The package's directory in its tree.
  public var path: TreePath {
    get { shared.fields.path }
    set { change { $0.path = newValue } }
  }
  public var main: String? {
    get { shared.fields.main }
    set { change { $0.main = newValue } }
  }
  public var exports: JSONValue? {
    get { shared.fields.exports }
    set { change { $0.exports = newValue } }
  }
  /// `"type": "module"`: its `.js` files are ES modules.
  public var isModule: Bool {
    get { shared.fields.isModule }
    set { change { $0.isModule = newValue } }
  }
  /// `os`, `cpu` and `libc`: where npm installs it. Empty is everywhere; `!x` excludes.
  public var os: [String] {
    get { shared.fields.os }
    set { change { $0.os = newValue } }
  }
  public var cpu: [String] {
    get { shared.fields.cpu }
    set { change { $0.cpu = newValue } }
  }
  public var libc: [String] {
    get { shared.fields.libc }
    set { change { $0.libc = newValue } }
  }
  /// `false` stops npm from running node-gyp where there is a `binding.gyp`.
  public var gypfile: Bool? {
    get { shared.fields.gypfile }
    set { change { $0.gypfile = newValue } }
  }
  /// `"addon": true`, by which require-addon's packages are known.
  public var isAddon: Bool {
    get { shared.fields.isAddon }
    set { change { $0.isAddon = newValue } }
  }
  /// `engines.node`.
  public var nodeEngine: String? {
    get { shared.fields.nodeEngine }
    set { change { $0.nodeEngine = newValue } }
  }
  /// `scripts.install`, or else `scripts.preinstall` or `scripts.postinstall`.
  public var installScript: String? {
    get { shared.fields.installScript }
    set { change { $0.installScript = newValue } }
  }
  /// `binary`, node-pre-gyp's description of the addon.
  public var binary: NodePreGyp.Description? {
    get { shared.fields.binary }
    set { change { $0.binary = newValue } }
  }
  /// `binary` as it stands in the manifest.
  public var binaryFields: JSONValue? {
    get { shared.fields.binaryFields }
    set { change { $0.binaryFields = newValue } }
  }
  /// `napi`, by which the packages of napi-rs are known.
  public var napi: JSONValue? {
    get { shared.fields.napi }
    set { change { $0.napi = newValue } }
  }
  public var dependencies: Set<String> {
    get { shared.fields.dependencies }
    set { change { $0.dependencies = newValue } }
  }
  public var optionalDependencies: Set<String> {
    get { shared.fields.optionalDependencies }
    set { change { $0.optionalDependencies = newValue } }
  }
}

extension NPMPackage {
  /// Whether npm would install it on `platform`: npm-install-checks' `checkPlatform`.
  public func isInstallable(on platform: NodePlatform) -> Bool {
    Self.accepts(platform.platform, os) && Self.accepts(platform.architecture, cpu)
      && (platform.platform != "linux" || Self.accepts(platform.libc, libc))
  }

  /// npm-install-checks' `checkList`: none of the excluded values, and one of the others where there are any.
  private static func accepts(_ value: String, _ list: [String]) -> Bool {
    if list == ["any"] || list.isEmpty { return true }
    let excluded = list.filter { $0.hasPrefix("!") }
    if excluded.contains("!" + value) { return false }
    return excluded.count == list.count || list.contains(value)
  }

  /// Whether the name is one that npm accepts, so that it can stand in a command as it is.
  ///
  /// Upper case is allowed: packages older than npm's rule have it.
  public var hasValidName: Bool {
    func isPart(_ part: Substring) -> Bool {
      guard let first = part.first, first != ".", first != "-" else { return false }
      return part.allSatisfy { Self.isWordCharacter($0) || "-_.".contains($0) }
    }
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    switch parts.count {
    case 1: return isPart(parts[0])
    case 2: return parts[0].first == "@" && isPart(parts[0].dropFirst()) && isPart(parts[1])
    default: return false
    }
  }

  /// The version where it is one that can stand in a command: digits, letters, `.`, `-` and `+`.
  public var commandVersion: String? {
    guard let version, let first = version.first, ("0"..."9").contains(first),
      version.allSatisfy({ Self.isWordCharacter($0) || ".-+".contains($0) })
    else { return nil }
    return version
  }

  private static func isWordCharacter(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber)
  }
}
