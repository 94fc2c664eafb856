/// What a target is to Node.js and to npm packages that look for their binary.
public struct NodePlatform: Hashable, Sendable {
  /// `process.platform`.
  public var platform = "linux"
  /// `process.arch`: `x64` or `arm64`.
  public var architecture: String
  /// As detect-libc and npm call it.
  public var libc = "glibc"
  /// `process.versions.modules`.
  public var moduleVersion: Int?
  /// `process.versions.napi`.
  public var nodeAPIMaximum: Int?
  public var nodeMajor: Int?

  public init(architecture: String, moduleVersion: Int?, nodeAPIMaximum: Int?, nodeMajor: Int?) {
    self.architecture = architecture
    self.moduleVersion = moduleVersion
    self.nodeAPIMaximum = nodeAPIMaximum
    self.nodeMajor = nodeMajor
  }

  /// Such as `linux-arm64`.
  public var tuple: String { "\(platform)-\(architecture)" }
}
