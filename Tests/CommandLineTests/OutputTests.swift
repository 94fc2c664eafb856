import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

@Suite("Where results go")
struct OutputTests {
  private func check(
    _ options: String, in scratch: Scratch, environment: [String: String] = [:], terminal: FileHandle? = nil
  ) async throws -> Airworthy.Outcome {
    let package = try await Examples.directory().appending(path: "macos-ref-ffi").path
    return try await Airworthy.run(
      ["check", package] + "\(GoldenTests.node20) \(options)".split(separator: " ").map(String.init),
      in: scratch.directory, environment: environment, terminal: terminal)
  }

  @Test("-o puts the whole report into the file and nothing on standard output", arguments: ["text", "json"])
  func file(_ format: String) async throws {
    let scratch = try Scratch()
    let printed = try await check("--format \(format)", in: scratch)
    let written = try await check("--format \(format) -o report", in: scratch)
    #expect(written == Airworthy.Outcome(status: 1, output: "", errors: ""))
    #expect(try scratch.text("report") == printed.output)
    #expect(try scratch.names() == ["report"], "nothing partial stays behind")
  }

  @Test("-o replaces an older report, also through a link")
  func replacement() async throws {
    let scratch = try Scratch()
    try scratch.file("report", Array(repeating: UInt8(ascii: "x"), count: 100_000))
    try FileManager.default.createSymbolicLink(
      atPath: scratch.directory.appending(path: "link").path, withDestinationPath: "report")
    #expect(try await check("-o link", in: scratch).status == 1)
    let printed = try await check("", in: scratch)
    #expect(try scratch.text("report") == printed.output)
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: scratch.directory.appending(path: "link").path)
        == "report")
  }

  @Test("-o writes into a pipe or a device and does not replace it")
  func device() async throws {
    let scratch = try Scratch()
    let pipe = scratch.directory.appending(path: "pipe").path
    #expect(mkfifo(pipe, 0o600) == 0)
    let descriptor = open(pipe, O_RDWR)
    defer { close(descriptor) }
    #expect(try await check("--runtime nodejs22.x --arch arm64 --fail-on never -o pipe", in: scratch).status == 0)
    let type = try FileManager.default.attributesOfItem(atPath: pipe)[.type] as? FileAttributeType
    #expect(type != .typeRegular)
    var start = [UInt8](repeating: 0, count: 1024)
    #expect(read(descriptor, &start, start.count) > 0)
  }

  @Test("An unwritable -o is one line that says what to do, and leaves nothing behind")
  func unwritable() async throws {
    let scratch = try Scratch()
    let outcome = try await check("-o nowhere/report", in: scratch)
    #expect(outcome.status == 66 && outcome.output.isEmpty)
    #expect(outcome.errors.split(separator: "\n").count == 1)
    #expect(outcome.errors.hasPrefix("airworthy: nowhere/report"))
    #expect(try scratch.names() == [])
  }

  #if os(Linux)
    @Test("A full standard output is an error, not a short report")
    func fullStandardOutput() async throws {
      let scratch = try Scratch()
      let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
      let outcome = try await check("--fail-on never", in: scratch, terminal: full)
      #expect(outcome.status == 66)
      #expect(outcome.errors == "airworthy: standard output cannot be written: No space left on device\n")
    }
  #endif

  @Test("A terminal gets colours, unless NO_COLOR or TERM=dumb says otherwise")
  func colours() async throws {
    let scratch = try Scratch()
    let plain = try await check("", in: scratch).output
    for (environment, isColoured) in [
      ([:], true), (["NO_COLOR": ""], true), (["NO_COLOR": "1"], false), (["TERM": "dumb"], false),
    ] {
      let shown = try await onTerminal(columns: 80, environment, in: scratch)
      #expect(shown.contains("\u{1b}[") == isColoured, "\(environment)")
      #expect(shown.replacing(/\u{1b}\[[0-9;]*m/, with: "") == plain, "\(environment)")
    }
  }

  @Test("Lines fit the terminal, commands and single long words aside", arguments: [50, 80, 200])
  func width(_ columns: Int) async throws {
    let shown = try await onTerminal(columns: columns, ["NO_COLOR": "1"], in: try Scratch())
    let lines = shown.split(separator: "\n").dropFirst()
    let isWord: (Substring) -> Bool = { $0.drop { " ✗!·".contains($0) }.contains(" ") == false }
    let isCommand: (Substring) -> Bool = { $0.hasPrefix("    npm ") || $0.hasPrefix("    docker ") }
    #expect(lines.filter { $0.count > min(columns, 100) && !isWord($0) && !isCommand($0) } == [])
    #expect(lines.contains { $0.count > min(columns, 100) * 3 / 4 }, "the width is used")
  }

  /// What a check shows on a pseudo-terminal.
  private func onTerminal(columns: Int, _ environment: [String: String], in scratch: Scratch) async throws -> String {
    let terminal = try PseudoTerminal(columns: columns)
    let reading = Task { await terminal.contents() }
    let outcome = try await check(
      "", in: scratch, environment: ["TERM": "xterm"].merging(environment) { $1 }, terminal: terminal.slave)
    #expect(outcome.status == 1)
    try terminal.slave.close()
    return String(decoding: await reading.value, as: UTF8.self).replacing("\r\n", with: "\n")
  }
}

/// A terminal of its own: what a program writes to `slave`, `readAll` reads.
private final class PseudoTerminal: Sendable {
  private let master: Int32
  let slave: FileHandle

  init(columns: Int) throws {
    var descriptors: (master: Int32, slave: Int32) = (-1, -1)
    var size = winsize(ws_row: 24, ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    guard openpty(&descriptors.master, &descriptors.slave, nil, nil, &size) == 0 else {
      throw Airworthy.Obstacle(description: "no pseudo-terminal: \(String(cString: strerror(errno)))")
    }
    master = descriptors.master
    slave = FileHandle(fileDescriptor: descriptors.slave, closeOnDealloc: true)
  }

  deinit { close(master) }

  /// All that is written; ends when every descriptor of the slave is closed.
  func contents() async -> [UInt8] {
    // A thread of its own: blocking reads would take the few threads that tests share.
    await withCheckedContinuation { continuation in
      Thread.detachNewThread { continuation.resume(returning: self.readAll()) }
    }
  }

  /// Linux reports the end as EIO.
  private func readAll() -> [UInt8] {
    var all: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(master, &chunk, chunk.count)
      guard count > 0 else { return all }
      all += chunk.prefix(count)
    }
  }
}
