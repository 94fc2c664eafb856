/// Finds an addon that can be loaded only once in a process.
///
/// Why: An addon that registers itself through V8's old way, without being context-aware, cannot be loaded in worker threads,
/// nor a second time: there Node.js throws `Module did not self-register`.
///
/// Mend: Nothing is needed where the function has no worker threads. Otherwise take a release that uses Node-API.
///
/// Example: Not context-aware: it cannot be loaded in a worker thread.
enum ContextUnaware: Rule {
  static let id = "context-unaware"
  static let severity = AuditReport.Severity.note

  static func findings(for binary: AuditedBinary, in context: AuditContext) -> [AuditReport.Finding] {
    guard binary.role != .unused, binary.load?.outcome == .loads, let registration = binary.facts?.registration,
      registration.kind == .v8, registration.usesConstructor, registration.registeredVersions.isEmpty
    else { return [] }
    return [
      finding(
        binary, "Not context-aware: it cannot be loaded in a worker thread.",
        evidence: ["On Lambda, in a worker thread: Error: Module did not self-register: '\(binary.deployedPath)'."],
        remedy: nil)
    ]
  }
}
