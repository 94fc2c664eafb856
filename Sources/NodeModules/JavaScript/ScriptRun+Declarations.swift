extension ScriptRun {
  private var file: JavaScriptFile { module.file }

  mutating func declaration(_ index: inout Int, _ end: Int) throws(Flow) {
    index += 1
    while index < end {
      let target = index
      if file.has("{", at: index) || file.has("[", at: index) {
        index = file.closing(index) + 1
      } else {
        index += 1
      }
      var value = JavaScriptValue.undefined
      if file.has("=", at: index) {
        index += 1
        value = try expression(&index, end, withCommas: false)
      }
      if skipping == 0 { declare(target, value) }
      guard file.has(",", at: index) else { break }
      index += 1
    }
    if file.has(";", at: index) { index += 1 }
  }

  /// Gives the name, or the names of the object pattern, at `index` their values.
  private mutating func declare(_ index: Int, _ value: JavaScriptValue) {
    if file.token(index).kind == .identifier { return scope.declare(file.text(index), value) }
    guard file.has("{", at: index) else { return }
    for (name, local) in names(in: index + 1..<file.closing(index), separator: ":") {
      scope.declare(local, member(name, of: value))
    }
  }

  /// `a, b: c` or `a, b as c`: the names and what they are called here.
  private func names(in range: Range<Int>, separator: StaticString) -> [(name: String, local: String)] {
    var names: [(name: String, local: String)] = []
    var index = range.lowerBound
    while index < range.upperBound {
      guard file.token(index).kind == .identifier || file.token(index).kind == .string else {
        index += 1
        continue
      }
      let name = file.token(index).kind == .string ? file.string(index) : file.text(index)
      if file.has(separator, at: index + 1), file.token(index + 2).kind == .identifier {
        names.append((name, file.text(index + 2)))
        index += 3
      } else {
        names.append((name, name))
        index += 1
      }
      // Default values.
      while index < range.upperBound, !file.has(",", at: index) {
        index = file.after(index)
      }
    }
    return names
  }

  mutating func importStatement(_ index: inout Int, _ end: Int) throws(Flow) {
    index += 1
    let start = index
    while index < end, file.token(index).kind != .string {
      if file.has(";", at: index) { return }
      index += 1
    }
    guard index < end else { return }
    let request = file.string(index)
    let clause = start..<index
    index += 1
    if file.has("with", at: index), file.has("{", at: index + 1) { index = file.closing(index + 1) + 1 }
    if file.has(";", at: index) { index += 1 }
    guard skipping == 0 else { return }
    let value = try require(request)
    var position = clause.lowerBound
    while position < clause.upperBound {
      if file.has("{", at: position) {
        let close = file.closing(position)
        for (name, local) in names(in: position + 1..<close, separator: "as") {
          scope.declare(local, name == "default" ? defaultExport(of: value) : member(name, of: value))
        }
        position = close + 1
      } else if file.has("*", at: position), file.has("as", at: position + 1) {
        scope.declare(file.text(position + 2), value)
        position += 3
      } else {
        if file.token(position).kind == .identifier, !file.has("from", at: position) {
          scope.declare(file.text(position), defaultExport(of: value))
        }
        position += 1
      }
    }
  }

  /// A CommonJS module is its own default export.
  private func defaultExport(of value: JavaScriptValue) -> JavaScriptValue {
    if case .object(let members) = value, let found = members["default"] { return found }
    return value
  }

  mutating func exportStatement(_ index: inout Int, _ end: Int) throws(Flow) {
    index += 1
    if file.has("default", at: index) {
      index += 1
      let value = try expression(&index, end)
      if skipping == 0 { setExport("default", value) }
    } else if file.has("{", at: index) || file.has("*", at: index) {
      while index < end, !file.has("from", at: index), !file.has(";", at: index) {
        index = file.has("{", at: index) ? file.closing(index) + 1 : index + 1
        if file.token(index).kind != .identifier, !file.has("*", at: index) { break }
      }
      guard file.has("from", at: index), file.token(index + 1).kind == .string else { return }
      let request = file.string(index + 1)
      index += 2
      if skipping == 0 { _ = try require(request) }
    }
  }

  mutating func setExport(_ name: String, _ value: JavaScriptValue) {
    var members: [String: JavaScriptValue] = [:]
    if case .object(let known) = module.exports { members = known }
    members[name] = value
    module.exports = .object(members)
  }

  /// A function from its parameters' bracket on; its place in the table as a value. Leaves `index` behind its body.
  mutating func function(_ index: inout Int, _ end: Int) -> JavaScriptValue {
    while index < end, !file.has("(", at: index) { index += 1 }
    guard index < end else { return .unknown }
    let close = file.closing(index)
    let parameters = min(index + 1, close)..<close
    guard file.has("{", at: close + 1) else {
      index = close + 1
      return .unknown
    }
    let bodyEnd = file.closing(close + 1)
    index = bodyEnd + 1
    return add(parameters, close + 2..<max(close + 2, bodyEnd), isExpression: false)
  }

  mutating func add(_ parameters: Range<Int>, _ body: Range<Int>, isExpression: Bool) -> JavaScriptValue {
    guard skipping == 0 || functions.count < 100_000 else { return .unknown }
    functions.append(
      ScriptFunction(file: module, scope: scope, parameters: parameters, body: body, isExpression: isExpression))
    return .function(functions.count - 1)
  }

  /// Reads over a declaration that `declareFunctions` has taken already.
  func skipFunction(_ index: inout Int, _ end: Int) {
    while index < end, !file.has("(", at: index) { index += 1 }
    let close = file.closing(index)
    index = file.has("{", at: close + 1) ? file.closing(close + 1) + 1 : close + 1
  }

  /// The methods of a class are functions that its users call.
  mutating func skipClass(_ index: inout Int, _ end: Int) {
    while index < end, !file.has("{", at: index) { index += 1 }
    guard index < end else { return }
    let close = file.closing(index)
    var position = index + 1
    while position < close {
      if file.has("(", at: position), file.has("{", at: file.closing(position) + 1) {
        _ = function(&position, close)
      } else {
        position = file.after(position)
      }
    }
    index = close + 1
  }
}
