extension ScriptRun {
  private var file: JavaScriptFile { module.file }

  /// Goes through the statements of a block, of a function's body or of a file.
  mutating func run(_ range: Range<Int>) throws(Flow) {
    declareFunctions(in: range)
    var index = range.lowerBound
    while index < range.upperBound {
      let before = index
      try statement(&index, range.upperBound)
      if index <= before { index = before + 1 }
    }
  }

  /// Function declarations count from the beginning of their block.
  private mutating func declareFunctions(in range: Range<Int>) {
    // Every token is looked at: asking the module each time would copy the file's description.
    let file = file
    var index = range.lowerBound
    while index < range.upperBound {
      if file.has("function", at: index), file.token(index + 1).kind == .identifier, file.has("(", at: index + 2) {
        var position = index
        let value = function(&position, range.upperBound)
        scope.declare(file.text(index + 1), value)
        index = max(position, index + 1)
      } else {
        index = file.after(index)
      }
    }
  }

  mutating func statement(_ index: inout Int, _ end: Int) throws(Flow) {
    guard index < end, depth < Self.deepestNesting, !isExhausted() else {
      index = end
      return
    }
    depth += 1
    defer { depth -= 1 }
    let token = file.token(index)
    guard token.kind == .identifier || token.kind == .punctuator else { return try expressionStatement(&index, end) }
    switch file.text(index) {
    case "{": try block(&index)
    case ";", "}": index += 1
    case "if": try ifStatement(&index, end)
    case "for": try forStatement(&index, end)
    case "while", "with": try loop(&index, end)
    case "do":
      index += 1
      try speculativeStatement(&index, end)
    case "switch": try switchStatement(&index)
    case "try": try tryStatement(&index)
    case "return": try returnStatement(&index, end)
    case "throw":
      index += 1
      let value = try expression(&index, end)
      if skipping == 0 { throw .thrown(value) }
    case "break", "continue":
      index += 1
      if skipping == 0, speculation == 0 { throw .broke }
    case "const", "let", "var": try declaration(&index, end)
    case "function":
      index += 1
      skipFunction(&index, end)
    case "async" where file.has("function", at: index + 1):
      index += 2
      skipFunction(&index, end)
    case "class": skipClass(&index, end)
    case "import" where !file.has("(", at: index + 1) && !file.has(".", at: index + 1): try importStatement(&index, end)
    case "export": try exportStatement(&index, end)
    default: try expressionStatement(&index, end)
    }
  }

  private mutating func expressionStatement(_ index: inout Int, _ end: Int) throws(Flow) {
    _ = try expression(&index, end)
    if file.has(";", at: index) { index += 1 }
  }

  private mutating func block(_ index: inout Int) throws(Flow) {
    let close = file.closing(index)
    let body = min(index + 1, close)..<close
    index = close + 1
    try run(body)
  }

  private mutating func speculativeStatement(_ index: inout Int, _ end: Int) throws(Flow) {
    var position = index
    try speculatively { run throws(Flow) in try run.statement(&position, end) }
    if position <= index { skip(&position, end) }
    index = position
  }

  /// Reads over one statement.
  private mutating func skip(_ index: inout Int, _ end: Int) {
    skipping += 1
    defer { skipping -= 1 }
    try? statement(&index, end)
  }

  private mutating func ifStatement(_ index: inout Int, _ end: Int) throws(Flow) {
    guard file.has("(", at: index + 1) else {
      index += 1
      return
    }
    let close = file.closing(index + 1)
    var position = index + 2
    let truth = skipping > 0 ? nil : try expression(&position, close).truth
    index = close + 1
    try branch(truth, &index, end)
    guard index < end, file.has("else", at: index) else { return }
    index += 1
    try branch(truth.map { !$0 }, &index, end)
  }

  private mutating func branch(_ isTaken: Bool?, _ index: inout Int, _ end: Int) throws(Flow) {
    let start = index
    if skipping > 0 || isTaken == false {
      skip(&index, end)
    } else if isTaken == true {
      do throws(Flow) {
        try statement(&index, end)
      } catch {
        throw error
      }
    } else {
      try speculativeStatement(&index, end)
    }
    if index <= start { index = start + 1 }
  }

  private mutating func returnStatement(_ index: inout Int, _ end: Int) throws(Flow) {
    index += 1
    var value = JavaScriptValue.undefined
    if index < end, !file.has(";", at: index), !file.has("}", at: index) { value = try expression(&index, end) }
    if skipping == 0, speculation == 0 { throw .returned(value) }
  }

  private mutating func loop(_ index: inout Int, _ end: Int) throws(Flow) {
    index = file.has("(", at: index + 1) ? file.closing(index + 1) + 1 : index + 1
    if skipping > 0 { return skip(&index, end) }
    try speculativeStatement(&index, end)
  }

  /// `for (const x of list)` is gone through for each element that is known; other loops once.
  private mutating func forStatement(_ index: inout Int, _ end: Int) throws(Flow) {
    var header = index + 1
    if file.has("await", at: header) { header += 1 }
    guard file.has("(", at: header) else {
      index += 1
      return
    }
    let close = file.closing(header)
    let body = close + 1
    index = body
    if skipping > 0 { return skip(&index, end) }
    var name = header + 1
    if file.has("const", at: name) || file.has("let", at: name) || file.has("var", at: name) { name += 1 }
    guard file.token(name).kind == .identifier, file.has("of", at: name + 1) else {
      return try speculativeStatement(&index, end)
    }
    var position = name + 2
    guard case .array(let values) = try expression(&position, close), values.count <= 64 else {
      scope.declare(file.text(name), .unknown)
      return try speculativeStatement(&index, end)
    }
    if values.isEmpty { return skip(&index, end) }
    try iterate(values, file.text(name), body, &index, end)
  }

  private mutating func iterate(
    _ values: [JavaScriptValue], _ name: String, _ body: Int, _ index: inout Int, _ end: Int
  ) throws(Flow) {
    for value in values {
      scope.declare(name, value)
      index = body
      do throws(Flow) {
        try statement(&index, end)
      } catch {
        guard case .broke = error else { throw error }
        index = body
        skip(&index, end)
        return
      }
    }
  }

  private mutating func switchStatement(_ index: inout Int) throws(Flow) {
    guard file.has("(", at: index + 1) else {
      index += 1
      return
    }
    let close = file.closing(index + 1)
    var position = index + 2
    let value = skipping > 0 ? .unknown : try expression(&position, close)
    guard file.has("{", at: close + 1) else {
      index = close + 1
      return
    }
    let end = file.closing(close + 1)
    index = end + 1
    if skipping > 0 { return }
    guard let start = try label(for: value, close + 2, end) else {
      return try speculatively { run throws(Flow) in try run.cases(close + 2, end) }
    }
    do throws(Flow) {
      try cases(start, end)
    } catch {
      guard case .broke = error else { throw error }
    }
  }

  /// Where a switch on `value` goes on: its case or its default, or its end; `nil` where that is not known.
  private mutating func label(for value: JavaScriptValue, _ start: Int, _ end: Int) throws(Flow) -> Int? {
    if value == .unknown { return nil }
    var fallback: Int?
    var index = start
    while index < end {
      if file.has("case", at: index) {
        index += 1
        let label = try expression(&index, end)
        if label == .unknown { return nil }
        if label == value { return index + 1 }
      } else if file.has("default", at: index), file.has(":", at: index + 1) {
        fallback = index + 2
        index += 2
      } else {
        index = file.after(index)
      }
    }
    return fallback ?? end
  }

  /// The statements of a switch from `start` on, through the labels between them.
  private mutating func cases(_ start: Int, _ end: Int) throws(Flow) {
    var index = start
    while index < end {
      let before = index
      if file.has("case", at: index) {
        index += 1
        skipping += 1
        defer { skipping -= 1 }
        _ = try expression(&index, end)
        index += 1
      } else if file.has("default", at: index), file.has(":", at: index + 1) {
        index += 2
      } else {
        try statement(&index, end)
      }
      if index <= before { index = before + 1 }
    }
  }

  private mutating func tryStatement(_ index: inout Int) throws(Flow) {
    guard file.has("{", at: index + 1) else {
      index += 1
      return
    }
    let close = file.closing(index + 1)
    let body = index + 2..<max(index + 2, close)
    index = close + 1
    let handler = handler(&index)
    var finalBlock: Range<Int>?
    if file.has("finally", at: index), file.has("{", at: index + 1) {
      let close = file.closing(index + 1)
      finalBlock = index + 2..<max(index + 2, close)
      index = close + 1
    }
    var pending: Flow?
    do throws(Flow) {
      try run(body)
    } catch {
      pending = error
    }
    if case .thrown(let value)? = pending, let handler, skipping == 0 {
      pending = nil
      if let name = handler.name { scope.declare(name, value) }
      do throws(Flow) { try run(handler.body) } catch { pending = error }
      if pending == nil, case .error(let error) = value { swallowed.insert(error) }
    }
    if let finalBlock { try run(finalBlock) }
    if let pending { throw pending }
  }

  private func handler(_ index: inout Int) -> (name: String?, body: Range<Int>)? {
    guard file.has("catch", at: index) else { return nil }
    var name: String?
    index += 1
    if file.has("(", at: index) {
      if file.token(index + 1).kind == .identifier { name = file.text(index + 1) }
      index = file.closing(index) + 1
    }
    guard file.has("{", at: index) else { return nil }
    let close = file.closing(index)
    defer { index = close + 1 }
    return (name, index + 1..<max(index + 1, close))
  }
}
