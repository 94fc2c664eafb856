/// What a loader's comment says of it.
public struct LoaderDocumentation: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// An npm package, or several, named by the loader.
    case named
    /// Whatever was made by one tool.
    case generic
    /// An npm package that others call.
    case library
    /// A tool that acts at installation only.
    case layout
  }

  public var id: String
  public var kind: Kind
  /// One sentence: what it is.
  public var summary: String
  public var convention: String
  public var precedence: String
  public var source: String

  public init(id: String, kind: Kind, summary: String, convention: String, precedence: String, source: String) {
    self.id = id
    self.kind = kind
    self.summary = summary
    self.convention = convention
    self.precedence = precedence
    self.source = source
  }
}
