/// A release of Node.js, such as 20.20.2.
public struct NodeVersion: Hashable, Sendable {
  public let major: Int
  public let minor: Int
  public let patch: Int

  public init(major: Int, minor: Int, patch: Int) {
    self.major = major
    self.minor = minor
    self.patch = patch
  }

  /// Reads `20.20.2` or `v20.20.2`; `nil` for anything else, also for numbers above 9999.
  public init?(_ text: some StringProtocol) {
    let digits = text.hasPrefix("v") ? text.dropFirst() : text[...]
    let numbers = digits.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      .map { Self.number($0) }
    guard numbers.count == 3, let major = numbers[0], let minor = numbers[1], let patch = numbers[2] else { return nil }
    self.init(major: major, minor: minor, patch: patch)
  }

  private static func number(_ digits: some Collection<UInt8>) -> Int? {
    guard (1...4).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 & 0x0F) }
  }

  /// The release line, as the ABI registry of Node.js has it: `20`, and `0.10` before io.js.
  public var line: String { major == 0 ? "0.\(minor)" : "\(major)" }
}

extension NodeVersion: Comparable {
  public static func < (a: NodeVersion, b: NodeVersion) -> Bool {
    (a.major, a.minor, a.patch) < (b.major, b.minor, b.patch)
  }
}

extension NodeVersion: CustomStringConvertible {
  public var description: String { "\(major).\(minor).\(patch)" }
}

extension NodeVersion: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let version = NodeVersion(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is no Node.js version")
    }
    self = version
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
