import Foundation
import Testing

/// The built executable, run as a user runs it.
enum Airworthy {
  /// What one run left behind.
  struct Outcome: Equatable {
    var status: Int32
    var output: String
    var errors: String
  }

  /// What stops a run before it starts.
  struct Obstacle: Error, CustomStringConvertible {
    var description: String
  }

  /// The root of the repository.
  static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The executable stands beside the test bundle, wherever `--scratch-path` put both.
  static let executable: URL = {
    #if canImport(Darwin)
      let bundle = Bundle(for: BundleMarker.self).bundleURL
    #else
      let bundle = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    #endif
    return bundle.deletingLastPathComponent().appending(path: "airworthy")
  }()

  /// Runs the executable and waits for its end. Its environment is the same on every machine.
  ///
  /// - Parameters:
  ///   - terminal: takes standard output in place of a file; the outcome's output is empty then.
  ///   - input: what standard input gives; nothing when it is not given.
  ///   - openFiles: how many files it may have open; as many as here when it is not given.
  static func run(
    _ arguments: [String], in directory: URL, environment: [String: String] = [:], terminal: FileHandle? = nil,
    input: String = "", openFiles: Int? = nil
  ) async throws -> Outcome {
    guard FileManager.default.isExecutableFile(atPath: executable.path) else {
      throw Obstacle(description: "\(executable.path) is missing: build the product airworthy")
    }
    // Files, not pipes: nothing has to be read while the program runs.
    let streams = try Scratch()
    let process = Process()
    process.executableURL = openFiles == nil ? executable : URL(filePath: "/bin/sh")
    process.arguments =
      openFiles.map { ["-c", "ulimit -n \($0) && exec \"$0\" \"$@\"", executable.path] + arguments } ?? arguments
    process.currentDirectoryURL = directory
    process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C"].merging(environment) { $1 }
    process.standardInput = try FileHandle(forReadingFrom: streams.file("input", input.utf8))
    let output = try streams.file("output")
    let errors = try streams.file("errors")
    process.standardOutput = try terminal ?? FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in continuation.resume() }
      do {
        try process.run()
      } catch {
        process.terminationHandler = nil
        continuation.resume(throwing: error)
      }
    }
    if process.terminationReason == .uncaughtSignal {
      Issue.record("airworthy \(arguments.joined(separator: " ")) ended by signal \(process.terminationStatus)")
    }
    return Outcome(
      status: process.terminationStatus, output: try String(contentsOf: output, encoding: .utf8),
      errors: try String(contentsOf: errors, encoding: .utf8))
  }
}

#if canImport(Darwin)
  private final class BundleMarker {}
#endif
