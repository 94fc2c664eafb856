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

  /// A directory is what `check` is for.
  private func mappedFile() throws -> MappedFile {
    do {
      return try MappedFile(path: file)
    } catch TreeError.notARegularFile {
      throw Failure.say(
        "\(file): is not a regular file; name one binary, or give a directory to airworthy check", Failure.missing)
    }
  }

  func run() throws {
    let text = try Failure.reporting {
      let mapped = try mappedFile()
      let binary = mapped.withBytes { NativeBinary(parsing: $0) }
      let report = InspectionReport(path: file, byteCount: mapped.byteCount, binary: binary)
      return format == .json ? try report.json() : report.text(style: Output.style)
    }
    try Output.print(text)
  }
}
