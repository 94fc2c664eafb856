/// A reader of JSON over bytes, for the thousands of `package.json` files of a deployment package. What airworthy knows itself
/// is read by it too, where every start would wait for `JSONDecoder`.
///
/// It takes what RFC 8259 allows, with a byte-order mark before it. Nesting is bounded, so that a hostile document cannot
/// exhaust the stack, and memory is in proportion to the document's length.
public struct JSONReader {
  /// Why a document is none.
  public struct Failure: Error, Hashable {
    /// In bytes from the start.
    public var offset: Int
    public var reason: String
  }

  /// Real manifests and lock files nest a dozen levels.
  public static let deepestNesting = 512

  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  private var depth = 0

  private init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
  }

  /// The whole document.
  public static func parse(_ bytes: RawSpan) throws(Failure) -> JSONValue {
    try read(bytes) { reader throws(Failure) in try reader.value() }
  }

  /// The members of an object that are called `names`, in their order, with the last value that the document gives each; `nil`
  /// where the document is no object. The other members are read over.
  public static func members(of bytes: RawSpan, called names: NameTable) throws(Failure) -> [JSONValue?]? {
    try read(bytes) { reader throws(Failure) in
      reader.skipSpace()
      guard reader.peek == UInt8(ascii: "{") else {
        _ = try reader.value()
        return nil
      }
      var found = [JSONValue?](repeating: nil, count: names.count)
      try reader.eachMember { reader throws(Failure) in
        if let position = try reader.memberName(among: names) {
          try reader.expectColon()
          found[position] = try reader.value()
        } else {
          try reader.expectColon()
          try reader.skipValue()
        }
      }
      return found
    }
  }

  private static func read<Value>(
    _ bytes: RawSpan, _ body: (inout JSONReader) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let result: Result<Value, Failure> = bytes.withUnsafeBytes { bytes in
      var reader = JSONReader(bytes)
      do throws(Failure) {
        let value = try body(&reader)
        reader.skipSpace()
        guard reader.position == bytes.count else { return .failure(reader.failure("text behind the document")) }
        return .success(value)
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func failure(_ reason: String) -> Failure { Failure(offset: position, reason: reason) }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0a, 0x0d, 0x09: position += 1
      default: return
      }
    }
  }

  private mutating func expect(_ byte: UInt8) throws(Failure) {
    guard peek == byte else { throw failure("\(Character(UnicodeScalar(byte))) expected") }
    position += 1
  }

  private mutating func value() throws(Failure) -> JSONValue {
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"): return .object(try members())
    case UInt8(ascii: "["): return .array(try elements())
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) throws(Failure) -> JSONValue {
    let count = text.utf8CodeUnitCount
    let word = UnsafeRawBufferPointer(start: text.utf8Start, count: count)
    guard bytes.count - position >= count, bytes[position..<(position + count)].elementsEqual(word) else {
      throw failure("no value")
    }
    position += count
    return value
  }

  private mutating func enter() throws(Failure) {
    depth += 1
    if depth > Self.deepestNesting { throw failure("nested too deeply") }
  }

  private mutating func members() throws(Failure) -> [JSONValue.Member] {
    var members: [JSONValue.Member] = []
    try eachMember { reader throws(Failure) in
      let name = try reader.string()
      try reader.expectColon()
      members.append(.init(name, try reader.value()))
    }
    return members
  }

  /// Has `body` read each member of an object, from its name's quotation mark to the end of its value.
  private mutating func eachMember(_ body: (inout JSONReader) throws(Failure) -> Void) throws(Failure) {
    try enter()
    defer { depth -= 1 }
    try expect(UInt8(ascii: "{"))
    skipSpace()
    if peek == UInt8(ascii: "}") {
      position += 1
      return
    }
    while true {
      skipSpace()
      try body(&self)
      skipSpace()
      if peek == UInt8(ascii: ",") {
        position += 1
        continue
      }
      return try expect(UInt8(ascii: "}"))
    }
  }

  private mutating func expectColon() throws(Failure) {
    skipSpace()
    try expect(UInt8(ascii: ":"))
  }

  /// Reads a member's name: which of `names` it is.
  private mutating func memberName(among names: NameTable) throws(Failure) -> Int? {
    let before = position
    try expect(UInt8(ascii: "\""))
    let start = position
    while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
    if peek == UInt8(ascii: "\"") {
      defer { position += 1 }
      return names.position(of: UnsafeRawBufferPointer(rebasing: bytes[start..<position]))
    }
    position = before
    return Array(try string().utf8).withUnsafeBytes { names.position(of: $0) }
  }

  private mutating func elements() throws(Failure) -> [JSONValue] {
    try enter()
    defer { depth -= 1 }
    try expect(UInt8(ascii: "["))
    var values: [JSONValue] = []
    skipSpace()
    if peek == UInt8(ascii: "]") {
      position += 1
      return values
    }
    while true {
      values.append(try value())
      skipSpace()
      if peek == UInt8(ascii: ",") {
        position += 1
        continue
      }
      try expect(UInt8(ascii: "]"))
      return values
    }
  }
}

extension JSONReader {
  private mutating func number() throws(Failure) -> Double {
    let start = position
    while let byte = peek, Self.isNumberByte(byte) { position += 1 }
    guard start < position, let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)) else {
      throw failure("no value")
    }
    return value
  }

  private static func isNumberByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
      UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }

  private mutating func string() throws(Failure) -> String {
    try expect(UInt8(ascii: "\""))
    let start = position
    while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
    guard let end = peek else { throw failure("the string does not end") }
    if end == UInt8(ascii: "\"") {
      defer { position += 1 }
      return String(decoding: bytes[start..<position], as: UTF8.self)
    }
    var text = Array(bytes[start..<position])
    while let byte = peek {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text += Array(String(try escape()).utf8)
      default: text.append(byte)
      }
    }
    throw failure("the string does not end")
  }

  /// The character behind a backslash. A surrogate without its other half becomes U+FFFD.
  private mutating func escape() throws(Failure) -> Character {
    guard let byte = peek else { throw failure("the string does not end") }
    position += 1
    switch byte {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "u"): return Character(try unicodeEscape())
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Character(UnicodeScalar(byte))
    default: throw failure("an unknown escape")
    }
  }

  private mutating func unicodeEscape() throws(Failure) -> UnicodeScalar {
    let unit = try hexadecimal()
    if let scalar = UnicodeScalar(unit) { return scalar }
    let isHigh = (0xd800..<0xdc00).contains(unit)
    guard isHigh, bytes[position...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else { return "\u{fffd}" }
    let before = position
    position += 2
    let low = try hexadecimal()
    guard (0xdc00..<0xe000).contains(low) else {
      position = before
      return "\u{fffd}"
    }
    return UnicodeScalar(0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00)) ?? "\u{fffd}"
  }

  private mutating func hexadecimal() throws(Failure) -> UInt32 {
    guard bytes.count - position >= 4 else { throw failure("four hexadecimal digits expected") }
    var unit: UInt32 = 0
    for byte in bytes[position..<(position + 4)] {
      guard let digit = Character(UnicodeScalar(byte)).hexDigitValue, byte < 0x80 else {
        throw failure("four hexadecimal digits expected")
      }
      unit = unit << 4 | UInt32(digit)
    }
    position += 4
    return unit
  }

  /// Reads over a value without keeping it. Only its brackets and strings are looked at.
  private mutating func skipValue() throws(Failure) {
    skipSpace()
    var open = 0
    repeat {
      guard let byte = peek else { throw failure("no value") }
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        open += 1
        position += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        open -= 1
        if open < 0 { throw failure("no value") }
        position += 1
      case UInt8(ascii: "\""): try skipString()
      case UInt8(ascii: ","), UInt8(ascii: ":"), 0x20, 0x0a, 0x0d, 0x09:
        if open == 0 { throw failure("no value") }
        position += 1
      default: skipWord()
      }
    } while open > 0
  }

  private mutating func skipString() throws(Failure) {
    position += 1
    while let byte = peek {
      position += byte == UInt8(ascii: "\\") ? 2 : 1
      if byte == UInt8(ascii: "\"") { return }
    }
    throw failure("the string does not end")
  }

  private mutating func skipWord() {
    while let byte = peek {
      switch byte {
      case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ":"), 0x20, 0x0a, 0x0d, 0x09: return
      default: position += 1
      }
    }
  }
}
