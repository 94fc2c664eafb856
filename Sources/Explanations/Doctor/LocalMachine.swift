/// What this machine has for installing, building and running Node.js packages. Absent facts are absent keys in JSON.
public struct LocalMachine: Codable, Hashable, Sendable {
  public var system: String
  /// As the kernel has it: `x86_64`, `aarch64`, `arm64`.
  public var machine: String
  public var libc: CLibrary?
  public var node: Node?
  /// Why there is no `node`.
  public var nodeProblem: String?
  public var npm: NPM?
  public var packageManagers: [Tool]
  public var containers: [Tool]
  /// Compilers, zig, Python, the AWS CLI.
  public var tools: [Tool]

  public struct CLibrary: Codable, Hashable, Sendable {
    /// `glibc` or `musl`.
    public var name: String
    public var version: String?
  }

  /// The `node` of PATH, as it tells of itself.
  public struct Node: Codable, Hashable, Sendable {
    public var version: String
    /// `process.platform` and `process.arch`.
    public var platform: String
    public var arch: String
    public var moduleVersion: Int?
    public var nodeApi: Int?
    /// The glibc that it runs on; absent on musl and macOS.
    public var glibc: String?
    public var path: String?
  }

  public struct NPM: Codable, Hashable, Sendable {
    public var version: String
    /// Those settings that change which binaries get installed, where they are set.
    public var settings: [String: String]
  }

  public struct Tool: Codable, Hashable, Sendable {
    public var name: String
    public var version: String?
    /// Of container engines: whether the engine answers.
    public var isReachable: Bool?
    /// Why it is of no use.
    public var problem: String?
  }
}
