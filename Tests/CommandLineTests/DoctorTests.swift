import Foundation
import Testing

@Suite("Examining this machine")
struct DoctorTests {
  private static let target = ["--runtime", "nodejs20.x", "--arch", "arm64", "--today", "2026-11-23"]

  /// A PATH with these programs alone.
  private static func machine(_ programs: [String: String]) throws -> Scratch {
    let scratch = try Scratch()
    for (name, script) in programs { try scratch.program(name, script) }
    return scratch
  }

  private static let node =
    #"echo '{"version":"22.11.0","platform":"linux","arch":"x64","modules":"127","napi":"9","glibc":"2.39","path":"/usr/bin/node"}'"#
  private static let programs = [
    "node": node,
    "npm":
      "if [ \"$1\" = --version ]; then echo 9.8.1; else echo 'os = null'; echo 'ignore-scripts = true'; echo 'omit = optional'; echo 'cpu = x64'; echo '//registry/:_authToken = secret'; fi",
    "docker":
      "if [ \"$1\" = --version ]; then echo 'Docker version 27.3.1, build ce12230'; else echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.' >&2; exit 1; fi",
    "podman": "if [ \"$1\" = --version ]; then echo 'podman version 5.2.5'; fi", "zig": "echo 0.14.0",
    "pnpm": "echo 9.12.3",
    "aws": "echo 'aws-cli/2.18.0 Python/3.12.6 Linux/6.1 exe/x86_64'",
  ]

  private func run(_ scratch: Scratch, _ arguments: [String]) async throws -> Airworthy.Outcome {
    try await Airworthy.run(
      ["doctor"] + arguments + Self.target, in: scratch.directory, environment: ["PATH": scratch.directory.path])
  }

  @Test("Every difference from the target is named with what it breaks")
  func differences() async throws {
    let outcome = try await run(try Self.machine(Self.programs), ["--format", "json"])
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let checkup = try JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8))
    #expect(checkup.schema == "airworthy/doctor/1")
    let differences = Dictionary(checkup.differences.map { ($0.what, $0) }) { first, _ in first }
    #expect(differences["architecture"]?.local == "x64" && differences["architecture"]?.target == "arm64")
    #expect(differences["C library"]?.local == "glibc 2.39" && differences["C library"]?.target == "glibc 2.34")
    #expect(differences["NODE_MODULE_VERSION"]?.local == "127" && differences["NODE_MODULE_VERSION"]?.target == "115")
    #expect(
      differences["npm's ignore-scripts"] != nil && differences["npm's omit"] != nil
        && differences["npm's cpu"]?.target == "arm64")
    #expect(differences["npm"]?.local == "9.8.1")
    #expect(differences["container engine"] == nil, "podman answers")
    #expect(differences.values.allSatisfy { $0.breaks.count > 20 })
    #expect(!outcome.output.contains("secret"))
  }

  @Test("Text and Markdown have a line for each tool, also for missing ones")
  func table() async throws {
    let scratch = try Self.machine(Self.programs)
    let text = try await run(scratch, [])
    for line in [
      "Node-API", "docker", "docker does not answer: Cannot connect to the Docker daemon", "5.2.5, answers", "0.14.0",
      "2.18.0", "not installed",
    ] {
      #expect(text.output.contains(line), "\(line)\n\(text.output)")
    }
    let markdown = try await run(scratch, ["--markdown"])
    #expect(
      markdown.status == 0 && markdown.output.contains("| **NODE_MODULE_VERSION** | 127 | 115 |"), "\(markdown.output)")
  }

  @Test("Nothing installed is no error")
  func nothing() async throws {
    let outcome = try await run(try Scratch(), [])
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    #expect(outcome.output.contains("Node.js: none (not in PATH)"))
  }

  @Test("A tool that hangs costs the time allowed, not more")
  func hanging() async throws {
    var programs = Self.programs
    programs["node"] = "/bin/sleep 300; :"
    programs["docker"] = "trap '' TERM; /bin/sleep 300; /bin/sleep 300"
    let start = ContinuousClock.now
    let outcome = try await run(try Self.machine(programs), ["--timeout", "1"])
    #expect(outcome.status == 0 && outcome.output.contains("does not answer within the time allowed"))
    // A busy machine may need long for the rest; the tools would sleep for 300 seconds.
    #expect(ContinuousClock.now - start < .seconds(240))
  }

  private struct Answer: Decodable {
    struct Difference: Decodable { var what, local, target, breaks: String }
    var schema: String
    var differences: [Difference]
  }
}
