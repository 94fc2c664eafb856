import LoadSimulation

/// Finds a binary that loads, but calls a function that nothing defines.
///
/// Why: Functions are bound when they are first called. At that call glibc prints `symbol lookup error` and ends the process
/// with exit status 127; JavaScript cannot catch that, and Lambda reports only that the runtime exited.
///
/// Mend: Compile it for the runtime's own Node.js and libraries, or do not use the feature that calls the function.
///
/// Example: It loads, but nothing defines 2 functions that it calls: napi_create_date, node_api_symbol_for.
enum LazySymbols: Rule {
  static let id = "lazy-symbol"
  static let severity = AuditReport.Severity.warning

  /// So many functions are named; the JSON report has all.
  private static let namedCount = 5

  static func findings(for binary: AuditedBinary, in context: AuditContext) -> [AuditReport.Finding] {
    guard binary.role != .unused, let load = binary.load, load.outcome == .loads, let first = load.lazySymbols.first
    else { return [] }
    let names = load.lazySymbols.map(\.name)
    let what = names.count == 1 ? "a function that it calls" : "\(names.count) functions that it calls"
    let version = first.version.map { ", version " + $0 } ?? ""
    let message = "node: symbol lookup error: \(first.object): undefined symbol: \(first.name)\(version)"
    let readable = names.prefix(namedCount).compactMap { name in
      Demangling.readable(name).map { "Demangled: \(name) is \($0)" }
    }
    return [
      finding(
        binary, "It loads, but nothing defines \(what): \(Text.list(names, limit: namedCount)).",
        evidence: readable + [
          "On Lambda: at the first call, \(message)",
          "Meaning: the process ends there with exit status 127; JavaScript cannot catch it.",
          UndefinedSymbol.origin(first.name, context),
        ],
        remedy: context.remedies.compile(binary.npmPackage))
    ]
  }
}
