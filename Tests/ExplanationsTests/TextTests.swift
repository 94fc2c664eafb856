import Testing

@testable import Explanations

@Suite("Texts of every kind")
struct TextTests {
  @Test("The cause comes first", arguments: LoaderTexts.all + PackagingTexts.all)
  func cause(_ one: Case) throws {
    let answer = try explain(one.text)
    #expect(answer.first == one.cause, "\(answer.diagnoses.map { "\($0.cause.rawValue) \($0.path ?? "")" })")
  }

  @Test("Every cause is reached by some text")
  func all() throws {
    let reached = Set(try (LoaderTexts.all + PackagingTexts.all).compactMap { try explain($0.text).first })
    #expect(Cause.allCases.filter { !reached.contains($0) } == [])
  }

  @Test(
    "A text cut at its head or its tail still has its cause, as long as the message is whole",
    arguments: LoaderTexts.all)
  func cut(_ one: Case) throws {
    let padded = "…t of the log that was cut\n" + one.text + "\n    at Module.load (node:internal/modules/cjs/loa"
    #expect(try explain(padded).first == one.cause)
  }

  @Test(
    "A text keeps its cause in the forms that log collectors give it",
    arguments: LoaderTexts.glibc + LoaderTexts.versions)
  func wrapped(_ one: Case) throws {
    guard !one.text.contains("\\"), !one.text.contains("\t"), !one.text.contains("#12") else { return }
    let json =
      #"{"timestamp":"2025-05-05T05:05:05.555Z","level":"ERROR","requestId":"4b3c1d2e-1111-4444-8888-aaaabbbbcccc","message":"#
    let escaped = one.text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\\n")
      .split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"")
    let lines = one.text.split(separator: "\n", omittingEmptySubsequences: false)
    let forms = [
      "CloudWatch": "2025-05-05T05:05:05.555Z\t4b3c1d2e-1111-4444-8888-aaaabbbbcccc\tERROR\t" + one.text,
      "JSON": json + "\"" + escaped + "\"}",
      "SAM": "2025/05/05/[$LATEST]0123456789abcdef 2025-05-05T05:05:05.555000 " + one.text,
      "serverless": "2025-05-05 05:05:05.555 ERROR " + one.text,
      "compose": lines.map { "web_1    | " + $0 }.joined(separator: "\n"),
      "quote": lines.map { "> " + $0 }.joined(separator: "\n"),
      "npm": lines.map { "npm ERR! " + $0 }.joined(separator: "\n"),
      "API Gateway":
        "Tue May 06 08:51:22 UTC 2025 : Endpoint response body before transformations: {\"errorMessage\":\"\(escaped)\"}",
    ]
    for (name, form) in forms { #expect(try explain(form).first == one.cause, "\(name): \(form)") }
  }

  @Test(
    "What is no error has no cause",
    arguments: [
      "", "hello", "all is well\nnothing to see here", "GLIBC_2.34\nGLIBC_2.35\nGLIBCXX_3.4.30",
      "Server listening on port 3000",
    ])
  func nothing(_ text: String) throws { #expect(try explain(text).diagnoses == []) }
}

@Suite("What a diagnosis says")
struct DiagnosisTests {
  private func best(_ text: String) throws -> Diagnosis { try #require(try explain(text).diagnoses.first) }

  @Test("Module versions come with the lines of Node.js that have them")
  func moduleVersions() throws {
    let found = try best(
      "The module '/var/task/node_modules/canvas/build/Release/canvas.node'\nwas compiled against a different Node.js version using\nNODE_MODULE_VERSION 93. This version of Node.js requires\nNODE_MODULE_VERSION 108."
    )
    #expect(found.path == "/var/task/node_modules/canvas/build/Release/canvas.node" && found.npmPackage == "canvas")
    #expect(found.facts.moduleVersionBuilt == 93 && found.facts.nodeBuilt == "16")
    #expect(found.facts.moduleVersionRequired == 108 && found.facts.nodeRequired == "18")
    #expect(found.remedy.commands.joined().contains("nodejs:18"), "the remedy is for the runtime that ran")
  }

  @Test("A wrong machine's message is called misleading, and what else it can be is said with the command that decides")
  func misleading() throws {
    let found = try best(
      "/opt/nodejs/node_modules/faiss/build/Release/f.node: cannot open shared object file: No such file or directory")
    #expect(found.explanation.contains("misleading") && found.explanation.contains("the file exists"))
    #expect(found.alternatives.map(\.cause) == [.addonNotPackaged])
    #expect(found.alternatives.first?.decidedBy.contains("ls -l") == true)
  }

  @Test("Both causes of `Module did not self-register` are given, the likelier first")
  func selfRegister() throws {
    let lambda = try best("Error: Module did not self-register: '/var/task/node_modules/a/build/Release/a.node'.")
    #expect(
      lambda.cause == .abiMismatch && lambda.alternatives.first?.cause == .doubleLoad && lambda.confidence == .medium)
    let worker = try best(
      "Error: Module did not self-register: '/srv/p/node_modules/a/build/Release/a.node'.\n  at Worker (node:internal/main/worker_thread:1)"
    )
    #expect(worker.cause == .doubleLoad && worker.alternatives.first?.cause == .abiMismatch)
    #expect(worker.alternatives.allSatisfy { !$0.decidedBy.isEmpty })
  }

  @Test("A program that may not run has lost its mode, or stands on a noexec mount where that can be")
  func noexecProgram() throws {
    let local = try best("Error: spawn /app/node_modules/x/bin/x EACCES")
    #expect(local.cause == .permissionLost && local.alternatives.map(\.cause) == [.noexecMount])
    #expect(local.alternatives.first?.decidedBy.contains("-T /app/node_modules/x/bin/x") == true)
    let lambda = try best("Error: spawn /var/task/bin/x EACCES")
    #expect(lambda.cause == .permissionLost && lambda.alternatives.isEmpty)
  }

  @Test("The versions that one file asks for are one diagnosis")
  func versions() throws {
    let answer = try explain(
      "/var/task/main: /lib64/libc.so.6: version `GLIBC_2.34' not found (required by /var/task/main)\n/var/task/main: /lib64/libc.so.6: version `GLIBC_2.32' not found (required by /var/task/main)"
    )
    #expect(answer.diagnoses.count == 1)
    #expect(answer.diagnoses.first?.facts.symbolVersions == ["GLIBC_2.34", "GLIBC_2.32"])
    #expect(
      answer.diagnoses.first?.facts.library == "/lib64/libc.so.6" && answer.diagnoses.first?.path == "/var/task/main")
  }

  @Test("The npm package of a library comes from the stack, past those that only load")
  func stack() throws {
    let found = try best(
      "Error: libpq.so.5: cannot open shared object file: No such file or directory\n    at Module._extensions..node (node:internal/modules/cjs/loader:1:1)\n    at bindings (/var/task/node_modules/bindings/bindings.js:112:48)\n    at Object.<anonymous> (/var/task/node_modules/libpq/index.js:1:108)"
    )
    #expect(found.npmPackage == "libpq" && found.facts.sonames == ["libpq.so.5"] && found.evidence.first?.line == 1)
  }

  @Test("Abandoned packages are replaced, not rebuilt")
  func advisory() throws {
    let found = try best("Error: /var/task/node_modules/ref/build/Release/binding.node: invalid ELF header")
    #expect(found.remedy.commands.contains { $0.hasSuffix("koffi") })
  }

  @Test("Platform packages are added by npm for the target's architecture")
  func platform() throws {
    let found = try best("Error: Cannot find module '@img/sharp-linux-arm64'")
    #expect(found.remedy.commands == ["npm install --os=linux --cpu=arm64 --libc=glibc sharp"])
  }

  @Test(
    "Nothing of the text gets into a command that is no npm name",
    arguments: ["$(reboot)", "a;b", "-force", "a b", "`id`", "x&&y"])
  func injection(_ name: String) throws {
    for text in [
      "Error: /var/task/node_modules/\(name)/build/Release/a.node: invalid ELF header",
      "Error: The package \"\(name)\" could not be found, and is needed by \(name).",
      "Module did not self-register: '/home/x/node_modules/\(name)/a.node'.",
      "Error: Cannot find module '\(name)-linux-x64'",
    ] {
      for found in try explain(text).diagnoses {
        #expect(!found.remedy.commands.contains { $0.contains(name) }, "\(found.remedy.commands)")
        #expect(found.npmPackage != name)
      }
    }
  }

  @Test("Several errors of several requests are several diagnoses, each with its request")
  func requests() throws {
    let (a, b) = ("11111111-2222-3333-4444-555555555555", "66666666-7777-8888-9999-aaaaaaaaaaaa")
    let answer = try explain(
      "START RequestId: \(a) Version: $LATEST\n2025-01-01T00:00:00.000Z\t\(b)\tERROR\tError: libgomp.so.1: cannot open shared object file: No such file or directory\n2025-01-01T00:00:00.001Z\t\(a)\tERROR\tError: /var/task/node_modules/re2/build/Release/re2.node: invalid ELF header\n2025-01-01T00:00:01.001Z\t\(b)\tERROR\tTypeError: x is not a function\n"
    )
    #expect(Set(answer.diagnoses.map(\.cause)) == [.missingLibrary, .foreignFormat])
    #expect(answer.diagnoses.first { $0.cause == .foreignFormat }?.facts.requestIds == [a])
    #expect(answer.diagnoses.first { $0.cause == .missingLibrary }?.facts.requestIds == [b])
  }

  @Test("A build that fails of glibc is glibc's, and the compiler's words come after")
  func build() throws {
    let answer = try explain(
      "npm ERR! code 1\nnpm ERR! path /var/task/node_modules/thing\nnpm ERR! node: /lib64/libm.so.6: version `GLIBC_2.27' not found (required by node)\nnpm ERR! gyp ERR! not ok"
    )
    #expect(answer.first == .glibcTooNew)
  }

  @Test("An explanation's every diagnosis has words, evidence and, where other causes are open, what decides")
  func complete() throws {
    for one in LoaderTexts.all + PackagingTexts.all {
      for found in try explain(one.text).diagnoses {
        #expect(found.explanation.count > 40 && !found.remedy.summary.isEmpty && !found.evidence.isEmpty, "\(one.name)")
        #expect(found.alternatives.allSatisfy { $0.decidedBy.count > 3 && $0.cause != found.cause }, "\(one.name)")
      }
    }
  }
}
