import Explanations

/// The report of `explain` for people.
public struct ExplanationReport: Sendable {
  public var style: TextStyle

  public init(style: TextStyle = TextStyle()) { self.style = style }

  /// The whole text, with a line break at its end.
  public func text(for explanation: Explanation) -> String {
    var page = TextPage(style: style)
    if explanation.diagnoses.isEmpty { nothing(on: &page) }
    for (index, diagnosis) in explanation.diagnoses.enumerated() {
      if index > 0 { page.blank() }
      write(diagnosis, on: &page)
    }
    for note in explanation.notes ?? [] {
      page.blank()
      page.paragraph(note, label: "  -", indent: 4)
    }
    return page.text
  }

  private func nothing(on page: inout TextPage) {
    page.line("Nothing in the text is recognised.", paint: .bold)
    page.paragraph(
      "What helps: the error as it was printed, from its first line on, with the lines that name a file or a library (such as \u{201c}…: invalid ELF header\u{201d}), the stack, and [cause] where there is one. Of a Lambda function: all lines of one request, from START or INIT_START on.",
      indent: 2)
  }

  private static let column = 14

  private func write(_ diagnosis: Diagnosis, on page: inout TextPage) {
    let mark = diagnosis.cause == .otherNotNative ? page.painted("·", .note) : page.painted("✗", .error)
    let subject = TextPage.printable(diagnosis.path ?? diagnosis.npmPackage ?? diagnosis.facts.sonames?.first ?? "")
    let name =
      diagnosis.cause.rawValue
      + (diagnosis.confidence == .high ? "" : " (confidence: \(diagnosis.confidence.rawValue))")
    page.raw(mark + " " + page.painted(name, .bold))
    if !subject.isEmpty { page.line(subject + packageName(diagnosis), indent: 2) }
    page.paragraph(diagnosis.explanation, indent: 2)
    for evidence in diagnosis.evidence {
      if let line = evidence.line {
        page.paragraph(evidence.text, label: "  Line \(line):", indent: max(Self.column, "  Line \(line):".count + 1))
      } else {
        page.paragraph(evidence.text, label: "  Proof:", indent: Self.column)
      }
    }
    let facts = FactLines(diagnosis.facts).text
    if !facts.isEmpty { page.paragraph(facts, label: "  Facts:", indent: Self.column) }
    page.paragraph(diagnosis.remedy.summary, label: "  Mend:", indent: Self.column)
    for command in diagnosis.remedy.commands { page.line(command, indent: 4, paint: .good) }
    for alternative in diagnosis.alternatives {
      page.paragraph(
        "\(alternative.cause.rawValue), decided by: \(alternative.decidedBy)", label: "  Or:", indent: Self.column)
    }
  }

  private func packageName(_ diagnosis: Diagnosis) -> String {
    guard let name = diagnosis.npmPackage, diagnosis.path != nil else { return "" }
    return "  (\(TextPage.printable(name)))"
  }
}

/// The facts of a diagnosis in one line.
private struct FactLines {
  let text: String

  init(_ facts: LogFacts) {
    let node = { (line: String?) in line.map { " (Node.js \($0))" } ?? "" }
    let parts: [String?] = [
      facts.runtime, facts.node.map { "Node.js \($0)" },
      facts.moduleVersionBuilt.map { "built for NODE_MODULE_VERSION \($0)\(node(facts.nodeBuilt))" },
      facts.moduleVersionRequired.map { "runs NODE_MODULE_VERSION \($0)\(node(facts.nodeRequired))" },
      facts.nodeApiRequired.map { "needs Node-API \($0)" }, facts.nodeApiSupported.map { "has Node-API \($0)" },
      facts.sonames?.joined(separator: ", "), facts.symbolVersions?.joined(separator: ", "),
      facts.symbols?.joined(separator: ", "), facts.architectureFound.map { "found \($0)" },
      facts.architectureNeeded.map { "needed \($0)" }, facts.platformFound.map { "for \($0)" },
      facts.platformNeeded.map { "platform \($0)" }, facts.libc, facts.code, facts.signal,
      facts.bytes.map { "\($0) bytes" }, facts.limitBytes.map { "limit \($0) bytes" },
      facts.requestIds.map { ($0.count == 1 ? "request " : "requests ") + $0.joined(separator: ", ") },
    ]
    text = parts.compactMap(\.self).joined(separator: "; ")
  }
}
