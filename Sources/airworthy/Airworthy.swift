import ArgumentParser

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// `exit`, which the command's own one hides.
private func endProcess(_ status: Int32) -> Never { exit(status) }

@main
struct Airworthy: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "airworthy",
    abstract: "Tells what Node.js on AWS Lambda will do with every native binary of a package, before you deploy it.",
    discussion: """
      EXAMPLES
        airworthy function.zip
        airworthy check . --runtime nodejs20.x --arch arm64
        airworthy check function.zip --layer sharp-layer.zip --format json
        airworthy check image.tar
        airworthy matrix function.zip
        airworthy inspect node_modules/bcrypt/prebuilds/linux-x64/bcrypt.glibc.node
        airworthy targets
        airworthy rules glibc-too-new

      EXIT STATUS
        0   good
        1   findings at or above --fail-on
        64  wrong usage
        65  damaged input
        66  missing or unreadable input, or an output that cannot be written
        69  a needed program or service is not there
        70  a fault of airworthy itself
      """,
    version: "0.1.0",
    subcommands: [
      CheckCommand.self, MatrixCommand.self, ExplainCommand.self, DoctorCommand.self, InspectCommand.self,
      TargetsCommand.self, CaptureCommand.self, RulesCommand.self, LoadersCommand.self,
    ],
    defaultSubcommand: CheckCommand.self)

  static func main() async {
    let arguments = CommandLine.arguments.dropFirst()
    HeadStart.begin(arguments)
    // Reading a sound command line of `check` alone takes half the time; for all others, and for what is said of mistakes,
    // the whole command is asked.
    guard arguments.first == "check", let check = try? CheckCommand.parse(Array(arguments.dropFirst())) else {
      return await main(nil)
    }
    do {
      try check.run()
    } catch let status as ExitCode {
      // All has been said; the parser would look for something to add.
      endProcess(status.rawValue)
    } catch {
      exit(withError: error)
    }
  }
}
