/// A part of a log, told apart by what wrote it.
///
/// A line without a prefix continues the one before: errors span lines, and only the first of an event has the prefix.
struct Passages {
  private(set) var all: [Passage] = []
  private var indices: [Passage.Stream: Int] = [:]
  private var current = Passage.Stream()
  private var isContinued = false
  private var surroundings: Set<Surrounding> = []

  /// Reads whole lines; `firstLine` is the number of the first in the log.
  init(_ bytes: ArraySlice<UInt8>, firstLine: Int) {
    var number = firstLine
    var start = bytes.startIndex
    while start < bytes.endIndex {
      let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.endIndex
      add(bytes[start..<end], number)
      number += 1
      start = end + 1
    }
    for index in all.indices { all[index].surroundings = surroundings }
  }

  private mutating func add(_ line: ArraySlice<UInt8>, _ number: Int) {
    let whole = LinePrefix(LineCleaning.cleaned(line)[...])
    note(whole)
    let text = Escapes.decoded(Array(whole.rest))
    if !whole.hasStream, let id = Self.requestID(in: text) {
      current = .init(requestID: id, service: current.service)
    }
    guard text.contains(0x0A) || text.count != whole.rest.count else { return append(text[...], number) }
    // What was escaped can have prefixes, colours and quotes of its own.
    for part in text.split(separator: 0x0A, omittingEmptySubsequences: true) {
      let inner = LinePrefix(LineCleaning.cleaned(part)[...])
      note(inner)
      append(inner.rest, number)
    }
  }

  private mutating func note(_ prefix: LinePrefix) {
    surroundings.formUnion(prefix.surroundings)
    if prefix.hasStream { current = prefix.stream }
  }

  private mutating func append(_ text: ArraySlice<UInt8>, _ number: Int) {
    var text = text
    if isContinued, let first = text.first(where: { $0 != 0x20 }), first == 0x27 || first == 0x22 {
      text = text.drop { $0 == 0x20 }.dropFirst()
    }
    isContinued = false
    // util.inspect breaks long strings: `'…\n' +`
    let end = text.lastIndex { $0 != 0x20 }.map { text[...$0] } ?? text
    if end.count > 3, end.suffix(3).elementsEqual("' +".utf8) || end.suffix(3).elementsEqual("\" +".utf8) {
      isContinued = true
      text = end.dropLast(3)
    }
    let index = indices[current] ?? all.count
    if index == all.count {
      indices[current] = index
      var passage = Passage()
      passage.stream = current
      all.append(passage)
    }
    all[index].append(text, number: number)
  }

  /// `"requestId":"…"` of Lambda's JSON logs.
  private static func requestID(in text: [UInt8]) -> String? {
    guard text.first == UInt8(ascii: "{") else { return nil }
    let start = Array("\"requestId\":".utf8)
    guard text.count > start.count + 36 else { return nil }
    for index in 0..<(text.count - start.count - 36) where text[index] == 0x22 && text[index...].starts(with: start) {
      let value = text[(index + start.count)...].drop { $0 == 0x20 || $0 == 0x22 }
      return LinePrefix.uuidEnd(value).map { String(decoding: value[..<$0], as: UTF8.self).lowercased() }
    }
    return nil
  }
}
