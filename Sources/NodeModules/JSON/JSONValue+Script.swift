import PackageFiles

extension JSONValue {
  /// The value of an object or array literal in JavaScript, at token `index` of `file`; `nil` where it is none.
  ///
  /// Generated files hold such literals as JSON, and formatters rewrite them: names without quotation marks, single ones, commas
  /// before a bracket. What is no constant becomes `null`.
  init?(literalAt index: Int, of file: JavaScriptFile) {
    guard file.has("{", at: index) || file.has("[", at: index) else { return nil }
    var index = index
    guard let value = Self.literal(&index, file, depth: 0) else { return nil }
    self = value
  }

  private static func literal(_ index: inout Int, _ file: JavaScriptFile, depth: Int) -> JSONValue? {
    guard index < file.tokens.count, depth < JSONReader.deepestNesting else { return nil }
    if file.has("{", at: index) { return object(&index, file, depth: depth) }
    if file.has("[", at: index) { return array(&index, file, depth: depth) }
    var value = JSONValue.null
    let token = file.token(index)
    switch token.kind {
    case .string: value = .string(file.string(index))
    case .number: value = Double(file.text(index)).map { .number($0) } ?? .null
    case .identifier where file.has("true", at: index): value = .bool(true)
    case .identifier where file.has("false", at: index): value = .bool(false)
    default: break
    }
    let start = index
    while index < file.tokens.count, !file.has(",", at: index), !file.has("}", at: index), !file.has("]", at: index) {
      index = file.after(index)
    }
    // An expression of several tokens is no constant.
    return index == start + 1 ? value : .null
  }

  private static func object(_ index: inout Int, _ file: JavaScriptFile, depth: Int) -> JSONValue? {
    let end = file.closing(index)
    var members: [Member] = []
    index += 1
    while index < end {
      let token = file.token(index)
      guard token.kind == .string || token.kind == .identifier, file.has(":", at: index + 1) else {
        index = max(file.after(index), index + 1)
        continue
      }
      let name = token.kind == .string ? file.string(index) : file.text(index)
      index += 2
      guard let value = literal(&index, file, depth: depth + 1) else { return nil }
      members.append(Member(name, value))
      if file.has(",", at: index) { index += 1 }
    }
    index = end + 1
    return .object(members)
  }

  private static func array(_ index: inout Int, _ file: JavaScriptFile, depth: Int) -> JSONValue? {
    let end = file.closing(index)
    var values: [JSONValue] = []
    index += 1
    while index < end {
      let before = index
      guard let value = literal(&index, file, depth: depth + 1) else { return nil }
      values.append(value)
      if file.has(",", at: index) { index += 1 }
      if index <= before { index = before + 1 }
    }
    index = end + 1
    return .array(values)
  }
}
