import ArgumentParser
import Explanations
import LambdaRuntimes
import PackageFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Ends a command with one line on standard error and an exit status of `sysexits.h`, as DESIGN.md lays down.
enum Failure {
  static let usage = ExitCode(64)
  static let damaged = ExitCode(65)
  static let missing = ExitCode(66)
  static let unavailable = ExitCode(69)
  static let fault = ExitCode(70)

  /// Runs `body`; what it throws becomes the line and the status.
  static func reporting<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch {
      throw reported(error)
    }
  }

  /// The same for what has to be waited for.
  static func reporting<Result>(_ body: () async throws -> Result) async throws -> Result {
    do {
      return try await body()
    } catch {
      throw reported(error)
    }
  }

  private static func reported(_ error: any Error) -> any Error {
    switch error {
    case let error as ExitCode: error
    case let error as TreeError: say(error.description, status(of: error))
    case let error as TargetError: say(error.description, usage)
    case let error as EnvironmentError: say(error.description, status(of: error))
    case let error as LogError: say(error.description, status(of: error))
    case let error as ValidationError: error
    default: say("unexpected: \(error). Please report this as a fault of airworthy", fault)
    }
  }

  /// Writes the line; the returned status is to be thrown.
  static func say(_ message: String, _ status: ExitCode) -> ExitCode {
    let line = String(
      String.UnicodeScalarView(message.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? " " : $0 }))
    StandardError.write("airworthy: \(line)\n")
    return status
  }

  private static func status(of error: TreeError) -> ExitCode {
    switch error {
    case .missing, .unreadable, .notARegularFile, .noTemporaryFile: missing
    case .noSuchPlatform, .severalImages: usage
    case .libraryMissing: unavailable
    default: damaged
    }
  }

  private static func status(of error: LogError) -> ExitCode {
    switch error {
    case .unreadable, .isDirectory: missing
    case .badSince, .badFunctionName: usage
    case .toolMissing, .toolFailed: unavailable
    }
  }

  private static func status(of error: EnvironmentError) -> ExitCode {
    switch error {
    case .loaderMissing, .nodeMissing: missing
    case .nodeUnusable, .unreadableEnvironment, .otherCLibrary: damaged
    case .architectureMismatch: usage
    }
  }
}

/// The stream for messages.
enum StandardError {
  static func write(_ text: String) { _ = StandardStream.write(text, to: 2) }

  static var isTerminal: Bool { isatty(2) == 1 }
}

/// Standard output and standard error.
enum StandardStream {
  static var inputIsTerminal: Bool { isatty(0) == 1 }

  /// Writes all of `text`; the system's reason when it takes less.
  static func write(_ text: String, to file: Int32) -> String? {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { bytes in systemWrite(file, bytes.baseAddress, bytes.count) }
      if written < 0, errno == EINTR || errno == EAGAIN { continue }
      guard written > 0 else { return String(cString: strerror(errno)) }
      rest = rest.dropFirst(written)
    }
    return nil
  }
}

/// `write(2)` under a name that methods do not hide.
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int { write(file, bytes, count) }
