import ArgumentParser
import Audit
import LambdaRuntimes
import Reports

struct MatrixCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "matrix",
    abstract: "Show where a package can go: each npm package and addon against many runtimes and architectures.",
    discussion: """
      Without a target it is checked for every current runtime, on both architectures. The package is read once.
      The exit status is 1 when a column has findings at or above --fail-on; name the targets that matter.

      EXAMPLES
        airworthy matrix .
        airworthy matrix function.zip --runtime nodejs22.x --runtime nodejs24.x
        airworthy matrix . --arch arm64 --format json
      """)

  @Argument(help: "The package: a directory, a zip, or an image archive.", completion: .file())
  var path: String

  @OptionGroup(title: "Target")
  var target: TargetOptions

  @OptionGroup
  var contents: PackageOptions

  @OptionGroup
  var report: ReportOptions

  func run() throws {
    let matrix = try Failure.reporting {
      let progress = Progress()
      defer { progress.end() }
      let (audit, targets) = try contents.open(path, target) { request in
        HeadStart.Targets { Result { try request.resolveAll() } }
      }
      let reports = try audit.reports(for: targets, with: .npmPackages)
      guard let matrix = RuntimeMatrix(reports) else {
        throw ValidationError("No runtime is current on that day: name one with --runtime.")
      }
      return matrix
    }
    try report.write(
      json: { try JSONReport.encode(matrix) }, text: { MatrixText(style: $0).text(for: matrix) },
      fails: { matrix.fails(on: $0) })
  }
}
