/// One token of a JavaScript file: its kind and the bytes it covers.
struct JavaScriptToken: Hashable {
  enum Kind: UInt8, Hashable { case identifier, string, template, number, regularExpression, punctuator, end }

  var kind: Kind
  /// In bytes from the file's start.
  var start: Int32
  var count: Int32

  var range: Range<Int> { Int(start)..<Int(start) + Int(count) }
}

/// A JavaScript file cut into tokens.
///
/// Source: ECMA-262, "Lexical grammar". Whether `/` divides or begins a regular expression is told by the token before it.
struct JavaScriptFile: Sendable {
  /// Longer files are not looked at; real bundles have some megabytes.
  static let byteLimit = 16 << 20
  private static let deepestTemplate = 32

  let path: String
  let bytes: [UInt8]
  private(set) var tokens: [JavaScriptToken] = []
  /// For each opening bracket the position of its closing one, and the reverse; −1 elsewhere.
  private(set) var partners: [Int32] = []

  init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
    var position = bytes.starts(with: Array("#!".utf8)) ? Self.lineEnd(bytes, 0) : 0
    while let token = next(&position) { tokens.append(token) }
    matchBrackets()
  }

  /// The part of `whole` between two bytes, as a file of its own: the expression inside a template.
  init(part range: Range<Int>, of whole: JavaScriptFile) {
    self.init(path: whole.path, bytes: Array(whole.bytes[range]))
  }

  /// The token at `index`; behind the last one, `end`.
  func token(_ index: Int) -> JavaScriptToken {
    index < tokens.count ? tokens[index] : JavaScriptToken(kind: .end, start: Int32(bytes.count), count: 0)
  }

  func text(_ index: Int) -> String { String(decoding: bytes[token(index).range], as: UTF8.self) }

  /// Whether the token is the punctuator or identifier `text`.
  func has(_ text: StaticString, at index: Int) -> Bool {
    let token = token(index)
    guard token.kind == .punctuator || token.kind == .identifier, Int(token.count) == text.utf8CodeUnitCount else {
      return false
    }
    return (0..<Int(token.count)).allSatisfy { bytes[Int(token.start) + $0] == text.utf8Start[$0] }
  }

  /// The position of the bracket that closes the one at `index`; the end of the file where none does, or none opens there: so
  /// it always lies behind `index`.
  func closing(_ index: Int) -> Int {
    guard index < partners.count, partners[index] > Int32(index) else { return max(index, tokens.count) }
    return Int(partners[index])
  }

  /// Behind the token at `index`, or behind its closing bracket where it opens one: the end of the file where nothing closes it.
  func after(_ index: Int) -> Int {
    guard index < partners.count, partners[index] > Int32(index) else { return index + 1 }
    return min(Int(partners[index]) + 1, tokens.count)
  }

  private mutating func matchBrackets() {
    partners = [Int32](repeating: -1, count: tokens.count)
    var open: [Int] = []
    for index in tokens.indices where tokens[index].kind == .punctuator && tokens[index].count == 1 {
      switch bytes[Int(tokens[index].start)] {
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): open.append(index)
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
        guard let start = open.popLast() else { continue }
        partners[start] = Int32(index)
        partners[index] = Int32(start)
      default: continue
      }
    }
    for start in open { partners[start] = Int32(tokens.count) }
  }
}

extension JavaScriptFile {
  private func next(_ position: inout Int) -> JavaScriptToken? {
    skipSpaceAndComments(&position)
    guard position < bytes.count, position < Int(Int32.max) else { return nil }
    let start = position
    let kind: JavaScriptToken.Kind
    switch bytes[position] {
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      skipString(&position)
      kind = .string
    case UInt8(ascii: "`"):
      skipTemplate(&position, depth: 0)
      kind = .template
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      while position < bytes.count, Self.isWord(bytes[position]) || bytes[position] == UInt8(ascii: ".") {
        position += 1
      }
      kind = .number
    case let byte where Self.isWord(byte) || byte == UInt8(ascii: "#"):
      position += 1
      while position < bytes.count, Self.isWord(bytes[position]) { position += 1 }
      kind = .identifier
    case UInt8(ascii: "/") where mayBeginRegularExpression && skipRegularExpression(&position):
      kind = .regularExpression
    default:
      skipPunctuator(&position)
      kind = .punctuator
    }
    return JavaScriptToken(kind: kind, start: Int32(start), count: Int32(position - start))
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...:
      true
    default: false
    }
  }

  private static func lineEnd(_ bytes: [UInt8], _ start: Int) -> Int {
    var position = start
    while position < bytes.count, bytes[position] != 0x0a, bytes[position] != 0x0d { position += 1 }
    return position
  }

  private func byte(_ position: Int) -> UInt8 { position < bytes.count ? bytes[position] : 0 }

  private func skipSpaceAndComments(_ position: inout Int) {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0a, 0x0d, 0x0b, 0x0c: position += 1
      case 0xef where byte(position + 1) == 0xbb && byte(position + 2) == 0xbf: position += 3
      case 0xc2 where byte(position + 1) == 0xa0: position += 2
      case UInt8(ascii: "/") where byte(position + 1) == UInt8(ascii: "/"): position = Self.lineEnd(bytes, position)
      case UInt8(ascii: "/") where byte(position + 1) == UInt8(ascii: "*"):
        position += 2
        while position < bytes.count, !(bytes[position] == UInt8(ascii: "*") && byte(position + 1) == UInt8(ascii: "/"))
        {
          position += 1
        }
        position = min(position + 2, bytes.count)
      default: return
      }
    }
  }

  private func skipString(_ position: inout Int) {
    let quote = bytes[position]
    position += 1
    while position < bytes.count, bytes[position] != quote, bytes[position] != 0x0a {
      position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    position = min(position + 1, bytes.count)
  }

  private func skipTemplate(_ position: inout Int, depth: Int) {
    position += 1
    while position < bytes.count, bytes[position] != UInt8(ascii: "`") {
      if bytes[position] == UInt8(ascii: "\\") {
        position += 2
      } else if bytes[position] == UInt8(ascii: "$"), byte(position + 1) == UInt8(ascii: "{") {
        position += 2
        skipSubstitution(&position, depth: depth)
      } else {
        position += 1
      }
    }
    position = min(position + 1, bytes.count)
  }

  /// From behind `${` to behind its `}`.
  private func skipSubstitution(_ position: inout Int, depth: Int) {
    var open = 1
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "{"): open += 1
      case UInt8(ascii: "}"):
        open -= 1
        if open == 0 {
          position += 1
          return
        }
      case UInt8(ascii: "'"), UInt8(ascii: "\""):
        skipString(&position)
        continue
      case UInt8(ascii: "`") where depth < Self.deepestTemplate:
        skipTemplate(&position, depth: depth + 1)
        continue
      default: break
      }
      position += 1
    }
  }

  private var mayBeginRegularExpression: Bool {
    guard let last = tokens.last else { return true }
    switch last.kind {
    case .identifier:
      return Self.wordsBeforeExpressions.contains(String(decoding: bytes[last.range], as: UTF8.self))
    case .punctuator:
      return ![UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}")].contains(bytes[Int(last.start)])
    default: return false
    }
  }

  private static let wordsBeforeExpressions: Set<String> = [
    "return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else", "do", "await",
  ]

  /// Whether a regular expression stands here, which ends before the line does.
  private func skipRegularExpression(_ position: inout Int) -> Bool {
    var here = position + 1
    var isInClass = false
    while here < bytes.count, bytes[here] != 0x0a {
      switch bytes[here] {
      case UInt8(ascii: "\\"): here += 1
      case UInt8(ascii: "["): isInClass = true
      case UInt8(ascii: "]"): isInClass = false
      case UInt8(ascii: "/") where !isInClass:
        here += 1
        while here < bytes.count, Self.isWord(bytes[here]) { here += 1 }
        position = here
        return true
      default: break
      }
      here += 1
    }
    return false
  }

  private static let longPunctuators = [
    ">>>=", "===", "!==", "**=", "...", "&&=", "||=", "??=", "<<=", ">>=", ">>>", "=>", "==", "!=", "<=", ">=", "&&",
    "||",
    "??", "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<", ">>", "**",
  ].map { Array($0.utf8) }

  /// What the second bytes of long punctuators are.
  private static func mayContinuePunctuator(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "="), UInt8(ascii: "."), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "?"),
      UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "*"):
      true
    default: false
    }
  }

  private func skipPunctuator(_ position: inout Int) {
    guard Self.mayContinuePunctuator(byte(position + 1)) else {
      position += 1
      return
    }
    let rest = bytes[position...]
    // `a?.5:b` is a conditional.
    let long = Self.longPunctuators.first { rest.starts(with: $0) }
    if let long, long != Array("?.".utf8) || !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte(position + 2)) {
      position += long.count
    } else {
      position += 1
    }
  }
}

extension JavaScriptFile {
  /// The value of a string literal, its escapes resolved.
  func string(_ index: Int) -> String {
    let range = token(index).range
    return Self.unescaped(bytes[range].dropFirst().dropLast(bytes[range].last == bytes[range].first ? 1 : 0))
  }

  static func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
    guard bytes.contains(UInt8(ascii: "\\")) else { return String(decoding: bytes, as: UTF8.self) }
    var text: [UInt8] = []
    var rest = bytes
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() else {
        text.append(byte)
        continue
      }
      switch escaped {
      case UInt8(ascii: "n"): text.append(0x0a)
      case UInt8(ascii: "r"): text.append(0x0d)
      case UInt8(ascii: "t"): text.append(0x09)
      case UInt8(ascii: "0"): text.append(0)
      case 0x0a: continue
      case UInt8(ascii: "x"): append(hexadecimal: 2, of: &rest, to: &text)
      case UInt8(ascii: "u"): append(hexadecimal: 4, of: &rest, to: &text)
      default: text.append(escaped)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func append(hexadecimal count: Int, of rest: inout ArraySlice<UInt8>, to text: inout [UInt8]) {
    let digits = String(decoding: rest.prefix(count), as: UTF8.self)
    guard let number = UInt32(digits, radix: 16), let scalar = UnicodeScalar(number) else { return }
    rest = rest.dropFirst(count)
    text += Array(String(Character(scalar)).utf8)
  }

  /// A template literal's pieces: text, and the bytes of the expressions between.
  enum TemplatePiece: Hashable {
    case text(String)
    case expression(Range<Int>)
  }

  func templatePieces(_ index: Int) -> [TemplatePiece] {
    let range = token(index).range
    let end = range.upperBound - (range.count > 1 && bytes[range.upperBound - 1] == UInt8(ascii: "`") ? 1 : 0)
    var pieces: [TemplatePiece] = []
    var position = range.lowerBound + 1
    var start = position
    while position < end {
      if bytes[position] == UInt8(ascii: "\\") {
        position += 2
      } else if bytes[position] == UInt8(ascii: "$"), byte(position + 1) == UInt8(ascii: "{") {
        if start < position { pieces.append(.text(Self.unescaped(bytes[start..<position]))) }
        position += 2
        let first = position
        skipSubstitution(&position, depth: 0)
        pieces.append(.expression(first..<max(first, min(position, end) - 1)))
        start = position
      } else {
        position += 1
      }
    }
    if start < end { pieces.append(.text(Self.unescaped(bytes[start..<end]))) }
    return pieces
  }
}
