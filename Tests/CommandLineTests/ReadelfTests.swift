import Foundation
import Testing

/// The small brother of `make differential`, which asks LIEF too, of thousands of files.
@Suite("The facts of ELF files are those that readelf tells")
struct ReadelfTests {
  private static let readelf = "/usr/bin/readelf"
  private static let hasReadelf = FileManager.default.isExecutableFile(atPath: readelf)

  private static let files = [
    "airworthy/node_modules/checksum/prebuilds/linux-x64/checksum.node",
    "airworthy/node_modules/checksum/prebuilds/linux-arm64/checksum.node",
    "musl-build/node_modules/checksum/build/Release/checksum.node",
    "too-new-glibc/node_modules/checksum/build/Release/checksum.node",
    "wrong-architecture/node_modules/checksum/build/Release/checksum.node",
    "wrong-module-version/node_modules/histogram/build/Release/histogram.node",
  ]

  @Test("Libraries, versions and symbols of the example addons", .enabled(if: hasReadelf), arguments: files)
  func exampleAddons(_ path: String) async throws {
    let directory = try await Examples.directory()
    let outcome = try await Airworthy.run(["inspect", path, "--format", "json"], in: directory)
    let facts = try #require(try JSONValue(outcome.output)["elf"])
    let report = try Self.readelf(directory.appending(path: path))

    #expect(facts["needed"]?.array.compactMap(\.string) ?? [] == report.needed)
    #expect(
      Set(facts["versionNeeds"]?.array.flatMap { $0["versions"]?.array.compactMap(\.string) ?? [] } ?? [])
        == Set(report.versions))
    #expect(facts["definedSymbols"]?.array.compactMap(\.string).sorted() ?? [] == report.defined.sorted())
    #expect(facts["undefinedSymbols"]?.array.compactMap(\.string).sorted() ?? [] == report.undefined.sorted())
    #expect(!report.undefined.isEmpty, "every addon calls Node.js")
  }

  private struct Report {
    var needed: [String] = []
    var versions: [String] = []
    var defined: [String] = []
    var undefined: [String] = []
  }

  private static func readelf(_ file: URL) throws -> Report {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: readelf)
    process.arguments = ["--wide", "--dynamic", "--version-info", "--dyn-syms", file.path]
    process.environment = ["LC_ALL": "C"]
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()

    var report = Report()
    for line in String(decoding: output, as: UTF8.self).split(separator: "\n") {
      if let match = line.firstMatch(of: /\(NEEDED\) .*\[(.*)\]/) {
        report.needed.append(String(match.1))
      } else if let match = line.firstMatch(of: /: +Name: (.*)  Flags: (.*)  Version: [0-9]+$/) {
        report.versions.append(match.1 + (match.2.contains("WEAK") ? " (weak)" : ""))
      } else if let match = line.wholeMatch(
        of: /\s*[0-9]+: [0-9a-f]+ +\S+ \S+ +(GLOBAL|WEAK|UNIQUE) +\S+ +(?:\[.*\] +)?(\S+) (\S+)(?: \([0-9]+\))?/)
      {
        // `V@@V` stands for a version itself, which `nm` writes without the version.
        let parts = match.3.split(separator: "@")
        let name = parts.count == 2 && parts[0] == parts[1] ? parts[0] : match.3
        if match.2 == "UND" {
          report.undefined.append(name + (match.1 == "WEAK" ? " (weak)" : ""))
        } else {
          report.defined.append(String(name))
        }
      }
    }
    return report
  }
}
