/// An `Error` that Node.js or a loader throws.
public struct NodeError: Error, Hashable, Sendable {
  /// `error.code`.
  public var code: String?
  /// `error.message`, all its lines. Of Node.js's own `Cannot find module` the lines from `Require stack:` on are left out:
  /// they depend on what requires the npm package.
  public var message: String

  public init(code: String? = nil, _ message: String) {
    self.code = code
    self.message = message
  }

  static func moduleNotFound(_ request: String) -> NodeError {
    NodeError(code: "MODULE_NOT_FOUND", "Cannot find module '\(request)'")
  }
}
