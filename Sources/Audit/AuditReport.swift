/// The outcome of `check`: one package against one target. Its JSON form is the contract `airworthy/check/1`: keys are
/// only ever added, and an absent fact is an absent key.
public struct AuditReport: Codable, Hashable, Sendable {
  public var schema = "airworthy/check/1"
  public var target: Target
  public var package: Package
  public var binaries: [Binary]
  public var npmPackages: [NPMPackageOutcome]
  public var findings: [Finding]
  public var verdict: Verdict

  public enum Verdict: String, Codable, Sendable { case airworthy, grounded }

  public struct Target: Codable, Hashable, Sendable {
    public var runtime: String?
    public var architecture: String
    /// The Node.js version, such as `20.20.2`.
    public var node: String?
    public var moduleVersion: Int?
    public var nodeApi: Int?
    /// The highest symbol versions, without prefix: `2.34`, `3.4.33`.
    public var glibc: String?
    public var glibcxx: String?
    public var source: Source
    /// Where the environment's Node.js lives when that is not Lambda's place; what else the reader must know.
    public var notes: [String]?
    public enum Source: String, Codable, Sendable { case catalog, sysroot, environment }
  }

  public struct Package: Codable, Hashable, Sendable {
    public var path: String
    public var kind: Kind
    public var files: Int
    /// Of all regular files.
    public var unzippedBytes: Int
    /// Of the archive; absent for a directory.
    public var zippedBytes: Int?
    /// Base 16, of the archive.
    public var sha256: String?
    public enum Kind: String, Codable, Sendable { case directory, zip, layer, image }
  }

  public struct Binary: Codable, Hashable, Sendable {
    /// Relative to `mount`.
    public var path: String
    public var mount: String
    public var linkTarget: String?
    public var format: String
    public var architectures: [String]?
    public var os: String?
    public var libc: String?
    public var kind: String?
    public var registration: String?
    public var moduleVersion: Int?
    public var nodeApiVersion: Int?
    public var requires: Requirements?
    public var needed: [Needed]?
    public var npmPackage: NPMPackage?
    public var role: String?
    public var load: LoadRecord?
  }

  /// The highest symbol version of each family that a binary asks for.
  public struct Requirements: Codable, Hashable, Sendable {
    public var glibc: String?
    public var glibcxx: String?
    public var cxxabi: String?
    public var gcc: String?

    /// The highest version of a family of symbols, by the prefix of its names.
    public subscript(prefix: String) -> String? {
      switch prefix {
      case "GLIBC": glibc
      case "GLIBCXX": glibcxx
      case "CXXABI": cxxabi
      case "GCC": gcc
      default: nil
      }
    }
  }

  public struct Needed: Codable, Hashable, Sendable {
    public var name: String
    /// The path it was opened under; absent when it was not found.
    public var resolved: String?
    public var via: String?
  }

  public struct NPMPackage: Codable, Hashable, Sendable {
    public var name: String
    public var version: String?
    public var path: String
  }

  public struct LoadRecord: Codable, Hashable, Sendable {
    /// `loads`, `throws`, `crashes` or `unknown`.
    public var outcome: String
    public var code: String?
    /// The first line of what Node.js would throw.
    public var message: String?
    public var signal: String?
    public var exit: Int?
    public var lazySymbols: [LazySymbolRecord]?
    /// What could not be decided without running code.
    public var notes: [String]?
  }

  public struct LazySymbolRecord: Codable, Hashable, Sendable {
    public var name: String
    public var version: String?
    public var demangled: String?
    public var object: String?
    /// What becomes of the process at the first call.
    public var meaning: String
  }

  public struct NPMPackageOutcome: Codable, Hashable, Sendable {
    public var name: String
    public var version: String?
    /// Relative to `mount`.
    public var path: String
    public var mount: String?
    public var os: [String]?
    public var cpu: [String]?
    public var libc: [String]?
    /// Whether it has or wants native code, and why.
    public var native: Bool?
    public var nativeBecause: [String]?
    /// How it finds its binary: an id of `Documentation/Loaders.md`.
    public var loader: String?
    /// The binary that serves it, or whose error it throws; relative to its mount.
    public var selected: String?
    /// The mount of `selected` where that is another than the package's.
    public var selectedMount: String?
    /// What the loader tries, in its order.
    public var attempts: [Attempt]?
    /// `loads`, `throws`, `crashes` or `unknown`.
    public var outcome: String?
    /// What `require` of the npm package throws, all its lines; of a crash, its last words.
    public var message: String?
    public var signal: String?
    public var exit: Int?
    /// Whether it works without its binary, and how.
    public var optional: Bool?
    public var fallback: String?

    init(name: String, version: String?, path: String) {
      self.name = name
      self.version = version
      self.path = path
    }
  }

  /// One file or npm package that a loader tried.
  public struct Attempt: Codable, Hashable, Sendable {
    /// Relative to `mount`; the request itself where an npm package was not found.
    public var path: String
    public var mount: String?
    /// `loads`, `throws`, `crashes`, `unknown` or `missing`.
    public var outcome: String
    /// The first line of the error.
    public var message: String?
  }

  public struct Finding: Codable, Hashable, Sendable {
    public var rule: String
    public var severity: Severity
    /// Relative to its mount; absent for what concerns the whole package.
    public var path: String?
    /// Where the tree with `path` stands, `/var/task` or `/opt`; absent with it.
    public var mount: String?
    public var npmPackage: String?
    public var message: String
    public var evidence: [String]
    public var remedy: Remedy?
  }

  public enum Severity: String, Codable, Comparable, Sendable, CaseIterable {
    case note, warning, error
    public static func < (a: Self, b: Self) -> Bool { rank(a) < rank(b) }
    private static func rank(_ s: Self) -> Int { allCases.firstIndex(of: s) ?? 0 }
  }

  public struct Remedy: Codable, Hashable, Sendable {
    public var summary: String
    /// Shell commands that exist, in order; may be empty.
    public var commands: [String]

    public init(summary: String, commands: [String]) {
      self.summary = summary
      self.commands = commands
    }
  }
}

extension AuditReport {
  /// Whether a finding is at least as severe as `severity`; never when that is `nil`.
  public func fails(on severity: Severity?) -> Bool {
    guard let severity else { return false }
    return findings.contains { $0.severity >= severity }
  }
}
