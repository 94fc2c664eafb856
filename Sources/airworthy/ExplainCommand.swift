import ArgumentParser
import Audit
import Explanations
import LambdaRuntimes
import Reports

struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Explain an error or a log: what happened, why, and how to mend it.",
    discussion: """
      The text is an argument, a file, or standard input; the log of a deployed
      function comes through the AWS CLI. With --package the cause is looked for in
      the package: proved there, or contradicted.

      EXAMPLES
        airworthy explain "/var/task/app.node: invalid ELF header"
        airworthy explain error.log
        airworthy explain - <error.log
        airworthy explain --logs my-function --since 1h
        airworthy explain error.log --package function.zip --runtime nodejs20.x

      EXIT STATUS
        0   at least one cause was found
        1   none was
      """)

  @Argument(help: "The text, or a file that holds it; - is standard input.", completion: .file())
  var text: [String] = []

  @Option(help: ArgumentHelp("Read the log of this Lambda function with the AWS CLI.", valueName: "function"))
  var logs: String?

  @Option(help: ArgumentHelp("How far back --logs reads, such as 30m, 1h or 2d.", valueName: "span"))
  var since = "1h"

  @Option(
    help: ArgumentHelp("The package that failed, a directory or a zip, to prove the cause.", valueName: "path"),
    completion: .file())
  var package: String?

  @Option(
    name: .customLong("layer"),
    help: ArgumentHelp("A layer below the package, in Lambda's order; repeatable.", valueName: "path"),
    completion: .file())
  var layers: [String] = []

  @OptionGroup(title: "Target")
  var target: TargetOptions

  @Option(help: "text or json.")
  var format: OutputFormat = .text

  func validate() throws {
    if logs != nil, !text.isEmpty { throw ValidationError("Give a text or --logs, not both.") }
    if !layers.isEmpty, package == nil { throw ValidationError("--layer belongs to --package.") }
    if target.runtime.count > 1 || target.arch.count > 1 {
      throw ValidationError("A log is of one function: give --runtime and --arch at most once.")
    }
    if logs == nil, text.isEmpty, StandardStream.inputIsTerminal {
      throw ValidationError("Give the error's text, a file, or a pipe.")
    }
  }

  func run() async throws {
    let explanation = try await Failure.reporting {
      var explainer = Explainer(request: target.request)
      if let logs {
        explainer = try await FunctionLogs(function: logs, since: since).read(into: explainer)
      } else {
        try explainer.consume(LogSource(arguments: text))
      }
      return try explainer.explanation(
        provedBy: package.map { try AuditedPackage(path: $0, layers: layers, kind: nil) })
    }
    try Output.print(
      format == .json
        ? try JSONReport.encode(explanation) : ExplanationReport(style: Output.style).text(for: explanation))
    if explanation.diagnoses.isEmpty { throw ExitCode(1) }
  }
}
