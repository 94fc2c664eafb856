import CatalogData

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// One of the data files that are embedded in the executable.
enum CatalogFile {
  /// Decodes the file of that name below `Sources/CatalogData/catalog`; `nil` if there is none.
  ///
  /// The files are part of the program: one that does not decode is a mistake of the programmer.
  static func decode<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) -> Value? {
    let file = airworthy_catalog_find(name)
    guard let bytes = file.bytes else { return nil }
    do {
      return try JSONDecoder().decode(type, from: Data(bytes: bytes, count: file.count))
    } catch {
      preconditionFailure("\(name) in the catalog: \(error)")
    }
  }

  /// Decodes a file that the catalog always has.
  static func required<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) -> Value {
    guard let value = decode(name, as: type) else { preconditionFailure("the catalog has no \(name)") }
    return value
  }
}
