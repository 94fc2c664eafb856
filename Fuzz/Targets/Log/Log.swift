import Audit

@testable import Explanations

private let target = AuditTarget(runtimeID: "nodejs20.x", architecture: "x86_64", today: "2026-11-23")

// Not with the room for a megabyte that `explain` begins with: taking and giving it back took as long as all the rest.
private let whole = LogScanner.Reach(whole: 8192, slab: 8192)
private let pieces = LogScanner.Reach(whole: 0, slab: 256, before: 64, behind: 96)

/// The text parser of `explain`: prefixes, escapes, messages, causes, words and commands.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
  let text = UnsafeRawBufferPointer(start: start, count: count)
  // As a whole, or as if it were long: then only what stands around phrases is read, in pieces. The length chooses.
  let isWhole = count % 2 == 0
  check(LogScanner(reach: isWhole ? whole : pieces), text)
  return 0
}

private func check(_ fresh: LogScanner, _ text: UnsafeRawBufferPointer) {
  var scanner = fresh
  var start = 0
  while start < text.count {
    let end = min(text.count, start + 200)
    scanner.consume(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: text[start..<end])))
    start = end
  }
  scanner.finish()
  let findings = Diagnosing.findings(in: scanner.collection)
  precondition(findings.count <= Diagnosing.limit)
  let lines = text.count { $0 == 0x0A } + 1
  for finding in findings {
    precondition(finding.evidence.allSatisfy { ($0.line ?? 0) >= 1 && ($0.line ?? 0) <= lines })
    let story = Story(message: finding.message, facts: finding.message.facts, target: target)
    precondition(!story.paragraph.isEmpty)
    // Nothing of the text gets into a command but names that npm accepts.
    for command in CauseRemedy(story).remedy.commands {
      precondition(!command.utf8.contains { $0 < 0x20 || $0 >= 0x7F })
    }
  }
}
