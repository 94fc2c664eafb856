/// How messages get at the names around their phrase.
extension Hit {
  /// Longer names are cut: no system has them.
  private static let nameLimit = 1024

  /// What the message is about: the path or soname that ends right before the phrase, as in `PATH: invalid ELF header`.
  ///
  /// - Parameter offset: where the subject ends; the phrase's start when not given.
  func subject(before offset: Int? = nil) -> String? {
    let bytes = passage.bytes
    var end = offset ?? range.lowerBound
    let isSkipped: (UInt8) -> Bool = { [0x20, 0x0A, 0x3A, 0x27, 0x22, 0x28].contains($0) }
    while end > 0, isSkipped(bytes[end - 1]) { end -= 1 }
    let start = max(passage.line(at: end).lowerBound, end - Self.nameLimit)
    guard start < end else { return nil }
    let region = Array(bytes[start..<end])
    let name = Self.lastName(of: region)
    return name.isEmpty ? nil : name
  }

  /// The last path of `region`, which may have blanks in it, or else its last word.
  private static func lastName(of region: [UInt8]) -> String {
    var start = 0
    for index in region.indices {
      let byte = region[index]
      // A colon ends a name only before a blank: Windows' drives have one inside.
      let isDelimiter = "'\"()[]{}<>=,;|`".utf8.contains(byte)
      let isColon = byte == 0x20 && index > 0 && region[index - 1] == 0x3A
      if isDelimiter || isColon { start = index + 1 }
    }
    let part = region[start...]
    let words = part.split(separator: 0x20)
    guard let last = words.last else { return "" }
    if let first = words.first(where: { isPathStart($0) }), words.count > 1 {
      let path = String(decoding: part[first.startIndex...], as: UTF8.self)
      // Two paths in one part are two names.
      if words.drop(while: { $0.startIndex <= first.startIndex }).allSatisfy({ !isPathStart($0) }) { return path }
      if let latest = words.last(where: { isPathStart($0) }) {
        return String(decoding: part[latest.startIndex...], as: UTF8.self)
      }
    }
    return String(decoding: last, as: UTF8.self)
  }

  /// `/x`, `./x`, `../x`, `C:\x`, `\\?\C:\x`, `.../x`.
  static func isPathStart(_ word: ArraySlice<UInt8>) -> Bool {
    let bytes = Array(word.prefix(4))
    guard let first = bytes.first else { return false }
    if first == 0x2F { return word.count > 1 }
    if first == 0x5C { return bytes.count > 1 && bytes[1] == 0x5C }
    if bytes.count > 2, bytes[1] == 0x3A, bytes[2] == 0x5C || bytes[2] == 0x2F, isLetter(first) { return true }
    let dots = bytes.prefix { $0 == 0x2E }.count
    return dots > 0 && dots < word.count && [0x2F, 0x5C].contains(word[word.startIndex + dots])
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) }

  /// The text in quotes that opens within `reach` bytes after the phrase; cut off where the text ends.
  func quoted(from offset: Int? = nil, within reach: Int = 24) -> String? {
    let bytes = passage.bytes
    let start = offset ?? range.upperBound
    let limit = min(bytes.count, start + reach)
    guard start < limit, let open = bytes[start..<limit].firstIndex(where: { $0 == 0x27 || $0 == 0x22 }) else {
      return nil
    }
    let quote = bytes[open]
    let end = min(bytes.count, open + 1 + Self.nameLimit)
    let rest = bytes[(open + 1)..<end]
    let close = rest.firstIndex { $0 == quote || $0 == 0x0A } ?? end
    return close > open + 1 ? passage.text((open + 1)..<close) : nil
  }

  /// The word after the phrase, without the marks around it.
  func word(from offset: Int? = nil) -> String? {
    let bytes = passage.bytes
    var start = offset ?? range.upperBound
    let isSkipped: (UInt8) -> Bool = { [0x20, 0x0A, 0x27, 0x22, 0x3A, 0x28, 0x3D].contains($0) }
    while start < bytes.count, isSkipped(bytes[start]) { start += 1 }
    var end = start
    let isEnd: (UInt8) -> Bool = { [0x20, 0x0A, 0x27, 0x22, 0x29, 0x2C, 0x3B, 0x7D, 0x5D].contains($0) }
    while end < bytes.count, end - start < Self.nameLimit, !isEnd(bytes[end]) { end += 1 }
    while end > start, [0x2E, 0x3A].contains(bytes[end - 1]) { end -= 1 }
    return end > start ? passage.text(start..<end) : nil
  }

  /// The rest of the phrase's line, at most `limit` bytes.
  func rest(limit: Int = 400) -> String {
    passage.text(range.upperBound..<min(line.upperBound, range.upperBound + limit))
  }

  /// The text behind the phrase, over line breaks, at most `limit` bytes.
  func following(_ limit: Int) -> String {
    passage.text(range.upperBound..<min(passage.bytes.count, range.upperBound + limit)).replacingLineFeeds
  }

  /// The text before the phrase, over line breaks, at most `limit` bytes.
  func preceding(_ limit: Int) -> String {
    passage.text(max(0, range.lowerBound - limit)..<range.lowerBound).replacingLineFeeds
  }
}

extension String {
  fileprivate var replacingLineFeeds: String { String(map { $0 == "\n" ? " " : $0 }) }

  /// The text between `start` and the next of `ends`; in any case of letters; `nil` without `start`.
  func between(_ start: String, _ ends: Set<Character>) -> String? {
    guard let rest = after(start) else { return nil }
    let value = rest.prefix { !ends.contains($0) }
    return value.isEmpty ? nil : String(value)
  }

  /// What follows the first `text`, in any case of letters.
  func after(_ text: String) -> Substring? {
    let lowered = lowercased()
    // Lower case can have another length in some scripts; then there is no way back.
    guard lowered.utf8.count == utf8.count, let found = lowered.firstRange(of: text.lowercased()) else { return nil }
    let distance = lowered.utf8.distance(from: lowered.startIndex, to: found.upperBound)
    return self[utf8.index(startIndex, offsetBy: distance)...]
  }

  func has(_ text: String) -> Bool { lowercased().contains(text) }

  /// The first whole number in the text.
  var firstNumber: Int? {
    let digits = drop { !("0"..."9").contains($0) }.prefix { ("0"..."9").contains($0) }
    return digits.count < 18 ? Int(digits) : nil
  }
}
