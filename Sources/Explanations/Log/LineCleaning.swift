/// A physical line's bytes without what terminals, editors and web pages put into them.
enum LineCleaning {
  /// Colours go, typographic quotes and backquotes become straight ones, and entities of HTML the characters that they name.
  static func cleaned(_ line: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(line.count)
    var index = line.startIndex
    while index < line.endIndex {
      let byte = line[index]
      switch byte {
      case 0x1B: index = escapeEnd(line, index)
      case 0x60:
        result.append(0x27)
        index += 1
      case 0xC2, 0xE2, 0xEF: index = appendMark(line, index, &result)
      case 0x26: index = appendEntity(line, index, &result)
      case 0x00: index += 1
      default:
        result.append(byte)
        index += 1
      }
    }
    return result
  }

  /// Behind a control sequence: `ESC [ … m`, or `ESC` and one more byte.
  private static func escapeEnd(_ line: ArraySlice<UInt8>, _ start: Int) -> Int {
    guard start + 1 < line.endIndex, line[start + 1] == UInt8(ascii: "[") else { return min(start + 2, line.endIndex) }
    var index = start + 2
    while index < line.endIndex, !(0x40...0x7E).contains(line[index]) { index += 1 }
    return min(index + 1, line.endIndex)
  }

  /// What a mark of two or three bytes stands for; `nil` keeps it.
  private static let marks: [([UInt8], UInt8?)] = [
    ([0xC2, 0xA0], 0x20), ([0xC2, 0xB4], 0x27), ([0xC2, 0xAB], 0x22), ([0xC2, 0xBB], 0x22), ([0xEF, 0xBB, 0xBF], nil),
    ([0xE2, 0x80, 0x98], 0x27), ([0xE2, 0x80, 0x99], 0x27), ([0xE2, 0x80, 0x9A], 0x27), ([0xE2, 0x80, 0x9B], 0x27),
    ([0xE2, 0x80, 0xB2], 0x27), ([0xE2, 0x80, 0xB5], 0x27), ([0xE2, 0x80, 0xB9], 0x27), ([0xE2, 0x80, 0xBA], 0x27),
    ([0xE2, 0x80, 0x9C], 0x22), ([0xE2, 0x80, 0x9D], 0x22), ([0xE2, 0x80, 0x9E], 0x22), ([0xE2, 0x80, 0xB3], 0x22),
    ([0xE2, 0x80, 0x8B], nil), ([0xE2, 0x80, 0x8C], nil), ([0xE2, 0x80, 0x8D], nil), ([0xE2, 0x80, 0xAF], 0x20),
    ([0xE2, 0x80, 0x90], 0x2D), ([0xE2, 0x80, 0x91], 0x2D),
  ]

  private static func appendMark(_ line: ArraySlice<UInt8>, _ start: Int, _ result: inout [UInt8]) -> Int {
    for (mark, plain) in marks where line[start...].starts(with: mark) {
      if let plain { result.append(plain) }
      return start + mark.count
    }
    result.append(line[start])
    return start + 1
  }

  private static let entities: [([UInt8], UInt8)] = [
    (Array("&quot;".utf8), 0x22), (Array("&#34;".utf8), 0x22), (Array("&#39;".utf8), 0x27),
    (Array("&apos;".utf8), 0x27),
    (Array("&#x27;".utf8), 0x27), (Array("&#96;".utf8), 0x27), (Array("&gt;".utf8), 0x3E), (Array("&lt;".utf8), 0x3C),
    (Array("&amp;".utf8), 0x26), (Array("&nbsp;".utf8), 0x20),
  ]

  private static func appendEntity(_ line: ArraySlice<UInt8>, _ start: Int, _ result: inout [UInt8]) -> Int {
    for (entity, plain) in entities where line[start...].starts(with: entity) {
      result.append(plain)
      return start + entity.count
    }
    result.append(line[start])
    return start + 1
  }
}
