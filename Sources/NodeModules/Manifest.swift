#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import PackageFiles

/// A `package.json` as it may really look: any field can be missing or of another type, which counts as missing.
///
/// Only the fields named here are visited. The decoder itself refuses to nest deeper than 512 levels, so a hostile file
/// cannot exhaust the stack, and accepts a byte-order mark.
struct Manifest: Decodable {
  /// Larger files are not read: the largest in the npm registry are a few hundred kilobytes.
  static let byteLimit = 4 << 20

  var name: String?
  var version: String?
  var main: String?
  var os: [String]
  var cpu: [String]
  var libc: [String]
  var gypfile: Bool?
  var scripts: [String: String]
  var binary: NodePreGyp.Description?
  var dependencies: Set<String>
  var optionalDependencies: Set<String>

  /// The manifest in `directory`; `nil` where there is none or it is no JSON object.
  init?(in directory: TreePath, of tree: some FileTree) {
    let path = directory.appending("package.json".utf8)
    guard let status = tree.status(of: path), status.kind == .file, status.byteCount <= Self.byteLimit,
      let data = try? tree.withContents(of: path, { file in file.withUnsafeBytes { Data($0) } }),
      let manifest = try? JSONDecoder().decode(Manifest.self, from: data)
    else { return nil }
    self = manifest
  }

  private enum Key: String, CodingKey {
    case name, version, main, os, cpu, libc, gypfile, scripts, binary, dependencies, optionalDependencies
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    func string(_ key: Key) -> String? { try? fields.decode(String.self, forKey: key) }
    func list(_ key: Key) -> [String] {
      if let one = string(key) { return [one] }
      return (try? fields.decode([Lenient<String>].self, forKey: key))?.compactMap(\.value) ?? []
    }
    func table(_ key: Key) -> [String: String] {
      (try? fields.decode([String: Lenient<String>].self, forKey: key))?.compactMapValues(\.value) ?? [:]
    }
    name = string(.name)
    version = string(.version)
    main = string(.main)
    os = list(.os)
    cpu = list(.cpu)
    libc = list(.libc)
    gypfile = try? fields.decode(Bool.self, forKey: .gypfile)
    scripts = table(.scripts)
    binary = try? fields.decode(NodePreGyp.Description.self, forKey: .binary)
    dependencies = Set(table(.dependencies).keys)
    optionalDependencies = Set(table(.optionalDependencies).keys)
  }
}

/// A value that is `nil` where the JSON has one of another type.
struct Lenient<Value: Decodable>: Decodable {
  var value: Value?

  init(from decoder: any Decoder) throws { value = try? decoder.singleValueContainer().decode(Value.self) }
}

extension NPMPackage {
  /// The package described by `manifest`, called `directoryName` where the manifest has no name.
  init?(_ manifest: Manifest?, directoryName: String?, path: TreePath) {
    let named = manifest?.name.flatMap { $0.isEmpty ? nil : $0 }
    guard let name = named ?? directoryName else { return nil }
    self.init(name: name, version: manifest?.version, path: path)
    guard let manifest else { return }
    main = manifest.main
    os = manifest.os
    cpu = manifest.cpu
    libc = manifest.libc
    gypfile = manifest.gypfile
    installScript = ["install", "preinstall", "postinstall"].lazy.compactMap { manifest.scripts[$0] }.first
    binary = manifest.binary
    dependencies = manifest.dependencies
    optionalDependencies = manifest.optionalDependencies
  }
}
