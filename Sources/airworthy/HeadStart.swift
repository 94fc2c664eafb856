import Audit
import LambdaRuntimes
import PackageFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Work that is begun before the command line is understood, on threads of its own: understanding it takes as long as reading
/// a Node.js executable.
enum HeadStart {
  private static let catalog = Monitor<Meanwhile<Void>?>(nil)
  private static let audits = Monitor<[Audit]>([])
  private static let anticipated = Monitor<(request: TargetRequest, targets: Targets)?>(nil)

  /// Targets that are being worked out, or why there are none.
  typealias Targets = Meanwhile<Result<[TargetRequest.Resolved], any Error>>

  /// Begins what the arguments of a command seem to need.
  static func begin(_ arguments: ArraySlice<String>) {
    guard let first = arguments.first, !first.hasPrefix("-") else { return }
    atexit(endHeadStart)
    if first == "check", let request = anticipatedRequest(arguments.dropFirst()) {
      let targets = Targets { Result { try request.resolve() } }
      anticipated.withLock { $0 = (request, targets) }
      // More threads than processors would only wait for each other.
      if processorCount <= 2 { return }
    }
    catalog.withLock { $0 = Catalog.prepare() }
  }

  /// The targets of a request: those that were begun, where it turns out to be the one that was anticipated.
  static func targets(for request: TargetRequest) -> Targets {
    if let begun = anticipated.withLock({ $0 }), begun.request.asksTheSame(as: request) { return begun.targets }
    return Targets { Result { try request.resolve() } }
  }

  /// Has the end of the process wait for the threads of an audit too.
  static func waitAtEnd(for audit: Audit) { audits.withLock { $0.append(audit) } }

  /// Waits for the threads: none may be met in the middle of its work when the process ends.
  fileprivate static func end() {
    catalog.withLock { $0 }?.value()
    _ = anticipated.withLock { $0 }?.targets.value()
    for audit in audits.withLock(\.self) { audit.finish() }
  }

  /// What the options of a target say, taken at their face value; `nil` where the answer could take long and be in vain.
  private static func anticipatedRequest(_ arguments: ArraySlice<String>) -> TargetRequest? {
    var request = TargetRequest()
    var rest = arguments
    while let argument = rest.popFirst(), argument != "--" {
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      func value() -> String? { parts.count == 2 ? String(parts[1]) : rest.popFirst() }
      switch parts.first {
      case "--runtime": value().map { request.runtimes.append($0) }
      case "--arch": value().map { request.architectures.append($0) }
      case "--node-version": request.nodeVersion = value()
      case "--sysroot": request.sysroot = value()
      case "--node": request.nodeFile = value()
      case "--environment": request.environmentFile = value()
      case "--isa-level": request.isaLevel = value().flatMap { Int($0) }
      case "--today": value().flatMap { CalendarDate($0) }.map { request.today = $0 }
      default: continue
      }
    }
    // An image is read from end to end, whether it is an archive or a directory in OCI layout.
    if let sysroot = request.sysroot, kind(of: sysroot) != S_IFDIR || kind(of: sysroot + "/oci-layout") != nil {
      return nil
    }
    return request
  }

  private static func kind(of path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }
}

/// Whatever thread ends the process calls it, so it is bound to no actor.
private func endHeadStart() { HeadStart.end() }
