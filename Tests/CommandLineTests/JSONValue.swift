import Foundation

/// Any JSON.
enum JSONValue: Codable, Hashable {
  case null, bool(Bool), number(Int), string(String), array([JSONValue]), object([String: JSONValue])

  init(_ text: String) throws { self = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let bool = try? container.decode(Bool.self) {
      self = .bool(bool)
    } else if let number = try? container.decode(Int.self) {
      self = .number(number)
    } else if let string = try? container.decode(String.self) {
      self = .string(string)
    } else if let array = try? container.decode([JSONValue].self) {
      self = .array(array)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let bool): try container.encode(bool)
    case .number(let number): try container.encode(number)
    case .string(let string): try container.encode(string)
    case .array(let array): try container.encode(array)
    case .object(let object): try container.encode(object)
    }
  }

  subscript(key: String) -> JSONValue? {
    if case .object(let object) = self { object[key] } else { nil }
  }

  subscript(index: Int) -> JSONValue? {
    if case .array(let array) = self, array.indices.contains(index) { array[index] } else { nil }
  }

  var string: String? { if case .string(let string) = self { string } else { nil } }
  var number: Int? { if case .number(let number) = self { number } else { nil } }
  var array: [JSONValue] { if case .array(let array) = self { array } else { [] } }
  var keys: Set<String> { if case .object(let object) = self { Set(object.keys) } else { [] } }

  /// The paths of facts that are absent and should leave no key: null, empty texts, empty objects.
  func emptyFacts(at path: String = "") -> [String] {
    switch self {
    case .null: [path]
    case .string(let string): string.isEmpty ? [path] : []
    case .array(let array): array.enumerated().flatMap { $1.emptyFacts(at: "\(path)[\($0)]") }
    case .object(let object):
      object.isEmpty ? [path] : object.sorted { $0.key < $1.key }.flatMap { $1.emptyFacts(at: "\(path).\($0)") }
    case .bool, .number: []
    }
  }
}
