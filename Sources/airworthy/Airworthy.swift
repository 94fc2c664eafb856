import ArgumentParser

@main
struct Airworthy: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "airworthy", version: "0.1.0")
}
