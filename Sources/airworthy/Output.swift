import ArgumentParser
import PackageFiles
import Reports

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The form of what a command prints.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json
}

/// Where results go.
enum Output {
  /// Prints to standard output; a reader that has gone away ends the program quietly.
  static func print(_ text: String) throws {
    let reason = StandardStream.write(text, to: 1)
    if let reason { throw Failure.say("standard output cannot be written: \(reason)", Failure.missing) }
  }

  /// Puts `text` at `path` whole, by rename, or not at all. Links stay and lead to the report; pipes and devices take
  /// it as standard output would.
  static func write(_ text: String, to path: String) throws {
    let failure = { (reason: String) in
      Failure.say(
        "\(path.isEmpty ? "''" : path) cannot be written: \(reason); give --output a file in a directory that can be written",
        Failure.missing)
    }
    guard let place = place(path) else {
      if let reason = stream(text, to: path) { throw failure(reason) }
      return
    }
    do {
      try Data(text.utf8).write(to: URL(filePath: place), options: .atomic)
    } catch {
      throw failure(error.localizedReason)
    }
  }

  /// Where a regular file goes that is written to `path`: the end of its links; `nil` for a pipe or a device.
  private static func place(_ path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0 else { return path }
    if status.st_mode & S_IFMT == S_IFDIR { return path }
    guard status.st_mode & S_IFMT == S_IFREG, let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// The reason when that does not work.
  private static func stream(_ text: String, to path: String) -> String? {
    let file = open(path, O_WRONLY)
    guard file >= 0 else { return String(cString: strerror(errno)) }
    defer { close(file) }
    return StandardStream.write(text, to: file)
  }

  /// A variable of the environment; `ProcessInfo` would read all of them.
  private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  /// Colours only for a terminal that wants them (https://no-color.org), and its width up to 100 columns.
  static var style: TextStyle {
    let isTerminal = isatty(1) == 1
    let noColor = !(variable("NO_COLOR") ?? "").isEmpty || variable("TERM") == "dumb"
    var size = winsize()
    let columns = isTerminal && ioctl(1, UInt(TIOCGWINSZ), &size) == 0 ? Int(size.ws_col) : 80
    return TextStyle(width: min(max(columns, 40), 100), isColored: isTerminal && !noColor)
  }
}

extension Error {
  /// The system's reason, where there is one.
  fileprivate var localizedReason: String {
    if let error = self as? CocoaError, let underlying = error.underlying as? POSIXError {
      return String(cString: strerror(underlying.code.rawValue))
    }
    return errno == 0 ? "\(self)" : String(cString: strerror(errno))
  }
}
