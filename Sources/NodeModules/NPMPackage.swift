import PackageFiles

/// What an installed npm package's `package.json` says, as far as native binaries are concerned.
public struct NPMPackage: Hashable, Sendable {
  /// The manifest's name; where there is none, the one that its directory in `node_modules` gives it.
  public var name: String
  public var version: String?
  /// The package's directory in its tree.
  public var path: TreePath
  public var main: String?
  public var exports: JSONValue?
  /// `"type": "module"`: its `.js` files are ES modules.
  public var isModule = false
  /// `os`, `cpu` and `libc`: where npm installs it. Empty is everywhere; `!x` excludes.
  public var os: [String] = []
  public var cpu: [String] = []
  public var libc: [String] = []
  /// `false` stops npm from running node-gyp where there is a `binding.gyp`.
  public var gypfile: Bool?
  /// `"addon": true`, by which require-addon's packages are known.
  public var isAddon = false
  /// `engines.node`.
  public var nodeEngine: String?
  /// `scripts.install`, or else `scripts.preinstall` or `scripts.postinstall`.
  public var installScript: String?
  /// `binary`, node-pre-gyp's description of the addon.
  public var binary: NodePreGyp.Description?
  /// `binary` as it stands in the manifest.
  public var binaryFields: JSONValue?
  /// `napi`, by which the packages of napi-rs are known.
  public var napi: JSONValue?
  public var dependencies: Set<String> = []
  public var optionalDependencies: Set<String> = []
  /// The wanted version of each dependency, as the manifest writes it.
  public var dependencyRanges: [String: String] = [:]
  public var optionalDependencyRanges: [String: String] = [:]

  public init(name: String, version: String?, path: TreePath) {
    self.name = name
    self.version = version
    self.path = path
  }

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
