import PackageFiles

/// What a command does not give back: the process ends when the report is written, and the system takes back all at once what
/// would be given back in parts.
enum Kept {
  private static let values = Monitor<[any Sendable]>([])

  static func untilTheEnd(_ value: some Sendable) { values.withLock { $0.append(value) } }
}
