import Subprocess

/// What came of running a tool of this machine.
enum ToolRun: Sendable {
  /// It is not in PATH.
  case missing
  case timedOut
  case failed(status: String, errors: String)
  case succeeded(String)

  /// Output that is longer is not looked at.
  private static let limit = 256 << 10

  /// Runs `name` as found in PATH, and ends it, with all that it started, after `timeout`.
  static func run(_ name: String, _ arguments: [String], timeout: Duration = .seconds(10)) async -> ToolRun {
    await withTaskGroup(of: ToolRun?.self) { group in
      group.addTask { await finished(name, arguments) }
      group.addTask {
        try? await Task.sleep(for: timeout)
        return nil
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      return first ?? .timedOut
    }
  }

  private static func finished(_ name: String, _ arguments: [String]) async -> ToolRun {
    var options = PlatformOptions()
    options.createSession = true
    options.teardownSequence = [
      .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(200)),
      .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(200)),
    ]
    do {
      let outcome = try await Subprocess.run(
        .name(name), arguments: Arguments(arguments), platformOptions: options, output: .string(limit: limit),
        error: .string(limit: limit))
      guard outcome.terminationStatus.isSuccess else {
        return .failed(status: outcome.terminationStatus.description, errors: outcome.standardError)
      }
      return .succeeded(outcome.standardOutput.isEmpty ? outcome.standardError : outcome.standardOutput)
    } catch let error as SubprocessError where error.code == .executableNotFound {
      return .missing
    } catch {
      return .failed(status: "it cannot be started", errors: "\(error)")
    }
  }

  var output: String? { if case .succeeded(let text) = self { text } else { nil } }

  var isMissing: Bool { if case .missing = self { true } else { false } }

  /// Why there is no output, in a few words.
  var problem: String? {
    switch self {
    case .missing: "not in PATH"
    case .timedOut: "does not answer within the time allowed"
    case .failed(let status, let errors):
      errors.split(whereSeparator: \.isNewline).first.map { String($0.prefix(160)) } ?? status
    case .succeeded: nil
    }
  }
}
