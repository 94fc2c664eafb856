import Foundation
import Testing

/// A golden file: the arguments of one run, its exit status and what it wrote.
///
/// `AIRWORTHY_RECORD=1 swift test --filter CommandLineTests` writes them anew.
enum Golden {
  private static let directory = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
  private static let isRecording = ProcessInfo.processInfo.environment["AIRWORTHY_RECORD"] == "1"

  /// Compares a run with the golden file of this name.
  static func expect(
    _ outcome: Airworthy.Outcome, of arguments: [String], is name: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let file = directory.appending(path: name + ".txt")
    let actual = text(arguments, outcome)
    if isRecording {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      return try Data(actual.utf8).write(to: file)
    }
    let golden = try? String(contentsOf: file, encoding: .utf8)
    guard actual != golden else { return }
    Issue.record(
      "Golden/\(name).txt \(golden == nil ? "is missing" : "differs"):\n\(difference(golden ?? "", actual))",
      sourceLocation: sourceLocation)
  }

  private static func text(_ arguments: [String], _ outcome: Airworthy.Outcome) -> String {
    """
    $ airworthy \(arguments.map(quoted).joined(separator: " "))
    exit status: \(outcome.status)
    --- standard output
    \(section(outcome.output, of: arguments))--- standard error
    \(section(outcome.errors, of: arguments))
    """
  }

  private static func quoted(_ argument: String) -> String {
    argument.isEmpty || argument.contains(" ") ? "'\(argument)'" : argument
  }

  private static func section(_ text: String, of arguments: [String]) -> String {
    let isOfCatalog = ["targets", "rules"].contains(arguments.first)
    let stable = isOfCatalog ? text : withoutToolchain(text)
    return stable.isEmpty || stable.hasSuffix("\n") ? stable : stable + "\n(no line break at the end)\n"
  }

  /// The examples are compiled and packed where the tests run, and compilers and zlibs differ: lengths, addresses and
  /// digests become `#`. Other tests compare those with the files.
  private static func withoutToolchain(_ text: String) -> String {
    text.replacing(/(?<key>(?:Bytes|bytes)"? +:? *)[0-9]+(?![0-9x])/) { "\($0.output.key)#" }
      .replacing(/[0-9][0-9.,]* (?<unit>bytes|KB|MB)\b/) { "# \($0.output.unit)" }
      .replacing(/0x[0-9a-f]+/, with: "0x#")
      .replacing(/[0-9a-f]{32,}/, with: "#")
  }

  /// The lines that differ, as far as a reader needs them.
  private static func difference(_ golden: String, _ actual: String) -> String {
    let old = golden.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let new = actual.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let changes = new.difference(from: old).map { change -> (Int, String) in
      switch change {
      case .remove(let offset, let line, _): (offset, "-\(offset + 1): \(line)")
      case .insert(let offset, let line, _): (offset, "+\(offset + 1): \(line)")
      }
    }
    return changes.sorted { $0.0 < $1.0 }.prefix(40).map(\.1).joined(separator: "\n")
  }
}
