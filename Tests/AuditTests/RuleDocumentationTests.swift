import Audit
import Reports
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The rules' documentation is read from their comments here and nowhere else: the test compares, and writes the two
/// generated files instead where `AIRWORTHY_GENERATE_RULES` is set, as `Scripts/generate-rules` does.
struct RuleDocumentationTests {
  private static let root = URL(filePath: #filePath).appending(path: "../../..").standardized
  private static let rules = root.appending(path: "Sources/Audit/Rules")
  private static let generated = rules.appending(path: "RuleDocumentation.generated.swift")
  private static let page = root.appending(path: "Documentation/Rules.md")

  @Test("Every rule is documented by its comment, and the generated files say the same")
  func upToDate() throws {
    let documented = try Self.documentation()
    if ProcessInfo.processInfo.environment["AIRWORTHY_GENERATE_RULES"] != nil {
      try Data(Self.source(documented).utf8).write(to: Self.generated)
      try Data(RulesReport.markdown(documented).utf8).write(to: Self.page)
      return
    }
    #expect(RuleDocumentation.all == documented, "Run Scripts/generate-rules")
    #expect(try Self.text(of: Self.page) == RulesReport.markdown(documented))
    #expect(documented.map(\.id) == Rules.all.map { $0.id })
    #expect(documented.map(\.severity) == Rules.all.map { $0.severity })
    for rule in documented {
      #expect(!rule.summary.isEmpty && !rule.why.isEmpty && !rule.mend.isEmpty && !rule.example.isEmpty, "\(rule.id)")
      #expect(rule.summary.hasPrefix("Finds ") && rule.summary.hasSuffix("."), "\(rule.id)")
    }
  }

  /// In the order of `Rules.all`.
  private static func documentation() throws -> [RuleDocumentation] {
    let files = try FileManager.default.contentsOfDirectory(atPath: rules.path).map { rules.appending(path: $0) }
    var found: [String: RuleDocumentation] = [:]
    for file in files where file.lastPathComponent != generated.lastPathComponent {
      guard let rule = documentation(in: try text(of: file)) else {
        Issue.record("\(file.lastPathComponent) has no rule")
        continue
      }
      found[rule.id] = rule
    }
    return Rules.all.compactMap { found[$0.id] }
  }

  private static func text(of file: URL) throws -> String {
    String(decoding: try Data(contentsOf: file), as: UTF8.self)
  }

  private static func documentation(in source: String) -> RuleDocumentation? {
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    guard let declaration = lines.firstIndex(where: { $0.hasPrefix("enum ") && $0.hasSuffix(": Rule {") }) else {
      return nil
    }
    let comment = lines[..<declaration].reversed().prefix { $0.hasPrefix("///") }.reversed()
    let paragraphs = comment.map { $0.dropFirst(3).drop { $0 == " " } }
      .split(separator: "").map { $0.joined(separator: " ") }
    func labelled(_ label: String) -> String {
      paragraphs.first { $0.hasPrefix(label + ": ") }.map { String($0.dropFirst(label.count + 2)) } ?? ""
    }
    func constant(_ name: String) -> String {
      let prefix = "  static let \(name) = "
      return lines.first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) } ?? ""
    }
    guard let severity = AuditReport.Severity(rawValue: String(constant("severity").split(separator: ".").last ?? ""))
    else { return nil }
    return RuleDocumentation(
      id: constant("id").filter { $0 != "\"" }, severity: severity, summary: paragraphs.first ?? "",
      why: labelled("Why"), mend: labelled("Mend"), example: labelled("Example"))
  }

  private static func source(_ rules: [RuleDocumentation]) -> String {
    let elements = rules.map { rule in
      """
          RuleDocumentation(
            id: \(literal(rule.id)), severity: .\(rule.severity.rawValue),
            summary: \(literal(rule.summary)),
            why: \(literal(rule.why)),
            mend: \(literal(rule.mend)),
            example: \(literal(rule.example))),

      """
    }
    return """
      // Generated from the comments of the rules by Scripts/generate-rules; do not edit.
      // swift-format-ignore-file
      extension RuleDocumentation {
        /// Every rule's documentation, in the order of `Rules.all`.
        public static let all: [RuleDocumentation] = [
      \(elements.joined())  ]
      }

      """
  }

  private static func literal(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}
