import Audit
import LambdaRuntimes

/// The targets that a log is explained for: what was asked for, else what the log says, else the newest runtime.
struct TargetChoice {
  let request: TargetRequest
  /// By architecture; both, unless one was asked for.
  private var resolved: [String: TargetRequest.Resolved] = [:]
  private let fallback: TargetRequest.Resolved
  /// Whether the architecture was asked for.
  let isArchitectureGiven: Bool

  /// Throws what `TargetRequest.resolve` throws.
  init(request: TargetRequest, log: LogFacts, findings: [Diagnosing.Finding]) throws {
    var request = request
    isArchitectureGiven = !request.architectures.isEmpty || request.sysroot != nil || request.environmentFile != nil
    let isReal = request.sysroot != nil || request.environmentFile != nil
    if request.runtimes.isEmpty, !isReal, let runtime = Self.runtime(log, findings, request.today) {
      request.runtimes = [runtime]
    }
    self.request = request
    let first = try request.resolve()
    guard let one = first.first else { throw TargetError.unknownRuntime("", nearest: nil, known: []) }
    fallback = one
    for target in first where resolved[target.target.architecture] == nil {
      resolved[target.target.architecture] = target
    }
    guard !isArchitectureGiven else { return }
    var other = request
    other.architectures = [Architecture.arm64.rawValue]
    // A runtime that exists on one architecture only has no other.
    if let target = try? other.resolve().first { resolved[target.target.architecture] = target }
  }

  /// The runtime that the log names or whose Node.js it tells of.
  private static func runtime(_ log: LogFacts, _ findings: [Diagnosing.Finding], _ today: CalendarDate) -> String? {
    if let runtime = log.runtime { return runtime }
    let majors = findings.compactMap { $0.message.facts.nodeMajor } + [log.nodeMajor].compactMap(\.self)
    guard let major = majors.first else { return nil }
    return Catalog.builtIn.runtimes.last { $0.node?.version.major == major && $0.status(on: today) != .announced }?.id
  }

  /// The target for one message: the architecture is the one that its process has.
  func target(for message: Message) -> TargetRequest.Resolved {
    let needed = message.facts.architectureNeeded ?? message.facts.platformNeeded.flatMap(Self.architecture)
    return needed.flatMap { resolved[$0] } ?? fallback
  }

  /// Every target to look at a package for, the likeliest first.
  func all(for message: Message) -> [TargetRequest.Resolved] {
    let first = target(for: message)
    return [first] + resolved.values.filter { $0.target.architecture != first.target.architecture }
  }

  private static func architecture(_ tuple: String) -> String? {
    for part in tuple.split(separator: "-") { if let name = Platforms.architecture(String(part)) { return name } }
    return nil
  }
}
