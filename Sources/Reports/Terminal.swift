import Rainbow

/// How a report is laid out on a terminal.
public struct TextStyle: Hashable, Sendable {
  /// Columns; commands, paths and other words that are longer are never broken.
  public var width: Int
  public var isColored: Bool

  public init(width: Int = 80, isColored: Bool = false) {
    self.width = max(width, 40)
    self.isColored = isColored
  }
}

/// Text being laid out, line by line.
struct TextPage {
  let style: TextStyle
  private(set) var text = ""

  init(style: TextStyle) { self.style = style }

  enum Paint {
    case plain, bold, dim, error, warning, note, good

    fileprivate var codes: [UInt8] {
      switch self {
      case .plain: []
      case .bold: Style.bold.value
      case .dim: Style.dim.value
      case .error: NamedColor.red.value + Style.bold.value
      case .warning: NamedColor.yellow.value
      case .note: NamedColor.cyan.value
      case .good: NamedColor.green.value + Style.bold.value
      }
    }
  }

  func painted(_ text: String, _ paint: Paint) -> String {
    guard style.isColored, !paint.codes.isEmpty else { return text }
    return "\u{1b}[" + paint.codes.map(String.init).joined(separator: ";") + "m" + text + "\u{1b}[0m"
  }

  mutating func blank() { text += "\n" }

  /// One line that is never broken, such as a command; out of `content` nothing reaches the terminal that moves its cursor.
  mutating func line(_ content: String, indent: Int = 0, paint: Paint = .plain) {
    text += String(repeating: " ", count: indent) + painted(Self.printable(content), paint) + "\n"
  }

  /// A line that is already printable and painted.
  mutating func raw(_ content: String) { text += content + "\n" }

  /// Words broken into lines at `style.width`; all lines after the first start at column `indent`.
  ///
  /// `label` stands before the first line and has to end before column `indent`.
  mutating func paragraph(_ content: String, label: String = "", indent: Int = 0, paint: Paint = .plain) {
    var start = label.isEmpty ? "" : painted(label, .dim)
    start += String(repeating: " ", count: max(indent - label.count, 0))
    let isOneLine = !content.utf8.contains(UInt8(ascii: "\n"))
    for part in isOneLine ? [content[...]] : content.split(separator: "\n", omittingEmptySubsequences: false) {
      for line in Self.wrap(Self.printable(String(part)), width: style.width - indent) {
        text += start + painted(line, paint) + "\n"
        start = String(repeating: " ", count: indent)
      }
    }
  }

  static func wrap(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    var length = 0
    // Of ASCII each byte is a column, and nothing joins a space before it.
    let isASCII = text.utf8.allSatisfy { $0 < 0x80 }
    for word in isASCII ? text.utf8.split(separator: UInt8(ascii: " ")).map(Substring.init) : text.split(separator: " ")
    {
      let count = isASCII ? word.utf8.count : word.count
      if length > 0, length + 1 + count > width {
        lines.append(line)
        line = ""
        length = 0
      }
      if length > 0 {
        line += " "
        length += 1
      }
      line += word
      length += count
    }
    return lines + [line]
  }

  /// `text` without characters that a terminal obeys: names out of a package can hold anything.
  static func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isControl(scalar) {
        result += "\\u{" + String(scalar.value, radix: 16) + "}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    // Unicode's category Cc, and the separators of lines and paragraphs.
    case 0..<0x20, 0x7f..<0xa0, 0x2028, 0x2029: true
    // Marks that reorder text, which would show another name than the one that is there.
    case 0x202a...0x202e, 0x2066...0x2069: true
    default: false
    }
  }
}
