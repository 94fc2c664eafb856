import CatalogData
import PackageFiles

/// A value in a data file that is embedded in the executable.
///
/// The files are part of the program: what is not there, or is something else, is a mistake of the programmer.
struct CatalogValue {
  private let json: JSONValue
  /// The file, or the member's name.
  private let name: String

  private init(_ json: JSONValue, _ name: String) {
    self.json = json
    self.name = name
  }

  /// The file of that name below `Sources/CatalogData/catalog`, which the catalog always has.
  init(file name: String) {
    guard let value = Self(optionalFile: name) else { preconditionFailure("the catalog has no \(name)") }
    self = value
  }

  /// The file of that name below `Sources/CatalogData/catalog`; `nil` if there is none.
  init?(optionalFile name: String) {
    let file = airworthy_catalog_find(name)
    if file.bytes == nil { return nil }
    do throws(JSONReader.Failure) {
      let bytes = UnsafeRawBufferPointer(start: file.bytes, count: file.count)
      json = try JSONReader.parse(RawSpan(_unsafeBytes: bytes))
    } catch {
      preconditionFailure("\(name) in the catalog: \(error)")
    }
    self.name = name
  }

  private func expected<Value>(_ what: String) -> Value { preconditionFailure("the catalog's \(name) has no \(what)") }

  func optional(_ member: String) -> CatalogValue? { json[member].map { CatalogValue($0, member) } }

  subscript(_ member: String) -> CatalogValue { optional(member) ?? expected(member) }

  var string: String { json.string ?? expected("text") }
  var integer: Int { json.integer ?? expected("number") }
  var bool: Bool { json.bool ?? expected("true or false") }
  var elements: [CatalogValue] {
    guard case .array(let elements) = json else { return expected("list") }
    return elements.map { CatalogValue($0, name) }
  }
  var strings: [String] { elements.map(\.string) }

  /// Every member by its name.
  func members<Value>(_ value: (CatalogValue) -> Value) -> [String: Value] {
    guard case .object = json else { return expected("members") }
    return Dictionary(uniqueKeysWithValues: json.members.map { ($0.name, value(CatalogValue($0.value, $0.name))) })
  }

  /// What the text stands for.
  func parsed<Value>(_ parse: (String) -> Value?) -> Value { parse(string) ?? expected("other text than \(string)") }
}
