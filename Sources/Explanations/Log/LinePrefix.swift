/// What log collectors write before a line, taken off one after the other.
struct LinePrefix {
  /// The line without its prefixes.
  private(set) var rest: ArraySlice<UInt8>
  private(set) var stream = Passage.Stream()
  private(set) var surroundings: Set<Surrounding> = []
  /// Whether there was a prefix that names a stream.
  private(set) var hasStream = false
  private var hadTime = false

  init(_ line: ArraySlice<UInt8>) {
    rest = line
    for _ in 0..<10 {
      let before = rest.startIndex
      skipBlanks()
      takeOne()
      if rest.startIndex == before || rest.isEmpty { break }
    }
  }

  private mutating func takeOne() {
    if takeQuote() || takeKey() || takeTime() || takeRequestID() || takeBuildStep() || takeService() || takeNPM() {
      return
    }
    takeLevel()
  }

  private mutating func skipBlanks() { rest = rest.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D } }

  private func starts(_ text: String) -> Bool { rest.starts(with: text.utf8) }

  /// Markdown: `> ` once or several times, and the fences of code.
  private mutating func takeQuote() -> Bool {
    if starts("```") || starts("'''") {
      rest = rest.drop { $0 == 0x60 || $0 == 0x27 }.drop { $0 != 0x20 }
      return true
    }
    guard rest.first == UInt8(ascii: ">"), rest.count > 1 else { return false }
    // BuildKit's heading of a failed step: ` > [ 2/10] RUN …:`
    if starts("> [") { surroundings.insert(.imageBuild) }
    rest = rest.dropFirst()
    return true
  }

  /// `"message": "`, with which the AWS CLI and Docker's files begin a line of the log.
  private mutating func takeKey() -> Bool {
    for key in ["\"message\": \"", "\"message\":\"", "\"@message\": \"", "{\"log\":\"", "\"log\": \"", "\"msg\":\""]
    where starts(key) {
      rest = rest.dropFirst(key.utf8.count)
      return true
    }
    return false
  }

  /// `2022-03-15T06:17:06.705Z`, `[2022-03-15 06:17:06]`, `Tue Apr 18 08:51:22 UTC 2017 : `, `06:17:06.705`.
  private mutating func takeTime() -> Bool {
    let start = rest.first == UInt8(ascii: "[") || rest.first == UInt8(ascii: "(") ? rest.dropFirst() : rest
    if let end = Self.isoTimeEnd(start) ?? Self.clockEnd(start) {
      rest = rest[end...].drop { [0x5D, 0x29, 0x20, 0x09].contains($0) }
      hadTime = true
      return true
    }
    guard rest.count > 24, Self.weekdays.contains(where: { rest.starts(with: $0.utf8) }) else { return false }
    let head = rest.prefix(40)
    guard let colon = Self.find(" : ", in: head) else { return false }
    rest = rest[(colon + 3)...]
    hadTime = true
    return true
  }

  private static let weekdays = ["Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat ", "Sun "]

  private static func find(_ text: String, in bytes: ArraySlice<UInt8>) -> Int? {
    let needle = Array(text.utf8)
    guard bytes.count >= needle.count else { return nil }
    return (bytes.startIndex...(bytes.endIndex - needle.count)).first { bytes[$0...].starts(with: needle) }
  }

  /// Behind `yyyy-mm-dd` or `yyyy/mm/dd` with a time, a fraction and a zone, each where it is there.
  private static func isoTimeEnd(_ bytes: ArraySlice<UInt8>) -> Int? {
    let shape = bytes.prefix(10).map { (0x30...0x39).contains($0) ? UInt8(ascii: "d") : $0 }
    guard shape.elementsEqual("dddd-dd-dd".utf8) || shape.elementsEqual("dddd/dd/dd".utf8) else { return nil }
    var end = bytes.startIndex + 10
    // A log stream's name: 2022/03/15/[$LATEST]0123…
    if end < bytes.endIndex, bytes[end] == UInt8(ascii: "/") {
      return bytes[end...].firstIndex { $0 == 0x20 || $0 == 0x09 } ?? bytes.endIndex
    }
    while end < bytes.endIndex, isOfTime(bytes[end]) || bytes[end] == 0x20 && isTimeNext(bytes[(end + 1)...]) {
      end += 1
    }
    return end
  }

  private static func isOfTime(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || "T:.,Z+-".utf8.contains(byte)
  }

  private static func isTimeNext(_ bytes: ArraySlice<UInt8>) -> Bool {
    clockEnd(bytes) != nil || bytes.starts(with: "(+".utf8)
  }

  /// Behind `hh:mm:ss` and a fraction.
  private static func clockEnd(_ bytes: ArraySlice<UInt8>) -> Int? {
    let shape = bytes.prefix(8).map { (0x30...0x39).contains($0) ? UInt8(ascii: "d") : $0 }
    guard shape.elementsEqual("dd:dd:dd".utf8) else { return nil }
    var end = bytes.startIndex + 8
    while end < bytes.endIndex, (0x30...0x39).contains(bytes[end]) || bytes[end] == 0x2E || bytes[end] == 0x5A {
      end += 1
    }
    return end
  }

  /// A UUID, `RequestId: ` and a UUID, or `undefined` in its place while a function starts.
  private mutating func takeRequestID() -> Bool {
    for label in ["RequestId: ", "START RequestId: ", "END RequestId: ", "REPORT RequestId: ", "requestId: ", "("]
    where starts(label) {
      let behind = rest.dropFirst(label.utf8.count)
      guard let end = Self.uuidEnd(behind) else { continue }
      take(String(decoding: behind[..<end], as: UTF8.self), end)
      return true
    }
    if let end = Self.uuidEnd(rest) {
      take(String(decoding: rest[..<end], as: UTF8.self), end)
      return true
    }
    guard hadTime, starts("undefined\t") || starts("undefined ") else { return false }
    hasStream = true
    rest = rest.dropFirst(10)
    return true
  }

  private mutating func take(_ requestID: String, _ end: Int) {
    stream.requestID = requestID.lowercased()
    hasStream = true
    rest = rest[end...].drop { $0 == 0x29 }
  }

  /// 8-4-4-4-12 digits of base 16.
  static func uuidEnd(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard bytes.count >= 36 else { return nil }
    for (offset, byte) in bytes.prefix(36).enumerated() {
      let isDash = [8, 13, 18, 23].contains(offset)
      let isDigit = (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
      guard isDash ? byte == 0x2D : isDigit else { return nil }
    }
    return bytes.startIndex + 36
  }

  /// BuildKit: `#8 32.90 `, `0.333 `, ` => ERROR [2/10] `, `Step 3/9 : `.
  private mutating func takeBuildStep() -> Bool {
    if rest.first == UInt8(ascii: "#") {
      let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
      guard !digits.isEmpty, digits.endIndex < rest.endIndex, rest[digits.endIndex] == 0x20 else { return false }
      surroundings.insert(.imageBuild)
      rest = rest[(digits.endIndex + 1)...]
      return true
    }
    if starts("=> ") || starts("=> ERROR ") {
      surroundings.insert(.imageBuild)
      rest = rest.dropFirst(3)
      return true
    }
    let digits = rest.prefix { (0x30...0x39).contains($0) }
    guard (1...5).contains(digits.count), digits.endIndex < rest.endIndex, rest[digits.endIndex] == 0x2E else {
      return false
    }
    let fraction = rest[(digits.endIndex + 1)...].prefix { (0x30...0x39).contains($0) }
    guard (2...3).contains(fraction.count), fraction.endIndex < rest.endIndex, rest[fraction.endIndex] == 0x20 else {
      return false
    }
    rest = rest[(fraction.endIndex + 1)...]
    return true
  }

  /// Docker compose: `web_1  | `.
  private mutating func takeService() -> Bool {
    let name = rest.prefix { byte in
      (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == 0x5F || byte == 0x2D
        || byte == 0x2E
    }
    let bar = rest[name.endIndex...].drop { $0 == 0x20 }
    guard name.count <= 64, bar.first == UInt8(ascii: "|"), bar.startIndex > name.endIndex || !name.isEmpty else {
      return false
    }
    let behind = bar.dropFirst()
    guard behind.isEmpty || behind.first == 0x20 || behind.first == 0x09 else { return false }
    // Numbers are those of lines in an excerpt of code.
    if !name.allSatisfy({ (0x30...0x39).contains($0) }) {
      stream.service = String(decoding: name, as: UTF8.self)
      hasStream = true
    }
    rest = behind
    return true
  }

  /// `npm ERR! `, `npm error `, `yarn error `.
  private mutating func takeNPM() -> Bool {
    for label in ["npm ERR! ", "npm error ", "npm WARN ", "npm warn ", "npm ERR!", "npm verb "] where starts(label) {
      surroundings.insert(.installing)
      rest = rest.dropFirst(label.utf8.count)
      return true
    }
    return false
  }

  /// `ERROR`, behind a time only: elsewhere it can be part of the message.
  private mutating func takeLevel() {
    guard hadTime || hasStream else { return }
    for level in ["ERROR", "INFO", "WARN", "DEBUG", "FATAL", "TRACE", "error", "info", "warn"] where starts(level) {
      let behind = rest.dropFirst(level.utf8.count)
      guard behind.isEmpty || [0x20, 0x09, 0x3A, 0x5D].contains(behind.first ?? 0x20) else { continue }
      rest = behind.drop { $0 == 0x3A || $0 == 0x5D }
      return
    }
  }
}
