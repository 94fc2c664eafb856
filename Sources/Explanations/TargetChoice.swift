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
    let named = Set(findings.compactMap { Self.architecture(of: $0.message.facts) })
    for architecture in named where resolved[architecture] == nil && !isArchitectureGiven {
      resolved[architecture] = try? Self.resolve(request, architecture)
    }
  }

  /// A runtime that exists on one architecture only has no other.
  private static func resolve(_ request: TargetRequest, _ architecture: String) throws -> TargetRequest.Resolved? {
    var other = request
    other.architectures = [architecture]
    return try other.resolve().first
  }

  /// The runtime that the log names or whose Node.js it tells of.
  private static func runtime(_ log: LogFacts, _ findings: [Diagnosing.Finding], _ today: CalendarDate) -> String? {
    if let runtime = log.runtime { return runtime }
    let majors = findings.compactMap { $0.message.facts.nodeMajor } + [log.nodeMajor].compactMap(\.self)
    guard let major = majors.first else { return nil }
    return Catalog.builtIn.runtimes.last { $0.node?.version.major == major && $0.status(on: today) != .announced }?.id
  }

  /// The target for one diagnosis: the architecture is the one that its process has.
  func target(for facts: LogFacts) -> TargetRequest.Resolved {
    Self.architecture(of: facts).flatMap { resolved[$0] } ?? fallback
  }

  /// Every target to look at a package for: both architectures, unless one was asked for.
  func all() -> [TargetRequest.Resolved] {
    if isArchitectureGiven { return [fallback] }
    return [fallback]
      + Architecture.allCases.map(\.rawValue).filter { $0 != fallback.target.architecture }.compactMap { architecture in
        if let known = resolved[architecture] { return known }
        return try? Self.resolve(request, architecture)
      }
  }

  private static func architecture(of facts: LogFacts) -> String? {
    facts.architectureNeeded ?? facts.platformNeeded.flatMap(architecture)
  }

  private static func architecture(_ tuple: String) -> String? {
    for part in tuple.split(separator: "-") { if let name = Platforms.architecture(String(part)) { return name } }
    return nil
  }
}
