import Audit
import LambdaRuntimes
import Testing

@testable import Explanations

/// One text with the cause that it has.
struct Case: Sendable, CustomTestStringConvertible {
  var name: String
  var cause: Cause
  var text: String

  init(_ name: String, _ cause: Cause, _ text: String) {
    self.name = name
    self.cause = cause
    self.text = text
  }

  var testDescription: String { name }
}

/// Lambda's dates are judged as of one day.
func explain(_ text: String, runtime: String? = nil, arch: String? = nil) throws -> Explanation {
  var request = TargetRequest()
  request.today = CalendarDate("2026-11-23") ?? .today
  if let runtime { request.runtimes = [runtime] }
  if let arch { request.architectures = [arch] }
  var explainer = Explainer(request: request)
  explainer.consume(text)
  return try explainer.explanation()
}

extension Explanation {
  /// The cause of the best diagnosis.
  var first: Cause? { diagnoses.first?.cause }

  /// Every cause that is named: diagnoses, then their alternatives.
  var causes: Set<Cause> { Set(diagnoses.map(\.cause) + diagnoses.flatMap(\.alternatives).map(\.cause)) }
}
