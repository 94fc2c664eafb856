import ArgumentParser
import Audit
import LambdaRuntimes
import PackageFiles
import Reports

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    _superCommandName: "airworthy",
    abstract:
      "Check a directory, zip or container image: what happens to each native binary on Lambda, why, and how to mend it.",
    discussion: """
      Nothing of the package is run. Without a target it is checked for the newest runtime on x86_64.
      An image brings its own: its root file system, its Node.js and its LD_LIBRARY_PATH.

      EXAMPLES
        airworthy check .
        airworthy check function.zip --runtime nodejs20.x --arch arm64
        airworthy check . --runtime nodejs20.x --runtime nodejs22.x --format json
        airworthy check layer.zip --kind layer
        airworthy check . --layer first.zip --layer second.zip
        airworthy check . --sysroot rootfs --node rootfs/var/lang/bin/node
        airworthy check image.tar
      """)

  @Argument(
    help: "The package: a directory, a zip, or an image archive of docker save or in OCI layout.", completion: .file())
  var path: String

  @OptionGroup(title: "Target")
  var target: TargetOptions

  @OptionGroup
  var contents: PackageOptions

  @Option(help: "text or json.")
  var format: OutputFormat = .text

  @Option(help: "The least severity that makes the exit status 1: error, warning, note or never.")
  var failOn: FailOn = .error

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write the report to a file instead of standard output.", valueName: "file")
  )
  var output: String?

  func run() throws {
    let reports = try Failure.reporting {
      let progress = Progress()
      defer { progress.end() }
      let (audit, request) = try contents.open(path, target)
      return try audit.reports(for: try request.resolve(), withDigest: format == .json)
    }
    let text =
      format == .json
      ? try JSONReport.text(for: reports)
      : TextReport(style: output == nil ? Output.style : TextStyle()).text(for: reports)
    if let output { try Output.write(text, to: output) } else { try Output.print(text) }
    if reports.contains(where: { $0.fails(on: failOn.severity) }) { throw ExitCode(1) }
  }
}

enum FailOn: String, ExpressibleByArgument, CaseIterable {
  case error, warning, note, never

  var severity: AuditReport.Severity? { AuditReport.Severity(rawValue: rawValue) }
}
