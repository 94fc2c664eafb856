/// What a package is checked for: a runtime, an architecture, and the Node.js in it.
public struct Target: Hashable, Sendable {
  public let runtime: Runtime
  public let architecture: Architecture
  public let nodeVersion: NodeVersion

  /// Takes the runtime's newest known Node.js unless `nodeVersion` names another.
  ///
  /// Throws where the runtime does not exist on the architecture, and for `provided…` without `nodeVersion`.
  public init(runtime: Runtime, architecture: Architecture, nodeVersion: NodeVersion? = nil) throws(TargetError) {
    guard runtime.architectures.contains(architecture) else {
      throw .architectureNotAvailable(runtime: runtime.id, architecture, available: runtime.architectures)
    }
    guard let node = nodeVersion ?? runtime.node?.version else { throw .nodeVersionNeeded(runtime: runtime.id) }
    self.runtime = runtime
    self.architecture = architecture
    self.nodeVersion = node
  }
}

extension Target: CustomStringConvertible {
  /// `nodejs20.x on arm64`
  public var description: String { "\(runtime.id) on \(architecture.rawValue)" }
}

/// Why there is no such target.
public enum TargetError: Error, Hashable, Sendable {
  /// `nearest` is the known runtime whose name is most like it, if one is.
  case unknownRuntime(String, nearest: String?, known: [String])
  case unknownArchitecture(String)
  case architectureNotAvailable(runtime: String, Architecture, available: [Architecture])
  /// The package brings its own Node.js.
  case nodeVersionNeeded(runtime: String)
  case unknownNodeVersion(String)
}

extension TargetError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownRuntime(let name, let nearest, let known):
      let hint = nearest.map { "; did you mean \($0)?" } ?? ";"
      return "unknown runtime '\(Self.short(name))'\(hint) Known: \(known.joined(separator: ", "))"
    case .unknownArchitecture(let name):
      return "unknown architecture '\(Self.short(name))'; Lambda has x86_64 and arm64"
    case .architectureNotAvailable(let runtime, let architecture, let available):
      return "\(runtime) does not exist on \(architecture.rawValue), only on "
        + available.map(\.rawValue).joined(separator: " and ")
    case .nodeVersionNeeded(let runtime):
      return "\(runtime) has no Node.js of its own; name the one in the package with --node-version"
    case .unknownNodeVersion(let text):
      return "'\(Self.short(text))' is no Node.js version; write it like 22.14.0"
    }
  }

  /// What the user typed, in one line of bearable length.
  private static func short(_ text: String) -> String {
    let line = String(String.UnicodeScalarView(text.unicodeScalars.prefix(60).map { $0.value < 0x20 ? "?" : $0 }))
    return text.unicodeScalars.count > 60 ? line + "…" : line
  }
}
