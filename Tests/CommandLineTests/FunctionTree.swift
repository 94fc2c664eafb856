import Foundation
import Testing

/// A function's directory with real binaries, built up file by file, and beside it what a test wants as layers.
final class FunctionTree {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  func text(_ path: String, _ text: String) throws { try scratch.file("function/" + path, text.utf8) }

  /// A copy of an example's binary.
  func binary(_ path: String, _ example: String) async throws {
    try scratch.file("function/" + path, try await Examples.bytes(example))
  }

  func check(_ arguments: String = "--runtime nodejs20.x --arch x86_64", layers: [String] = []) async throws
    -> JSONValue
  {
    let line = "check function \(arguments) --today 2026-01-05 --format json".split(separator: " ").map(String.init)
    let outcome = try await Airworthy.run(
      line + layers.flatMap { ["--layer", $0] }, in: scratch.directory)
    #expect(outcome.errors.isEmpty)
    return try JSONValue(outcome.output)
  }
}
