extension ScriptRun {
  private var file: JavaScriptFile { module.file }

  /// Evaluates the expression at `index` and leaves `index` behind it.
  mutating func expression(_ index: inout Int, _ end: Int, withCommas: Bool = true) throws(Flow) -> JavaScriptValue {
    var value = try assignment(&index, end)
    while withCommas, index < end, file.has(",", at: index) {
      index += 1
      value = try assignment(&index, end)
    }
    return value
  }

  private mutating func assignment(_ index: inout Int, _ end: Int) throws(Flow) -> JavaScriptValue {
    guard index < end, depth < Self.deepestNesting, !isExhausted() else {
      index = max(index + 1, end)
      return .unknown
    }
    depth += 1
    defer { depth -= 1 }
    if let arrow = try arrowFunction(&index, end) { return arrow }
    if let (path, next) = assignmentTarget(index, end) {
      let isPlain = file.has("=", at: next)
      let isDefault = file.has("||=", at: next) || file.has("??=", at: next)
      index = next + 1
      let value = try assignment(&index, end)
      if skipping == 0 { assign(path, isPlain || isDefault ? value : .unknown) }
      return value
    }
    return try conditional(&index, end)
  }

  /// `a`, `a.b`, `a.b.c` before an assignment's sign, and the place of that sign.
  private func assignmentTarget(_ start: Int, _ end: Int) -> ([String], Int)? {
    guard file.token(start).kind == .identifier else { return nil }
    var path = [file.text(start)]
    var index = start + 1
    while index + 1 < end, file.has(".", at: index), file.token(index + 1).kind == .identifier {
      path.append(file.text(index + 1))
      index += 2
    }
    let signs: [StaticString] = ["=", "||=", "??=", "&&=", "+=", "-="]
    return index < end && signs.contains(where: { file.has($0, at: index) }) ? (path, index) : nil
  }

  private mutating func assign(_ path: [String], _ value: JavaScriptValue) {
    let value = speculation > 0 && value == .unknown ? scope[path[0]] ?? .unknown : value
    switch (path.first, path.count) {
    case ("module", 2) where path[1] == "exports": module.exports = value
    case ("module", 3) where path[1] == "exports": setExport(path[2], value)
    case ("exports", 2): setExport(path[1], value)
    case (let name?, 1): scope.assign(name, value)
    case ("require", 2) where scope["require"] == nil: module.requireMembers[path[1]] = value
    case (let name?, 2):
      if case .error(var error)? = scope[name] {
        if path[1] == "message", let text = value.string { error.message = text }
        if path[1] == "code" { error.code = value.string }
        return scope.assign(name, .error(error))
      }
      guard case .object(var members)? = scope[name] else { return }
      members[path[1]] = value
      scope.assign(name, .object(members))
    default: return
    }
  }

  private mutating func arrowFunction(_ index: inout Int, _ end: Int) throws(Flow) -> JavaScriptValue? {
    var start = index
    if file.has("async", at: start), file.has("(", at: start + 1) || file.token(start + 1).kind == .identifier {
      start += 1
    }
    let parameters: Range<Int>
    let arrow: Int
    if file.has("(", at: start) {
      arrow = file.closing(start) + 1
      parameters = min(start + 1, arrow - 1)..<max(min(start + 1, arrow - 1), arrow - 1)
    } else {
      guard file.token(start).kind == .identifier else { return nil }
      arrow = start + 1
      parameters = start..<start + 1
    }
    guard arrow < end, file.has("=>", at: arrow) else { return nil }
    if file.has("{", at: arrow + 1) {
      let close = file.closing(arrow + 1)
      index = close + 1
      return add(parameters, arrow + 2..<max(arrow + 2, close), isExpression: false)
    }
    index = arrow + 1
    skipping += 1
    defer { skipping -= 1 }
    _ = try assignment(&index, end)
    return add(parameters, arrow + 1..<index, isExpression: true)
  }

  private mutating func conditional(_ index: inout Int, _ end: Int) throws(Flow) -> JavaScriptValue {
    let condition = try binary(&index, end, above: 0)
    guard index < end, file.has("?", at: index) else { return condition }
    index += 1
    let truth = skipping > 0 ? nil : condition.truth
    let first = try operand(isTaken: truth, &index, end)
    guard index < end, file.has(":", at: index) else { return .unknown }
    index += 1
    let second = try operand(isTaken: truth.map { !$0 }, &index, end)
    guard let truth else { return first == second ? first : .unknown }
    return truth ? first : second
  }

  /// The branch of a conditional: read over where it is not taken, gone through without belief where that is not known.
  private mutating func operand(isTaken: Bool?, _ index: inout Int, _ end: Int) throws(Flow) -> JavaScriptValue {
    if isTaken == true { return try assignment(&index, end) }
    var (position, value) = (index, JavaScriptValue.unknown)
    if isTaken == false || skipping > 0 {
      skipping += 1
      defer { skipping -= 1 }
      value = (try? assignment(&position, end)) ?? .unknown
    } else {
      try speculatively { run throws(Flow) in value = try run.assignment(&position, end) }
    }
    if position <= index { position = skipped(index, end) }
    index = position
    return value
  }

  /// Behind the operand at `index`, read over after an error in it.
  private mutating func skipped(_ index: Int, _ end: Int) -> Int {
    var position = index
    skipping += 1
    defer { skipping -= 1 }
    _ = try? assignment(&position, end)
    return max(position, index + 1)
  }

  private static let precedences: [String: Int] = [
    "??": 1, "||": 1, "&&": 2, "|": 3, "^": 3, "&": 3, "==": 4, "!=": 4, "===": 4, "!==": 4, "<": 5, ">": 5, "<=": 5,
    ">=": 5, "in": 5, "instanceof": 5, "<<": 6, ">>": 6, ">>>": 6, "+": 7, "-": 7, "*": 8, "/": 8, "%": 8, "**": 9,
  ]

  private mutating func binary(_ index: inout Int, _ end: Int, above lowest: Int) throws(Flow) -> JavaScriptValue {
    var left = try unary(&index, end)
    while index < end, file.token(index).kind == .punctuator || file.token(index).kind == .identifier {
      let sign = file.text(index)
      guard let precedence = Self.precedences[sign], precedence > lowest else { break }
      let before = index
      index += 1
      switch sign {
      case "||", "??", "&&": left = try logical(sign, left, &index, end, precedence)
      default: left = Self.apply(sign, left, try binary(&index, end, above: precedence))
      }
      // Whatever the operand was, the loop goes on behind it.
      index = max(index, before + 1)
    }
    return left
  }

  private mutating func logical(
    _ sign: String, _ left: JavaScriptValue, _ index: inout Int, _ end: Int, _ precedence: Int
  ) throws(Flow) -> JavaScriptValue {
    let isDecided: Bool? =
      switch sign {
      case "&&": left.truth.map { !$0 }
      case "||": left.truth
      default: left == .unknown ? nil : left != .undefined && left != .null
      }
    var (position, right) = (index, JavaScriptValue.unknown)
    if isDecided == true || skipping > 0 {
      skipping += 1
      defer { skipping -= 1 }
      _ = try? binary(&position, end, above: precedence)
      index = max(position, index + 1)
      return left
    }
    if isDecided == false {
      right = try binary(&position, end, above: precedence)
      index = position
      return right
    }
    try speculatively { run throws(Flow) in right = try run.binary(&position, end, above: precedence) }
    if position <= index { position = skipped(index, end) }
    index = position
    // `options.dir || __dirname`: without options, the right one.
    return sign == "&&" ? .unknown : right
  }

  private static func apply(_ sign: String, _ left: JavaScriptValue, _ right: JavaScriptValue) -> JavaScriptValue {
    switch sign {
    case "===", "!==", "==", "!=":
      guard let equal = isEqual(left, right, loosely: sign.count == 2) else { return .unknown }
      return .bool(equal == (sign.first == "="))
    case "+":
      if case .number(let a) = left, case .number(let b) = right { return .number(a + b) }
      guard let a = left.text, let b = right.text else { return .unknown }
      return .string(a + b)
    case "in":
      guard case .string(let name) = left else { return .unknown }
      switch right {
      case .object(let members): return .bool(members[name] != nil)
      // What rollup asks of every module that it did not bundle.
      case .library where name == "default" || name == "__esModule": return .bool(false)
      default: return .unknown
      }
    case "<", ">", "<=", ">=":
      guard case .number(let a) = left, case .number(let b) = right else { return .unknown }
      return .bool(sign == "<" ? a < b : sign == ">" ? a > b : sign == "<=" ? a <= b : a >= b)
    default: return .unknown
    }
  }

  private static func isEqual(_ a: JavaScriptValue, _ b: JavaScriptValue, loosely: Bool) -> Bool? {
    if a == .unknown || b == .unknown { return nil }
    if loosely, [.undefined, .null].contains(a), [.undefined, .null].contains(b) { return true }
    switch (a, b) {
    case (.object, .object), (.array, .array): return nil
    case (.number(let number), .string(let text)) where loosely, (.string(let text), .number(let number)) where loosely:
      return Double(text) == number
    default: return a == b
    }
  }

  private mutating func unary(_ index: inout Int, _ end: Int) throws(Flow) -> JavaScriptValue {
    guard index < end, depth < Self.deepestNesting else {
      index = max(index + 1, end)
      return .unknown
    }
    depth += 1
    defer { depth -= 1 }
    let token = file.token(index)
    guard token.kind == .punctuator || token.kind == .identifier else { return try postfix(&index, end) }
    switch file.text(index) {
    case "!":
      index += 1
      return try unary(&index, end).truth.map { .bool(!$0) } ?? .unknown
    case "typeof":
      index += 1
      return Self.type(try unary(&index, end))
    case "void":
      index += 1
      _ = try unary(&index, end)
      return .undefined
    case "+", "-":
      let isNegative = file.has("-", at: index)
      index += 1
      let value = try unary(&index, end)
      if case .number(let number) = value { return .number(isNegative ? -number : number) }
      if case .string(let text) = value, let number = Double(text) { return .number(isNegative ? -number : number) }
      return .unknown
    case "await", "...":
      index += 1
      return try unary(&index, end)
    case "delete", "~", "++", "--":
      index += 1
      _ = try unary(&index, end)
      return .unknown
    default: return try postfix(&index, end)
    }
  }

  private static func type(_ value: JavaScriptValue) -> JavaScriptValue {
    switch value {
    case .undefined: .string("undefined")
    case .null, .array, .object, .error: .string("object")
    case .bool: .string("boolean")
    case .number: .string("number")
    case .string: .string("string")
    case .require, .requireResolve, .function: .string("function")
    case .pattern: .string("object")
    case .library(let name, nil):
      .string(Loaders.library(named: name) != nil || callableModules.contains(name) ? "function" : "object")
    case .library, .module, .unknown: .unknown
    }
  }

  /// Of Node.js's modules and globals, those that can be called; of the others `typeof` gives `object`.
  private static let callableModules: Set<String> = [
    "module", "events", "stream", "assert", "String", "Number", "Boolean", "Array", "Object", "parseInt",
    "Buffer",
  ]

  mutating func template(_ index: Int) throws(Flow) -> JavaScriptValue {
    var text = ""
    var isKnown = true
    for piece in file.templatePieces(index) {
      switch piece {
      case .text(let part): text += part
      case .expression(let range):
        let part = ScriptModule(JavaScriptFile(part: range, of: file))
        let outer = module
        part.exports = outer.exports
        part.requireMembers = outer.requireMembers
        module = part
        defer { module = outer }
        var position = 0
        let value = try expression(&position, part.file.tokens.count)
        if let known = value.text { text += known } else { isKnown = false }
      }
    }
    return isKnown ? .string(text) : .unknown
  }
}
