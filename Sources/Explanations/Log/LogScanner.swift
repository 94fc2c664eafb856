/// Reads a log of any length in constant memory and keeps what was recognised in it.
///
/// A short text is read as a whole. Of a long one, only what stands around the phrases of messages is; equal lines
/// are looked at once, and of each phrase only the first different ones.
struct LogScanner: Sendable {
  /// How much of a log is looked at at once, in bytes.
  struct Reach: Sendable {
    /// Texts up to this length are read as a whole.
    var whole = 256 << 10
    /// How much is searched at once.
    var slab = 1 << 20
    /// How far before and behind a phrase its surroundings reach.
    var before = 8 << 10
    var behind = 16 << 10
  }

  private let reach: Reach
  /// How many different lines with one phrase are looked at, and how many of a phrase that only tells of some error.
  static let different = 48
  static let differentUnrelated = 8
  /// How much is read closely in all, in bytes.
  static let budget = 6 << 20

  private var buffer: [UInt8] = []
  /// The number of the buffer's first line.
  private var firstLine = 1
  /// Where in the buffer the search goes on.
  private var searched = 0
  private var isLong = false
  private var isUTF16: Bool?
  private var closelyRead = 0
  private var counts: [Int]
  private var seen: Set<UInt64> = []
  var collection = MessageCollection()
  /// Whether something was left out.
  private(set) var isTruncated = false

  init(reach: Reach = Reach()) {
    self.reach = reach
    counts = [Int](repeating: 0, count: Messages.triggers.phrases.count)
    buffer.reserveCapacity(reach.slab + reach.slab / 4)
  }

  /// Takes the next bytes of the log.
  mutating func consume(_ block: RawSpan) {
    block.withUnsafeBytes { bytes in
      let isWide = isUTF16 ?? bytes.starts(with: [0xFF, 0xFE])
      isUTF16 = isWide
      // PowerShell writes UTF-16; messages are ASCII in it.
      if isWide {
        buffer.append(contentsOf: bytes.lazy.filter { $0 != 0 && $0 < 0xFE })
      } else {
        buffer.append(contentsOf: bytes)
      }
    }
    if buffer.count >= reach.slab { process(isLast: false) }
  }

  /// Reads what is left.
  mutating func finish() {
    if isLong || buffer.count > reach.whole {
      process(isLast: true)
    } else {
      read(0..<buffer.count, line: firstLine)
    }
    buffer = []
  }

  private mutating func process(isLast: Bool) {
    isLong = true
    let limit = isLast ? buffer.count : max(0, buffer.count - reach.behind - 64)
    var line = firstLine
    var counted = 0
    for window in windows(until: limit) {
      line += Self.lineFeeds(in: buffer[counted..<window.lowerBound])
      counted = window.lowerBound
      read(window, line: line)
    }
    guard !isLast else { return }
    let dropped = max(0, limit - reach.before)
    firstLine += Self.lineFeeds(in: buffer[..<dropped])
    buffer.removeFirst(dropped)
    searched = limit - dropped
  }

  /// What stands around the phrases that begin before `limit`, each part once.
  private mutating func windows(until limit: Int) -> [Range<Int>] {
    var found: [(phrase: Int, offset: Int)] = []
    let start = searched
    buffer.withUnsafeBytes { bytes in
      let text = UnsafeRawBufferPointer(rebasing: bytes[start...])
      Messages.triggers.forEachMatch(in: RawSpan(_unsafeBytes: text)) { phrase, offset in
        if start + offset < limit { found.append((phrase, start + offset)) }
      }
    }
    var windows: [Range<Int>] = []
    for (phrase, offset) in found where isNew(phrase, at: offset) {
      let window = window(around: offset)
      if let last = windows.last, window.lowerBound <= last.upperBound,
        window.upperBound - last.lowerBound <= 4 * reach.behind
      {
        windows[windows.count - 1] = last.lowerBound..<max(last.upperBound, window.upperBound)
      } else {
        windows.append(window)
      }
    }
    return windows
  }

  private mutating func isNew(_ phrase: Int, at offset: Int) -> Bool {
    let limit = phrase >= Messages.firstUnrelated ? Self.differentUnrelated : Self.different
    guard counts[phrase] < limit else {
      isTruncated = isTruncated || phrase < Messages.firstUnrelated
      return false
    }
    guard seen.insert(fingerprint(of: offset, phrase)).inserted else { return false }
    counts[phrase] += 1
    return true
  }

  /// The line around a phrase without what differs from one time to the next: times, ids, addresses.
  private func fingerprint(of offset: Int, _ phrase: Int) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ UInt64(phrase)
    var token: UInt64 = hash
    var length = 0
    var isVariable = true
    let start = max(0, offset - 320)
    let end = min(buffer.count, offset + 160)
    buffer.withUnsafeBufferPointer { bytes in
      var index = offset
      while index > start, bytes[index - 1] != 0x0A { index -= 1 }
      while index < end, bytes[index] != 0x0A {
        let byte = bytes[index]
        if byte == 0x20 || byte == 0x09 || byte == 0x22 || byte == 0x2F {
          if !(isVariable && length >= 8) { hash = (hash ^ token) &* 0x100_0000_01b3 }
          token = 0
          length = 0
          isVariable = true
        } else {
          token = (token ^ UInt64(byte)) &* 0x100_0000_01b3
          length += 1
          isVariable = isVariable && Self.isOfNumbers(byte)
        }
        index += 1
      }
    }
    return (hash ^ (isVariable && length >= 8 ? 0 : token)) &* 0x100_0000_01b3
  }

  /// Digits of base 16 and what stands between them in times and ids.
  private static func isOfNumbers(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) || byte == 0x2D || byte == 0x3A || byte == 0x2E
      || byte == 0x54 || byte == 0x5A
  }

  /// Whole lines around `offset`, as far as they reach.
  private func window(around offset: Int) -> Range<Int> {
    let low = max(0, offset - reach.before)
    let high = min(buffer.count, offset + reach.behind)
    let start = low == 0 ? 0 : buffer[low..<offset].firstIndex(of: 0x0A).map { $0 + 1 } ?? low
    let end = high == buffer.count ? high : buffer[offset..<high].lastIndex(of: 0x0A) ?? high
    return start..<end
  }

  private mutating func read(_ range: Range<Int>, line: Int) {
    guard closelyRead < Self.budget else {
      isTruncated = true
      return
    }
    closelyRead += range.count
    for passage in Passages(buffer[range], firstLine: line).all where !passage.isEmpty { collection.add(passage) }
  }

  private static func lineFeeds(in bytes: ArraySlice<UInt8>) -> Int {
    bytes.withUnsafeBufferPointer { bytes in
      var count = 0
      for byte in bytes { count &+= byte == 0x0A ? 1 : 0 }
      return count
    }
  }
}
