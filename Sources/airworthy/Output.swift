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
  static func print(_ text: String) { StandardStream.write(text, to: 1) }

  /// Puts `text` at `path` whole, by rename, or not at all.
  static func write(_ text: String, to path: String) throws {
    do {
      try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw Failure.say("\(path) cannot be written: \(error.localizedReason)", Failure.missing)
    }
  }

  /// Colours only for a terminal that wants them (https://no-color.org), and its width up to 100 columns.
  static var style: TextStyle {
    let environment = ProcessInfo.processInfo.environment
    let isTerminal = isatty(1) == 1
    let noColor = !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
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
