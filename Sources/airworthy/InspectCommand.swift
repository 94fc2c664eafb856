import ArgumentParser
import NativeBinaries
import PackageFiles
import Reports

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract:
      "Print the facts of one binary: format, machine, libraries, versions, symbols, how it registers with Node.js.",
    discussion: """
      EXAMPLES
        airworthy inspect build/Release/binding.node
        airworthy inspect node_modules/sharp/build/Release/sharp.node --format json
      """)

  @Argument(help: "The file, whatever its name.", completion: .file())
  var file: String

  @Option(help: "text or json.")
  var format: OutputFormat = .text

  func run() throws {
    let text = try Failure.reporting {
      let mapped = try MappedFile(path: file)
      let binary = mapped.withBytes { NativeBinary(parsing: $0) }
      let report = InspectionReport(path: file, byteCount: mapped.byteCount, binary: binary)
      return format == .json ? try report.json() : report.text(style: Output.style)
    }
    try Output.print(text)
  }
}
