import NodeModules

/// What rules and remedies need to know of the target.
public struct AuditTarget: Hashable, Sendable {
  /// Such as `nodejs20.x`; `nil` for an environment read from files.
  public var runtimeID: String?
  /// `x86_64` or `arm64`.
  public var architecture: String
  /// Such as `20.20.2`.
  public var nodeVersion: String?
  public var moduleVersion: Int?
  public var nodeAPIMaximum: Int?
  /// The highest version of glibc's symbols, without prefix: `2.34`.
  public var glibc: String?
  /// The same of libstdc++'s: `3.4.33`.
  public var glibcxx: String?
  /// The container image that has the target's Node.js *and npm*, such as `public.ecr.aws/lambda/nodejs:20`; `nil` where
  /// there is none, as for `provided.al2023`.
  public var image: String?
  /// Dates as `2026-04-30`; `nil` where none is announced.
  public var deprecated: String?
  public var blockCreate: String?
  public var blockUpdate: String?
  /// The day on which the audit is made, in the same form.
  public var today: String
  public var isPreview: Bool
  /// How large function and layers may be together, unzipped, in bytes.
  public var unzippedByteLimit: Int
  /// How large a zip may be that is uploaded directly and not through S3, in bytes.
  public var zippedByteLimit: Int
  /// Other runtimes that a package could be deployed to, in the catalog's order.
  public var alternatives: [Alternative]

  /// Another runtime, for remedies that name one.
  public struct Alternative: Hashable, Sendable {
    public var runtimeID: String
    public var nodeVersion: String?
    public var moduleVersion: Int?
    public var nodeAPIMaximum: Int?
    public var glibc: String?
    public var glibcxx: String?
    /// Whether it can be recommended: neither deprecated nor a preview.
    public var isCurrent: Bool

    var nodeMajor: Int? { nodeVersion?.split(separator: ".").first.flatMap { Int($0) } }

    public init(
      runtimeID: String, nodeVersion: String?, moduleVersion: Int?, nodeAPIMaximum: Int?, glibc: String?,
      glibcxx: String?, isCurrent: Bool
    ) {
      self.runtimeID = runtimeID
      self.nodeVersion = nodeVersion
      self.moduleVersion = moduleVersion
      self.nodeAPIMaximum = nodeAPIMaximum
      self.glibc = glibc
      self.glibcxx = glibcxx
      self.isCurrent = isCurrent
    }
  }

  public init(runtimeID: String?, architecture: String, today: String) {
    self.runtimeID = runtimeID
    self.architecture = architecture
    self.today = today
    isPreview = false
    unzippedByteLimit = 262_144_000
    zippedByteLimit = 50 << 20
    alternatives = []
  }
}

extension AuditTarget {
  public var nodeMajor: Int? { nodeVersion?.split(separator: ".").first.flatMap { Int($0) } }

  /// As Node.js and npm know it.
  public var nodePlatform: NodePlatform {
    var platform = NodePlatform(
      architecture: nodeArchitecture, moduleVersion: moduleVersion, nodeAPIMaximum: nodeAPIMaximum, nodeMajor: nodeMajor
    )
    platform.nodeVersion = nodeVersion
    platform.glibcVersion = glibc
    return platform
  }

  /// `process.arch`.
  public var nodeArchitecture: String { architecture == "x86_64" ? "x64" : architecture }

  /// As `docker run --platform` wants it.
  public var dockerPlatform: String { architecture == "x86_64" ? "linux/amd64" : "linux/\(architecture)" }

  /// As ELF names the machine.
  public var elfMachine: String { Self.elfMachine(architecture) }

  static func elfMachine(_ architecture: String) -> String { architecture == "arm64" ? "aarch64" : architecture }

  /// What a binary has to be, such as `ELF aarch64 (Linux, glibc ≤ 2.34)`.
  public var wantedFormat: String { "ELF \(elfMachine) (Linux\(glibc.map { ", glibc ≤ \($0)" } ?? ""))" }

  /// How the report calls the target: `nodejs20.x`, or `Node.js 20.20.2` where there is no runtime id.
  public var name: String { runtimeID ?? nodeVersion.map { "Node.js " + $0 } ?? "the target" }

  /// Whether it is Amazon Linux 2, whose package manager is yum, or an older one.
  var hasYum: Bool { glibc.map { SymbolVersion($0) < SymbolVersion("2.34") } ?? false }
}

/// A dotted version, compared number by number.
struct SymbolVersion: Comparable {
  var numbers: [Int]

  init(_ text: String) { numbers = text.split(separator: ".").map { Int($0) ?? 0 } }

  static func < (a: Self, b: Self) -> Bool { a.numbers.lexicographicallyPrecedes(b.numbers) }
}
