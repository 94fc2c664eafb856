import Subprocess

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The log of a deployed function, through the AWS CLI: it has the credentials, the region and the profile.
public struct FunctionLogs: Sendable {
  let group: String
  /// Milliseconds since 1970.
  let start: Int

  /// - Parameters:
  ///   - function: its name, its ARN, or a log group's name, which begins with `/`.
  ///   - since: a span such as `30m`, `1h` or `2d`.
  /// Throws `LogError`.
  public init(function: String, since: String, now: Date = Date()) throws(LogError) {
    // The last part of an ARN is the name; a qualifier has no log group of its own.
    let parts = function.split(separator: ":").map(String.init)
    let name = function.hasPrefix("arn:") ? (parts.count > 6 ? parts[6] : "") : parts.first ?? ""
    let isGroup = name.hasPrefix("/")
    let isValid = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_/.#".contains($0)) }
    guard isValid, !name.isEmpty, !name.hasPrefix("-"), name.utf8.count <= 512 else { throw .badFunctionName(function) }
    group = isGroup ? name : "/aws/lambda/" + name
    start = Int(now.timeIntervalSince1970 * 1000) - (try Self.milliseconds(since))
  }

  static func milliseconds(_ since: String) throws(LogError) -> Int {
    let units: [Character: Int] = ["s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000]
    guard let unit = since.last.flatMap({ units[$0] }), let number = Int(since.dropLast()),
      (1...100_000).contains(number)
    else {
      throw .badSince(since)
    }
    return number * unit
  }

  var arguments: [String] {
    [
      "logs", "filter-log-events", "--log-group-name", group, "--start-time", String(start), "--output", "json",
      "--no-cli-pager",
    ]
  }

  /// Gives the log to `explainer`, piece by piece. Throws `LogError`.
  public func read(into explainer: Explainer) async throws -> Explainer {
    let outcome: ExecutionResult<Explainer, SequenceOutput, StringOutput<UTF8>>
    do {
      outcome = try await run(
        .name("aws"), arguments: Arguments(arguments), input: .none, output: .sequence, error: .string(limit: 256 << 10)
      ) { execution in
        var reading = explainer
        for try await chunk in execution.standardOutput { reading.consume(chunk.bytes) }
        return reading
      }
    } catch let error as SubprocessError {
      guard error.code == .executableNotFound else { throw LogError.toolFailed("aws", error.description) }
      throw LogError.toolMissing("aws (the AWS CLI)")
    }
    guard outcome.terminationStatus.isSuccess else {
      let line = outcome.standardError.split(whereSeparator: \.isNewline).first { !$0.allSatisfy(\.isWhitespace) }
      throw LogError.toolFailed("aws", line.map(String.init) ?? outcome.terminationStatus.description)
    }
    return outcome.closureResult
  }
}
