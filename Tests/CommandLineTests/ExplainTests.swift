import Foundation
import Testing

@Suite("Explaining logs")
struct ExplainTests {
  private static let today = ["--today", "2026-11-23"]
  private static let target = ["--runtime", "nodejs20.x", "--arch", "x86_64"] + today
  private static let header = "Error: /var/task/node_modules/ref/build/Release/binding.node: invalid ELF header"
  private static let machine =
    "/var/task/node_modules/checksum/build/Release/checksum.node: cannot open shared object file: No such file or directory"

  static let cases: [(name: String, arguments: [String])] = [
    ("explain-text", ["explain", header] + target), ("explain-json", ["explain", header, "--format", "json"] + target),
    ("explain-nothing", ["explain", "all is well"] + today),
    ("explain-nothing-json", ["explain", "all is well", "--format", "json"] + today),
    ("explain-proved", ["explain", header, "--package", "macos-ref-ffi"] + target),
    ("explain-proved-json", ["explain", header, "--package", "macos-ref-ffi.zip", "--format", "json"] + target),
    ("explain-contradicted", ["explain", good, "--package", "airworthy.zip"] + target),
    ("explain-wrong-architecture", ["explain", machine, "--package", "wrong-architecture"] + target),
    ("explain-other-architecture", ["explain", arm, "--package", "airworthy", "--runtime", "nodejs20.x"] + today),
    (
      "explain-absent",
      [
        "explain", "Error: Cannot find module '/var/task/node_modules/re2/build/Release/re2.node'", "--package",
        "airworthy",
      ] + target
    ),
    ("explain-layer", ["explain", layer, "--package", "airworthy", "--layer", "musl-build.zip"] + target),
    ("explain-directory", ["explain", "airworthy"]),
    ("explain-package-missing", ["explain", header, "--package", "nowhere"] + target),
    ("explain-text-and-logs", ["explain", header, "--logs", "f"]),
    ("explain-layer-alone", ["explain", header, "--layer", "airworthy"]),
    ("explain-since-malformed", ["explain", "--logs", "f", "--since", "yesterday"]),
    ("explain-function-malformed", ["explain", "--logs", "a b"]), ("explain-no-aws", ["explain", "--logs", "f"]),
    ("explain-two-runtimes", ["explain", header, "--runtime", "nodejs20.x", "--runtime", "nodejs22.x"]),
  ]

  static var goldenNames: [String] { cases.map(\.name) }

  private static let good =
    "Error: /var/task/node_modules/checksum/prebuilds/linux-x64/checksum.node: invalid ELF header"
  private static let arm =
    "Error: /var/task/node_modules/checksum/prebuilds/linux-x64/checksum.node: cannot open shared object file: No such file or directory"
  private static let layer =
    "Error: libc.musl-x86_64.so.1: cannot open shared object file: No such file or directory\n    at bindings (/opt/node_modules/checksum/index.js:1:1)"

  @Test("Arguments, output and exit status are those of the golden file", arguments: goldenNames)
  func golden(_ name: String) async throws {
    let one = try #require(Self.cases.first { $0.name == name })
    // Nothing of this machine's is in PATH, so that there is no AWS CLI.
    let outcome = try await Airworthy.run(
      one.arguments, in: try await Examples.directory(), environment: ["PATH": "/nowhere"])
    try Golden.expect(outcome, of: one.arguments, is: one.name)
    if outcome.status > 1 { #expect(outcome.output.isEmpty, "an error leaves standard output empty") }
  }

  @Test("A file, standard input and an argument give the same answer")
  func sources() async throws {
    let scratch = try Scratch()
    try scratch.file("error.log", (Self.header + "\n").utf8)
    var answers: Set<String> = []
    for (arguments, input) in [
      ([Self.header], ""), (["error.log"], ""), (["-"], Self.header + "\n"), ([], Self.header + "\n"),
      (Self.header.split(separator: " ").map(String.init), ""),
    ] {
      let outcome = try await Airworthy.run(
        ["explain", "--format", "json"] + arguments + Self.today, in: scratch.directory, input: input)
      #expect(outcome.status == 0, "\(outcome.errors)")
      answers.insert(outcome.output)
    }
    #expect(answers.count == 1 && answers.first?.contains("\"cause\" : \"foreign-format\"") == true)
  }

  @Test("A function's log comes through the AWS CLI")
  func functionLogs() async throws {
    let scratch = try Scratch()
    let events =
      #"{ "events": [ { "logStreamName": "s", "message": "2026-01-01T00:00:00.000Z\tundefined\tERROR\tUncaught Exception \t{\"errorType\":\"Error\",\"errorMessage\":\"libgomp.so.1: cannot open shared object file: No such file or directory\"}\n" } ] }"#
    try scratch.program("aws", "printf '%s ' \"$@\" >arguments\n/bin/cat <<'EOF'\n\(events)\nEOF\n")
    let outcome = try await Airworthy.run(
      [
        "explain", "--logs", "arn:aws:lambda:eu-west-1:123456789012:function:my-function:live", "--since", "2h",
        "--format", "json",
      ],
      in: scratch.directory, environment: ["PATH": scratch.directory.path])
    #expect(outcome.status == 0 && outcome.output.contains("missing-library"), "\(outcome.errors)")
    let arguments = try String(contentsOf: scratch.directory.appending(path: "arguments"), encoding: .utf8)
    #expect(arguments.contains("--log-group-name /aws/lambda/my-function --start-time "))
  }

  @Test("What the AWS CLI says when it fails is the error's line")
  func failingLogs() async throws {
    let scratch = try Scratch()
    try scratch.program("aws", "echo >&2; echo 'An error occurred (ResourceNotFoundException)' >&2; exit 254")
    let outcome = try await Airworthy.run(
      ["explain", "--logs", "f"], in: scratch.directory, environment: ["PATH": scratch.directory.path])
    #expect(outcome.status == 69 && outcome.output.isEmpty)
    #expect(outcome.errors == "airworthy: aws failed: An error occurred (ResourceNotFoundException)\n")
  }
}

extension Scratch {
  /// Makes an executable shell script.
  func program(_ name: String, _ script: String) throws {
    try file(name, "#!/bin/sh\n\(script)".utf8)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: directory.appending(path: name).path)
  }
}
