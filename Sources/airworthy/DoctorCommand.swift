import ArgumentParser
import Explanations
import Reports

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Show this machine's Node.js, npm and tools beside a target, and what each difference breaks.",
    usage: "airworthy doctor [<options>]",
    discussion: """
      Tools that are missing are no errors. --markdown prints a block for a bug
      report.

      EXAMPLES
        airworthy doctor
        airworthy doctor --runtime nodejs22.x --arch arm64
        airworthy doctor --markdown
        airworthy doctor --format json
      """)

  @OptionGroup(title: "Target")
  var target: TargetOptions

  @Option(help: "text or json.")
  var format: OutputFormat = .text

  @Flag(help: "Print Markdown, to paste into a bug report.")
  var markdown = false

  @Option(help: ArgumentHelp("How long a tool may take to answer.", valueName: "seconds"))
  var timeout = 10

  func validate() throws {
    if markdown, format == .json { throw ValidationError("--markdown is a form of text: drop --format json.") }
    if target.runtime.count > 1 || target.arch.count > 1 {
      throw ValidationError("One target at a time: give --runtime and --arch at most once.")
    }
    if !(1...600).contains(timeout) { throw ValidationError("--timeout is from 1 to 600 seconds.") }
  }

  func run() async throws {
    let checkup = try await Failure.reporting {
      let resolved = try target.request.resolve()
      let machine = await MachineExamination(timeout: .seconds(timeout)).machine()
      return resolved.first.map { Checkup(airworthy: Airworthy.configuration.version, target: $0, local: machine) }
    }
    guard let checkup else { return }
    let report = CheckupReport(style: Output.style)
    try Output.print(
      format == .json
        ? try JSONReport.encode(checkup) : markdown ? report.markdown(for: checkup) : report.text(for: checkup))
  }
}
