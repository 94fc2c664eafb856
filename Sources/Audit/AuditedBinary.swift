import LoadSimulation
import NodeModules
import PackageFiles

/// One binary of the package with everything that is known of it: what rules judge.
public struct AuditedBinary: Sendable {
  /// Relative to `mount`.
  public var path: TreePath
  /// `/var/task`, `/opt` or `/`.
  public var mount: String
  /// What stands at `path` itself.
  public var status: FileStatus
  /// The text of the link, where it is one.
  public var linkTarget: String?
  /// `nil` for what has no bytes to look at: a directory, a link that leads nowhere, an unreadable file.
  public var facts: BinaryFacts?
  public var npmPackage: NPMPackage?
  public var role: BinaryRole
  /// Why the role is `unused`, in a few words.
  public var roleReason: String?
  /// Another addon of its npm package that would load, were this one not taken before it; relative to `mount`.
  public var shadowed: TreePath?
  /// What the package that would load it does when that fails, where its own code says so.
  public var packageFallback: String?
  /// Absent where it is no addon.
  public var load: Load?
  /// What becomes of a program when it is started; absent where it is none.
  public var start: Load?

  public init(
    path: TreePath, mount: String, status: FileStatus, facts: BinaryFacts?, npmPackage: NPMPackage?,
    role: BinaryRole, load: Load?
  ) {
    self.path = path
    self.mount = mount
    self.status = status
    self.facts = facts
    self.npmPackage = npmPackage
    self.role = role
    self.load = load
  }

  /// Where it stands on Lambda: `/var/task/node_modules/…`.
  public var deployedPath: String { mount == "/" ? "/\(path)" : "\(mount)/\(path)" }

  public var fileName: String { String(decoding: path.lastComponent, as: UTF8.self) }

  /// Why it does not load, where somebody would notice: nothing loads an unused one.
  var failure: LoadFailure? { role == .unused ? nil : load?.failure ?? start?.failure }

  /// Whether `path`, as a load failure names it, is this binary itself and not something it needs.
  func isSelf(_ path: String) -> Bool { path == deployedPath }

  /// What the package does without the addon, where it catches the error. A crash cannot be caught.
  var fallback: String? {
    guard case .throwsError = load?.outcome else { return nil }
    return packageFallback ?? npmPackage.flatMap { OptionalAddons.fallback(of: $0.name) }
  }

  /// What Node.js or the kernel says on Lambda, as evidence; `nil` where it loads.
  var lambdaMessage: String? {
    if let start { return Self.message(ofStart: start) }
    switch load?.outcome {
    case .throwsError(_, let message): return "On Lambda: Error: " + message
    case .crashes(let signal, let exit, let message):
      let end = signal ?? exit.map { "exit status \($0)" } ?? "a crash"
      let words = message.map { "; it writes: " + $0 } ?? ", without a message"
      return "On Lambda: the process ends with \(end)\(words)"
    case .unknown(let what): return "Not decided: " + what
    case .loads, nil: return nil
    }
  }

  /// What becomes of a program that is started.
  private static func message(ofStart start: Load) -> String? {
    switch start.outcome {
    case .loads: return nil
    case .throwsError(_, let message): return "On Lambda: if the function starts it: Error: " + message
    case .crashes(let signal, let exit, let message):
      let end = signal ?? exit.map { "exit status \($0)" } ?? "a crash"
      return "On Lambda: if the function starts it, it ends with \(end)" + (message.map { " and writes: " + $0 } ?? "")
    case .unknown(let what): return "Not decided: " + what
    }
  }
}
