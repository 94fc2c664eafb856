/// How much work a parser spends on one file.
public struct ParsingEffort: Sendable {
  /// What the facts are for.
  public enum Purpose: Hashable, Sendable {
    case everything
    /// Only what others bind to: names, dependencies, definitions and their versions. Neither relocations nor what Node.js would
    /// find in an addon are worked out: enough for an object that runs already.
    case binding
  }

  public var purpose = Purpose.everything
  /// Instructions of constructors that are followed for one object, at most. Real ones need a few hundred.
  public var followedInstructions = 1 << 16

  /// Keeps the file's bytes at their place, unchanged, for as long as it lives; names are then not copied. `nil` where nobody
  /// does.
  public var keeper: (any AnyObject & Sendable)?

  public init() {}

  public static let binding = ParsingEffort(.binding)

  private init(_ purpose: Purpose) { self.purpose = purpose }
}
