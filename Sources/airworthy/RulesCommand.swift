import ArgumentParser
import Audit
import Reports

struct RulesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules",
    abstract: "Explain the rules: what each finds, why it matters on Lambda, how to mend it.",
    discussion: """
      EXAMPLES
        airworthy rules
        airworthy rules foreign-format
        airworthy rules --format json
      """)

  @Argument(help: "Ids of rules; all when none is given.", completion: .list(RuleDocumentation.all.map(\.id)))
  var ids: [String] = []

  @Option(help: "text, json or markdown.")
  var format: Format = .text

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, markdown
  }

  func validate() throws {
    let known = RuleDocumentation.all.map(\.id)
    if let unknown = ids.first(where: { !known.contains($0) }) {
      throw ValidationError("There is no rule '\(unknown)'. Known: \(known.joined(separator: ", "))")
    }
  }

  func run() throws {
    let rules = RuleDocumentation.all.filter { ids.isEmpty || ids.contains($0.id) }
    switch format {
    case .text: try Output.print(RulesReport.text(rules, style: Output.style))
    case .json: try Output.print(RulesReport.json(rules))
    case .markdown: try Output.print(RulesReport.markdown(rules))
    }
  }
}
