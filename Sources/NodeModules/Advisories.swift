import CatalogData
import PackageFiles

/// What is known of one npm package that should be replaced, whatever its binaries do.
public struct Advisory: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable {
    /// Its authors have given it up.
    case abandoned
    /// It uses V8's own interface: a build serves one line of Node.js.
    case v8Bound = "v8-bound"
    /// Later releases of it, or another package, come without the trouble.
    case superseded
  }

  public var package: String
  public var kind: Kind
  /// What its own project says of it, one clause.
  public var status: String
  /// The versions that it is about: from `from` on and before `below`.
  public var from: PackageVersion?
  public var below: PackageVersion?
  /// The first Node.js major version on which it cannot be built or loaded; `nil` where it still works.
  public var brokenSince: Int?
  /// Maintained npm packages, or what Node.js has built in, that do the same; the first is the one to take.
  public var replacements: [Replacement]
  /// Where the status is stated.
  public var source: String

  public enum Replacement: Hashable, Sendable {
    case npm(String)
    case builtIn(String)
  }

  /// Whether it is about this version; a package without a version counts as every one.
  func concerns(_ version: PackageVersion?) -> Bool {
    guard let version else { return true }
    return from.map { version >= $0 } ?? true && below.map { version < $0 } ?? true
  }
}

extension Advisory {
  /// Replacements that come as one npm package for each platform: npm has to be told which one.
  public static var platformSpecific: Set<String> { document.platformSpecific }

  /// Replacements whose newest release needs a Node-API version that older runtimes lack, and the release for those.
  public static var nodeAPIFloors: [String: (nodeAPI: Int, older: String)] { document.floors }

  /// Every advisory, in the catalog's order.
  public static var all: [Advisory] { document.advisories }

  /// The advisory for an npm package, if there is one.
  public static func find(_ package: NPMPackage) -> Advisory? {
    guard names.contains(package.name) else { return nil }
    return document.byName[package.name]?.first { $0.concerns(package.numbers) }
  }

  private static let document = AdvisoryDocument()
  private static let names = NameTable(document.byName.keys)
}

/// `advisories.json` of the catalog.
private struct AdvisoryDocument: Sendable {
  var advisories: [Advisory] = []
  var byName: [String: [Advisory]] = [:]
  var platformSpecific: Set<String> = []
  var floors: [String: (nodeAPI: Int, older: String)] = [:]

  init() {
    let file = airworthy_catalog_find("advisories.json")
    let bytes = UnsafeRawBufferPointer(start: file.bytes, count: file.count)
    guard let document = try? JSONReader.parse(RawSpan(_unsafeBytes: bytes)) else {
      preconditionFailure("the catalog's advisories are no JSON")
    }
    advisories = (document["advisories"]?.elements ?? []).compactMap { Advisory($0) }
    byName = Dictionary(grouping: advisories, by: \.package)
    platformSpecific = Set(document["platformSpecific"]?.elements.compactMap(\.string) ?? [])
    for floor in document["nodeAPIFloors"]?.elements ?? [] {
      guard let name = floor["package"]?.string, let version = floor["nodeAPI"]?.integer,
        let older = floor["older"]?.string
      else { continue }
      floors[name] = (version, older)
    }
  }
}

extension Advisory {
  fileprivate init?(_ row: JSONValue) {
    guard let name = row["package"]?.string, let status = row["status"]?.string, let source = row["source"]?.string,
      let kind = row["kind"]?.string.flatMap({ Kind(rawValue: $0) })
    else { return nil }
    func list(_ key: String) -> [String] { row[key]?.elements.compactMap(\.string) ?? [] }
    self.init(
      package: name, kind: kind, status: status, from: row["from"]?.string.flatMap { PackageVersion($0) },
      below: row["below"]?.string.flatMap { PackageVersion($0) }, brokenSince: row["brokenSince"]?.integer,
      replacements: list("npm").map { .npm($0) } + list("builtIn").map { .builtIn($0) }, source: source)
  }
}
