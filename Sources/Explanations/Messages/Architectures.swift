import NodeModules

/// The names of processors and platforms that messages have.
enum Platforms {
  /// As Lambda calls it; `nil` for other processors.
  static func architecture(_ name: String) -> String? {
    switch name.lowercased() {
    case "x64", "x86_64", "x86-64", "amd64", "elfclass64": "x86_64"
    case "arm64", "aarch64", "arm64e", "armv8": "arm64"
    default: nil
    }
  }

  /// The platform and architecture that a path or a package's name carries, such as `linux-x64`; `nil` where it has none.
  static func tuple(of name: String) -> String? {
    let tokens = PlatformTokens(name.split { $0 == "/" || $0 == "\\" }.map(String.init))
    guard let platform = tokens.platforms.sorted().first, let architecture = tokens.architectures.sorted().first else {
      return nil
    }
    return "\(platform)-\(architecture)" + (tokens.libcs == ["musl"] ? "-musl" : "")
  }

  /// The module version in a path, such as 108 of `node-v108-linux-x64`.
  static func moduleVersion(of name: String) -> Int? {
    PlatformTokens(name.split { $0 == "/" || $0 == "\\" }.map(String.init)).moduleVersions.max()
  }

  /// The npm package for one platform that a name is, with the file behind it cut off.
  static func isPlatformPackage(_ name: String) -> Bool {
    !name.hasPrefix(".") && !name.hasPrefix("/") && PlatformTokens.isPlatformPackage(name)
  }
}
