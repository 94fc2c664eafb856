/// Backslash escapes of JSON and of Node.js's `util.inspect`, also several levels deep and in strings that were cut.
///
/// No parser of JSON would do: logs are cut in the middle, and JSON stands within JSON within text. Windows' paths have
/// backslashes too; a line that has a bare one gets only those escapes undone that no path can have.
enum Escapes {
  /// A log line of JSON in JSON in JSON has three levels; more is no log.
  private static let levels = 4

  /// The line with its escapes undone; line feeds in it are real ones then.
  static func decoded(_ line: [UInt8]) -> [UInt8] {
    var text = line
    for level in 0..<levels {
      // In JSON every backslash begins an escape; deeper down a path may have been one's content.
      let isCertainly = level == 0 && isJSON(text) && !hasBareWindowsPath(text)
      guard text.contains(backslash), isCertainly || isEscaped(text) else { break }
      text = undo(text, onlyCertain: hasBareWindowsPath(text))
    }
    return text
  }

  private static let backslash = UInt8(ascii: "\\")

  /// Whether the line has a key or begins an object: `{"`, `":"`, `": "`.
  private static func isJSON(_ text: [UInt8]) -> Bool {
    guard text.count > 2 else { return false }
    for index in 0..<(text.count - 2) where text[index] == 0x22 || text[index] == 0x7B {
      if text[index] == 0x7B, text[index + 1] == 0x22 { return true }
      let isKey = text[index] == 0x22 && text[index + 1] == 0x3A
      if isKey, text[index + 2] == 0x22 || text[index + 2] == 0x20 { return true }
    }
    return false
  }

  /// Whether some backslash can only be an escape.
  private static func isEscaped(_ text: [UInt8]) -> Bool {
    var index = 0
    while index + 1 < text.count {
      guard text[index] == backslash else {
        index += 1
        continue
      }
      if isCertain(text, index) { return true }
      index += 2
    }
    return false
  }

  /// `\"`, `\u00…`, and `\n` or `\r` before what begins a line of an error.
  private static func isCertain(_ text: [UInt8], _ index: Int) -> Bool {
    let next = text[index + 1]
    if next == UInt8(ascii: "\"") { return true }
    if next == UInt8(ascii: "u") { return index + 3 < text.count && text[index + 2] == 0x30 && text[index + 3] == 0x30 }
    guard next == UInt8(ascii: "n") || next == UInt8(ascii: "r") else { return false }
    guard index + 2 < text.count else { return true }
    switch text[index + 2] {
    case 0x20, 0x22, 0x27, 0x2D, 0x5C, 0x7B, 0x7D, 0x41...0x5A, 0x09: return true
    // `\nat Function…` without blanks, `\nwas compiled against`, an arrow of `bindings`, a path.
    case UInt8(ascii: "a"): return text[(index + 2)...].starts(with: "at ".utf8)
    case UInt8(ascii: "w"): return text[(index + 2)...].starts(with: "was compiled".utf8)
    case UInt8(ascii: "t"): return text[(index + 2)...].starts(with: "the module".utf8)
    case UInt8(ascii: "/"), 0xE2: return true
    default: return false
    }
  }

  /// `C:\x`, where `C:\\x` would be the escaped form. A drive is one letter: `stack:\n` is none.
  private static func hasBareWindowsPath(_ text: [UInt8]) -> Bool {
    guard text.count > 3 else { return false }
    for index in 1..<(text.count - 2) where text[index] == 0x3A && text[index + 1] == backslash {
      let isDrive =
        (0x41...0x5A).contains(text[index - 1] & 0xDF) && (index < 2 || !isLetterOrDigit(text[index - 2]))
      if isDrive, text[index + 2] != backslash { return true }
    }
    return false
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte & 0xDF) || (0x30...0x39).contains(byte)
  }

  private static func undo(_ text: [UInt8], onlyCertain: Bool) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      guard text[index] == backslash, index + 1 < text.count, !onlyCertain || isCertain(text, index) else {
        result.append(text[index])
        index += 1
        continue
      }
      index = append(text, index, &result)
    }
    return result
  }

  /// Appends what the escape at `index` stands for; where the next byte is.
  private static func append(_ text: [UInt8], _ index: Int, _ result: inout [UInt8]) -> Int {
    let next = text[index + 1]
    switch next {
    case UInt8(ascii: "n"), UInt8(ascii: "r"): result.append(0x0A)
    case UInt8(ascii: "t"): result.append(0x20)
    case UInt8(ascii: "b"), UInt8(ascii: "f"): result.append(0x20)
    case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "/"), UInt8(ascii: "`"), backslash: result.append(next)
    case UInt8(ascii: "u"): return appendUnicode(text, index, &result)
    default: result += [backslash, next]
    }
    return index + 2
  }

  private static func appendUnicode(_ text: [UInt8], _ index: Int, _ result: inout [UInt8]) -> Int {
    let digits = text[(index + 2)...].prefix(4)
    guard digits.count == 4, let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16) else {
      result += [backslash, UInt8(ascii: "u")]
      return index + 2
    }
    if let scalar = Unicode.Scalar(value) {
      result += Array(String(Character(scalar)).utf8)
    } else {
      result.append(0x3F)
    }
    return index + 6
  }
}
