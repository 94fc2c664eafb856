/// A JSON document in memory, as JavaScript's `JSON.parse` reads it.
public enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  /// In the document's order; of two members with one name, the last counts.
  case object([Member])

  public struct Member: Hashable, Sendable {
    public var name: String
    public var value: JSONValue

    public init(_ name: String, _ value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  /// The member of an object; `nil` where there is none or it is no object.
  public subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.name == name }?.value
  }

  public var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  public var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// A whole number that fits.
  public var integer: Int? {
    if case .number(let value) = self { Int(exactly: value) } else { nil }
  }

  /// The elements; empty where it is no array.
  public var elements: [JSONValue] {
    if case .array(let values) = self { values } else { [] }
  }

  /// The members in order, each name once; empty where it is no object.
  public var members: [Member] {
    guard case .object(let members) = self else { return [] }
    var positions: [String: Int] = [:]
    var unique: [Member] = []
    for member in members {
      if let position = positions[member.name] {
        unique[position].value = member.value
      } else {
        positions[member.name] = unique.count
        unique.append(member)
      }
    }
    return unique
  }

  /// Whether JavaScript takes it for true.
  public var isTruthy: Bool {
    switch self {
    case .null: false
    case .bool(let value): value
    case .number(let value): value != 0 && !value.isNaN
    case .string(let text): !text.isEmpty
    case .array, .object: true
    }
  }
}
