/// From messages to causes: what wraps another message is looked through, and repetitions are one diagnosis.
enum Diagnosing {
  /// One cause with everything that was seen of it.
  struct Finding {
    var message: Message
    var evidence: [Diagnosis.Evidence]
    var count: Int
  }

  /// More causes than these are no answer.
  static let limit = 20
  private static let evidenceLimit = 4

  /// The root first.
  static func findings(in collection: MessageCollection) -> [Finding] {
    let stories = Dictionary(grouping: collection.sightings) { $0.passage }
    let kept = stories.sorted { $0.key < $1.key }.flatMap { lookedThrough($0.value) }
    let ordered = merged(kept).enumerated().sorted { a, b in
      let (left, right) = (order(a.element.message), order(b.element.message))
      return left == right ? a.offset < b.offset : left < right
    }
    return ordered.prefix(limit).map(\.element)
  }

  /// What comes first: the root; of package managers' words, the compiler's before the download's.
  private static func order(_ message: Message) -> Int {
    let isDownload = message.rank == .build && message.cause == .prebuildMissing
    let isUnsure = message.confidence == .low && message.rank != .unrelated
    return message.rank.rawValue * 10 + (isDownload ? 5 : 0) + (isUnsure ? 2 : 0)
  }

  /// How far apart, in bytes, an error and what wraps it stand at most.
  private static let reach = 4000

  /// The messages of one passage without those that only wrap, repeat or follow from others in it.
  private static func lookedThrough(_ story: [MessageCollection.Sighting]) -> [MessageCollection.Sighting] {
    let causes = story.filter { $0.message.rank <= .package }
    var kept = story.filter { one in
      switch one.message.rank {
      case .root: true
      case .package: !causes.contains { isBehind($0.message, one.message) }
      case .wrapper: causes.isEmpty
      case .build: causes.isEmpty || one.message.confidence > .low
      case .consequence: causes.isEmpty && !story.contains { $0.message.rank < .consequence }
      case .unrelated: !story.contains { $0.message.rank < .unrelated }
      }
    }
    let names = story.filter { $0.message.rank == .wrapper }
    for index in kept.indices where kept[index].message.rank <= .package {
      for wrapper in names { adopt(wrapper.message, into: &kept[index].message) }
    }
    return kept
  }

  /// Whether `root` is what the package's loader met when it said `message`.
  private static func isBehind(_ root: Message, _ message: Message) -> Bool {
    guard root.rank == .root, abs(root.offset - message.offset) < reach else { return false }
    let isOfPlatform = message.cause == .optionalDependencyMissing || message.cause == .optionalDependencyWrongPlatform
    let isSame = root.npmPackage == message.npmPackage || message.npmPackage == nil || root.npmPackage == nil
    return isSame || isOfPlatform
  }

  private static func adopt(_ wrapper: Message, into message: inout Message) {
    guard abs(wrapper.offset - message.offset) < reach else { return }
    if message.npmPackage == nil { message.npmPackage = wrapper.npmPackage }
    message.facts.platformNeeded = message.facts.platformNeeded ?? wrapper.facts.platformNeeded
  }

  private static func merged(_ sightings: [MessageCollection.Sighting]) -> [Finding] {
    var findings: [Finding] = []
    for sighting in sightings.sorted(by: { $0.line < $1.line }) {
      let evidence = Diagnosis.Evidence(line: sighting.line, text: sighting.text)
      guard let index = findings.firstIndex(where: { isSame($0.message, sighting.message) }) else {
        if findings.count < 200 { findings.append(Finding(message: sighting.message, evidence: [evidence], count: 1)) }
        continue
      }
      merge(sighting.message, into: &findings[index].message)
      findings[index].count += 1
      let known = findings[index].evidence
      if known.count < evidenceLimit, !known.contains(where: { $0.line == evidence.line || $0.text == evidence.text }) {
        findings[index].evidence.append(evidence)
      }
    }
    return findings
  }

  /// Whether two messages tell of one thing: the same cause, and the same file, library or package where both name one.
  private static func isSame(_ a: Message, _ b: Message) -> Bool {
    guard a.cause == b.cause else { return false }
    switch a.cause {
    case .otherNotNative, .buildEnvironment, .sizeLimit: return true
    default: break
    }
    if let left = a.path, let right = b.path {
      return left == right || left.hasSuffix("/" + right) || right.hasSuffix("/" + left)
    }
    if let left = a.subject, let right = b.subject { return left == right }
    if let left = a.npmPackage, let right = b.npmPackage, left != right { return false }
    return true
  }

  /// The nearer to the root, and the surer, decides what the other only adds to.
  private static func merge(_ other: Message, into message: inout Message) {
    let isBetter =
      other.rank < message.rank || other.rank == message.rank && other.confidence > message.confidence
    var best = isBetter ? other : message
    fill(&best, from: isBetter ? message : other)
    message = best
  }

  private static func fill(_ message: inout Message, from other: Message) {
    message.path = message.path ?? other.path
    message.subject = message.subject ?? other.subject
    message.npmPackage = message.npmPackage ?? other.npmPackage
    message.misleads = message.misleads ?? other.misleads
    message.facts.merge(other.facts)
    for remark in other.remarks where !message.remarks.contains(remark) && message.remarks.count < 3 {
      message.remarks.append(remark)
    }
    for alternative in other.alternatives where !message.alternatives.contains(where: { $0.cause == alternative.cause })
    {
      message.alternatives.append(alternative)
    }
  }
}
