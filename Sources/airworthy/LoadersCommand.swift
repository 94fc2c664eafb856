import ArgumentParser
import Reports

struct LoadersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "loaders",
    abstract: "Explain the loaders: how npm packages find their native binary.",
    shouldDisplay: false)

  @Option(help: "text or markdown.")
  var format: Format = .text

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, markdown
  }

  func run() throws {
    switch format {
    case .text: try Output.print(LoadersReport.text(style: Output.style))
    case .markdown: try Output.print(LoadersReport.markdown())
    }
  }
}
