import Foundation
import Testing

@Suite("Real root file systems and captured environments")
struct EnvironmentTests {
  private func report(_ line: String, in scratch: Scratch) async throws -> JSONValue {
    let arguments = line.split(separator: " ").map(String.init) + ["--format", "json", "--today", "2026-11-23"]
    let outcome = try await Airworthy.run(arguments, in: scratch.directory)
    #expect(outcome.errors.isEmpty)
    return try JSONValue(outcome.output)
  }

  /// The load of each addon by its path.
  private func loads(_ report: JSONValue) -> [String: JSONValue] {
    Dictionary(
      uniqueKeysWithValues: report["binaries"]?.array.map { ($0["path"]?.string ?? "", $0["load"] ?? .null) } ?? [])
  }

  @Test("Loads in a root file system are those of glibc, with the root's own Node.js")
  func sysroot() async throws {
    let scratch = try Scratch()
    try await SyntheticRoot.write(to: scratch)
    let report = try await report("check function --sysroot rootfs", in: scratch)
    #expect(report["target"]?["source"]?.string == "sysroot")
    #expect(report["target"]?["node"]?.string == "20.18.0")
    #expect(report["target"]?["moduleVersion"]?.number == 115)
    #expect(report["target"]?["glibc"]?.string == "2.34")
    let loads = loads(report)
    #expect(loads["loads.node"]?["outcome"]?.string == "loads")
    #expect(loads["weak-symbol.node"]?["outcome"]?.string == "loads")
    #expect(loads["lazy-symbol.node"]?["outcome"]?.string == "loads")
    #expect(loads["lazy-symbol.node"]?["lazySymbols"]?[0]?["name"]?.string == "napi_no_such_function")
    let messages = [
      "too-new-glibc":
        "/lib64/libc.so.6: version `GLIBC_2.38' not found (required by /var/task/too-new-glibc.node)",
      "missing-library": "libvips-cpp.so.42: cannot open shared object file: No such file or directory",
      "undefined-symbol": "/var/task/undefined-symbol.node: undefined symbol: napi_no_such_function",
      "macos": "/var/task/macos.node: invalid ELF header",
      "does-not-register": "Module did not self-register: '/var/task/does-not-register.node'.",
    ]
    for (name, message) in messages { #expect(loads[name + ".node"]?["message"]?.string == message) }
    #expect(loads.count == 8)
  }

  /// `check` begins with its targets before the command line is parsed; without the word it does not.
  @Test(
    "However the command line is written, the report is the same",
    arguments: [
      ["--sysroot", "rootfs", "--node", "rootfs/var/lang/bin/node"],
      ["--runtime", "nodejs18.x", "--node", "rootfs/var/lang/bin/node"],
      ["--runtime", "nodejs20.x", "--runtime", "nodejs22.x", "--arch", "arm64"],
      ["--runtime", "provided.al2023", "--node-version", "20.18.0", "--isa-level", "2"],
      ["--today", "2024-01-01"], ["--runtime", "nodejs99.x"], ["--node", "function/loads.node"], ["--node", "missing"],
      ["--sysroot", "function/loads.node"], ["--sysroot", "function"], ["--isa-level", "9"], ["--today", "never"],
    ])
  func anticipated(options: [String]) async throws {
    let scratch = try Scratch()
    try await SyntheticRoot.write(to: scratch)
    let joined = stride(from: 0, to: options.count, by: 2).map { options[$0] + "=" + options[$0 + 1] }
    let expected = try await Airworthy.run(["function"] + options, in: scratch.directory)
    #expect(!(expected.output + expected.errors).isEmpty)
    for arguments in [
      ["function"] + options, options + ["function"], ["function"] + joined, joined + ["--", "function"],
    ] {
      #expect(try await Airworthy.run(["check"] + arguments, in: scratch.directory) == expected, "\(arguments)")
    }
  }

  @Test("An executable that is no Node.js is said before anything else that is wrong")
  func noNode() async throws {
    let scratch = try Scratch()
    try await SyntheticRoot.write(to: scratch)
    for root in [[], ["--sysroot", "rootfs"], ["--sysroot", "function"]] {
      let outcome = try await Airworthy.run(
        ["check", "function", "--node", "function/loads.node"] + root, in: scratch.directory)
      #expect(outcome.status == 65 && outcome.output.isEmpty)
      #expect(
        outcome.errors.contains("function/loads.node is not a Node.js executable: it has neither"), "\(outcome.errors)")
    }
  }

  @Test("What only looks like an option of the target does not change it")
  func misleading() async throws {
    let scratch = try Scratch()
    try await SyntheticRoot.write(to: scratch)
    let expected = try await Airworthy.run(["function", "--runtime", "nodejs22.x"], in: scratch.directory)
    let kind = try await Airworthy.run(
      ["check", "function", "--runtime", "nodejs22.x", "--kind", "function"], in: scratch.directory)
    #expect(kind == expected)
    for arguments in [
      ["check", "function", "--runtime"], ["check", "function", "--layer", "--runtime", "nodejs22.x"],
      ["check", "--", "function", "--runtime", "nodejs22.x"],
    ] {
      #expect(try await Airworthy.run(arguments, in: scratch.directory).status == 64, "\(arguments)")
    }
  }

  @Test("A captured environment gives the same loads as the root file system that it was captured from")
  func capture() async throws {
    let scratch = try Scratch()
    try await SyntheticRoot.write(to: scratch)
    let captured = try await Airworthy.run(
      ["capture", "--sysroot", "rootfs", "-o", "captured.json"], in: scratch.directory)
    #expect(captured == Airworthy.Outcome(status: 0, output: "", errors: ""))
    #expect(try JSONValue(try scratch.text("captured.json"))["schema"]?.string == "airworthy/environment/1")

    let original = try await report("check function --sysroot rootfs", in: scratch)
    try FileManager.default.removeItem(at: scratch.directory.appending(path: "rootfs"))
    let replayed = try await report("check function --environment captured.json", in: scratch)
    #expect(loads(original) == loads(replayed))
    #expect(original["findings"] == replayed["findings"])
    #expect(replayed["target"]?["source"]?.string == "environment")
    #expect(original["target"]?["node"] == replayed["target"]?["node"])
  }

  @Test("capture prints what it would write, and writes the same again")
  func captureToStandardOutput() async throws {
    let scratch = try Scratch()
    try await SyntheticRoot.write(to: scratch)
    let printed = try await Airworthy.run(["capture", "--sysroot", "rootfs"], in: scratch.directory)
    _ = try await Airworthy.run(["capture", "--sysroot", "rootfs", "-o", "captured.json"], in: scratch.directory)
    #expect(printed.status == 0)
    #expect(try scratch.text("captured.json") == printed.output)
    #expect(try JSONValue(printed.output).emptyFacts().filter { !$0.hasSuffix(".symbols") } == [".loaderCache"])
  }

  @Test("--node takes the place of the Node.js in the root, also one of another name")
  func otherNode() async throws {
    let scratch = try Scratch()
    try await SyntheticRoot.write(to: scratch)
    let node = scratch.directory.appending(path: "rootfs/var/lang/bin/node")
    try FileManager.default.moveItem(at: node, to: scratch.directory.appending(path: "node20"))
    let missing = try await Airworthy.run(["check", "function", "--sysroot", "rootfs"], in: scratch.directory)
    #expect(missing.status == 66 && missing.errors.contains("--node"))
    let report = try await report("check function --sysroot rootfs --node node20", in: scratch)
    #expect(report["target"]?["node"]?.string == "20.18.0")
    #expect(loads(report)["loads.node"]?["outcome"]?.string == "loads")
  }

  @Test("A real environment has one architecture")
  func otherArchitecture() async throws {
    let scratch = try Scratch()
    try await SyntheticRoot.write(to: scratch)
    let outcome = try await Airworthy.run(
      ["check", "function", "--sysroot", "rootfs", "--arch", "arm64"], in: scratch.directory)
    #expect(outcome.status == 64 && outcome.errors.split(separator: "\n").count == 1)
  }
}
