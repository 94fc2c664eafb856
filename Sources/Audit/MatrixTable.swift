/// Puts the findings of several reports into rows.
struct MatrixTable {
  /// What a row is about.
  private enum Subject: Hashable {
    case npmPackage(name: String, path: String)
    case addon(mount: String, path: String)
    case package
  }

  /// What one report says about one subject.
  private struct Entry {
    var findings: [AuditReport.Finding] = []
    /// Whether something of it is loaded there, as far as its binaries tell.
    var isUsed = false
    var hasBinaries = false
  }

  private var versions: [Subject: String] = [:]
  /// The npm packages that have or want native code.
  private var native: Set<Subject> = []
  private var columns: [[Subject: Entry]] = []
  private(set) var rows: [RuntimeMatrix.Row] = []

  init(_ reports: [AuditReport]) {
    for report in reports { columns.append(column(of: report)) }
    let subjects = Set(columns.flatMap(\.keys)).sorted(by: Self.precedes)
    rows = subjects.compactMap { subject in
      let entries = columns.map { $0[subject] ?? Entry() }
      let cells = entries.map(Self.cell)
      // JavaScript alone runs everywhere, and so does the package as a whole: of interest is what is wrong with them.
      let isNative = native.contains(subject) || entries.contains(where: \.hasBinaries)
      let isWrong = cells.contains { $0.outcome == .error || $0.outcome == .warning }
      return isNative || isWrong ? row(subject, cells) : nil
    }
  }

  private mutating func column(of report: AuditReport) -> [Subject: Entry] {
    var entries: [Subject: Entry] = [:]
    var owners: [Place: Subject] = [:]
    for package in report.npmPackages {
      let subject = Self.subject(package.name, at: package.path)
      versions[subject] = versions[subject] ?? package.version
      if package.native == true || package.loader != nil { native.insert(subject) }
      entries[subject] = entries[subject] ?? Entry()
    }
    for binary in report.binaries {
      guard let subject = subject(of: binary) else { continue }
      owners[Place(mount: binary.mount, path: binary.path)] = subject
      entries[subject, default: Entry()].hasBinaries = true
      if binary.role != "unused" { entries[subject, default: Entry()].isUsed = true }
    }
    let known = Array(entries.keys)
    for finding in report.findings {
      let place = finding.path.flatMap { path in finding.mount.map { Place(mount: $0, path: path) } }
      let subject = place.flatMap { owners[$0] } ?? Self.subject(of: finding, among: known)
      entries[subject, default: Entry()].findings.append(finding)
    }
    return entries
  }

  /// An npm package; the package's own root has the path `.`.
  private static func subject(_ name: String, at path: String) -> Subject {
    .npmPackage(name: name, path: path.isEmpty ? "." : path)
  }

  private struct Place: Hashable {
    var mount: String
    var path: String
  }

  /// Its npm package; or itself, where it is an addon and belongs to none.
  private mutating func subject(of binary: AuditReport.Binary) -> Subject? {
    guard let package = binary.npmPackage else {
      return binary.load == nil ? nil : .addon(mount: binary.mount, path: binary.path)
    }
    let subject = Self.subject(package.name, at: package.path)
    versions[subject] = versions[subject] ?? package.version
    return subject
  }

  /// The subject of a finding that is about no binary of the report.
  private static func subject(of finding: AuditReport.Finding, among known: [Subject]) -> Subject {
    guard let name = finding.npmPackage else {
      guard let path = finding.path, let mount = finding.mount else { return .package }
      return .addon(mount: mount, path: path)
    }
    let candidates = known.compactMap { subject -> String? in
      if case .npmPackage(name, let path) = subject { path } else { nil }
    }
    let around = candidates.filter { path in
      finding.path.map { $0 == path || $0.hasPrefix(path + "/") } ?? false
    }
    let best = around.max { $0.utf8.count < $1.utf8.count } ?? candidates.min()
    return .npmPackage(name: name, path: best ?? finding.path ?? name)
  }

  private static func cell(_ entry: Entry) -> RuntimeMatrix.Cell {
    let ranked = entry.findings.enumerated().sorted { a, b in
      a.element.severity == b.element.severity ? a.offset < b.offset : a.element.severity > b.element.severity
    }.map(\.element)
    var seen: Set<String> = []
    let rules = ranked.map(\.rule).filter { seen.insert($0).inserted }
    let outcome: RuntimeMatrix.Cell.Outcome =
      switch ranked.first?.severity {
      case .error: .error
      case .warning: .warning
      case .note, nil: entry.hasBinaries && !entry.isUsed ? .unused : .good
      }
    return RuntimeMatrix.Cell(
      outcome: outcome, rule: ranked.first?.rule, message: ranked.first?.message, rules: rules.isEmpty ? nil : rules)
  }

  private func row(_ subject: Subject, _ cells: [RuntimeMatrix.Cell]) -> RuntimeMatrix.Row {
    switch subject {
    case .npmPackage(let name, let path):
      .init(kind: .npmPackage, name: name, version: versions[subject], path: path, cells: cells)
    case .addon(let mount, let path):
      .init(kind: .addon, name: mount == "/opt" ? "/opt/\(path)" : path, version: nil, path: path, cells: cells)
    case .package: .init(kind: .package, name: "the package", version: nil, path: nil, cells: cells)
    }
  }

  private static func precedes(_ a: Subject, _ b: Subject) -> Bool {
    switch (a, b) {
    case (.npmPackage(let a, let first), .npmPackage(let b, let second)): a == b ? first < second : a < b
    case (.addon(let a, let first), .addon(let b, let second)): first == second ? a < b : first < second
    case (.npmPackage, _), (.addon, .package): true
    default: false
    }
  }
}
