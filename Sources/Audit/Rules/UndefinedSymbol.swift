import LambdaRuntimes
import LoadSimulation

/// Finds a binary that needs a function or a variable that nothing defines.
///
/// Why: A variable, or any symbol of a binary linked with `-z now`, must be there when the addon is loaded. It is missing when
/// the addon was built for another Node.js, another C++ ABI or against another version of a library.
///
/// Mend: Compile it for the runtime's own Node.js and libraries.
///
/// Example: Nothing defines _ZN2v87Context3NewEv, which it needs when it is loaded.
enum UndefinedSymbol: Rule {
  static let id = "undefined-symbol"
  static let severity = AuditReport.Severity.error

  static func findings(for binary: AuditedBinary, in context: AuditContext) -> [AuditReport.Finding] {
    guard case .undefinedSymbol(let name, let version, let object) = binary.failure else { return [] }
    let symbol = name + (version.map { "@" + $0 } ?? "")
    let user = binary.isSelf(object) ? "it" : object
    let readable = Demangling.readable(name).map { "Demangled: \($0)" }
    return [
      finding(
        binary, "Nothing defines \(symbol), which \(user) needs when it is loaded.",
        evidence: [binary.lambdaMessage, readable, origin(name, context)], remedy: remedy(binary, context))
    ]
  }

  /// Where a symbol would have come from, as its name and the tables of Node.js's releases tell.
  static func origin(_ name: String, _ context: AuditContext) -> String? {
    let node = context.target.nodeVersion.map { "Node.js " + $0 } ?? "this Node.js"
    if name.hasPrefix("napi_") || name.hasPrefix("node_api_") {
      let since = NodeAPISymbols.builtIn.version(introducing: name).map { ": it is of Node-API version \($0)" } ?? ""
      return "Meaning: \(node) does not have this Node-API function\(since)."
    }
    let lines = NodeSymbolHistory.lines(exporting: name.utf8)
    if let newest = lines.last {
      let all = lines.count == 1 ? newest : lines.dropLast().joined(separator: ", ") + " and " + newest
      return "Meaning: \(node) does not export it, but Node.js \(all) \(lines.count == 1 ? "does" : "do"): "
        + "the addon was compiled against another Node.js than it is loaded by."
    }
    if ["_ZN2v8", "_ZNK2v8", "_ZN4node", "_ZTVN2v8"].contains(where: { name.hasPrefix($0) }) {
      let measured = NodeSymbolHistory.measuredLines
      return "Meaning: neither \(node) nor any of Node.js \(measured.first ?? "") to \(measured.last ?? "") exports it."
    }
    if name.hasPrefix("__") && name.hasSuffix("_chk") {
      return "Meaning: a glibc function that its C library does not have."
    }
    return nil
  }

  private static func remedy(_ binary: AuditedBinary, _ context: AuditContext) -> AuditReport.Remedy {
    context.remedies.compile(binary.npmPackage) ?? context.remedies.install(for: binary.npmPackage)
  }
}
