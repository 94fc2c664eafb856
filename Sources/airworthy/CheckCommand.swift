import ArgumentParser
import Audit
import LambdaRuntimes
import PackageFiles
import Reports

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check a directory or zip: what happens to each native binary on Lambda, why, and how to mend it.",
    discussion: """
      Nothing of the package is run. Without a target it is checked for the newest runtime on x86_64.

      EXAMPLES
        airworthy check .
        airworthy check function.zip --runtime nodejs20.x --arch arm64
        airworthy check . --runtime nodejs20.x --runtime nodejs22.x --format json
        airworthy check layer.zip --kind layer
        airworthy check . --layer first.zip --layer second.zip
        airworthy check . --sysroot rootfs --node rootfs/var/lang/bin/node
      """)

  @Argument(help: "The package: a directory or a zip.", completion: .file())
  var path: String

  @OptionGroup(title: "Target")
  var target: TargetOptions

  @Option(help: "function or layer; recognised by the contents when not given.")
  var kind: PackageKind?

  @Option(
    name: .customLong("layer"),
    help: ArgumentHelp("A layer below the function, in Lambda's order; repeatable.", valueName: "path"),
    completion: .file())
  var layers: [String] = []

  @Option(help: "text or json.")
  var format: OutputFormat = .text

  @Option(help: "The least severity that makes the exit status 1: error, warning, note or never.")
  var failOn: FailOn = .error

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write the report to a file instead of standard output.", valueName: "file")
  )
  var output: String?

  func validate() throws {
    let limit = Catalog.builtIn.quotas.layers
    if layers.count > limit {
      throw ValidationError("A function has at most \(limit) layers; \(layers.count) were given.")
    }
  }

  func run() throws {
    let reports = try Failure.reporting {
      let targets = try target.request.resolve()
      let progress = Progress()
      defer { progress.end() }
      let package = try AuditedPackage(path: path, layers: layers, kind: kind?.packageKind)
      let audit = Audit(package)
      if audit.isEmpty {
        throw Failure.say(
          "\(path) has no files in it: name the directory or zip that would be deployed", Failure.missing)
      }
      return try audit.reports(for: targets, withDigest: format == .json)
    }
    let text =
      format == .json
      ? try JSONReport.text(for: reports)
      : TextReport(style: output == nil ? Output.style : TextStyle()).text(for: reports)
    if let output { try Output.write(text, to: output) } else { try Output.print(text) }
    if reports.contains(where: { $0.fails(on: failOn.severity) }) { throw ExitCode(1) }
  }
}

enum PackageKind: String, ExpressibleByArgument, CaseIterable {
  case function, layer

  var packageKind: AuditedPackage.Kind { self == .layer ? .layer : .function }
}

enum FailOn: String, ExpressibleByArgument, CaseIterable {
  case error, warning, note, never

  var severity: AuditReport.Severity? { AuditReport.Severity(rawValue: rawValue) }
}
