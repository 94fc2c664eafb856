import ArgumentParser
import LambdaRuntimes
import Reports

struct TargetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "targets",
    abstract: "List the Lambda runtimes that airworthy knows, with their dates, limits and what they have.",
    discussion: """
      EXAMPLES
        airworthy targets
        airworthy targets --format json
      """)

  @Option(help: "text or json.")
  var format: OutputFormat = .text

  @OptionGroup
  var dates: DayOption

  func run() throws {
    let report = TargetsReport(catalog: .builtIn, today: dates.day)
    try Output.print(format == .json ? try report.json() : report.text(style: Output.style))
  }
}
