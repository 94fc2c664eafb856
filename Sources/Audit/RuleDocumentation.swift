/// What a rule's documentation comment says, for `airworthy rules`.
///
/// `all` is generated from the comments by `Scripts/generate-rules`.
public struct RuleDocumentation: Codable, Hashable, Sendable {
  public var id: String
  public var severity: AuditReport.Severity
  /// The first sentence: what the rule finds.
  public var summary: String
  /// Why it matters on Lambda.
  public var why: String
  public var mend: String
  /// One message as the rule writes it.
  public var example: String

  public init(
    id: String, severity: AuditReport.Severity, summary: String, why: String, mend: String, example: String
  ) {
    self.id = id
    self.severity = severity
    self.summary = summary
    self.why = why
    self.mend = mend
    self.example = example
  }
}
