import Synchronization

/// What was found out about a package's JavaScript, kept for the next target: files cut into tokens, and entry files.
public final class ScriptFiles: Sendable {
  private let files = Mutex<[String: JavaScriptFile]>([:])

  private let entries = Mutex<[Entry: PackageEntry]>([:])

  /// What an entry file depends on beside the package's own files.
  private struct Entry: Hashable {
    var directory: String
    var conditions: Set<String>
  }

  private let spent = Mutex(0)

  private let stepsOfOne: Int
  /// Beyond so many in all, packages get a fraction each: hostile ones could be thousands.
  private static let stepsOfAll = 10_000_000
  private static let stepsAfterAll = 20_000

  /// - Parameter steps: how many each package may take. A step takes about two microseconds; large bundles take some hundred
  ///   thousand. A fuzzer asks for few: an endless loop needs no long run to show itself.
  public init(stepsForEach steps: Int = 500_000) { stepsOfOne = steps }

  /// How many steps the next package may take.
  var allowance: Int { spent.withLock { $0 } > Self.stepsOfAll ? min(Self.stepsAfterAll, stepsOfOne) : stepsOfOne }

  func spend(_ steps: Int) { spent.withLock { $0 += steps } }

  /// The entry file of the package in `directory`, which is `find()` where it is not known yet.
  func entry(of directory: String, _ conditions: Set<String>, _ find: () -> PackageEntry) -> PackageEntry {
    let key = Entry(directory: directory, conditions: conditions)
    if let known = entries.withLock({ $0[key] }) { return known }
    let found = find()
    entries.withLock { $0[key] = found }
    return found
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
