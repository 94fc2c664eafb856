/// The messages of a log, each with what its passage tells beside it.
struct MessageCollection: Sendable {
  /// A message and where it was.
  struct Sighting: Sendable {
    var message: Message
    var line: Int
    var text: String
    /// Sightings of one passage are parts of one story.
    var passage: Int
  }

  private(set) var sightings: [Sighting] = []
  /// What the log says of its process, from anywhere in it.
  private(set) var facts = LogFacts()
  /// What was around, anywhere in it.
  private(set) var surroundings: Set<Surrounding> = []
  private var passages = 0

  /// More sightings than these are repetitions; a text of hostile length does not fill the memory.
  private static let limit = 4000
  /// How often one phrase is read in one passage, and all of them in the log.
  private static let repetitions = 64
  private static let readings = 20_000
  private var read = 0

  mutating func add(_ passage: Passage) {
    passages += 1
    var counts: [Int: Int] = [:]
    var order: [(phrase: Int, offset: Int)] = []
    var found = passage
    passage.bytes.withUnsafeBytes { bytes in
      Messages.all.forEachMatch(in: RawSpan(_unsafeBytes: bytes)) { phrase, offset in
        let pattern = phrase - Messages.patterns.count
        if pattern >= 0, pattern < Messages.surroundings.count {
          found.surroundings.insert(Messages.surroundings[pattern].meaning)
          return
        }
        let count = counts[phrase, default: 0]
        guard count < Self.repetitions else { return }
        counts[phrase] = count + 1
        order.append((phrase, offset))
      }
    }
    surroundings.formUnion(found.surroundings)
    let context = LogContext.facts(of: found, hits: order)
    facts.merge(context)
    for (phrase, offset) in order where phrase < Messages.patterns.count {
      note(Messages.patterns[phrase], at: offset, in: found, context)
    }
  }

  private mutating func note(_ pattern: Pattern, at offset: Int, in passage: Passage, _ context: LogFacts) {
    guard sightings.count < Self.limit, read < Self.readings else { return }
    read += 1
    let hit = Hit(passage: passage, range: offset..<(offset + pattern.phrase.utf8.count))
    guard var message = pattern.read(hit) else { return }
    message.offset = offset
    if let id = passage.stream.requestID { message.facts.append(id, to: \.requestIds) }
    message.facts.code = message.facts.code ?? context.code
    if let path = message.path { message.path = FileText.tidied(path) }
    if message.npmPackage == nil, message.rank != .unrelated {
      message.npmPackage = OwnerSearch.owner(of: message, in: passage)
    }
    if let name = message.npmPackage, !FileName.isValidPackageName(name) { message.npmPackage = nil }
    let line = passage.line(at: offset)
    sightings.append(
      Sighting(
        message: message, line: passage.lineNumber(at: offset), text: FileText.excerpt(passage, line, around: offset),
        passage: passages))
  }
}

/// Which npm package a message is about that does not say so.
enum OwnerSearch {
  /// By the path; else by the first package in the stack that is no mere loader.
  static func owner(of message: Message, in passage: Passage) -> String? {
    for path in [message.path, message.facts.requiredBy].compactMap(\.self) {
      let file = FileName(path)
      if let name = file.npmPackage, !FileName.loaders.contains(name) { return name }
      // A file outside of every npm package belongs to none, whatever the stack says.
      if file.isAbsolute, message.rank == .root, !file.isLibrary, !file.components.contains("node_modules"),
        !["node", "ld-linux"].contains(file.base), message.cause != .missingLibrary
      {
        return nil
      }
    }
    return inStack(passage, from: message.offset)
  }

  private static let needle = Array("node_modules".utf8)

  private static func inStack(_ passage: Passage, from offset: Int) -> String? {
    let bytes = passage.bytes
    let behind = offset..<min(bytes.count, offset + 6000)
    let before = max(0, offset - 3000)..<offset
    for range in [behind, before] {
      var index = range.lowerBound
      while index + needle.count < range.upperBound {
        guard bytes[index] == needle[0], bytes[index...].starts(with: needle) else {
          index += 1
          continue
        }
        let end = min(index + needle.count + 240, range.upperBound)
        let path = String(
          decoding: bytes[index..<end].prefix { ![0x20, 0x0A, 0x29, 0x22, 0x27, 0x3A].contains($0) }, as: UTF8.self)
        if let name = FileName(path).npmPackage, !FileName.loaders.contains(name), FileName.isValidPackageName(name) {
          return name
        }
        index += needle.count
      }
    }
    return nil
  }
}

/// How names and lines of a log are shown.
enum FileText {
  /// A path without what belongs to the sentence.
  static func tidied(_ path: String) -> String? {
    var text = path[...]
    while let last = text.last, "'\",;)".contains(last) { text = text.dropLast() }
    while let first = text.first, "'\"(".contains(first) { text = text.dropFirst() }
    if text.hasPrefix("file://") { text = text.dropFirst(7) }
    return text.isEmpty ? nil : String(text)
  }

  /// The line, or as much of a long one as stands around the message.
  static func excerpt(_ passage: Passage, _ line: Range<Int>, around offset: Int) -> String {
    let limit = 240
    guard line.count > limit else { return passage.text(line).trimmingBlanks }
    let start = max(line.lowerBound, min(offset - limit / 2, line.upperBound - limit))
    let end = min(line.upperBound, start + limit)
    let text = passage.text(start..<end).filter { $0 != "\u{fffd}" }
    return (start > line.lowerBound ? "…" : "") + text.trimmingBlanks + (end < line.upperBound ? "…" : "")
  }
}
