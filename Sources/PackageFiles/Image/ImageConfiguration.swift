#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What an image says about itself: OCI image specification 1.1, "Image Configuration".
public struct ImageConfiguration: Hashable, Sendable {
  /// In Go's names: `amd64`, `arm64`.
  public var architecture: String
  public var operatingSystem: String
  /// `WORKDIR`; empty where none is set.
  public var workingDirectory: String
  /// The variables that `ENV` sets; of one that stands twice, the last.
  public var environment: [String: String]
  public var entrypoint: [String]
  public var command: [String]
  /// How many layers it was made of; `nil` where it does not say.
  var layerCount: Int?

  /// The architecture in Lambda's names, `x86_64` or `arm64`; `nil` for one that Lambda does not have.
  public var lambdaArchitecture: String? { Self.lambdaArchitecture(architecture) }

  static func lambdaArchitecture(_ name: String) -> String? {
    switch name {
    case "amd64", "x86_64": "x86_64"
    case "arm64", "aarch64": "arm64"
    default: nil
    }
  }

  /// Such as `linux/amd64`.
  public var platform: String { "\(operatingSystem)/\(architecture)" }
}

extension ImageConfiguration: Decodable {
  private enum Keys: String, CodingKey { case architecture, os, config, rootfs }
  private enum ConfigKeys: String, CodingKey {
    case workingDirectory = "WorkingDir"
    case environment = "Env"
    case entrypoint = "Entrypoint"
    case command = "Cmd"
  }
  private struct RootFS: Decodable {
    // The specification's name.
    var diff_ids: [String]?
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    architecture = try container.decodeIfPresent(String.self, forKey: .architecture) ?? ""
    operatingSystem = try container.decodeIfPresent(String.self, forKey: .os) ?? "linux"
    layerCount = (try? container.decodeIfPresent(RootFS.self, forKey: .rootfs))?.diff_ids?.count
    workingDirectory = ""
    environment = [:]
    entrypoint = []
    command = []
    guard let config = try? container.nestedContainer(keyedBy: ConfigKeys.self, forKey: .config) else { return }
    workingDirectory = try config.decodeIfPresent(String.self, forKey: .workingDirectory) ?? ""
    for setting in try config.decodeIfPresent([String].self, forKey: .environment) ?? [] {
      guard let sign = setting.firstIndex(of: "=") else { continue }
      environment[String(setting[..<sign])] = String(setting[setting.index(after: sign)...])
    }
    entrypoint = try config.decodeIfPresent([String].self, forKey: .entrypoint) ?? []
    command = try config.decodeIfPresent([String].self, forKey: .command) ?? []
  }
}
