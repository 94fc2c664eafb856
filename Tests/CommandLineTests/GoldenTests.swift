import Foundation
import Testing

@Suite("What users type, and what they get")
struct GoldenTests {
  /// One command line; it runs where the example packages are.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var arguments: [String]

    /// - Parameter line: the arguments, blank-separated.
    init(_ name: String, _ line: String) {
      self.name = name
      arguments = line.split(separator: " ").map(String.init)
    }

    var testDescription: String { name }
  }

  /// Lambda's dates are judged as of one day, so that the answers stay.
  static let today = "--today 2026-11-23"
  static let node20 = "--runtime nodejs20.x --arch x86_64 \(today)"

  static let examples = Examples.names.flatMap { name in
    [
      Case("check-\(name)-directory", "check \(name) \(node20)"),
      Case("check-\(name)-zip-json", "check \(name).zip \(node20) --format json"),
    ]
  }

  static let targets = [
    Case("check-arm64", "check macos-ref-ffi --runtime nodejs24.x --arch arm64 \(today)"),
    Case(
      "check-several-targets",
      "check airworthy --runtime nodejs20.x --runtime nodejs24.x --arch x86_64 --arch arm64 \(today)"),
    Case(
      "check-several-targets-json",
      "check wrong-architecture --runtime nodejs22.x --arch x86_64 --arch arm64 \(today) --format json"),
    Case("check-no-target", "check airworthy \(today)"),
    Case("check-default-subcommand", "airworthy.zip \(node20)"),
    Case("check-old-runtime", "check wrong-module-version --runtime nodejs8.10 --arch x86_64 \(today)"),
    Case("check-preview-runtime", "check airworthy --runtime nodejs26.x --arch arm64 \(today)"),
    Case(
      "check-provided-with-node",
      "check airworthy --runtime provided.al2023 --arch x86_64 --node-version 22.14.0 \(today)"),
    Case("check-runtime-unknown", "check airworthy --runtime nodejs99.x \(today)"),
    Case("check-arch-unknown", "check airworthy --runtime nodejs20.x --arch riscv64 \(today)"),
    Case("check-arm64-on-x86_64-runtime", "check airworthy --runtime nodejs8.10 --arch arm64 \(today)"),
    Case("check-provided-without-node", "check airworthy --runtime provided.al2023 \(today)"),
    Case("check-node-version-malformed", "check airworthy --node-version latest \(today)"),
    Case("check-today-malformed", "check airworthy --today 2026-02-30"),
    Case("check-isa-level-malformed", "check airworthy --isa-level 7"),
    Case("check-environment-and-sysroot", "check airworthy --environment one.json --sysroot rootfs"),
  ]

  static let options = [
    Case("check-fail-on-note", "check airworthy --runtime nodejs24.x --arch x86_64 \(today) --fail-on note"),
    Case("check-fail-on-warning", "check airworthy \(node20) --fail-on warning"),
    Case("check-fail-on-error", "check airworthy \(node20) --fail-on error"),
    Case("check-fail-on-never", "check too-new-glibc \(node20) --fail-on never"),
    Case("check-fail-on-unknown", "check airworthy --fail-on fatal"),
    Case("check-kind-layer", "check musl-build --kind layer \(node20)"),
    Case("check-kind-layer-json", "check musl-build --kind layer \(node20) --format json"),
    Case("check-kind-unknown", "check airworthy --kind image"),
    Case("check-layer", "check airworthy --layer too-new-glibc.zip \(node20)"),
    Case("check-layers-json", "check airworthy --layer musl-build --layer too-new-glibc.zip \(node20) --format json"),
    Case("check-layer-missing", "check airworthy --layer nowhere.zip \(node20)"),
    Case("check-format-unknown", "check airworthy --format yaml"),
    Case("check-option-unknown", "check airworthy --verbose"),
    Case("check-path-missing", "check nowhere"),
    Case("check-default-subcommand-path-missing", "nowhere"),
    Case("check-two-paths", "check airworthy musl-build"),
    Case("check-output-unwritable", "check airworthy \(node20) -o nowhere/report.txt"),
    Case("check-output-is-directory", "check airworthy \(node20) -o musl-build"),
    Case("check-environment-missing", "check airworthy --environment nowhere.json"),
    Case("check-environment-other-file", "check airworthy --environment airworthy/package.json"),
    Case("check-sysroot-missing", "check airworthy --sysroot nowhere"),
  ]

  static let others = [
    Case("matrix", "matrix macos-ref-ffi \(today)"),
    Case(
      "matrix-airworthy-json",
      "matrix airworthy --runtime nodejs22.x --runtime nodejs24.x --arch arm64 \(today) --format json"),
    Case(
      "matrix-fail-on-never",
      "matrix wrong-module-version.zip --runtime nodejs8.10 --runtime nodejs24.x \(today) --fail-on never"),
    Case("matrix-runtime-unknown", "matrix airworthy --runtime nodejs99.x"),
    Case("matrix-path-missing", "matrix nowhere"),
    Case("inspect-elf", "inspect airworthy/node_modules/checksum/prebuilds/linux-x64/checksum.node"),
    Case("inspect-elf-json", "inspect too-new-glibc/node_modules/checksum/build/Release/checksum.node --format json"),
    Case("inspect-macho", "inspect macos-ref-ffi/node_modules/ref/build/Release/binding.node"),
    Case("inspect-macho-json", "inspect macos-ref-ffi/node_modules/ref/build/Release/binding.node --format json"),
    Case("inspect-pe", "inspect windows-build/node_modules/checksum/build/Release/checksum.node"),
    Case("inspect-pe-json", "inspect windows-build/node_modules/checksum/build/Release/checksum.node --format json"),
    Case("inspect-text", "inspect airworthy/package.json"),
    Case("inspect-text-json", "inspect airworthy/package.json --format json"),
    Case("inspect-missing", "inspect nowhere.node"),
    Case("inspect-directory", "inspect airworthy/node_modules"),
    Case("inspect-nothing", "inspect"),
    Case("targets", "targets \(today)"),
    Case("targets-json", "targets \(today) --format json"),
    Case("rules", "rules"),
    Case("rules-json", "rules --format json"),
    Case("rules-markdown", "rules --format markdown"),
    Case("rules-one", "rules glibc-too-new"),
    Case("rules-unknown", "rules glibc-too-new no-such-rule"),
    Case("capture-no-sysroot", "capture"),
    Case("capture-no-node", "capture --sysroot airworthy"),
    Case("version", "--version"),
  ]

  @Test(
    "Arguments, output and exit status are those of the golden file", arguments: examples + targets + options + others)
  func golden(_ one: Case) async throws {
    let outcome = try await Airworthy.run(one.arguments, in: try await Examples.directory())
    try Golden.expect(outcome, of: one.arguments, is: one.name)
    #expect(!(outcome.output + outcome.errors).contains("\u{1b}"), "colours are for terminals")
    if outcome.status > 1 { #expect(outcome.output.isEmpty, "an error leaves standard output empty") }
  }

  @Test("Each golden file belongs to a test")
  func nothingLeftOver() throws {
    let known = Set(
      (Self.examples + Self.targets + Self.options + Self.others).map(\.name) + MadeInputTests.goldenNames
        + ExplainTests.goldenNames)
    let directory = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
    #expect(names.filter { !known.contains(String($0.dropLast(4))) } == [])
  }
}
