extension ScriptRun {
  private var file: JavaScriptFile { module.file }

  /// An operand with the members, calls and templates behind it.
  mutating func postfix(_ index: inout Int, _ end: Int) throws(Flow) -> JavaScriptValue {
    var value = try primary(&index, end)
    while index < end {
      if file.has(".", at: index) || file.has("?.", at: index) {
        let isOptionalCall = file.has("?.", at: index) && !(file.token(index + 1).kind == .identifier)
        index += 1
        if isOptionalCall { continue }
        let name = file.text(index)
        index += 1
        if file.has("(", at: index) {
          value = try methodCall(name, of: value, &index)
        } else {
          value = member(name, of: value)
        }
      } else if file.has("[", at: index) {
        let close = file.closing(index)
        var position = index + 1
        let key = try expression(&position, close)
        index = close + 1
        value = element(key, of: value)
      } else if file.has("(", at: index) {
        let arguments = try arguments(&index)
        value = skipping > 0 ? .unknown : try call(value, arguments)
      } else if file.token(index).kind == .template {
        index += 1
        value = .unknown
      } else if file.has("++", at: index) || file.has("--", at: index) {
        index += 1
        value = .unknown
      } else {
        break
      }
    }
    return value
  }

  private func element(_ key: JavaScriptValue, of value: JavaScriptValue) -> JavaScriptValue {
    switch key {
    case .string(let name): return member(name, of: value)
    case .number(let number):
      guard case .array(let values) = value, let position = Int(exactly: number) else { return .unknown }
      return values.indices.contains(position) ? values[position] : .undefined
    default: return .unknown
    }
  }

  /// The arguments of the call whose bracket stands at `index`; leaves `index` behind it.
  mutating func arguments(_ index: inout Int) throws(Flow) -> [JavaScriptValue] {
    let close = file.closing(index)
    var values: [JavaScriptValue] = []
    var position = index + 1
    while position < close {
      let before = position
      values.append(try expression(&position, close, withCommas: false))
      if file.has(",", at: position) { position += 1 }
      if position <= before { position = before + 1 }
    }
    index = close + 1
    return values
  }

  private mutating func primary(_ index: inout Int, _ end: Int) throws(Flow) -> JavaScriptValue {
    let here = index
    let token = file.token(here)
    index += 1
    switch token.kind {
    case .string: return .string(file.string(here))
    case .number: return Double(file.text(here)).map { .number($0) } ?? .unknown
    case .template: return skipping > 0 ? .unknown : try template(here)
    case .regularExpression: return TextPattern(file.text(here)).map { .pattern($0) } ?? .unknown
    case .end: return .unknown
    case .identifier: return try word(&index, end)
    case .punctuator: return try bracket(&index, end)
    }
  }

  private mutating func bracket(_ index: inout Int, _ end: Int) throws(Flow) -> JavaScriptValue {
    let open = index - 1
    let close = file.closing(open)
    if file.has("(", at: open) {
      defer { index = close + 1 }
      return try expression(&index, close)
    }
    if file.has("[", at: open) {
      index = open
      return .array(try arguments(&index))
    }
    if file.has("{", at: open) {
      let value = try objectLiteral(open + 1, close)
      index = close + 1
      return value
    }
    // Something that is no operand: it is left where it is, and whoever called goes on behind it.
    index = open
    return .unknown
  }

  private mutating func objectLiteral(_ start: Int, _ end: Int) throws(Flow) -> JavaScriptValue {
    var members: [String: JavaScriptValue] = [:]
    var index = start
    while index < end {
      let before = index
      let token = file.token(index)
      if token.kind == .identifier || token.kind == .string, file.has(":", at: index + 1) {
        let name = token.kind == .string ? file.string(index) : file.text(index)
        index += 2
        members[name] = try expression(&index, end, withCommas: false)
      } else if token.kind == .identifier || token.kind == .string, file.has("(", at: index + 1) {
        let name = token.kind == .string ? file.string(index) : file.text(index)
        members[name] = function(&index, end)
      } else if token.kind == .identifier, file.has(",", at: index + 1) || index + 1 >= end {
        members[file.text(index)] = variable(file.text(index))
        index += 1
      } else {
        _ = try expression(&index, end, withCommas: false)
      }
      if file.has(",", at: index) { index += 1 }
      if index <= before { index = before + 1 }
    }
    return .object(members)
  }

  private mutating func word(_ index: inout Int, _ end: Int) throws(Flow) -> JavaScriptValue {
    let name = file.text(index - 1)
    switch name {
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "null": return .null
    case "undefined": return .undefined
    case "function": return function(&index, end)
    case "async" where file.has("function", at: index):
      index += 1
      return function(&index, end)
    case "class":
      index -= 1
      skipClass(&index, end)
      return .unknown
    case "new": return try construction(&index, end)
    case "import":
      if file.has("(", at: index) {
        let request = try arguments(&index).first?.string
        return skipping == 0 ? try request.map { request throws(Flow) in try require(request) } ?? .unknown : .unknown
      }
      if file.has(".", at: index), file.has("meta", at: index + 1) { index += 2 }
      return .library("import.meta", member: nil)
    default: return variable(name)
    }
  }

  /// `new Error(text)` and `new URL(text, base)`; of anything else only the arguments are gone through.
  private mutating func construction(_ index: inout Int, _ end: Int) throws(Flow) -> JavaScriptValue {
    if file.has(".", at: index) {
      // `new.target`
      index += 2
      return .unknown
    }
    var name = file.text(index)
    if file.has("(", at: index) {
      // `new (require('url').URL)(text)`
      index = file.closing(index)
      name = file.text(max(index - 1, 0))
    }
    index += 1
    while file.has(".", at: index) {
      name = file.text(index + 1)
      index += 2
    }
    guard file.has("(", at: index) else { return .unknown }
    let values = try arguments(&index)
    if skipping > 0 { return .unknown }
    if name.hasSuffix("Error") { return .error(NodeError(values.first?.text ?? "")) }
    if name == "URL", let text = values.first?.string {
      let base = values.count > 1 ? values[1].string ?? "" : ""
      let file = base.hasPrefix("file://") ? String(base.dropFirst(7)) : module.file.path
      let path = text.hasPrefix("file:") ? String(text.dropFirst(text.hasPrefix("file://") ? 7 : 5)) : text
      return .object(["href": .string("file://" + NodePath.resolve(NodePath.directory(of: file), path))])
    }
    return .unknown
  }

  private func variable(_ name: String) -> JavaScriptValue {
    if let known = scope[name] { return known }
    switch name {
    case "require", "__require", "__non_webpack_require__": return .require
    case "__dirname": return .string(module.directory)
    case "__filename": return .string(file.path)
    case "module": return .object(["exports": module.exports])
    case "exports": return module.exports
    case "process", "String", "Number", "Boolean", "Array", "parseInt", "JSON", "Object", "WebAssembly", "Buffer":
      return .library(name, member: nil)
    case "NaN": return .number(.nan)
    case "__webpack_require__", "window", "document", "Bun", "Deno", "EdgeRuntime", "importScripts": return .undefined
    default: return .unknown
    }
  }
}
