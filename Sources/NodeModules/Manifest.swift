import PackageFiles

/// A `package.json` as it may really look: any field can be missing or of another type, which counts as missing.
///
/// Only the fields named here are kept.
struct Manifest: Sendable {
  /// Larger files are not read: the largest in the npm registry are a few hundred kilobytes.
  static let byteLimit = 4 << 20

  var name: String?
  var version: String?
  var main: String?
  var type: String?
  var exports: JSONValue?
  var os: [String]
  var cpu: [String]
  var libc: [String]
  var gypfile: Bool?
  var isAddon: Bool
  var scripts: [String: String]
  /// `binary`, whatever is in it.
  var binaryFields: JSONValue?
  var napi: JSONValue?
  var nodeEngine: String?
  var dependencies: [String: String]
  var optionalDependencies: [String: String]
  var packageManager: String?
  var pnpm: JSONValue?

  private static let names: Set<String> = [
    "name", "version", "main", "type", "exports", "os", "cpu", "libc", "gypfile", "addon", "scripts", "binary", "napi",
    "engines", "dependencies", "optionalDependencies", "packageManager", "pnpm",
  ]

  /// The manifest in `directory`; `nil` where there is none or it is no JSON object.
  init?(in directory: TreePath, of tree: some FileTree) {
    let path = directory.appending("package.json".utf8)
    guard let status = tree.status(of: path), status.kind == .file, status.byteCount <= Self.byteLimit,
      let manifest = try? tree.withContents(of: path, { Manifest(parsing: $0) })
    else { return nil }
    self = manifest
  }

  /// `nil` where the bytes are no JSON object.
  init?(parsing bytes: RawSpan) {
    guard let fields = try? JSONReader.parse(bytes, keeping: Self.names), case .object = fields else { return nil }
    func list(_ key: String) -> [String] {
      // npm takes an empty string for no restriction.
      if let one = fields[key]?.string { return one.isEmpty ? [] : [one] }
      return fields[key]?.elements.compactMap(\.string) ?? []
    }
    func table(_ key: String) -> [String: String] {
      let members = fields[key]?.members ?? []
      return Dictionary(members.compactMap { member in member.value.string.map { (member.name, $0) } }) { $1 }
    }
    name = fields["name"]?.string
    version = fields["version"]?.string
    main = fields["main"]?.string
    type = fields["type"]?.string
    exports = fields["exports"]
    os = list("os")
    cpu = list("cpu")
    libc = list("libc")
    gypfile = fields["gypfile"]?.bool
    isAddon = fields["addon"]?.isTruthy ?? false
    scripts = table("scripts")
    binaryFields = fields["binary"]
    napi = fields["napi"]
    nodeEngine = fields["engines"]?["node"]?.string
    dependencies = table("dependencies")
    optionalDependencies = table("optionalDependencies")
    packageManager = fields["packageManager"]?.string
    pnpm = fields["pnpm"]
  }
}

extension NPMPackage {
  /// The package described by `manifest`, called `directoryName` where the manifest has no name.
  init?(_ manifest: Manifest?, directoryName: String?, path: TreePath) {
    let named = manifest?.name.flatMap { $0.isEmpty ? nil : $0 }
    guard let name = named ?? directoryName else { return nil }
    var fields = Fields(name: name, version: manifest?.version, path: path)
    if let manifest { fields.fill(from: manifest) }
    self.init(fields)
  }
}

extension NPMPackage.Fields {
  fileprivate mutating func fill(from manifest: Manifest) {
    main = manifest.main
    exports = manifest.exports
    isModule = manifest.type == "module"
    os = manifest.os
    cpu = manifest.cpu
    libc = manifest.libc
    gypfile = manifest.gypfile
    isAddon = manifest.isAddon
    nodeEngine = manifest.nodeEngine
    binaryFields = manifest.binaryFields
    binary = manifest.binaryFields.flatMap { NodePreGyp.Description($0) }
    napi = manifest.napi
    if !manifest.scripts.isEmpty {
      installScript = ["install", "preinstall", "postinstall"].lazy.compactMap { manifest.scripts[$0] }.first
    }
    dependencyRanges = manifest.dependencies
    optionalDependencyRanges = manifest.optionalDependencies
    dependencies = Set(manifest.dependencies.keys)
    optionalDependencies = Set(manifest.optionalDependencies.keys)
  }
}
