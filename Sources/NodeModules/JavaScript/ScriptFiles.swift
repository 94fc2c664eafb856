import CLibrary
import PackageFiles

/// What was found out about a package's JavaScript, kept for the next target: files cut into tokens, and entry files.
public final class ScriptFiles: Sendable {
  private let files = Monitor(FilesByPath())

  private let entries = Monitor<[Entry: PackageEntry]>([:])

  /// What an entry file depends on beside the package's own files.
  private struct Entry: Hashable {
    var directory: String
    var conditions: Set<String>
  }

  /// Steps taken in all, and those taken before this wave.
  private let spent = Monitor((all: 0, before: 0))

  private let stepsOfOne: Int
  /// Beyond so many in all, packages get a fraction each: hostile ones could be thousands.
  private static let stepsOfAll = 10_000_000
  private static let stepsAfterAll = 20_000

  /// - Parameter steps: how many each package may take. A step takes about two microseconds; large bundles take some hundred
  ///   thousand. A fuzzer asks for few: an endless loop needs no long run to show itself.
  public init(stepsForEach steps: Int = 500_000) { stepsOfOne = steps }

  /// How many steps each package of this wave may take.
  var allowance: Int {
    spent.withLock { $0.before } > Self.stepsOfAll ? min(Self.stepsAfterAll, stepsOfOne) : stepsOfOne
  }

  func spend(_ steps: Int) { spent.withLock { $0.all += steps } }

  /// Begins a wave of packages that may be gone through at once: what they take counts for the next one, so that no answer
  /// depends on which of them was first.
  public func beginWave() { spent.withLock { $0.before = $0.all } }

  /// The entry file of the package in `directory`, which is `find()` where it is not known yet.
  func entry(of directory: String, _ conditions: Set<String>, _ find: () -> PackageEntry) -> PackageEntry {
    let key = Entry(directory: directory, conditions: conditions)
    if let known = entries.withLock({ $0[key] }) { return known }
    let found = find()
    entries.withLock { $0[key] = found }
    return found
  }

  /// Whether a file that was read below `directory` has `text` in it; `nil` where none was read.
  public func mention(_ text: String, below directory: String) -> Bool? {
    let read = files.withLock { $0.below(directory) }
    if read.isEmpty { return nil }
    var text = text
    return text.withUTF8 { text in
      read.contains { file in
        file.bytes.withUnsafeBytes {
          airworthy_memmem($0.baseAddress, $0.count, text.baseAddress, text.count) != nil
        }
      }
    }
  }

  /// The file at `path`, whose bytes are `bytes()` where it is not known yet.
  func file(_ path: String, _ bytes: () -> [UInt8]?) -> JavaScriptFile? {
    if let known = files.withLock({ $0[path] }) { return known }
    guard let bytes = bytes() else { return nil }
    let file = JavaScriptFile(path: path, bytes: bytes)
    files.withLock { $0[path] = file }
    return file
  }
}

/// Files by path, and in the order of their paths, in which those below a directory stand together: asking each file for each
/// package would take their square.
struct FilesByPath {
  private var files: [String: JavaScriptFile] = [:]
  /// In byte order.
  private var sorted: [String] = []
  /// Those that have come since.
  private var unsorted: [String] = []

  subscript(path: String) -> JavaScriptFile? {
    get { files[path] }
    set {
      guard let newValue else { return }
      if files.updateValue(newValue, forKey: path) == nil { unsorted.append(path) }
    }
  }

  /// The files somewhere below `directory`.
  mutating func below(_ directory: String) -> [JavaScriptFile] {
    if !unsorted.isEmpty {
      sorted = (sorted + unsorted.sorted(by: Self.precedes)).sorted(by: Self.precedes)
      unsorted = []
    }
    let prefix = directory + "/"
    var (first, end) = (0, sorted.count)
    while first < end {
      let middle = (first + end) / 2
      if Self.precedes(sorted[middle], prefix) { first = middle + 1 } else { end = middle }
    }
    return sorted[first...].prefix { $0.utf8.starts(with: prefix.utf8) }.compactMap { files[$0] }
  }

  private static func precedes(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }
}
