import LoadSimulation
import NodeModules
import Testing

@testable import Audit
@testable import Reports

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

struct ReportTests {
  /// The report of `ref`, installed on macOS, for `nodejs20.x`.
  private static func refReport(_ architecture: String = "arm64") -> AuditReport {
    let path = "/var/task/node_modules/ref/build/Release/a.node"
    let binary = AuditedBinary.failing(
      .notELF(path: path), message: path + ": invalid ELF header", facts: .machO("arm64"), package: "ref")
    return report(.of(binary, target: .node20(architecture)))
  }

  private static func report(_ context: AuditContext) -> AuditReport {
    let target = context.target
    let findings = Rules.findings(in: context)
    return AuditReport(
      target: .init(
        runtime: target.runtimeID, architecture: target.architecture, node: target.nodeVersion,
        moduleVersion: target.moduleVersion, nodeApi: target.nodeAPIMaximum, glibc: target.glibc,
        glibcxx: target.glibcxx, source: .catalog),
      package: .init(path: "function.zip", kind: .zip, files: 1234, unzippedBytes: 12_900_000, zippedBytes: 4_300_000),
      binaries: context.binaries.map { AuditReport.Binary($0) },
      npmPackages: [], findings: findings, verdict: findings.contains { $0.severity == .error } ? .grounded : .airworthy
    )
  }

  @Test("The text says what, where, why and how to mend it, at 80 columns")
  func text() {
    let expected = """
      function.zip on nodejs20.x arm64
        Node.js 20.20.2 (NODE_MODULE_VERSION 115, Node-API 9), glibc 2.34, GLIBCXX
        3.4.33
        zip, 1,234 files, 12.3 MB unzipped, 4.1 MB zipped
        1 native binary: 1 does not load

      ref 1.2.3

      ✗ node_modules/ref/build/Release/a.node                           foreign-format
        Mach-O arm64 (macOS). Lambda needs ELF aarch64 (Linux, glibc ≤ 2.34).
        On Lambda:  Error: /var/task/node_modules/ref/build/Release/a.node: invalid
                    ELF header
        Meaning:    it was installed or built on macOS; glibc calls every file that is
                    not ELF an invalid one.
        Mend:       Replace ref by koffi, and the code that uses it:
          npm uninstall ref
          npm install --os=linux --cpu=arm64 --libc=glibc koffi

      ! node_modules/ref                                             abandoned-package
        ref is abandoned (last change in 2019) and does not build on Node.js 12 and
        later.
        It cannot be built for the Node.js 20 of nodejs20.x: rebuilding it does not
        help.
        Source:     TooTallNate/ref issues 107, 131
        Mend:       as for node_modules/ref/build/Release/a.node, with the same
                    commands

      ✗ Grounded on nodejs20.x arm64: 1 error, 1 warning.

      """
    #expect(TextReport().text(for: [Self.refReport()]) == expected)
  }

  @Test("A package with nothing to say gets a head and a verdict")
  func airworthy() {
    let text = TextReport().text(for: [Self.report(.of(.sample()))])
    #expect(text.hasSuffix("  1 native binary: 1 loads\n\n✓ Airworthy on nodejs20.x arm64: nothing to mend.\n"))
  }

  @Test("What must be known of the target stands between the findings and the verdict")
  func notes() {
    var report = Self.report(.of(.sample()))
    report.target.notes = ["No architecture was given.", "The Node.js release is inferred."]
    let notes = "The target\n  - No architecture was given.\n  - The Node.js release is inferred.\n\n✓ Airworthy"
    #expect(TextReport().text(for: [report]).contains(notes))
  }

  @Test("No line is wider than told, but for commands and single words", arguments: [40, 60, 80, 132])
  func width(columns: Int) {
    let text = TextReport(style: TextStyle(width: columns)).text(for: [Self.refReport()])
    for line in text.split(separator: "\n") where line.count > columns {
      #expect(line.hasPrefix("    npm ") || !line.dropFirst(14).contains(" "), "\(line)")
    }
  }

  @Test("A command stands on one line of its own, as it is")
  func commands() {
    let binary = AuditedBinary.failing(.notELF(path: AuditedBinary.samplePath), facts: .machO("arm64"))
    let report = Self.report(.of(binary))
    let command = report.findings.first?.remedy?.commands.first ?? ""
    #expect(command.count > 80)
    let lines = TextReport(style: TextStyle(width: 40)).text(for: [report]).split(separator: "\n")
    #expect(lines.contains("    " + command))
  }

  @Test("Colour only when told, and it changes nothing else")
  func colour() {
    let plain = TextReport().text(for: [Self.refReport()])
    let colored = TextReport(style: TextStyle(isColored: true)).text(for: [Self.refReport()])
    #expect(!plain.contains("\u{1b}") && colored.contains("\u{1b}[31"))
    #expect(colored.replacing(#/\u{1b}\[[0-9;]*m/#, with: "") == plain)
  }

  @Test("A name out of the package cannot steer the terminal")
  func controlCharacters() {
    var report = Self.refReport()
    report.findings[0].path = "a\u{1b}[2J\nb\u{202e}c"
    report.findings[0].message = "x\u{7}"
    report.package.path = "p\u{9b}31m"
    let text = TextReport().text(for: [report])
    #expect(text.contains("a\\u{1b}[2J\\u{a}b\\u{202e}c") && text.contains("x\\u{7}"))
    #expect(!text.unicodeScalars.contains { $0 != "\n" && $0.properties.generalCategory == .control })
  }

  @Test("Several targets are several sections in text and one set in JSON")
  func severalTargets() throws {
    let reports = [Self.refReport("arm64"), Self.refReport("x86_64")]
    let text = TextReport().text(for: reports)
    #expect(text.contains("on nodejs20.x arm64\n") && text.contains("on nodejs20.x x86_64\n"))
    let json = try JSONReport.text(for: reports)
    let set = try JSONDecoder().decode(JSONReport.ReportSet.self, from: Data(json.utf8))
    #expect(set.schema == "airworthy/check-set/1" && set.reports == reports)
  }

  @Test("JSON has sorted keys, plain slashes and no key for an absent fact, and reads back")
  func json() throws {
    let report = Self.refReport()
    let text = try JSONReport.text(for: [report])
    #expect(try JSONDecoder().decode(AuditReport.self, from: Data(text.utf8)) == report)
    #expect(text.hasPrefix("{\n  \"binaries\" : [") && text.hasSuffix("}\n"))
    #expect(text.contains("\"path\" : \"node_modules/ref\"") && text.contains("\"schema\" : \"airworthy/check/1\""))
    #expect(!text.contains("null") && !text.contains("sha256") && !text.contains("\"notes\""))
  }

  @Test("A binary's record has the loader's answers and the message's first line")
  func record() {
    var facts = BinaryFacts.elf()
    facts.needed = ["libc.so.6", "libx.so.1"]
    facts.registration.kind = .nodeAPI
    facts.registration.nodeAPIVersion = 8
    var binary = AuditedBinary.failing(
      .missingLibrary(name: "libx.so.1", neededBy: AuditedBinary.samplePath, skipped: []), message: "first\nsecond",
      facts: facts)
    binary.load?.objects = [
      OpenedObject(
        name: "libc.so.6", path: "/lib64/libc.so.6", via: .alreadyLoaded, neededBy: AuditedBinary.samplePath),
      OpenedObject(name: "libx.so.1", path: nil, via: .notFound, neededBy: AuditedBinary.samplePath),
    ]
    let record = AuditReport.Binary(binary)
    #expect(record.load?.outcome == "throws" && record.load?.message == "first" && record.load?.lazySymbols == nil)
    #expect(record.needed?.map(\.resolved) == ["/lib64/libc.so.6", nil])
    #expect(record.needed?.map(\.via) == ["already-loaded", "not-found"])
    #expect(record.registration == "node-api" && record.nodeApiVersion == 8 && record.moduleVersion == nil)
    #expect(record.role == "selected" && record.npmPackage?.name == "a" && record.requires == nil)
  }

  @Test("The list of rules has every rule in text and in JSON")
  func rules() throws {
    let text = RulesReport.text()
    let json = try RulesReport.json()
    for rule in Rules.all {
      #expect(text.contains("\n\(rule.id) (") || text.hasPrefix("\(rule.id) ("))
      #expect(json.contains("\"id\" : \"\(rule.id)\""))
    }
  }

  @Test("Bytes are written as Lambda counts them")
  func byteCounts() {
    #expect(ByteCount.description(0) == "0 bytes" && ByteCount.description(1) == "1 byte")
    #expect(ByteCount.description(1023) == "1023 bytes" && ByteCount.description(1024) == "1.0 KB")
    #expect(ByteCount.description(262_144_000) == "250.0 MB" && ByteCount.description(1 << 30) == "1.0 GB")
    #expect(ByteCount.description(.max) == "8388607.9 TB")
  }
}
