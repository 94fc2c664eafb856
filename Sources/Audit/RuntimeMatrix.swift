/// One package against many targets: what `airworthy matrix` answers. Its JSON form is the contract `airworthy/matrix/1`:
/// keys are only ever added, and an absent fact is an absent key.
public struct RuntimeMatrix: Codable, Hashable, Sendable {
  public var schema = "airworthy/matrix/1"
  public var package: AuditReport.Package
  /// The columns, in the order asked for.
  public var targets: [Column]
  /// npm packages by name, then addons that belong to none by path, then what concerns the package as a whole.
  public var rows: [Row]
  /// What each rule that stands in a cell finds, by its id.
  public var legend: [String: String]

  public struct Column: Codable, Hashable, Sendable {
    public var target: AuditReport.Target
    public var verdict: AuditReport.Verdict
    /// How many findings there are of each severity.
    public var errors: Int
    public var warnings: Int
    public var notes: Int
    /// The names of the rows with errors.
    public var heldBackBy: [String]
  }

  public struct Row: Codable, Hashable, Sendable {
    public enum Kind: String, Codable, Sendable { case npmPackage, addon, package }

    public var kind: Kind
    /// Of the npm package, or the path of the addon.
    public var name: String
    public var version: String?
    /// Relative to its mount; absent for the package as a whole.
    public var path: String?
    /// One for each target, in their order.
    public var cells: [Cell]
  }

  public struct Cell: Codable, Hashable, Sendable {
    public enum Outcome: String, Codable, Sendable {
      /// Nothing worse than a note was found.
      case good
      case warning, error
      /// Nothing of it is loaded on that target.
      case unused
    }

    public var outcome: Outcome
    /// The worst finding's.
    public var rule: String?
    public var message: String?
    /// All rules with findings here, notes included, the worst first; absent where there are none.
    public var rules: [String]?
  }

  /// - Parameter reports: of one package, one for each target.
  public init?(_ reports: [AuditReport]) {
    guard let first = reports.first else { return nil }
    package = first.package
    let rows = MatrixTable(reports).rows
    self.rows = rows
    targets = reports.enumerated().map { column, report in
      let count = { (severity: AuditReport.Severity) in report.findings.count { $0.severity == severity } }
      return Column(
        target: report.target, verdict: report.verdict, errors: count(.error), warnings: count(.warning),
        notes: count(.note), heldBackBy: Self.names(of: rows.filter { $0.cells[column].outcome == .error }))
    }
    let summaries = Dictionary(
      RuleDocumentation.all.map { ($0.id, $0.summary) }, uniquingKeysWith: { first, _ in first })
    let shown = rows.flatMap(\.cells).filter { $0.outcome == .error || $0.outcome == .warning }
    let used = Set(shown.compactMap(\.rule))
    legend = Dictionary(uniqueKeysWithValues: used.map { ($0, summaries[$0] ?? $0) })
  }
}

extension RuntimeMatrix {
  /// Each name once: an npm package may be there several times.
  private static func names(of rows: [Row]) -> [String] {
    var seen: Set<String> = []
    return rows.map(\.name).filter { seen.insert($0).inserted }
  }

  /// Whether there is a target with a finding at least as severe as `severity`; never when that is `nil`.
  public func fails(on severity: AuditReport.Severity?) -> Bool {
    guard let severity else { return false }
    return targets.contains { column in
      switch severity {
      case .error: column.errors > 0
      case .warning: column.errors + column.warnings > 0
      case .note: column.errors + column.warnings + column.notes > 0
      }
    }
  }
}
