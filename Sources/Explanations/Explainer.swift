import Audit
import LambdaRuntimes

/// Explains a text: bytes → lines → messages → causes.
public struct Explainer: Sendable {
  /// For what the remedies are; parts that are not given come from the text.
  public var request: TargetRequest

  private var scanner = LogScanner()

  public init(request: TargetRequest) { self.request = request }

  /// Takes the next bytes of the text.
  public mutating func consume(_ block: RawSpan) { scanner.consume(block) }

  public mutating func consume(_ text: String) {
    Array(text.utf8).withUnsafeBytes { scanner.consume(RawSpan(_unsafeBytes: $0)) }
  }

  /// What it all means. With a package, each diagnosis is proved or contradicted by what is in it.
  ///
  /// Throws what `TargetRequest.resolve` and `Audit` throw.
  public mutating func explanation(provedBy package: AuditedPackage? = nil) throws -> Explanation {
    scanner.finish()
    let findings = Diagnosing.findings(in: scanner.collection)
    let targets = try TargetChoice(request: request, log: scanner.collection.facts, findings: findings)
    var diagnoses = findings.map { diagnosis($0, targets) }
    if let package {
      let proof = try Proof(package, targets)
      diagnoses = diagnoses.map { proof.proved($0) }
    }
    return Explanation(diagnoses: diagnoses, notes: notes)
  }

  private var notes: [String]? {
    guard scanner.isTruncated else { return nil }
    return [
      "The log has more lines of these kinds than were looked at; cut out the part in question to have all of it read."
    ]
  }

  private func diagnosis(_ finding: Diagnosing.Finding, _ targets: TargetChoice) -> Diagnosis {
    let message = finding.message
    var facts = message.facts
    // What the log says once holds for all of it.
    facts.runtime = facts.runtime ?? scanner.collection.facts.runtime
    facts.node = facts.node ?? scanner.collection.facts.node
    let story = Story(message: message, facts: facts, target: targets.target(for: message.facts).target)
    return Diagnosis(
      cause: message.cause, confidence: message.confidence, path: message.path, npmPackage: message.npmPackage,
      facts: facts, explanation: story.paragraph, remedy: CauseRemedy(story).remedy,
      alternatives: message.alternatives, evidence: finding.evidence)
  }
}

/// One message with what is needed to tell of it.
struct Story {
  var message: Message
  var facts: LogFacts
  var target: AuditTarget

  var file: FileName? { message.path.map(FileName.init) }
  /// The npm package's name, where it is one.
  var package: String? { message.npmPackage }

  /// The file for a sentence.
  var subject: String {
    if let path = message.path { return path }
    if let package { return "a binary of \(package)" }
    return "a binary"
  }
}
