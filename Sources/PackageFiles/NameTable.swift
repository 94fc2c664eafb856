/// A few dozen names that are looked for among thousands, by their lengths and bytes: hashing each of those would take longer.
public struct NameTable: Sendable {
  /// All names without anything between them, the shorter ones first.
  private let bytes: [UInt8]
  /// Which name of those given comes first, second … in `bytes`.
  private let order: [Int]
  /// The place in `order` of the first name that is as long as the index says, or longer.
  private let firsts: [Int]
  /// Where each name begins in `bytes`, and where the last one ends.
  private let starts: [Int]

  /// How many names it has.
  public var count: Int { order.count }

  /// In an order that `JSONReader.members` keeps to.
  public init(_ names: some Collection<String>) {
    let names = Array(names)
    let order = names.indices.sorted { names[$0].utf8.count < names[$1].utf8.count }
    let longest = order.last.map { names[$0].utf8.count } ?? 0
    self.order = order
    bytes = order.flatMap { names[$0].utf8 }
    starts = order.reduce(into: [0]) { starts, name in starts.append((starts.last ?? 0) + names[name].utf8.count) }
    firsts = (0...longest + 1).map { length in
      order.firstIndex { names[$0].utf8.count >= length } ?? order.count
    }
  }

  /// Whether it is one of the names, byte for byte.
  public func contains(_ name: String) -> Bool {
    var name = name
    return name.withUTF8 { position(of: UnsafeRawBufferPointer($0)) != nil }
  }

  /// Which of the names it is, in the order in which they were given.
  func position(of name: UnsafeRawBufferPointer) -> Int? {
    let length = name.count
    guard length + 1 < firsts.count, firsts[length] < firsts[length + 1] else { return nil }
    return bytes.withUnsafeBytes { bytes in
      for place in firsts[length]..<firsts[length + 1] {
        let start = starts[place]
        if UnsafeRawBufferPointer(rebasing: bytes[start..<start + length]).hasSameBytes(as: name) {
          return order[place]
        }
      }
      return nil
    }
  }
}
