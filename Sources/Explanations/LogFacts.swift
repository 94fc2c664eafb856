import LambdaRuntimes

/// What a text says of the process that failed and of the file that did. Absent facts are absent keys in JSON.
public struct LogFacts: Codable, Hashable, Sendable {
  /// Such as `nodejs20.x`.
  public var runtime: String?
  /// A version of Node.js, such as `20.18.0`.
  public var node: String?
  /// `NODE_MODULE_VERSION` of the addon, and the release line of Node.js that has it: `20`.
  public var moduleVersionBuilt: Int?
  public var nodeBuilt: String?
  /// `NODE_MODULE_VERSION` of the Node.js that refused it, and its line.
  public var moduleVersionRequired: Int?
  public var nodeRequired: String?
  public var nodeApiRequired: Int?
  public var nodeApiSupported: Int?
  /// Libraries by their sonames.
  public var sonames: [String]?
  /// Such as `GLIBC_2.28`, in the order of the text.
  public var symbolVersions: [String]?
  /// The library that lacks the versions, by its path.
  public var library: String?
  /// What asked for the versions.
  public var requiredBy: String?
  public var symbols: [String]?
  /// What the file was built for, and what the process needs.
  public var architectureFound: String?
  public var architectureNeeded: String?
  /// Platforms as npm packages name them, such as `linux-x64`: what is there, what is looked for.
  public var platformFound: String?
  public var platformNeeded: String?
  /// `glibc` or `musl`, of the process.
  public var libc: String?
  /// npm packages named in the message.
  public var packagesFound: [String]?
  public var packagesNeeded: [String]?
  /// Node.js's error code, such as `ERR_DLOPEN_FAILED`.
  public var code: String?
  public var signal: String?
  public var bytes: Int?
  public var limitBytes: Int?
  public var requestIds: [String]?

  public init() {}
}

extension LogFacts {
  /// How many values a list keeps: a log repeats itself.
  static let listLimit = 8

  /// Takes over what `other` knows and this does not; lists grow.
  mutating func merge(_ other: LogFacts) {
    fill(\.runtime, other)
    fill(\.node, other)
    fill(\.moduleVersionBuilt, other)
    fill(\.nodeBuilt, other)
    fill(\.moduleVersionRequired, other)
    fill(\.nodeRequired, other)
    fill(\.nodeApiRequired, other)
    fill(\.nodeApiSupported, other)
    fill(\.library, other)
    fill(\.requiredBy, other)
    fill(\.architectureFound, other)
    fill(\.architectureNeeded, other)
    fill(\.platformFound, other)
    fill(\.platformNeeded, other)
    fill(\.libc, other)
    fill(\.code, other)
    fill(\.signal, other)
    fill(\.bytes, other)
    fill(\.limitBytes, other)
    for list in [\LogFacts.sonames, \.symbolVersions, \.symbols, \.packagesFound, \.packagesNeeded, \.requestIds] {
      for value in other[keyPath: list] ?? [] { append(value, to: list) }
    }
  }

  private mutating func fill<Value>(_ path: WritableKeyPath<LogFacts, Value?>, _ other: LogFacts) {
    if self[keyPath: path] == nil { self[keyPath: path] = other[keyPath: path] }
  }

  mutating func append(_ value: String, to list: WritableKeyPath<LogFacts, [String]?>) {
    let known = self[keyPath: list] ?? []
    guard !value.isEmpty, !known.contains(value), known.count < Self.listLimit else { return }
    self[keyPath: list] = known + [value]
  }

  /// Notes both module versions with the lines of Node.js that have them.
  mutating func setModuleVersions(built: Int?, required: Int?) {
    let releases = NodeReleases.builtIn
    moduleVersionBuilt = built
    nodeBuilt = built.flatMap { releases.line(ofModuleVersion: $0) }
    moduleVersionRequired = required
    nodeRequired = required.flatMap { releases.line(ofModuleVersion: $0) }
  }

  /// The major version of Node.js that ran, as far as the text tells.
  var nodeMajor: Int? {
    if let nodeRequired { return Int(nodeRequired) }
    return node.flatMap { $0.split(separator: ".").first }.flatMap { Int($0) }
  }
}
