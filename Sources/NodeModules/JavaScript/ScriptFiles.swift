import Synchronization

/// The JavaScript files that were cut into tokens, kept for the next target.
public final class ScriptFiles: Sendable {
  private let files = Mutex<[String: JavaScriptFile]>([:])

  public init() {}

  /// The file at `path`, whose bytes are `bytes()` where it is not known yet.
  func file(_ path: String, _ bytes: () -> [UInt8]?) -> JavaScriptFile? {
    if let known = files.withLock({ $0[path] }) { return known }
    guard let bytes = bytes() else { return nil }
    let file = JavaScriptFile(path: path, bytes: bytes)
    files.withLock { $0[path] = file }
    return file
  }
}
