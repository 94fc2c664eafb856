extension ScriptRun {
  /// `value.name(arguments)`, the bracket at `index`.
  mutating func methodCall(
    _ name: String, of value: JavaScriptValue, _ index: inout Int
  ) throws(Flow) -> JavaScriptValue {
    let arguments = try arguments(&index)
    if skipping > 0 { return .unknown }
    switch value {
    case .string(let text): return Self.method(name, of: text, arguments)
    case .array(let values): return try method(name, of: values, arguments)
    case .pattern(let pattern) where name == "test":
      return arguments.first?.string.map { .bool(pattern.matches($0)) } ?? .unknown
    case .function(let number) where name == "call": return try call(number, Array(arguments.dropFirst()))
    case .function(let number) where name == "apply": return try call(number, [])
    default: return try call(member(name, of: value), arguments)
    }
  }

  /// `value.name`.
  func member(_ name: String, of value: JavaScriptValue) -> JavaScriptValue {
    switch value {
    case .object(let members): return members[name] ?? .undefined
    case .error(let error):
      switch name {
      case "code": return error.code.map { .string($0) } ?? .undefined
      case "message": return .string(error.message)
      default: return .unknown
      }
    case .string(let text): return name == "length" ? .number(Double(text.utf16.count)) : .unknown
    case .array(let values): return name == "length" ? .number(Double(values.count)) : .unknown
    case .require: return name == "resolve" ? .requireResolve : module.requireMembers[name] ?? .unknown
    case .module(let path):
      guard let exports = modules[path]?.exports, case .object(let members) = exports else { return .unknown }
      return members[name] ?? .unknown
    case .library(let library, nil):
      if let loader = Loaders.library(named: library) {
        return loader.constant(name, search) ?? .library(library, member: name)
      }
      return BuiltInModules(process: search.process, file: module.file.path).member(name, of: library)
    case .library(let library, let outer?):
      return BuiltInModules(process: search.process, file: module.file.path).member(name, of: library + "." + outer)
    case .undefined, .null, .bool, .number, .pattern, .requireResolve, .function, .unknown: return .unknown
    }
  }

  private static func method(
    _ name: String, of text: String, _ arguments: [JavaScriptValue]
  ) -> JavaScriptValue {
    let first = arguments.first?.string
    switch (name, first) {
    case ("toLowerCase", _): return .string(text.lowercased())
    case ("toUpperCase", _): return .string(text.uppercased())
    case ("toString", _): return .string(text)
    case ("trim", _):
      return .string(String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()))
    case ("startsWith", let prefix?): return .bool(text.hasPrefix(prefix))
    case ("endsWith", let suffix?): return .bool(text.hasSuffix(suffix))
    case ("includes", let part?): return .bool(contains(part, text))
    case ("concat", _):
      let parts = arguments.map(\.text)
      return parts.contains(nil) ? .unknown : .string(text + parts.compactMap(\.self).joined())
    case ("split", let separator?) where separator.count == 1:
      let parts = text.split(separator: Character(separator), omittingEmptySubsequences: false)
      return .array(parts.map { .string(String($0)) })
    case ("replace", nil):
      guard case .pattern(let pattern)? = arguments.first, arguments.count > 1, let new = arguments[1].string,
        !new.contains("$")
      else { return .unknown }
      return .string(pattern.replaced(in: text, by: new))
    case ("replace", let part?) where !part.isEmpty:
      guard arguments.count > 1, let new = arguments[1].string else { return .unknown }
      return .string(replacingFirst(part, in: text, by: new))
    default: return .unknown
    }
  }

  private static func contains(_ part: String, _ text: String) -> Bool {
    part.isEmpty || text.indices.contains { text[$0...].hasPrefix(part) }
  }

  private static func replacingFirst(_ part: String, in text: String, by new: String) -> String {
    guard let start = text.indices.first(where: { text[$0...].hasPrefix(part) }) else { return text }
    return text[..<start] + new + text[start...].dropFirst(part.count)
  }

  private mutating func method(
    _ name: String, of values: [JavaScriptValue], _ arguments: [JavaScriptValue]
  ) throws(Flow) -> JavaScriptValue {
    switch name {
    case "join":
      let separator = arguments.first?.string ?? ","
      let parts = values.map(\.text)
      return parts.contains(nil) ? .unknown : .string(parts.compactMap(\.self).joined(separator: separator))
    case "includes": return arguments.first.map { .bool(values.contains($0)) } ?? .unknown
    case "concat":
      return .array(values + arguments.flatMap { if case .array(let more) = $0 { more } else { [$0] } })
    case "map", "forEach", "some", "every", "find", "filter":
      guard let function = arguments.first, values.count <= 64 else { return .unknown }
      var results: [JavaScriptValue] = []
      for (position, value) in values.enumerated() {
        results.append(try call(function, [value, .number(Double(position))]))
      }
      return name == "map" ? .array(results) : selected(name, values, results)
    default: return .unknown
    }
  }

  private func selected(
    _ name: String, _ values: [JavaScriptValue], _ results: [JavaScriptValue]
  ) -> JavaScriptValue {
    let truths = results.map(\.truth)
    if name == "forEach" { return .undefined }
    if truths.contains(nil) { return .unknown }
    let kept = zip(values, truths).filter { $0.1 == true }.map(\.0)
    switch name {
    case "filter": return .array(kept)
    case "find": return kept.first ?? .undefined
    case "some": return .bool(!kept.isEmpty)
    default: return .bool(kept.count == values.count)
    }
  }
}
