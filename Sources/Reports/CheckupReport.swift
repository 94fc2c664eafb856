import Explanations

/// The report of `doctor`: a table for people, and the same as Markdown for bug reports.
public struct CheckupReport: Sendable {
  public var style: TextStyle

  public init(style: TextStyle = TextStyle()) { self.style = style }

  /// The whole text, with a line break at its end.
  public func text(for checkup: Checkup) -> String {
    var page = TextPage(style: style)
    let name = checkup.target.runtime ?? checkup.target.source.rawValue
    page.line("This machine beside \(name) \(checkup.target.architecture)", paint: .bold)
    page.blank()
    let rows = Self.rows(checkup)
    let width = rows.map { $0.what.count }.max() ?? 0
    let local = min(34, rows.map { $0.local.count }.max() ?? 0)
    for row in rows {
      let mark = row.differs ? page.painted("!", .warning) : " "
      page.raw(
        "\(mark) \(Self.padded(row.what, width))  \(Self.padded(TextPage.printable(row.local), local))  \(TextPage.printable(row.target))"
      )
    }
    for problem in Self.problems(checkup) { page.paragraph(problem, label: "  -", indent: 4) }
    page.blank()
    if checkup.differences.isEmpty {
      page.paragraph("✓ What is installed here fits the target, as far as these facts tell.", paint: .good)
    }
    for difference in checkup.differences {
      page.paragraph(
        "\(difference.what): \(difference.local), \(difference.target) on the target.", label: "!", indent: 2)
      page.paragraph(difference.breaks, label: "  Breaks:", indent: 12)
    }
    for note in checkup.target.notes ?? [] { page.paragraph(note, label: "  -", indent: 4) }
    return page.text
  }

  /// A block for a bug report.
  public func markdown(for checkup: Checkup) -> String {
    let cell = { (text: String) in String(TextPage.printable(text).flatMap { $0 == "|" ? ["\\", "|"] : [$0] }) }
    var text = "<!-- airworthy \(checkup.airworthy) doctor -->\n"
    text +=
      "| | this machine | \(cell(checkup.target.runtime ?? checkup.target.source.rawValue)) \(checkup.target.architecture) |\n|---|---|---|\n"
    for row in Self.rows(checkup) {
      text +=
        "| \(row.differs ? "**\(cell(row.what))**" : cell(row.what)) | \(cell(row.local)) | \(cell(row.target)) |\n"
    }
    for problem in Self.problems(checkup) { text += "\n\(cell(problem))\n" }
    if !checkup.differences.isEmpty { text += "\n" }
    for difference in checkup.differences {
      text +=
        "- **\(cell(difference.what))** \(cell(difference.local)) ≠ \(cell(difference.target)): \(cell(difference.breaks))\n"
    }
    return text
  }

  private struct Row {
    var what: String
    var local: String
    var target: String
    var differs: Bool
  }

  private static func rows(_ checkup: Checkup) -> [Row] {
    let local = checkup.local
    let target = checkup.target
    let different = Set(checkup.differences.map(\.what))
    let number = { (value: Int?) in value.map(String.init) ?? "unknown" }
    let architecture = target.architecture == "x86_64" ? "x64" : target.architecture
    var rows: [(String, String, String)] = [
      ("system", "\(local.system) \(local.machine)", "Linux"),
      ("platform", local.node?.platform ?? "unknown", "linux"),
      ("architecture", local.node?.arch ?? local.machine, architecture),
      (
        "C library", local.libc.map { "\($0.name) \($0.version ?? "")" } ?? "unknown",
        target.glibc.map { "glibc \($0)" } ?? "glibc"
      ),
      ("Node.js", local.node?.version ?? "none", target.node ?? "unknown"),
      ("NODE_MODULE_VERSION", number(local.node?.moduleVersion), number(target.moduleVersion)),
      ("Node-API", number(local.node?.nodeApi), number(target.nodeApi)),
      ("npm", local.npm?.version ?? "none", "-"),
    ]
    rows += (local.npm?.settings ?? [:]).sorted { $0.key < $1.key }.map { ("npm's \($0.key)", $0.value, "-") }
    rows += (local.packageManagers + local.containers + local.tools).map {
      ($0.name == "aws" ? "AWS CLI" : $0.name, state($0), "-")
    }
    return rows.map { what, mine, theirs in
      Row(what: what, local: mine, target: theirs, differs: different.contains(what))
    }
  }

  /// Why an engine that is installed is of no use.
  private static func problems(_ checkup: Checkup) -> [String] {
    checkup.local.containers.filter { $0.isReachable == false }.map {
      "\($0.name) does not answer: \($0.problem ?? "no reason given")"
    }
  }

  private static func state(_ tool: LocalMachine.Tool) -> String {
    guard let version = tool.version else {
      return tool.problem == "not in PATH" ? "not installed" : tool.problem ?? "none"
    }
    guard let isReachable = tool.isReachable else { return version }
    return version + (isReachable ? ", answers" : ", does not answer")
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
