import Testing

@testable import Audit
@testable import Reports

@Suite("The matrix of runtimes")
struct MatrixTests {
  private static func binary(_ path: String, in package: String?, role: String = "selected") -> AuditReport.Binary {
    var binary = AuditReport.Binary(path: path, mount: "/var/task", format: "elf", role: role)
    binary.npmPackage = package.map { .init(name: $0, version: "1.0.0", path: "node_modules/\($0)") }
    binary.load = AuditReport.LoadRecord(outcome: "loads")
    return binary
  }

  private static func finding(
    _ rule: String, _ severity: AuditReport.Severity, path: String? = nil, npmPackage: String? = nil
  ) -> AuditReport.Finding {
    AuditReport.Finding(
      rule: rule, severity: severity, path: path, mount: path == nil ? nil : "/var/task", npmPackage: npmPackage,
      message: "about \(rule)", evidence: [], remedy: nil)
  }

  private static func report(
    _ runtime: String, _ architecture: String, _ binaries: [AuditReport.Binary], _ findings: [AuditReport.Finding],
    packages: [AuditReport.NPMPackageOutcome] = []
  ) -> AuditReport {
    AuditReport(
      target: .init(runtime: runtime, architecture: architecture, source: .catalog),
      package: .init(path: "function.zip", kind: .zip, files: 3, unzippedBytes: 1000), binaries: binaries,
      npmPackages: packages, findings: findings,
      verdict: findings.contains { $0.severity == .error } ? .grounded : .airworthy)
  }

  @Test("One row for each npm package and addon, with the worst finding in each cell")
  func rows() throws {
    let addon = "node_modules/a/build/Release/a.node"
    let binaries = [
      Self.binary(addon, in: "a"), Self.binary("own.node", in: nil), Self.binary("node_modules/z/z.node", in: "z"),
    ]
    let matrix = try #require(
      RuntimeMatrix([
        Self.report(
          "nodejs22.x", "x86_64", binaries,
          [Self.finding("abandoned-package", .warning, path: "node_modules/a", npmPackage: "a")]),
        Self.report(
          "nodejs22.x", "arm64", binaries,
          [
            Self.finding("abandoned-package", .warning, path: "node_modules/a", npmPackage: "a"),
            Self.finding("wrong-architecture", .error, path: addon, npmPackage: "a"),
            Self.finding("wrong-architecture", .error, path: "own.node"), Self.finding("unused-binaries", .note),
          ]),
      ]))
    #expect(matrix.rows.map(\.name) == ["a", "z", "own.node"])
    #expect(matrix.rows.map(\.kind) == [.npmPackage, .npmPackage, .addon])
    #expect(matrix.rows[0].version == "1.0.0")
    #expect(matrix.rows[0].cells.map(\.outcome) == [.warning, .error])
    #expect(matrix.rows[0].cells[1].rules == ["wrong-architecture", "abandoned-package"])
    #expect(matrix.rows[1].cells.map(\.outcome) == [.good, .good])
    #expect(matrix.targets.map(\.verdict) == [.airworthy, .grounded])
    #expect(matrix.targets[1].errors == 2 && matrix.targets[1].heldBackBy == ["a", "own.node"])
    #expect(Set(matrix.legend.keys) == ["abandoned-package", "wrong-architecture"])
    #expect(matrix.fails(on: .error) && !RuntimeMatrix([Self.report("r", "arm64", [], [])])!.fails(on: .note))
  }

  @Test("npm packages without a binary, unused ones, and the package as a whole have their rows")
  func otherRows() throws {
    let unused = Self.binary("node_modules/b-darwin/b.node", in: "b-darwin", role: "unused")
    let missing = AuditReport.NPMPackageOutcome(name: "b", version: "2.0.0", path: "node_modules/b")
    var plain = AuditReport.NPMPackageOutcome(name: "ms", version: "2.0.0", path: "node_modules/ms")
    plain.native = false
    var native = AuditReport.NPMPackageOutcome(name: "c", version: "1.0.0", path: "node_modules/c")
    native.native = true
    let matrix = try #require(
      RuntimeMatrix([
        Self.report(
          "nodejs8.10", "x86_64", [unused],
          [
            Self.finding("addon-missing", .error, npmPackage: "b"), Self.finding("runtime-deprecated", .error),
            Self.finding("unsafe-path", .error, path: "x\\y"),
          ], packages: [missing, plain, native])
      ]))
    #expect(matrix.rows.map(\.name) == ["b", "b-darwin", "c", "x\\y", "the package"])
    #expect(matrix.rows.map { $0.cells[0].outcome } == [.error, .unused, .good, .error, .error])
  }

  @Test("Every line fits the terminal, whatever the number of targets and the length of names")
  func layout() throws {
    let name = "@scope/" + String(repeating: "long-", count: 10) + "name"
    let runtimes = ["nodejs18.x", "nodejs20.x", "nodejs22.x", "nodejs24.x", "nodejs26.x"]
    let reports = runtimes.flatMap { runtime in
      ["x86_64", "arm64"].map { architecture in
        Self.report(
          runtime, architecture,
          [Self.binary("node_modules/\(name)/a.node", in: name), Self.binary("s.node", in: nil)],
          [Self.finding("module-version-mismatch", .error, path: "s.node")])
      }
    }
    let matrix = try #require(RuntimeMatrix(reports))
    for width in [80, 100, 120] {
      let text = MatrixText(style: TextStyle(width: width)).text(for: matrix)
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.filter { $0.count > width } == [])
      for runtime in runtimes { #expect(lines.contains { $0.hasPrefix(" ") && $0.contains(runtime) }) }
      #expect(lines.contains { $0.contains("✗ module") } && lines.contains { $0.hasPrefix("module") })
      #expect(lines.count { $0.hasPrefix("✗ nodejs") } == 10)
    }
  }

  @Test("Every rule has a short name of at most ten characters, and unknown ones are cut at a word")
  func shortNames() {
    for rule in RuleDocumentation.all { #expect((1...10).contains(ShortRuleName.of(rule.id).count), "\(rule.id)") }
    #expect(ShortRuleName.of("layer-shadowed-by-image") == "layer")
    #expect(ShortRuleName.of("verylongwordwithoutend") == "verylongwordwithoutend".prefix(10))
  }
}
