import ArgumentParser
import Audit
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

  @OptionGroup
  var report: ReportOptions

  func run() throws {
    let reports = try Failure.reporting {
      let progress = Progress()
      defer { progress.end() }
      let (audit, targets) = try contents.open(path, target, HeadStart.targets(for:))
      return try audit.reports(for: targets, with: report.format == .json ? [.digest, .npmPackages] : [])
    }
    Kept.untilTheEnd(reports)
    try report.write(
      json: { try JSONReport.text(for: reports) }, text: { TextReport(style: $0).text(for: reports) },
      fails: { severity in reports.contains { $0.fails(on: severity) } })
  }
}
