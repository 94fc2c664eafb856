import PackageFiles

extension NPMPackage {
  /// Whether it stands in a `node_modules` directory: something that a package manager installed.
  public var isInNodeModules: Bool { nodeModulesEnd != nil }

  /// Whether its directory is `node_modules/NAME` or `node_modules/@SCOPE/NAME`.
  public var isRootInNodeModules: Bool {
    guard let end = nodeModulesEnd, end < path.bytes.count else { return false }
    return path.bytes.withUnsafeBufferPointer { bytes in
      let rest = bytes[(end + 1)...]
      guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { return true }
      return rest.first == UInt8(ascii: "@") && !rest[(slash + 1)...].contains(UInt8(ascii: "/"))
    }
  }

  /// Where the last `node_modules` of its path ends.
  private var nodeModulesEnd: Int? {
    path.bytes.withUnsafeBufferPointer { bytes in
      var end = bytes.count
      while end > 0 {
        let start = bytes[..<end].lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
        if bytes[start..<end].elementsEqual("node_modules".utf8) { return end }
        end = start - 1
      }
      return nil
    }
  }

  /// Whether it is something that can be loaded by its name, or the application itself: no part of another package.
  public var isInstalled: Bool { isRootInNodeModules || !isInNodeModules }

  /// Whether it is the part of another npm package for one platform.
  public var isPlatformPackage: Bool {
    PlatformTokens.isPlatformPackage(name) || !os.isEmpty && !cpu.isEmpty && dependencies.isEmpty
  }
}
