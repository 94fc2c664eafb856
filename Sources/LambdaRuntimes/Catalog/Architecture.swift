/// A processor architecture of AWS Lambda, by the name that Lambda gives it.
public enum Architecture: String, Hashable, Sendable, CaseIterable, Codable {
  case x86_64
  case arm64

  /// Takes Lambda's names and those of Node.js, Docker and the kernel: `x64`, `amd64`, `aarch64`; `nil` for others.
  public init?(name: some StringProtocol) {
    switch name.lowercased() {
    case "x86_64", "x86-64", "x64", "amd64": self = .x86_64
    case "arm64", "aarch64", "arm64v8": self = .arm64
    default: return nil
    }
  }

  /// `process.arch` of Node.js, and npm's `--cpu`.
  public var nodeName: String { self == .x86_64 ? "x64" : "arm64" }

  /// Docker's `--platform`.
  public var dockerPlatform: String { self == .x86_64 ? "linux/amd64" : "linux/arm64" }

  /// `e_machine` of its ELF files: `EM_X86_64` or `EM_AARCH64`.
  public var elfMachine: UInt16 { self == .x86_64 ? 62 : 183 }
}
