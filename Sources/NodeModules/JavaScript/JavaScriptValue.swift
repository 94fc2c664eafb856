/// What is known of a value in a package's JavaScript without running it.
public indirect enum JavaScriptValue: Hashable, Sendable {
  case undefined
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JavaScriptValue])
  case object([String: JavaScriptValue])
  case error(NodeError)
  case pattern(TextPattern)
  /// What `require` gives for one of Node.js's own modules or for a loader library, or a member of it: `path.join` is
  /// `("path", "join")`.
  case library(String, member: String?)
  /// `require` itself, or what `createRequire` makes.
  case require
  /// `require.resolve`.
  case requireResolve
  /// What `require` gave for the file at a path.
  case module(String)
  /// A function of the JavaScript that is looked at, by its place in the interpreter's table.
  case function(Int)
  /// Nothing is known of it.
  case unknown

  var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// What a condition makes of it; `nil` where that is not known.
  var truth: Bool? {
    switch self {
    case .undefined, .null: false
    case .bool(let value): value
    case .number(let value): value != 0 && !value.isNaN
    case .string(let text): !text.isEmpty
    case .array, .object, .error, .pattern, .library, .require, .requireResolve, .module, .function: true
    case .unknown: nil
    }
  }

  /// As `String(value)` and template literals write it; `nil` where that is not known.
  var text: String? {
    switch self {
    case .undefined: "undefined"
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let value): Int(exactly: value).map(String.init) ?? "\(value)"
    case .string(let text): text
    case .error(let error): "Error: " + error.message
    case .array, .object, .pattern, .library, .require, .requireResolve, .module, .function, .unknown: nil
    }
  }
}
