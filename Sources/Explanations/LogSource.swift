import PackageFiles
import SystemPackage

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Where the text to explain comes from.
public enum LogSource: Hashable, Sendable {
  case text(String)
  case file(String)
  case standardInput
}

extension LogSource {
  /// What the arguments of a command mean: nothing or `-` is standard input, the name of a file that file, else they are
  /// the text itself.
  public init(arguments: [String]) {
    let text = arguments.joined(separator: " ")
    if text.isEmpty || text == "-" {
      self = .standardInput
    } else if arguments.count == 1, text.utf8.count < 1024, !text.contains("\n"), Self.exists(text) {
      self = .file(text)
    } else {
      self = .text(text)
    }
  }

  private static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}

/// Why a text could not be read.
public enum LogError: Error, Hashable, Sendable {
  case unreadable(String, String)
  case isDirectory(String)
  case badSince(String)
  case badFunctionName(String)
  case toolMissing(String)
  /// The tool, its exit status and its first line.
  case toolFailed(String, String)
}

extension LogError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
    case .isDirectory(let path):
      "\(path) is a directory; give the log or the error's text, and the package with --package \(path)"
    case .badSince(let text): "--since is a span such as 30m, 1h or 2d, not '\(text)'"
    case .badFunctionName(let name): "'\(name)' is no name of a Lambda function or log group"
    case .toolMissing(let tool): "\(tool) is not in PATH: install it, or save the log to a file and give that"
    case .toolFailed(let tool, let reason): "\(tool) failed: \(reason)"
    }
  }
}

extension Explainer {
  /// How many bytes are read at once.
  private static let block = 256 << 10

  /// Takes all of `source`. Throws `LogError`.
  public mutating func consume(_ source: LogSource) throws {
    switch source {
    case .text(let text): consume(text)
    case .standardInput: try read(.standardInput, "standard input")
    case .file(let path):
      let file: FileDescriptor
      do {
        file = try FileDescriptor.open(FilePath(path), .readOnly)
      } catch let error as Errno {
        throw LogError.unreadable(path, error.description)
      }
      defer { try? file.close() }
      try read(file, path)
    }
  }

  private mutating func read(_ file: FileDescriptor, _ name: String) throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.block, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count: Int
      do {
        count = try file.read(into: buffer)
      } catch Errno.isDirectory {
        throw LogError.isDirectory(name)
      } catch let error as Errno {
        throw LogError.unreadable(name, error.description)
      }
      guard count > 0 else { return }
      consume(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: buffer[..<count])))
    }
  }
}
