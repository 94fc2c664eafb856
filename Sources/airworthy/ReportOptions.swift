import ArgumentParser
import Audit
import Reports

/// How a report is written, and what makes the command fail.
struct ReportOptions: ParsableArguments {
  @Option(help: "text or json.")
  var format: OutputFormat = .text

  @Option(help: "The least severity that makes the exit status 1: error, warning, note or never.")
  var failOn: FailOn = .error

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write the report to a file instead of standard output.", valueName: "file")
  )
  var output: String?

  /// Writes the report in the form that is wanted; throws exit status 1 where it has findings that fail.
  func write(
    json: () throws -> String, text: (TextStyle) -> String, fails: (AuditReport.Severity?) -> Bool
  ) throws {
    let whole = format == .json ? try json() : text(output == nil ? Output.style : TextStyle())
    if let output { try Output.write(whole, to: output) } else { try Output.print(whole) }
    if fails(failOn.severity) { throw ExitCode(1) }
  }
}

enum FailOn: String, ExpressibleByArgument, CaseIterable {
  case error, warning, note, never

  var severity: AuditReport.Severity? { AuditReport.Severity(rawValue: rawValue) }
}
