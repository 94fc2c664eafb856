import Testing

@testable import PackageFiles

#if canImport(Darwin)
  import Darwin
  import Foundation
#else
  import FoundationEssentials
  import Glibc
#endif

/// A directory that goes with its owner.
final class TemporaryDirectory {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory.appendingPathComponent("airworthy-\(UInt64.random(in: 0 ... .max))").path
    try #require(mkdir(path, 0o755) == 0)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, and the directories on the way.
  func write(_ name: String, _ text: String) { write(name, Array(text.utf8)) }

  func write(_ name: String, _ bytes: [UInt8]) {
    if let slash = name.lastIndex(of: "/") {
      try? FileManager.default.createDirectory(atPath: "\(path)/\(name[..<slash])", withIntermediateDirectories: true)
    }
    let file = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    #expect(bytes.withUnsafeBytes { systemWrite(file, $0.baseAddress, $0.count) } == bytes.count)
    close(file)
  }

  func link(_ name: String, to target: String) { #expect(symlink(target, "\(path)/\(name)") == 0) }

  /// Removes directories nested too deep for a path, one level at a time from the top.
  func removeChain(_ name: String, sibling: String, levels: Int) {
    for _ in 0..<levels {
      rmdir("\(path)/\(name)/\(sibling)")
      if rename("\(path)/\(name)/\(name)", "\(path)/next") != 0 { break }
      rmdir("\(path)/\(name)")
      rename("\(path)/next", "\(path)/\(name)")
    }
  }
}

/// The system's `write`, which the method hides.
private func systemWrite(_ file: Int32, _ start: UnsafeRawPointer?, _ count: Int) -> Int {
  #if canImport(Darwin)
    Darwin.write(file, start, count)
  #else
    Glibc.write(file, start, count)
  #endif
}
