/// The variables of one function call, or of a file.
final class ScriptScope {
  private var values: [String: JavaScriptValue] = [:]
  private let parent: ScriptScope?

  init(parent: ScriptScope?) { self.parent = parent }

  /// `nil` where no scope around has it.
  subscript(name: String) -> JavaScriptValue? {
    var scope: ScriptScope? = self
    while let here = scope {
      if let value = here.values[name] { return value }
      scope = here.parent
    }
    return nil
  }

  func declare(_ name: String, _ value: JavaScriptValue) { values[name] = value }

  /// Sets the variable where it was declared, or here where it was not.
  func assign(_ name: String, _ value: JavaScriptValue) {
    var scope: ScriptScope? = self
    while let here = scope {
      if here.values[name] != nil {
        here.values[name] = value
        return
      }
      scope = here.parent
    }
    values[name] = value
  }
}

/// A function of a file, not yet run.
struct ScriptFunction {
  var file: ScriptModule
  var scope: ScriptScope
  /// The tokens between the parentheses, or the one name before `=>`.
  var parameters: Range<Int>
  /// The tokens of the block or of the expression behind `=>`.
  var body: Range<Int>
  var isExpression: Bool
  var wasCalled = false
}

/// A file that is being interpreted.
final class ScriptModule {
  let file: JavaScriptFile
  let scope = ScriptScope(parent: nil)
  var exports = JavaScriptValue.object([:])
  /// What the file has given `require`, as Holepunch's packages do: `require.addon = require('require-addon')`.
  var requireMembers: [String: JavaScriptValue] = [:]

  init(_ file: JavaScriptFile) { self.file = file }

  var directory: String { NodePath.directory(of: file.path) }
}
