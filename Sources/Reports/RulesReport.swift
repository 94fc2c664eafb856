import Audit

/// The list of rules that `airworthy rules` prints.
public enum RulesReport {
  public static func text(_ rules: [RuleDocumentation] = RuleDocumentation.all, style: TextStyle = TextStyle())
    -> String
  {
    var page = TextPage(style: style)
    for (index, rule) in rules.enumerated() {
      if index > 0 { page.blank() }
      page.raw(page.painted(rule.id, .bold) + " (\(rule.severity.rawValue))")
      page.paragraph(rule.summary, indent: 2)
      page.paragraph(rule.why, label: "  Why:", indent: 12)
      page.paragraph(rule.mend, label: "  Mend:", indent: 12)
      page.paragraph(rule.example, label: "  Example:", indent: 12)
    }
    return page.text
  }

  public static func json(_ rules: [RuleDocumentation] = RuleDocumentation.all) throws -> String {
    try JSONReport.encode(RuleSet(rules: rules))
  }

  /// The page `Documentation/Rules.md`.
  public static func markdown(_ rules: [RuleDocumentation] = RuleDocumentation.all) -> String {
    let sections = rules.map { rule in
      """
      ## \(rule.id)

      *\(rule.severity.rawValue)* — \(rule.summary)

      **Why:** \(rule.why)

      **Mend:** \(rule.mend)

      **Example:** \(rule.example)

      """
    }
    return """
      # Rules

      What `airworthy check` finds. This page is generated from the comments in `Sources/Audit/Rules` by
      `Scripts/generate-rules`; `airworthy rules` prints the same.


      """ + sections.joined(separator: "\n")
  }

  private struct RuleSet: Encodable {
    var schema = "airworthy/rules/1"
    var rules: [RuleDocumentation]
  }
}
