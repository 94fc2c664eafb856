import ArgumentParser
import Audit
import LambdaRuntimes
import Reports

struct CaptureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "capture",
    abstract: "Write the environment of a real root file system or image as JSON, to check against it anywhere.",
    usage: "airworthy capture --sysroot <path> [<options>]",
    discussion: """
      Use it with `airworthy check PATH --environment FILE`.

      EXAMPLES
        airworthy capture --sysroot rootfs -o lambda-nodejs20.json
        airworthy capture --sysroot rootfs --node ./node -o environment.json
        airworthy capture --sysroot image.tar --arch arm64 -o image.json
      """)

  @Option(
    help: ArgumentHelp("The root file system: a directory, or an image archive.", valueName: "path"),
    completion: .file())
  var sysroot: String

  @Option(
    help: ArgumentHelp("The Node.js executable, when it is not at a usual place in the root.", valueName: "file"),
    completion: .file())
  var node: String?

  @Option(help: ArgumentHelp("Which image is meant where the archive has several: x86_64 or arm64.", valueName: "arch"))
  var arch: String?

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The file to write; standard output when not given.", valueName: "file"))
  var output: String?

  func run() throws {
    let text = try Failure.reporting {
      var request = TargetRequest()
      request.sysroot = sysroot
      request.nodeFile = node
      request.architectures = arch.map { [$0] } ?? []
      let environments = try request.resolve().map { EnvironmentFile(capturing: $0.environment) }
      return try environments.map { try JSONReport.encode($0) }.joined()
    }
    if let output { try Output.write(text, to: output) } else { try Output.print(text) }
  }
}
