import Audit

/// The report of a check for people.
public struct TextReport: Sendable {
  public var style: TextStyle

  public init(style: TextStyle = TextStyle()) { self.style = style }

  /// The whole text, with a line break at its end; one section for each target.
  public func text(for reports: [AuditReport]) -> String {
    var page = TextPage(style: style)
    for (index, report) in reports.enumerated() {
      if index > 0 { page.blank() }
      header(of: report, on: &page)
      findings(of: report, on: &page)
      notes(of: report, on: &page)
      page.blank()
      verdict(of: report, on: &page)
    }
    return page.text
  }

  /// Where the finding is: in a layer of a function by its path under `/opt`.
  private static func place(of finding: AuditReport.Finding, in report: AuditReport) -> String? {
    guard let path = finding.path, finding.mount == "/opt", report.package.kind != .layer else { return finding.path }
    return "/opt/" + path
  }

  private func header(of report: AuditReport, on page: inout TextPage) {
    page.line("\(report.package.path) on \(Self.name(report.target))", paint: .bold)
    page.paragraph(Self.environment(report.target), indent: 2)
    page.paragraph(Self.contents(report.package), indent: 2)
    page.paragraph(Self.binaries(report.binaries), indent: 2)
  }

  /// What the reader must know of the target stands behind the findings, which matter more.
  private func notes(of report: AuditReport, on page: inout TextPage) {
    guard let notes = report.target.notes, !notes.isEmpty else { return }
    page.blank()
    page.line("The target", paint: .bold)
    for note in notes { page.paragraph(note, label: "  -", indent: 4) }
  }

  private func findings(of report: AuditReport, on page: inout TextPage) {
    var shown: [[String]: String] = [:]
    for group in FindingGroup.groups(of: report) {
      page.blank()
      page.line(group.title, paint: .bold)
      for finding in group.findings {
        page.blank()
        write(finding, of: report, on: &page, shown: &shown)
      }
    }
  }

  private func write(
    _ finding: AuditReport.Finding, of report: AuditReport, on page: inout TextPage, shown: inout [[String]: String]
  ) {
    let (mark, paint) = Self.mark(finding.severity)
    let subject = TextPage.printable(Self.place(of: finding, in: report) ?? finding.npmPackage ?? "the package")
    let gap = style.width - 2 - subject.count - finding.rule.count
    page.raw(
      page.painted(mark, paint) + " " + page.painted(subject, .bold)
        + (gap > 0 ? String(repeating: " ", count: gap) + page.painted(finding.rule, .dim) : ""))
    if gap <= 0 { page.line(finding.rule, indent: 2, paint: .dim) }
    page.paragraph(finding.message, indent: 2)
    for line in finding.evidence { evidence(line, on: &page) }
    guard let remedy = finding.remedy else { return }
    if let place = shown[remedy.commands], !remedy.commands.isEmpty {
      let same = "as for \(place), with the same command\(remedy.commands.count == 1 ? "" : "s")"
      page.paragraph(same, label: "  Mend:", indent: Self.column)
      return
    }
    page.paragraph(remedy.summary, label: "  Mend:", indent: Self.column)
    for command in remedy.commands { page.line(command, indent: 4, paint: .good) }
    shown[remedy.commands] = subject
  }

  /// Where the text beside a label starts.
  private static let column = 14

  /// Evidence often starts with a label, such as `On Lambda: …`, which then stands in a column of its own.
  private func evidence(_ line: String, on page: inout TextPage) {
    for label in ["On Lambda", "Demangled", "Meaning", "Not fatal", "Passed over", "Source", "Found"]
    where line.hasPrefix(label + ": ") {
      page.paragraph(String(line.dropFirst(label.count + 2)), label: "  \(label):", indent: Self.column)
      return
    }
    page.paragraph(line, indent: 2)
  }

  private func verdict(of report: AuditReport, on page: inout TextPage) {
    let counts = AuditReport.Severity.allCases.reversed().compactMap { severity -> String? in
      let count = report.findings.count { $0.severity == severity }
      return count == 0 ? nil : "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
    }
    let details = counts.isEmpty ? "nothing to mend" : counts.joined(separator: ", ")
    let name = Self.name(report.target)
    switch report.verdict {
    case .airworthy: page.paragraph("✓ Airworthy on \(name): \(details).", paint: .good)
    case .grounded: page.paragraph("✗ Grounded on \(name): \(details).", paint: .error)
    }
  }

  private static func mark(_ severity: AuditReport.Severity) -> (String, TextPage.Paint) {
    switch severity {
    case .error: ("✗", .error)
    case .warning: ("!", .warning)
    case .note: ("·", .note)
    }
  }
}

extension TextReport {
  static func name(_ target: AuditReport.Target) -> String {
    "\(target.runtime ?? target.source.rawValue) \(target.architecture)"
  }

  /// Such as `Node.js 20.20.2 (NODE_MODULE_VERSION 115, Node-API 9), glibc 2.34, GLIBCXX 3.4.33`.
  static func environment(_ target: AuditReport.Target) -> String {
    let abi = [
      target.moduleVersion.map { "NODE_MODULE_VERSION \($0)" }, target.nodeApi.map { "Node-API \($0)" },
    ].compactMap(\.self)
    let node = target.node.map { "Node.js " + $0 } ?? "unknown Node.js"
    let parts = [
      abi.isEmpty ? node : "\(node) (\(abi.joined(separator: ", ")))", target.glibc.map { "glibc " + $0 },
      target.glibcxx.map { "GLIBCXX " + $0 },
    ]
    return parts.compactMap(\.self).joined(separator: ", ")
  }

  static func contents(_ package: AuditReport.Package) -> String {
    let files = "\(grouped(package.files)) \(package.files == 1 ? "file" : "files")"
    let zipped = package.zippedBytes.map { ", \(ByteCount.description($0)) zipped" } ?? ""
    return "\(package.kind.rawValue), \(files), \(ByteCount.description(package.unzippedBytes)) unzipped\(zipped)"
  }

  static func binaries(_ binaries: [AuditReport.Binary]) -> String {
    if binaries.isEmpty { return "no native binaries" }
    let used = binaries.filter { $0.role != "unused" }
    let addons = used.filter { $0.load != nil }
    let loading = addons.count { $0.load?.outcome == "loads" }
    let others = used.count - addons.count
    let parts = [
      (loading, loading == 1 ? "loads" : "load"),
      (addons.count - loading, addons.count - loading == 1 ? "does not load" : "do not load"),
      (others, others == 1 ? "is a library or a program" : "are libraries or programs"),
      (binaries.count - used.count, "unused"),
    ].filter { $0.0 > 0 }.map { "\(grouped($0.0)) \($0.1)" }
    let count = binaries.count == 1 ? "1 native binary" : "\(grouped(binaries.count)) native binaries"
    return "\(count): \(parts.joined(separator: ", "))"
  }

  /// `1234567` as `1,234,567`.
  static func grouped(_ number: Int) -> String {
    var digits = String(number)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return ([digits] + groups).joined(separator: ",")
  }
}

/// The findings about one npm package, or about what belongs to none.
private struct FindingGroup {
  var title: String
  var findings: [AuditReport.Finding]
  var worst: AuditReport.Severity

  /// The worst first, then by name; what concerns the whole package comes before npm packages of the same severity.
  static func groups(of report: AuditReport) -> [FindingGroup] {
    let versions = PackageVersions(report.binaries)
    let groups = Dictionary(grouping: report.findings) { finding in
      finding.npmPackage.map { versions.title(of: $0, at: finding.path) } ?? "The package"
    }
    return groups.map { title, findings in
      FindingGroup(
        title: title,
        findings: findings.enumerated().sorted { a, b in
          a.element.severity == b.element.severity ? a.offset < b.offset : a.element.severity > b.element.severity
        }.map(\.element),
        worst: findings.map(\.severity).max() ?? .note)
    }.sorted { a, b in
      if a.worst != b.worst { return a.worst > b.worst }
      if (a.title == "The package") != (b.title == "The package") { return a.title == "The package" }
      return a.title < b.title
    }
  }
}

/// The versions of the npm packages that a report knows of.
private struct PackageVersions {
  private struct Place: Hashable {
    var name: String
    var path: String?
  }

  private var versions: [Place: Set<String>] = [:]

  init(_ binaries: [AuditReport.Binary]) {
    for binary in binaries {
      guard let package = binary.npmPackage, let version = package.version else { continue }
      for path in [nil, package.path, binary.path] {
        versions[Place(name: package.name, path: path), default: []].insert(version)
      }
    }
  }

  /// The name with the version at `path`; with every version of the npm package where the path does not tell.
  func title(of name: String, at path: String?) -> String {
    let known = versions[Place(name: name, path: path)] ?? versions[Place(name: name, path: nil)] ?? []
    return ([name] + (known.isEmpty ? [] : [known.sorted().joined(separator: ", ")])).joined(separator: " ")
  }
}
