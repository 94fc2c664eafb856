import Testing

@testable import Explanations

@Suite("Logs of any length")
struct LogScannerTests {
  private static let noise = (0..<200).map {
    "2025-01-01T00:00:\($0 % 60).000Z\t11111111-2222-3333-4444-55555555\($0 + 1000)\tINFO\tprocessed \($0 * 7919) items of the queue in \($0) ms\n"
  }.joined()

  /// `count` bytes of a log that tells of nothing.
  private static func quiet(_ count: Int) -> [UInt8] {
    let block = Array(noise.utf8)
    var bytes: [UInt8] = []
    while bytes.count < count { bytes += block }
    return bytes
  }

  private func scan(_ bytes: [UInt8], blocks: Int) -> LogScanner {
    var scanner = LogScanner()
    bytes.withUnsafeBytes { all in
      var start = 0
      while start < all.count {
        let end = min(all.count, start + blocks)
        scanner.consume(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: all[start..<end])))
        start = end
      }
    }
    scanner.finish()
    return scanner
  }

  @Test(
    "An error is found wherever it stands in a long log, with the number of its line",
    arguments: [0, 1, 500_000, 1_040_000, 1_048_570, 2_000_001])
  func place(_ offset: Int) throws {
    var bytes = Self.quiet(offset)
    let line = bytes.count { $0 == 0x0A } + 1
    bytes += Array(
      "Error: /var/task/node_modules/re2/build/Release/re2.node: invalid ELF header\n    at x (/y.js:1:1)\n".utf8)
    bytes += Self.quiet(1_500_000)
    let scanner = scan(bytes, blocks: 65_536)
    let found = Diagnosing.findings(in: scanner.collection)
    #expect(found.map(\.message.cause) == [.foreignFormat])
    #expect(found.first?.evidence.first?.line == line)
    #expect(found.first?.message.path == "/var/task/node_modules/re2/build/Release/re2.node")
  }

  @Test("A message is found across the seams between blocks", arguments: [7, 100, 4093])
  func seams(_ blocks: Int) {
    let text = Array("x\nError: libgomp.so.1: cannot open shared object file: No such file or directory\n".utf8)
    let found = Diagnosing.findings(
      in: scan(Self.quiet(300_000) + text + Self.quiet(1_200_000), blocks: blocks * 64).collection)
    #expect(found.map(\.message.cause) == [.missingLibrary])
  }

  @Test("A long log full of one error costs little more than a quiet one, and gives one diagnosis")
  func repeated() {
    var bytes: [UInt8] = []
    for number in 0..<40_000 {
      bytes += Array(
        "2025-01-01T00:00:00.000Z\t11111111-2222-3333-4444-\(100_000_000_000 + number)\tERROR\t/var/task/node_modules/re2/build/Release/re2.node: invalid ELF header\n"
          .utf8)
    }
    let clock = ContinuousClock()
    var found: [Diagnosing.Finding] = []
    let time = clock.measure { found = Diagnosing.findings(in: scan(bytes, blocks: 1 << 18).collection) }
    #expect(found.count == 1)
    #expect(time < .seconds(60))
  }

  @Test("More different errors than are looked at are said to be so")
  func truncated() {
    let lines = (0..<20_000).map {
      "Error: /var/task/node_modules/package\($0)x/build/Release/a.node: invalid ELF header\n"
    }
    let scanner = scan(Array(lines.joined().utf8), blocks: 1 << 18)
    #expect(scanner.isTruncated)
    #expect(Diagnosing.findings(in: scanner.collection).count == Diagnosing.limit)
  }

  @Test("UTF-16, as PowerShell writes it, is read")
  func wide() {
    let text = "Error: Module version mismatch. Expected 46, got 48.\r\n"
    let bytes: [UInt8] = [0xFF, 0xFE] + text.utf8.flatMap { [$0, 0] as [UInt8] }
    #expect(Diagnosing.findings(in: scan(bytes, blocks: 1 << 18).collection).first?.message.cause == .abiMismatch)
  }

  @Test("Any bytes give an answer in a short time")
  func hostile() {
    var state: UInt64 = 42
    let words =
      Messages.patterns.map { Array($0.phrase.utf8) }
      + ["'", "\"", "\\n", "\\u0000", "/", "node_modules/", "\n", " | ", "`", "\\\\\"", "{\"", "\u{1b}["].map {
        Array($0.utf8)
      }
    for _ in 0..<60 {
      var bytes: [UInt8] = []
      for _ in 0..<400 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let pick = Int(state >> 33)
        if pick % 5 == 0 {
          bytes.append(UInt8(truncatingIfNeeded: pick >> 8))
        } else {
          bytes += words[pick % words.count]
        }
      }
      let findings = Diagnosing.findings(in: scan(bytes, blocks: 1 << 18).collection)
      #expect(findings.count <= Diagnosing.limit)
    }
  }
}

@Suite("Lines and what surrounds them")
struct UnwrappingTests {
  private func lines(_ text: String) -> [String] {
    Passages(Array(text.utf8)[...], firstLine: 1).all.map { $0.text(0..<$0.bytes.count) }
  }

  @Test(
    "Prefixes go, whatever wrote them",
    arguments: [
      "2025-03-15T06:17:06.705Z\tundefined\tERROR\tthe error",
      "2025-03-15T06:17:06.705Z 11111111-2222-3333-4444-555555555555 ERROR the error",
      "2025/03/15/[$LATEST]0123456789abcdef 2025-03-15T06:17:06.705000+00:00 the error",
      "2025-03-15 06:17:06.705 ERROR the error",
      "web-1  | the error", "#8 32.90 the error", "0.333 the error", "npm ERR! the error", "npm error the error",
      "> > the error",
      "[2025-03-15 06:17:06] the error", "\u{1b}[31mthe error\u{1b}[0m",
      "RequestId: 11111111-2222-3333-4444-555555555555 the error",
      "(11111111-2222-3333-4444-555555555555) Tue Apr 18 08:51:22 UTC 2017 : the error",
    ])
  func prefixes(_ line: String) { #expect(lines(line) == ["the error"]) }

  @Test("Escapes are undone to any depth of JSON in JSON")
  func escapes() {
    #expect(lines(#"{"a":"{\"b\":\"one\\n    at two\"}"}"#).first?.contains("one\nat two") == true)
    #expect(lines(#"'Error: one\n    at two'"#) == ["'Error: one\nat two'"])
  }

  @Test("Windows' paths keep their backslashes")
  func windows() {
    #expect(lines(#"D:\tmp\node.js\napi\napi-test\index.js:544"#) == [#"D:\tmp\node.js\napi\napi-test\index.js:544"#])
    #expect(
      lines(#"{"path":"D:\\new\\tmp"}"#) == [#"{"path":"D:\\new\\tmp"}"#]
        || lines(#"{"path":"D:\\new\\tmp"}"#) == [#"{"path":"D:\new\tmp"}"#])
  }

  @Test("Lines of several services stay apart")
  func services() {
    #expect(lines("web_1 | one\ndb_1 | two\nweb_1 | three") == ["one\nthree", "two"])
  }

  @Test("Phrases are found in any case of letters and over line breaks, at the right place")
  func phrases() {
    let table = PhraseTable(["invalid elf header", "file too short"])
    var found: [[Int]] = []
    let bytes = Array("an INVALID\tELF\nheader and a File too short, invalid elf headers".utf8)
    bytes.withUnsafeBytes { table.forEachMatch(in: RawSpan(_unsafeBytes: $0)) { found.append([$0, $1]) } }
    #expect(found == [[0, 3], [1, 28], [0, 44]])
  }

  @Test("No phrase is too short for the table, and each is in lower case")
  func table() {
    let phrases = Messages.patterns.map(\.phrase) + Messages.surroundings.map(\.phrase) + LogContext.phrases
    #expect(phrases.filter { $0.utf8.count < 7 } == [])
    #expect(phrases.filter { $0 != $0.lowercased() } == [])
  }
}
