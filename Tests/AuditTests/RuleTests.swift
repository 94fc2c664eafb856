import LoadSimulation
import NativeBinaries
import NodeModules
import PackageFiles
import Testing

@testable import Audit

/// One failure and the rule that names its cause.
struct Cause: Sendable, CustomTestStringConvertible {
  var failure: LoadFailure
  var rule: String
  var facts: BinaryFacts? = .elf()
  var byteCount = 50_000

  var testDescription: String { "\(failure)" }

  private static let path = AuditedBinary.samplePath
  private static let helper = "/var/task/lib/libhelper.so"

  static let all: [Cause] = [
    Cause(failure: .fileMissing(path: path), rule: "broken-link", facts: nil),
    Cause(failure: .permissionDenied(path: path), rule: "unreadable-file", facts: nil),
    Cause(failure: .isDirectory(path: path), rule: "not-an-addon", facts: nil),
    Cause(failure: .fileTooShort(path: path), rule: "damaged-binary", byteCount: 40),
    Cause(failure: .fileTooShort(path: path), rule: "damaged-binary", facts: .text(""), byteCount: 0),
    Cause(failure: .fileTooShort(path: path), rule: "foreign-format", facts: .text("../lib/a.node"), byteCount: 13),
    Cause(failure: .notELF(path: path), rule: "foreign-format", facts: .machO("arm64")),
    Cause(failure: .notELF(path: helper), rule: "foreign-format"),
    Cause(failure: .notELF(path: "/usr/lib/libc.so"), rule: "musl-build", facts: .elf(libc: "musl")),
    Cause(failure: .wrongClass(path: path, name: "ELFCLASS32"), rule: "wrong-class"),
    Cause(failure: .wrongByteOrder(path: path), rule: "wrong-architecture", facts: .elf("s390x")),
    Cause(failure: .wrongMachine(path: path, machine: 62), rule: "wrong-architecture", facts: .elf("x86_64")),
    Cause(failure: .kernelTooOld(path: path), rule: "kernel-too-old"),
    Cause(failure: .damaged(path: path, reason: "cannot read file data"), rule: "damaged-binary"),
    Cause(failure: .damaged(path: path, reason: "ELF file OS ABI invalid"), rule: "foreign-format"),
    Cause(failure: .damaged(path: path, reason: "only ET_DYN and ET_EXEC can be loaded"), rule: "not-an-addon"),
    Cause(failure: .damaged(path: path, reason: "cannot dynamically load executable"), rule: "not-an-addon"),
    Cause(failure: .truncated(path: path), rule: "damaged-binary"),
    Cause(failure: .missingLibrary(name: "libc.musl-aarch64.so.1", neededBy: path, skipped: []), rule: "musl-build"),
    Cause(failure: .missingLibrary(name: "libc.so", neededBy: path, skipped: []), rule: "musl-build"),
    Cause(failure: .missingLibrary(name: "libgomp.so.1", neededBy: path, skipped: []), rule: "missing-library"),
    Cause(
      failure: .versionMissing(library: "/lib64/libm.so.6", version: "GLIBC_2.38", requiredBy: path),
      rule: "glibc-too-new"),
    Cause(
      failure: .versionMissing(library: "/lib64/libstdc++.so.6", version: "GLIBCXX_3.4.34", requiredBy: path),
      rule: "libstdcxx-too-new"),
    Cause(
      failure: .versionMissing(library: "/lib64/libstdc++.so.6", version: "CXXABI_1.3.16", requiredBy: path),
      rule: "libstdcxx-too-new"),
    Cause(
      failure: .versionMissing(library: "/var/lang/lib/libcrypto.so.3", version: "OPENSSL_3.4.0", requiredBy: helper),
      rule: "library-version"),
    Cause(failure: .undefinedSymbol(name: "napi_x", version: nil, object: path), rule: "undefined-symbol"),
    Cause(failure: .staticTLS(path: path), rule: "static-tls"),
    Cause(failure: .executableStack(path: helper), rule: "executable-stack"),
    Cause(failure: .isaLevel(path: path), rule: "cpu-microarchitecture"),
    Cause(failure: .moduleVersion(built: 127, required: 115), rule: "module-version-mismatch"),
    Cause(failure: .notSelfRegistered, rule: "not-an-addon"),
    Cause(failure: .noEntryPoint, rule: "not-an-addon"),
    Cause(failure: .nodeAPITooNew(built: 10, supported: 9), rule: "node-api-too-new"),
  ]
}

struct RuleTests {
  @Test("A load failure is one error, of the rule that names its cause", arguments: Cause.all)
  func causes(cause: Cause) throws {
    for role in [BinaryRole.selected, .unknown] {
      let binary = AuditedBinary.failing(cause.failure, facts: cause.facts, role: role, byteCount: cause.byteCount)
      let findings = Rules.findings(in: .of(binary))
      let finding = try #require(findings.first)
      #expect(findings.count == 1 && finding.rule == cause.rule && finding.severity == .error)
      #expect(finding.path == "node_modules/a/build/Release/a.node" && finding.npmPackage == "a")
      #expect(finding.evidence.first == "On Lambda: Error: the message")
    }
  }

  @Test("What nothing selects is weight, whatever would happen to it", arguments: Cause.all)
  func unused(cause: Cause) {
    let binary = AuditedBinary.failing(cause.failure, facts: cause.facts, role: .unused)
    var selected = AuditedBinary.sample()
    selected.npmPackage = binary.npmPackage
    #expect(Rules.findings(in: .of(binary, selected)).map(\.rule) == ["unused-binaries"])
  }

  @Test("Where nothing of a package fits, its addon is missing; not so for platform packages and optional addons")
  func addonMissing() throws {
    let binary = AuditedBinary.failing(.fileMissing(path: ""), facts: .machO("arm64"), role: .unused)
    let findings = Rules.findings(in: .of(binary)).filter { $0.severity == .error }
    #expect(findings.map(\.rule) == ["addon-missing"])
    #expect(findings.first?.message == "Its only addon is not for linux-arm64.")
    var platform = binary
    platform.npmPackage?.cpu = ["x64"]
    #expect(Rules.findings(in: .of(platform)).allSatisfy { $0.severity < .error })
    var optional = binary
    optional.npmPackage?.name = "bufferutil"
    #expect(Rules.findings(in: .of(optional)).allSatisfy { $0.severity < .error })
    var loose = binary
    loose.npmPackage = nil
    #expect(Rules.findings(in: .of(loose)).contains { $0.rule == "addon-missing" })
  }

  @Test("An npm package in another version than the lock file's is stale")
  func stale() {
    var binary = AuditedBinary.sample()
    binary.npmPackage?.version = "5.1.1"
    var context = AuditContext.of(binary)
    let path = TreePath("node_modules/a") ?? .root
    context.lock = PackageLock(versions: [path: "5.1.1"])
    #expect(Rules.findings(in: context).isEmpty)
    context.lock = PackageLock(versions: [path: "6.0.0"])
    #expect(Rules.findings(in: context).map(\.rule) == ["stale-package"])
  }

  @Test("An addon that loads is worth no word")
  func silence() {
    #expect(Rules.findings(in: .of(.sample())).isEmpty)
    #expect(Rules.findings(in: .of(.sample(.elf(kind: .library), load: nil, role: .library))).isEmpty)
    let program = AuditedBinary.sample(.elf(kind: .executable), load: nil, role: .executable, permissions: 0o755)
    #expect(Rules.findings(in: .of(program)).isEmpty)
  }

  @Test("Every rule has a unique kebab-case id and appears once")
  func ids() {
    let ids = Rules.all.map { $0.id }
    #expect(Set(ids).count == ids.count)
    #expect(ids.allSatisfy { id in id.allSatisfy { $0 == "-" || $0.isLowercase && $0.isASCII } })
  }

  @Test("An addon whose package survives without it is a warning, unless the process crashes")
  func fallbacks() throws {
    let path = "/var/task/node_modules/bufferutil/build/Release/a.node"
    let caught = AuditedBinary.failing(.notELF(path: path), facts: .machO("arm64"), package: "bufferutil")
    let warning = try #require(Rules.findings(in: .of(caught)).first)
    #expect(warning.severity == .warning && warning.evidence.contains { $0.contains("JavaScript") })
    var crashing = caught
    crashing.load = Load(outcome: .crashes(signal: "SIGBUS", exit: nil, message: nil), failure: .truncated(path: path))
    let error = try #require(Rules.findings(in: .of(crashing)).first)
    #expect(error.severity == .error && error.evidence.first?.contains("SIGBUS") == true)
  }

  @Test("An addon with only another version's register function was compiled for that version")
  func registerFunction() throws {
    var facts = BinaryFacts.elf()
    facts.registration.kind = .v8
    facts.registration.registeredVersions = [93, 108]
    let binary = AuditedBinary.failing(.notSelfRegistered, facts: facts)
    let finding = try #require(Rules.findings(in: .of(binary)).first)
    #expect(finding.rule == "module-version-mismatch")
    #expect(finding.message == "Compiled for NODE_MODULE_VERSION 108 (Node.js 18); nodejs20.x has 115.")
  }

  @Test("What could not be decided is said")
  func undecided() {
    let binary = AuditedBinary.sample(load: Load(outcome: .unknown("libx.so.1 is encrypted")))
    #expect(Rules.findings(in: .of(binary)).map(\.rule) == ["undecided"])
  }

  @Test("Lazy symbols are a warning, counted and named")
  func lazySymbols() throws {
    var load = Load(outcome: .loads)
    load.lazySymbols = ["napi_a", "napi_b"].map { LazySymbol(name: $0, version: nil, object: AuditedBinary.samplePath) }
    let finding = try #require(Rules.findings(in: .of(.sample(load: load))).first)
    #expect(finding.rule == "lazy-symbol" && finding.severity == .warning)
    #expect(finding.message == "It loads, but nothing defines 2 functions that it calls: napi_a, napi_b.")
    #expect(
      finding.evidence.first
        == "On Lambda: at the first call, node: symbol lookup error: \(AuditedBinary.samplePath): undefined symbol: napi_a"
    )
  }

  @Test("Only a V8 addon that registers in a constructor alone is not context-aware")
  func contextUnaware() {
    var facts = BinaryFacts.elf()
    facts.registration.kind = .v8
    facts.registration.callsNodeModuleRegister = true
    #expect(Rules.findings(in: .of(.sample(facts))).map(\.rule) == ["context-unaware"])
    facts.registration.registeredVersions = [115]
    #expect(Rules.findings(in: .of(.sample(facts))).isEmpty)
    facts.registration.kind = .nodeAPI
    facts.registration.registeredVersions = []
    #expect(Rules.findings(in: .of(.sample(facts))).isEmpty)
  }

  @Test("A program needs the execute permission for others, Linux's format and the right processor")
  func programs() {
    func rules(_ facts: BinaryFacts, _ permissions: UInt16?, _ failure: LoadFailure? = nil) -> [String] {
      var program = AuditedBinary.sample(facts, load: nil, role: .executable, permissions: permissions)
      program.start = Load(
        outcome: failure == nil ? .loads : .throwsError(code: "ENOENT", message: "spawn a ENOENT"), failure: failure)
      let findings = Rules.findings(in: .of(program))
      #expect(findings.allSatisfy { $0.severity == .warning })
      return findings.map(\.rule)
    }
    #expect(rules(.elf(kind: .executable), 0o744) == ["not-executable"])
    #expect(rules(.elf(kind: .executable), nil) == ["not-executable"])
    let path = AuditedBinary.samplePath
    let foreign = LoadFailure.wrongMachine(path: path, machine: ELF.EM_X86_64)
    #expect(rules(.elf("x86_64", kind: .executable), 0o755, foreign) == ["wrong-architecture"])
    #expect(rules(.machO("arm64", kind: .executable), 0o755, .notELF(path: path)) == ["foreign-format"])
    let musl = BinaryFacts.elf(libc: "musl", kind: .executable)
    let interpreter = LoadFailure.missingLibrary(name: "/lib/ld-musl-aarch64.so.1", neededBy: path, skipped: [])
    #expect(rules(musl, 0o755, interpreter) == ["musl-build"])
    #expect(rules(musl, 0o755).isEmpty)
  }

  @Test("A library that is passed over, or lies where nothing looks, is named")
  func missingLibrary() throws {
    let skipped = LoadFailure.SkippedCandidate(path: "/var/task/lib/libx.so.1", reason: .wrongMachine(62))
    let failure = LoadFailure.missingLibrary(name: "libx.so.1", neededBy: AuditedBinary.samplePath, skipped: [skipped])
    var library = AuditedBinary.sample(.elf(kind: .library), load: nil, role: .library)
    library.path = TreePath(test: "native/libx.so.1")
    let finding = try #require(Rules.findings(in: .of(.failing(failure), library)).first)
    #expect(finding.evidence.contains("Passed over: /var/task/lib/libx.so.1 (for x86_64)"))
    #expect(finding.evidence.contains { $0.contains("/var/task/native/libx.so.1") })
  }

  @Test("Problems of the archive become findings of their own rules")
  func problems() {
    let kinds: [(TreeProblem.Kind, String, AuditReport.Severity)] = [
      (.unreadable("Permission denied"), "unreadable-file", .error), (.damaged("cut"), "damaged-archive", .error),
      (.encrypted, "encrypted-entry", .error), (.unknownMethod(12), "encrypted-entry", .error),
      (.unsafePath("it goes up"), "unsafe-path", .error), (.duplicate, "duplicate-entry", .warning),
      (.caseCollision(TreePath(test: "A")), "duplicate-entry", .note),
      (.headerMismatch("size"), "damaged-archive", .error), (.foreignData("before"), "damaged-archive", .warning),
    ]
    for (kind, rule, severity) in kinds {
      var context = AuditContext.of()
      context.problems = [.init(mount: "/var/task", problem: TreeProblem(name: Array("x/\u{1b}a".utf8), kind: kind))]
      let findings = Rules.findings(in: context)
      #expect(findings.map(\.rule) == [rule] && findings.first?.severity == severity)
    }
  }

  @Test("Sizes at Lambda's limit are refused, as its own message says")
  func sizes() {
    var context = AuditContext.of()
    context.unzippedBytes = 262_143_999
    #expect(Rules.findings(in: context).isEmpty)
    context.unzippedBytes = 262_144_000
    #expect(Rules.findings(in: context).map(\.severity) == [.error])
    context.kind = .image
    #expect(Rules.findings(in: context).isEmpty)
    context = .of()
    context.zippedBytes = 52_428_801
    #expect(Rules.findings(in: context).map(\.severity) == [.warning])
  }

  @Test("A runtime's dates decide: deprecated and create-blocked warn, update-blocked stops")
  func runtimeDates() {
    func severity(_ today: String) -> AuditReport.Severity? {
      var target = AuditTarget.node20()
      target.today = today
      return Rules.findings(in: .of(target: target)).first?.severity
    }
    #expect(severity("2026-04-29") == nil && severity("2026-04-30") == .warning)
    #expect(severity("2027-02-01") == .warning && severity("2027-03-02") == .warning)
    #expect(severity("2027-03-03") == .error)
    var preview = AuditTarget.node20()
    preview.isPreview = true
    #expect(Rules.findings(in: .of(target: preview)).map(\.severity) == [.note])
  }

  @Test("Unused binaries are one note for each npm package, with their number and weight")
  func unusedBinaries() {
    var other = AuditedBinary.sample(.machO("x86_64"), role: .unused, byteCount: 2 << 20)
    other.path = TreePath(test: "node_modules/a/prebuilds/darwin-x64/a.node")
    other.roleReason = "it is for darwin-x64"
    let findings = Rules.findings(in: .of(.sample(), other))
    #expect(findings.map(\.rule) == ["unused-binaries"] && findings.first?.severity == .note)
    #expect(findings.first?.message == "1 of 2 binaries is not loaded on linux-arm64: 2.0 MB of weight.")
    #expect(
      findings.first?.evidence == ["node_modules/a/prebuilds/darwin-x64/a.node (2.0 MB): it is for darwin-x64"])
  }

  @Test("A platform package without one for the target beside it is an error; build tools are left alone")
  func platformPackages() {
    func findings(_ name: String, siblings: [String]) -> [AuditReport.Finding] {
      let package = { NPMPackage(name: $0, version: "1.0.0", path: TreePath(test: "node_modules/" + $0)) }
      let darwin = package("@x/\(name)-darwin-arm64")
      var context = AuditContext.of()
      context.npmPackages = [darwin]
      context.platformParents = [darwin.path: package(name)]
      context.platformSiblings = [darwin.path: siblings.map { package($0) }]
      return Rules.findings(in: context)
    }
    let wrong = findings("sharp", siblings: ["@x/sharp-darwin-arm64"])
    #expect(wrong.map(\.rule) == ["wrong-platform-package"] && wrong.first?.severity == .error)
    #expect(wrong.first?.message == "sharp has @x/sharp-darwin-arm64, and nothing for linux-arm64.")
    #expect(
      wrong.first?.remedy?.commands == ["npm install --os=linux --cpu=arm64 --libc=glibc sharp@1.0.0"])
    #expect(findings("sharp", siblings: ["@x/sharp-darwin-arm64", "@x/sharp-linux-arm64"]).isEmpty)
    #expect(!findings("sharp", siblings: ["@x/sharp-darwin-arm64", "@x/sharp-linux-x64"]).isEmpty)
    #expect(findings("esbuild", siblings: ["@x/esbuild-darwin-arm64"]).isEmpty)
  }
}
