import PackageFiles

/// What a command does not give back.
enum Kept {
  private static let values = Monitor<[any Sendable]>([])

  static func untilTheEnd(_ value: some Sendable) { values.withLock { $0.append(value) } }
}
