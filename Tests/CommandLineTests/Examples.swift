import Foundation

/// The example packages, which `Examples/build` makes.
enum Examples {
  static let names = [
    "airworthy", "macos-ref-ffi", "musl-build", "too-new-glibc", "windows-build", "wrong-architecture",
    "wrong-module-version",
  ]

  /// Where they are; made first when one is missing, once for all tests.
  static func directory() async throws -> URL { try await made.value }

  private static let made = Task.detached { () throws -> URL in
    let directory = Airworthy.repository.appending(path: "Examples/packages")
    if !missing(in: directory).isEmpty { try build() }
    let absent = missing(in: directory)
    guard absent.isEmpty else {
      throw Airworthy.Obstacle(
        description: "Examples/build did not make \(absent.joined(separator: ", ")); zips need python3")
    }
    return directory
  }

  private static func missing(in directory: URL) -> [String] {
    names.flatMap { [$0, $0 + ".zip"] }.filter {
      !FileManager.default.fileExists(atPath: directory.appending(path: $0).path)
    }
  }

  private static func build() throws {
    let process = Process()
    process.executableURL = Airworthy.repository.appending(path: "Examples/build")
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Airworthy.Obstacle(description: "Examples/build ended with \(process.terminationStatus); see above")
    }
  }

  /// The bytes of one file of the examples.
  static func bytes(_ path: String) async throws -> [UInt8] {
    Array(try Data(contentsOf: try await directory().appending(path: path)))
  }
}
