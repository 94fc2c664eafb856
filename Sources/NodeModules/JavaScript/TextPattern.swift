/// A regular expression that stands for one text, at the beginning or at the end or anywhere: `/dist$/`, `/^file:\/\//`.
public struct TextPattern: Hashable, Sendable {
  private var text = ""
  private var isAtStart = false
  private var isAtEnd = false
  private var isGlobal = false

  /// The literal with its slashes and flags; `nil` where it stands for more than one text.
  init?(_ literal: String) {
    guard literal.first == "/", let close = literal.lastIndex(of: "/"), close > literal.startIndex else { return nil }
    let flags = literal[literal.index(after: close)...]
    guard flags.allSatisfy({ "gu".contains($0) }) else { return nil }
    isGlobal = flags.contains("g")
    var rest = literal[literal.index(after: literal.startIndex)..<close]
    if rest.first == "^" {
      isAtStart = true
      rest.removeFirst()
    }
    while let character = rest.popFirst() {
      switch character {
      case "\\":
        // Of a letter or a digit the backslash makes a class or a reference.
        guard let escaped = rest.popFirst(), !escaped.isLetter, !escaped.isNumber else { return nil }
        text.append(escaped)
      case "$" where rest.isEmpty: isAtEnd = true
      case "[":
        // Either slash: of the paths that are asked, none has the other one.
        guard let end = rest.firstIndex(of: "]"), rest[..<end].contains("/"),
          rest[..<end].allSatisfy({ "/\\".contains($0) })
        else { return nil }
        text.append("/")
        rest = rest[rest.index(after: end)...]
      case ".", "*", "+", "?", "(", ")", "{", "}", "|", "^", "$": return nil
      default: text.append(character)
      }
    }
    if text.isEmpty { return nil }
  }

  /// `pattern.test(string)`.
  func matches(_ string: String) -> Bool {
    switch (isAtStart, isAtEnd) {
    case (true, true): string == text
    case (true, false): string.hasPrefix(text)
    case (false, true): string.hasSuffix(text)
    case (false, false): string.firstRange(of: text) != nil
    }
  }

  /// `string.replace(pattern, new)`, and with the flag `g` the same for all of them.
  func replaced(in string: String, by new: String) -> String {
    guard matches(string) else { return string }
    if isAtStart { return new + string.dropFirst(text.count) }
    if isAtEnd { return string.dropLast(text.count) + new }
    return string.replacing(text, with: new, maxReplacements: isGlobal ? .max : 1)
  }
}
