import NativeBinaries
import PackageFiles

/// Follows a package's JavaScript from its entry, as far as constants decide, to the addons it requires.
///
/// It is no JavaScript engine: what it does not know it leaves open. Where a condition cannot be decided, both branches are
/// gone through, and an error in one of them counts only when no addon is found at all. Functions that nobody calls are
/// gone through last, because the first use of the package would.
struct ScriptRun {
  var search: AddonSearch
  var functions: [ScriptFunction] = []
  var modules: [String: ScriptModule] = [:]
  /// The file and the scope of the code that is being gone through.
  var module: ScriptModule
  var scope: ScriptScope
  /// More than 0 in code that is only read over.
  var skipping = 0
  /// More than 0 in a branch whose condition is not known.
  var speculation = 0
  /// Errors in such branches, in order.
  var openErrors: [NodeError] = []
  var depth = 0
  /// Whether something was required of which it is not known what.
  var requiredUnknown = false
  /// Whether a loader library found nothing.
  var libraryThrew = false
  /// What a `catch` took without throwing anything itself.
  var swallowed: Set<NodeError> = []
  /// Whether the entry threw something that is not known, after the errors of addons had been caught.
  var threwUnknown = false
  private var ownSteps = 0
  /// With what requests have cost: reading 64 bytes of a manifest takes as long as a step.
  private var steps: Int { ownSteps + search.readBytes / 64 }

  /// How a piece of code ends early.
  enum Flow: Error {
    case end(AddonSearch.End)
    case thrown(JavaScriptValue)
    case returned(JavaScriptValue)
    /// `break` or `continue`.
    case broke
  }

  /// What V8 says of a binary that is taken for JavaScript.
  private static let notJavaScript = NodeError("Invalid or unexpected token")
  /// Of one package; fewer where many packages together have cost a lot.
  private let mostSteps: Int
  static let deepestNesting = 150
  static let mostModules = 400

  private init(_ search: AddonSearch) {
    self.search = search
    mostSteps = search.process.scripts.allowance
    module = ScriptModule(JavaScriptFile(path: search.directory + "/", bytes: []))
    scope = module.scope
  }

  /// What a package does when its entry files are required; `nil` where they lead to no addon.
  ///
  /// Throws what ends the simulation.
  static func find(
    _ search: inout AddonSearch, entries: [String]
  ) throws(AddonSearch.End) -> AddonSearch.Result? {
    var run = ScriptRun(search)
    defer {
      search = run.search
      search.process.scripts.spend(run.steps)
    }
    var thrown: NodeError?
    for entry in entries {
      do throws(Flow) {
        _ = try run.load(entry)
      } catch {
        switch error {
        case .end(let end): throw end
        case .thrown(let value):
          thrown = thrown ?? run.error(value)
          run.threwUnknown = thrown == nil && !run.search.attempts.isEmpty
        case .returned, .broke: break
        }
      }
      if thrown != nil { break }
    }
    if thrown == nil { try run.callRemainingFunctions() }
    return run.result(thrown)
  }

  private func error(_ value: JavaScriptValue) -> NodeError? {
    if case .error(let error) = value { return error }
    return search.attempts.last { attempt in attempt.error.map { !swallowed.contains($0) } ?? false }?.error
  }

  /// Errors count only where an addon has been looked for, and where they are about one: code has a thousand other reasons to
  /// throw.
  ///
  /// - Parameter attempts: how many there were before the code that threw.
  private mutating func addOpenError(_ value: JavaScriptValue, since attempts: Int) {
    guard !search.attempts.isEmpty || !search.usedLibraries.isEmpty, let error = error(value) else { return }
    let isAddons =
      search.attempts.count > attempts || !search.usedLibraries.isEmpty
      || search.attempts.contains { $0.error == error } || Self.isAboutAddon(error.message)
    if isAddons { openErrors.append(error) }
  }

  /// Whether a text has a word that loaders' own texts have. An empty one is not known.
  private static func isAboutAddon(_ text: String) -> Bool {
    let words = ["bind", "native", "addon", "load", "binar", "module", "build", "install", "platform", "arch", ".node"]
    let text = text.lowercased()
    return words.contains { text.firstRange(of: $0) != nil }
  }

  private mutating func result(_ thrown: NodeError?) -> AddonSearch.Result? {
    if search.attempts.isEmpty, openErrors.isEmpty, search.usedLibraries.isEmpty {
      if let thrown, thrown == Self.notJavaScript { return .fails(thrown) }
      return requiredUnknown || modules.isEmpty || thrown != nil || steps > mostSteps ? nil : .opensNothing
    }
    if let thrown { return .fails(thrown) }
    if let found = search.attempts.first(where: { $0.outcome == .loads }) {
      search.dropOpenMisses()
      return .found(found.path)
    }
    if let first = openErrors.first { return .fails(first) }
    if threwUnknown { return .unknown("its JavaScript throws something else than the addon's error") }
    if search.attempts.isEmpty, !libraryThrew {
      return requiredUnknown || steps > mostSteps ? nil : .opensNothing
    }
    return .goesWithout("its JavaScript catches the error and goes on")
  }

  /// Goes through the functions that nothing called and that may load something: the first use of the package would.
  private mutating func callRemainingFunctions() throws(AddonSearch.End) {
    var index = 0
    while index < functions.count {
      let function = functions[index]
      index += 1
      guard !function.wasCalled, !search.attempts.contains(where: { $0.outcome == .loads }), mayLoad(function) else {
        continue
      }
      let attempts = search.attempts.count
      do throws(Flow) {
        _ = try call(index - 1, [])
      } catch {
        switch error {
        case .end(let end): throw end
        case .thrown(let value):
          // What a function throws that has not looked for an addon is about something else.
          if search.attempts.count > attempts || !search.usedLibraries.isEmpty { addOpenError(value, since: attempts) }
        case .returned, .broke: break
        }
      }
    }
  }

  private func mayLoad(_ function: ScriptFunction) -> Bool {
    function.body.contains { index in
      let token = function.file.file.token(index)
      switch token.kind {
      case .identifier:
        let value = function.scope[function.file.file.text(index)]
        if case .library(let name, _)? = value { return Loaders.library(named: name) != nil }
        return function.file.file.has("require", at: index) || value == .require
      default: return false
      }
    }
  }

  /// Counts one step; whether the budget is spent, so that nothing is followed any more.
  mutating func isExhausted() -> Bool {
    ownSteps += 1
    return steps > mostSteps
  }
}

extension ScriptRun {
  /// What the file at `path` exports, gone through once.
  mutating func load(_ path: String) throws(Flow) -> JavaScriptValue {
    if let known = modules[path] { return known.exports }
    guard modules.count < Self.mostModules, depth < Self.deepestNesting, let file = script(path) else {
      return .unknown
    }
    if file.bytes.withUnsafeBytes({ BinaryFormat(head: RawSpan(_unsafeBytes: $0).extracting(first: 64)) }) != nil {
      throw .thrown(.error(Self.notJavaScript))
    }
    let loaded = ScriptModule(file)
    modules[path] = loaded
    let (outerModule, outerScope) = (module, scope)
    (module, scope) = (loaded, loaded.scope)
    depth += 1
    defer {
      (module, scope) = (outerModule, outerScope)
      depth -= 1
    }
    do throws(Flow) {
      try run(0..<loaded.file.tokens.count)
    } catch {
      switch error {
      case .returned, .broke: break
      case .end, .thrown: throw error
      }
    }
    return loaded.exports
  }

  private func script(_ path: String) -> JavaScriptFile? {
    // Whatever has another name than `.json` and `.node` is JavaScript to Node.js.
    guard NodePath.suffix(of: path) != ".json", let file = search.process.located(path),
      file.status.kind == .file, file.status.byteCount <= JavaScriptFile.byteLimit
    else { return nil }
    return search.process.scripts.file(path) {
      try? search.process.files.read(file) { bytes in bytes.withUnsafeBytes { Array($0) } }
    }
  }

  /// Calls a function; what it returns.
  mutating func call(_ number: Int, _ arguments: [JavaScriptValue]) throws(Flow) -> JavaScriptValue {
    guard functions.indices.contains(number), depth < Self.deepestNesting, !isExhausted() else { return .unknown }
    functions[number].wasCalled = true
    let function = functions[number]
    let (outerModule, outerScope) = (module, scope)
    (module, scope) = (function.file, ScriptScope(parent: function.scope))
    depth += 1
    defer {
      (module, scope) = (outerModule, outerScope)
      depth -= 1
    }
    bind(function.parameters, arguments)
    if function.isExpression {
      var index = function.body.lowerBound
      return try expression(&index, function.body.upperBound, withCommas: false)
    }
    do throws(Flow) {
      try run(function.body)
      return .undefined
    } catch {
      if case .returned(let value) = error { return value }
      if case .broke = error { return .unknown }
      throw error
    }
  }

  private mutating func bind(_ parameters: Range<Int>, _ arguments: [JavaScriptValue]) {
    var position = 0
    var index = parameters.lowerBound
    while index < parameters.upperBound {
      if module.file.token(index).kind == .identifier {
        scope.declare(module.file.text(index), position < arguments.count ? arguments[position] : .unknown)
      }
      // Default values and patterns are left open.
      while index < parameters.upperBound, !module.file.has(",", at: index) {
        index = module.file.after(index)
      }
      position += 1
      index += 1
    }
  }

  /// Runs `body` as a branch of which it is not known whether it is taken.
  mutating func speculatively(_ body: (inout ScriptRun) throws(Flow) -> Void) throws(Flow) {
    speculation += 1
    defer { speculation -= 1 }
    let attempts = search.attempts.count
    do throws(Flow) {
      try body(&self)
    } catch {
      switch error {
      case .end: throw error
      case .thrown(let value): addOpenError(value, since: attempts)
      case .returned, .broke: break
      }
    }
  }
}
