/// One message that was recognised in a passage, with what it says.
struct Message: Sendable {
  /// How near to the root of the trouble such messages are, the nearest first.
  enum Rank: Int, Comparable, Sendable {
    /// A loader, the kernel or Node.js itself about one file.
    case root
    /// An npm package's loader, or a platform, about what it looked for.
    case package
    /// What is written above or below the real error.
    case wrapper
    /// Compilers and package managers.
    case build
    /// Only that the process ended, and how.
    case consequence
    /// Nothing to do with native binaries.
    case unrelated

    static func < (a: Rank, b: Rank) -> Bool { a.rawValue < b.rawValue }
  }

  var cause: Cause
  var rank: Rank
  var confidence: Confidence = .high
  /// The file, as the text names it.
  var path: String?
  /// Set where the message names it; else the path and the stack tell.
  var npmPackage: String?
  var facts = LogFacts()
  var alternatives: [Diagnosis.Alternative] = []
  /// What to say beside the cause's own paragraph.
  var remarks: [String] = []
  /// Tells apart what one cause can be about, where there is no path: a soname, a package.
  var subject: String?
  /// How the wording misleads, where it does: a clause behind a colon.
  var misleads: String?
  /// Where it stands in its passage.
  var offset = 0

  init(_ cause: Cause, _ rank: Rank, _ confidence: Confidence = .high, path: String? = nil) {
    self.cause = cause
    self.rank = rank
    self.confidence = confidence
    self.path = path
  }

  /// The same with another possibility behind those that it has.
  func or(_ cause: Cause, _ decidedBy: String) -> Message {
    guard cause != self.cause, !alternatives.contains(where: { $0.cause == cause }) else { return self }
    var copy = self
    copy.alternatives.append(.init(cause, decidedBy: decidedBy))
    return copy
  }

  func with(_ change: (inout Message) -> Void) -> Message {
    var copy = self
    change(&copy)
    return copy
  }
}

/// A phrase that every wording of a message has, and how to read the message around it.
struct Pattern: Sendable {
  /// In lower case, of seven bytes or more, without quotes.
  let phrase: String
  /// `nil` where the phrase turns out to mean something else.
  let read: @Sendable (Hit) -> Message?

  init(_ phrase: String, _ read: @escaping @Sendable (Hit) -> Message?) {
    self.phrase = phrase
    self.read = read
  }
}

/// Where a phrase stands in a passage.
struct Hit: Sendable {
  let passage: Passage
  let range: Range<Int>

  /// The line of the phrase; both where it stands across a line break.
  var line: Range<Int> {
    passage.line(at: range.lowerBound).lowerBound..<passage.line(at: range.upperBound).upperBound
  }
  var lineText: String { passage.text(line) }

  func isAround(_ surrounding: Surrounding) -> Bool { passage.surroundings.contains(surrounding) }
}

/// The messages of one program or package.
protocol MessageFamily: Sendable {
  static var patterns: [Pattern] { get }
}

/// All families, in the order in which equal messages count.
enum Messages {
  static let families: [any MessageFamily.Type] = [
    Glibc.self, GlibcVersions.self, GlibcSymbols.self, Musl.self, Dyld.self, Windows.self, NodeJS.self,
    MissingModules.self, NodeGypBuild.self, Bindings.self, NodePreGyp.self, NapiRS.self, Sharp.self, Prisma.self,
    Esbuild.self, Rollup.self, ParcelWatcher.self, Bundlers.self, ChildProcess.self, Programs.self,
    LambdaPlatform.self, PackageSizes.self, ProcessEnd.self, BuildTools.self, PackageManagers.self, Unrelated.self,
  ]

  static let patterns: [Pattern] = families.flatMap { $0.patterns }

  static let surroundings: [(phrase: String, meaning: Surrounding)] = Surrounding.allCases.flatMap { surrounding in
    surrounding.phrases.map { ($0, surrounding) }
  }

  /// What makes a part of a large log worth reading.
  static let triggers = PhraseTable(patterns.map(\.phrase))

  /// The same phrases, and after them those of `surroundings` and of `LogContext`.
  static let all = PhraseTable(patterns.map(\.phrase) + surroundings.map(\.phrase) + LogContext.phrases)

  /// The first of the patterns that only tell of some error.
  static let firstUnrelated = patterns.count - Unrelated.patterns.count
}
