import Audit

/// A matrix for people.
public struct MatrixText: Sendable {
  public var style: TextStyle

  public init(style: TextStyle = TextStyle()) { self.style = style }

  /// The whole text, with a line break at its end.
  public func text(for matrix: RuntimeMatrix) -> String {
    var page = TextPage(style: style)
    let count = matrix.targets.count
    page.line("\(matrix.package.path) on \(count) \(count == 1 ? "target" : "targets")", paint: .bold)
    page.paragraph(TextReport.contents(matrix.package), indent: 2)
    page.blank()
    if matrix.rows.isEmpty {
      page.paragraph("No npm package or addon with a native binary, and nothing else to say.")
    } else {
      tables(of: matrix, on: &page)
      legend(of: matrix, on: &page)
    }
    page.blank()
    for column in matrix.targets { summary(of: column, on: &page) }
    return page.text
  }
}

extension MatrixText {
  /// Columns that fit beside the names; when not all do, one table stands below the other.
  private func tables(of matrix: RuntimeMatrix, on page: inout TextPage) {
    let names = matrix.rows.map { Self.title(of: $0, in: matrix) }
    let cells = matrix.rows.map { $0.cells.map { Self.cell($0) } }
    let runtimes = matrix.targets.map(Self.runtime)
    // A runtime's name stands over all its architectures.
    let labels =
      matrix.targets.map(\.target.architecture) + runtimes.filter { name in runtimes.count { $0 == name } == 1 }
    let width = 2 + (cells.flatMap { $0.map(\.text.count) } + labels.map(\.count)).reduce(6, max)
    let longest = names.map(\.count).max() ?? 0
    let most = max((style.width - min(longest, style.width / 3)) / width, 1)
    var start = 0
    while start < matrix.targets.count {
      let end = Self.end(of: start, most: most, matrix.targets)
      let layout = Layout(names: min(longest, style.width - width * (end - start)), cell: width)
      if start > 0 { page.blank() }
      header(matrix.targets[start..<end], layout, on: &page)
      for (name, row) in zip(names, cells) { line(name, row[start..<end], layout, on: &page) }
      start = end
    }
  }

  /// Where a table that begins at `start` ends: the architectures of one runtime stay together where they can.
  private static func end(of start: Int, most: Int, _ targets: [RuntimeMatrix.Column]) -> Int {
    let end = min(start + most, targets.count)
    guard end < targets.count else { return end }
    let runtime = targets[end].target.runtime
    let first = targets[start..<end].firstIndex { $0.target.runtime == runtime } ?? end
    return first > start ? first : end
  }

  private struct Layout {
    /// The width of the names' column, and that of each other one with the blanks before it.
    var names: Int
    var cell: Int
  }

  private func header(_ targets: ArraySlice<RuntimeMatrix.Column>, _ layout: Layout, on page: inout TextPage) {
    var runtimes = ""
    var previous: String?
    for (position, column) in targets.enumerated() {
      let name = Self.runtime(column)
      let place = layout.names + position * layout.cell + 2
      if name != previous {
        runtimes = Self.padded(runtimes, to: max(place, runtimes.isEmpty ? 0 : runtimes.count + 1)) + name
      }
      previous = name
    }
    let labels = targets.map { Self.padded("  " + $0.target.architecture, to: layout.cell) }.joined()
    page.line(runtimes, paint: .bold)
    page.line(Self.trimmed(String(repeating: " ", count: layout.names) + labels), paint: .dim)
  }

  private func line(
    _ name: String, _ cells: ArraySlice<(text: String, paint: TextPage.Paint)>, _ layout: Layout,
    on page: inout TextPage
  ) {
    let shown = TextPage.printable(name)
    if shown.count > layout.names { page.line(name) }
    var text = Self.padded(shown.count > layout.names ? "" : shown, to: layout.names)
    for (index, cell) in cells.enumerated() {
      let isLast = index == cells.count - 1
      let gap = isLast ? "" : String(repeating: " ", count: max(layout.cell - 2 - cell.text.count, 0))
      text += "  " + page.painted(cell.text, cell.paint) + gap
    }
    page.raw(text)
  }

  private static func runtime(_ column: RuntimeMatrix.Column) -> String {
    column.target.runtime ?? column.target.source.rawValue
  }

  private static func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(width - text.count, 0))
  }

  private static func trimmed(_ text: String) -> String {
    var text = text
    while text.last == " " { text.removeLast() }
    return text
  }

  /// The npm package with its version, and with its path where another one is called the same.
  private static func title(of row: RuntimeMatrix.Row, in matrix: RuntimeMatrix) -> String {
    let name = [row.name, row.version].compactMap(\.self).joined(separator: " ")
    let isAmbiguous = matrix.rows.count { $0.name == row.name && $0.version == row.version } > 1
    return isAmbiguous ? [name, row.path.map { "(\($0))" }].compactMap(\.self).joined(separator: " ") : name
  }

  private static func cell(_ cell: RuntimeMatrix.Cell) -> (text: String, paint: TextPage.Paint) {
    switch cell.outcome {
    case .good: ("✓", .good)
    case .unused: ("–", .dim)
    case .warning: ("! " + ShortRuleName.of(cell.rule ?? ""), .warning)
    case .error: ("✗ " + ShortRuleName.of(cell.rule ?? ""), .error)
    }
  }

  private func legend(of matrix: RuntimeMatrix, on page: inout TextPage) {
    page.blank()
    let outcomes = Set(matrix.rows.flatMap { $0.cells.map(\.outcome) })
    var marks = ["✓ good"]
    if outcomes.contains(.error) { marks.append("✗ error") }
    if outcomes.contains(.warning) { marks.append("! warning") }
    if outcomes.contains(.unused) { marks.append("– nothing of it is used there") }
    page.line(marks.joined(separator: "   "))
    let entries = matrix.legend.map { (ShortRuleName.of($0), $0, $1) }.sorted { $0.0 < $1.0 }
    let column = 2 + (entries.map(\.0.count).max() ?? 0)
    for (short, rule, summary) in entries {
      let found = summary.hasPrefix("Finds ") ? summary.dropFirst(6) : summary[...]
      page.paragraph("\(rule): \(found)", label: short, indent: column)
    }
  }

  /// One line: whether the package can go there, and what holds it back.
  private func summary(of column: RuntimeMatrix.Column, on page: inout TextPage) {
    let name = TextReport.name(column.target)
    let warnings = column.warnings == 0 ? "" : ", \(column.warnings) \(column.warnings == 1 ? "warning" : "warnings")"
    guard column.errors > 0 else {
      return page.paragraph("✓ \(name): airworthy\(warnings)", indent: 0, paint: .good)
    }
    let named = column.heldBackBy.prefix(4).joined(separator: ", ")
    let more = column.heldBackBy.count > 4 ? " and \(column.heldBackBy.count - 4) more" : ""
    let errors = "\(column.errors) \(column.errors == 1 ? "error" : "errors")"
    page.paragraph("✗ \(name): \(errors)\(warnings); held back by \(named)\(more)", indent: 0, paint: .error)
  }
}

/// Names for rules that fit into a narrow column.
enum ShortRuleName {
  private static let names = [
    "foreign-format": "foreign", "wrong-architecture": "arch", "wrong-class": "32-bit", "damaged-binary": "damaged",
    "musl-build": "musl", "glibc-too-new": "glibc", "libstdcxx-too-new": "libstdc++", "missing-library": "library",
    "library-version": "version", "undefined-symbol": "symbol", "lazy-symbol": "lazy", "lazy-symbols": "lazy",
    "module-version-mismatch": "module", "node-api-too-new": "node-api", "not-an-addon": "no addon",
    "broken-link": "link", "unreadable-file": "mode", "not-executable": "mode", "kernel-too-old": "kernel",
    "executable-stack": "stack", "static-tls": "tls", "cpu-microarchitecture": "cpu", "addon-missing": "missing",
    "wrong-platform-package": "platform", "context-unaware": "context", "abandoned-package": "abandoned",
    "runtime-deprecated": "retired", "size-limit": "size", "stale-package": "stale", "unused-binaries": "unused",
    "duplicate-entry": "duplicate", "unsafe-path": "unsafe", "encrypted-entry": "encrypted",
    "damaged-archive": "damaged", "undecided": "undecided",
  ]

  /// The name of a rule; of one without a short name, as much of its id as fits.
  static func of(_ rule: String) -> String {
    if let name = names[rule] { return name }
    var parts = rule.split(separator: "-")
    while parts.count > 1, parts.joined(separator: "-").count > 10 { parts.removeLast() }
    return String(parts.joined(separator: "-").prefix(10))
  }
}
