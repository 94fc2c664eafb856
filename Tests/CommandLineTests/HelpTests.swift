import Testing

@Suite("Help")
struct HelpTests {
  static let commands = ["", "check", "matrix", "explain", "doctor", "inspect", "targets", "capture", "rules"]

  @Test("Every subcommand shows examples that are not broken over lines, within 80 columns", arguments: commands)
  func examples(_ command: String) async throws {
    let arguments = (command.isEmpty ? [] : [command]) + ["--help"]
    let help = try await Airworthy.run(arguments, in: Airworthy.repository)
    #expect(help.status == 0 && help.errors.isEmpty)
    let lines = help.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.filter { $0.count > 80 } == [])
    let examples = lines.drop { $0 != "EXAMPLES" }.dropFirst().prefix { !$0.isEmpty }
    #expect(!examples.isEmpty)
    for example in examples { #expect(example.hasPrefix("  airworthy "), "broken over lines") }
    if !command.isEmpty, command != "check" {
      #expect(examples.allSatisfy { $0.hasPrefix("  airworthy \(command)") })
    }
  }

  @Test("The overview lists every subcommand and every exit status on a line of its own")
  func overview() async throws {
    let help = try await Airworthy.run(["--help"], in: Airworthy.repository)
    for command in Self.commands.dropFirst() { #expect(help.output.contains("\n  \(command) ")) }
    for status in ["0 ", "1 ", "64", "65", "66", "69", "70"] { #expect(help.output.contains("\n  \(status)  ")) }
  }
}
