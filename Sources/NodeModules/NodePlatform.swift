/// What a target is to Node.js and to npm packages that look for their binary.
public struct NodePlatform: Hashable, Sendable {
  /// `process.platform`.
  public var platform = "linux"
  /// `process.arch`: `x64` or `arm64`.
  public var architecture: String
  /// As detect-libc and npm call it.
  public var libc = "glibc"
  /// glibc's release, such as `2.34`.
  public var glibcVersion: String?
  /// `process.versions.node`.
  public var nodeVersion: String?
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

  /// The tuple with the C library as napi-rs writes it: `linux-arm64-gnu`.
  public var gnuTuple: String { "\(tuple)-\(libc == "musl" ? "musl" : "gnu")" }

  /// The release's numbers; missing ones count as 0.
  var nodeNumbers: (major: Int, minor: Int) {
    let numbers = nodeVersion?.split(separator: ".").map { Int($0) ?? 0 } ?? []
    return (numbers.first ?? nodeMajor ?? 0, numbers.count > 1 ? numbers[1] : 0)
  }
}
