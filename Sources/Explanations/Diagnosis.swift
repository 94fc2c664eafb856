import Audit

/// What `explain` makes of a text: the document `airworthy/explain/1`. Keys are only ever added.
public struct Explanation: Codable, Hashable, Sendable {
  public var schema = "airworthy/explain/1"
  /// The best first; empty where nothing was recognised.
  public var diagnoses: [Diagnosis]
  /// What the reader must know of the answer as a whole.
  public var notes: [String]?

  public init(diagnoses: [Diagnosis], notes: [String]? = nil) {
    self.diagnoses = diagnoses
    self.notes = notes
  }
}

/// One thing that went wrong.
public struct Diagnosis: Codable, Hashable, Sendable {
  public var cause: Cause
  public var confidence: Confidence
  /// The file as the text names it.
  public var path: String?
  public var npmPackage: String?
  public var facts: LogFacts
  /// One paragraph for people.
  public var explanation: String
  public var remedy: AuditReport.Remedy
  /// What else it can be, the likeliest first.
  public var alternatives: [Alternative]
  public var evidence: [Evidence]

  public struct Alternative: Codable, Hashable, Sendable {
    public var cause: Cause
    /// The command, or the look, that tells it from the diagnosis.
    public var decidedBy: String

    public init(_ cause: Cause, decidedBy: String) {
      self.cause = cause
      self.decidedBy = decidedBy
    }
  }

  public struct Evidence: Codable, Hashable, Sendable {
    /// In the text, from 1 on; absent for what was found in the package.
    public var line: Int?
    public var text: String

    public init(line: Int?, text: String) {
      self.line = line
      self.text = text
    }
  }
}
