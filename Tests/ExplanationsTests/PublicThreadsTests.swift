import Foundation
import Testing

@testable import Explanations

@Suite("Texts of public threads")
struct PublicThreadsTests {
  private struct Thread: Decodable {
    var cause: Cause
    var source: String
    var text: String
  }

  /// Error texts as people posted them, each with its source and its cause; `Documentation/Accuracy.md` has the disputed ones.
  private static func threads() throws -> [Thread] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Cases/public-threads.jsonl")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
      try JSONDecoder().decode(Thread.self, from: Data($0.utf8))
    }
  }

  @Test("At least 60 of 64 have their cause first, and 63 have it among the causes")
  func score() throws {
    let threads = try Self.threads()
    #expect(threads.count == 64)
    let answers = try threads.map { (thread: $0, answer: try explain($0.text)) }
    let later = answers.filter { $0.answer.first != $0.thread.cause }
    let never = later.filter { !$0.answer.causes.contains($0.thread.cause) }
    let lines = later.map {
      "\($0.thread.source): \($0.thread.cause.rawValue), answered \($0.answer.first?.rawValue ?? "nothing")"
    }
    if ProcessInfo.processInfo.environment["AIRWORTHY_SCORE"] != nil {
      for (index, one) in answers.enumerated() where one.answer.first != one.thread.cause {
        print(
          "score:", index, one.thread.source, one.thread.cause.rawValue, one.answer.first?.rawValue ?? "-",
          one.answer.causes.map(\.rawValue).sorted())
      }
    }
    #expect(later.count <= 4, "\(lines)")
    #expect(never.count <= 1, "\(never.map(\.thread.source))")
  }
}
