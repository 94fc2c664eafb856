import Foundation
import Testing

@Suite("JSON is a contract")
struct JSONTests {
  private static let documents: [(String, schema: String)] = [
    ("check macos-ref-ffi.zip \(GoldenTests.node20) --format json", "airworthy/check/1"),
    ("check airworthy --layer musl-build \(GoldenTests.node20) --format json", "airworthy/check/1"),
    (
      "check airworthy --runtime nodejs20.x --runtime nodejs24.x \(GoldenTests.today) --format json",
      "airworthy/check-set/1"
    ),
    ("inspect airworthy/node_modules/checksum/prebuilds/linux-x64/checksum.node --format json", "airworthy/inspect/1"),
    ("inspect macos-ref-ffi/node_modules/ref/build/Release/binding.node --format json", "airworthy/inspect/1"),
    ("inspect windows-build/node_modules/checksum/build/Release/checksum.node --format json", "airworthy/inspect/1"),
    ("inspect airworthy/package.json --format json", "airworthy/inspect/1"),
    ("targets --format json", "airworthy/targets/1"),
    ("rules --format json", "airworthy/rules/1"),
  ]

  private func document(_ line: String) async throws -> (text: String, value: JSONValue) {
    let arguments = line.split(separator: " ").map(String.init)
    let outcome = try await Airworthy.run(arguments, in: try await Examples.directory())
    return (outcome.output, try JSONValue(outcome.output))
  }

  @Test("It parses, names its schema, sorts its keys and leaves out absent facts", arguments: documents)
  func form(_ line: String, _ schema: String) async throws {
    let (text, value) = try await document(line)
    #expect(value["schema"]?.string == schema)
    #expect(value.emptyFacts() == [])
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    #expect(text == String(decoding: try encoder.encode(value), as: UTF8.self) + "\n", "keys are sorted")
  }

  @Test("A check has the keys of the contract")
  func keys() async throws {
    let (_, report) = try await document("check macos-ref-ffi.zip \(GoldenTests.node20) --format json")
    #expect(
      report.keys.isSuperset(of: ["schema", "target", "package", "binaries", "npmPackages", "findings", "verdict"]))
    #expect(
      report["target"]?.keys.isSuperset(
        of: ["runtime", "architecture", "node", "moduleVersion", "nodeApi", "glibc", "glibcxx", "source"]) == true)
    #expect(
      report["package"]?.keys == ["path", "kind", "files", "unzippedBytes", "zippedBytes", "sha256"])
    let binary = try #require(report["binaries"]?[0])
    #expect(
      binary.keys.isSuperset(of: [
        "path", "mount", "format", "architectures", "os", "kind", "npmPackage", "role", "load",
      ]))
    #expect(binary.keys.isDisjoint(with: ["linkTarget", "libc"]), "a Mach-O file has no libc")
    #expect(binary["load"]?.keys == ["outcome", "code", "message"])
    let finding = try #require(report["findings"]?.array.first { $0["rule"]?.string == "foreign-format" })
    #expect(
      finding.keys.isSuperset(of: ["rule", "severity", "path", "npmPackage", "message", "evidence", "remedy"]))
    #expect(finding["remedy"]?.keys == ["summary", "commands"])
    #expect(report["verdict"]?.string == "grounded")
  }

  @Test("The package's lengths and digest are those of its files")
  func packageFacts() async throws {
    let (_, report) = try await document("check airworthy.zip \(GoldenTests.node20) --format json")
    let directory = try await Examples.directory()
    let files = try #require(FileManager.default.enumerator(atPath: directory.appending(path: "airworthy").path))
    var lengths: [Int] = []
    for case let path as String in files {
      let attributes = try FileManager.default.attributesOfItem(
        atPath: directory.appending(path: "airworthy/" + path).path)
      if attributes[.type] as? FileAttributeType == .typeRegular { lengths.append(attributes[.size] as? Int ?? 0) }
    }
    let package = try #require(report["package"])
    #expect(package["files"]?.number == lengths.count)
    #expect(package["unzippedBytes"]?.number == lengths.reduce(0, +))
    let zip = try await Examples.bytes("airworthy.zip")
    #expect(package["zippedBytes"]?.number == zip.count)
    let digest = try #require(package["sha256"]?.string)
    #expect(digest.wholeMatch(of: /[0-9a-f]{64}/) != nil)
    if let expected = try Self.sha256(of: directory.appending(path: "airworthy.zip")) { #expect(digest == expected) }
  }

  /// By the system's own program; `nil` where there is none.
  private static func sha256(of file: URL) throws -> String? {
    for program in ["/usr/bin/sha256sum", "/usr/bin/shasum", "/sbin/sha256sum"]
    where FileManager.default.isExecutableFile(atPath: program) {
      let process = Process()
      let pipe = Pipe()
      process.executableURL = URL(filePath: program)
      process.arguments = (program.hasSuffix("shasum") ? ["-a", "256"] : []) + [file.path]
      process.standardOutput = pipe
      try process.run()
      let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      return String(decoding: output, as: UTF8.self).split(separator: " ").first.map(String.init)
    }
    return nil
  }

  @Test("A directory and its zip give the same binaries", arguments: Examples.names)
  func directoryAndZip(_ name: String) async throws {
    let (_, directory) = try await document("check \(name) \(GoldenTests.node20) --format json")
    let (_, zip) = try await document("check \(name).zip \(GoldenTests.node20) --format json")
    #expect(directory["binaries"] == zip["binaries"])
    #expect(directory["findings"] == zip["findings"])
    #expect(directory["package"]?["unzippedBytes"] == zip["package"]?["unzippedBytes"])
    #expect(directory["binaries"]?.array.isEmpty == false)
  }
}
