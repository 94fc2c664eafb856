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
  /// `scripts.install`, or else `scripts.preinstall` or `scripts.postinstall`.
  var installScript: String?
  /// `binary`, whatever is in it.
  var binaryFields: JSONValue?
  var napi: JSONValue?
  var nodeEngine: String?
  var dependencies: Set<String>
  var optionalDependencies: Set<String>

  /// The members of a `package.json` that are kept.
  private enum Member: Int, CaseIterable, CodingKey {
    case name, version, main, type, exports, os, cpu, libc, gypfile, addon, scripts, binary, napi, engines, dependencies
    case optionalDependencies
  }

  private static let members = NameTable(Member.allCases.map(\.stringValue))

  /// The manifest in `directory`; `nil` where there is none or it is no JSON object.
  init?(in directory: TreePath, of tree: some FileTree) {
    let path = directory.appending("package.json")
    guard let status = tree.status(of: path), status.kind == .file, status.byteCount <= Self.byteLimit,
      let manifest = try? tree.withContents(of: path, { Manifest(parsing: $0) })
    else { return nil }
    self = manifest
  }

  /// `nil` where the bytes are no JSON object.
  init?(parsing bytes: RawSpan) {
    guard let found = (try? JSONReader.members(of: bytes, called: Self.members)) ?? nil else { return nil }
    func value(_ member: Member) -> JSONValue? { found[member.rawValue] }
    func list(_ member: Member) -> [String] {
      // npm takes an empty string for no restriction.
      if let one = value(member)?.string { return one.isEmpty ? [] : [one] }
      return value(member)?.elements.compactMap(\.string) ?? []
    }
    func names(_ member: Member) -> Set<String> {
      guard case .object(let members)? = value(member) else { return [] }
      var names = Set<String>(minimumCapacity: members.count)
      // Of two members with one name, the last counts.
      for member in members {
        if member.value.string != nil { names.insert(member.name) } else { names.remove(member.name) }
      }
      return names
    }
    name = value(.name)?.string
    version = value(.version)?.string
    main = value(.main)?.string
    type = value(.type)?.string
    exports = value(.exports)
    os = list(.os)
    cpu = list(.cpu)
    libc = list(.libc)
    gypfile = value(.gypfile)?.bool
    isAddon = value(.addon)?.isTruthy ?? false
    installScript = value(.scripts).flatMap { scripts in
      ["install", "preinstall", "postinstall"].lazy.compactMap { scripts[$0]?.string }.first
    }
    binaryFields = value(.binary)
    napi = value(.napi)
    nodeEngine = value(.engines)?["node"]?.string
    dependencies = names(.dependencies)
    optionalDependencies = names(.optionalDependencies)
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
    installScript = manifest.installScript
    dependencies = manifest.dependencies
    optionalDependencies = manifest.optionalDependencies
  }
}
