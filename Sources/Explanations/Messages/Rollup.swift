/// Rollup, which says the same for every error of its addon.
enum Rollup: MessageFamily {
  static let patterns: [Pattern] = [
    Pattern("npm has a bug related to optional dependencies", wrapper),
    Pattern("combination is not yet supported by the native", unsupported),
  ]

  /// Its sentence begins with `Cannot find module @rollup/rollup-linux-x64-gnu.`, which is read as such; the real error is
  /// in `[cause]`.
  private static func wrapper(_ hit: Hit) -> Message? {
    let before = hit.preceding(120)
    guard let name = before.between("cannot find module ", [" "]) else { return nil }
    let package = name.filter { $0 != "'" && $0 != "\"" }.droppingDots
    guard Platforms.isPlatformPackage(package) else { return nil }
    return Message(.optionalDependencyMissing, .wrapper, .high).with {
      $0.npmPackage = package
      $0.subject = package
      $0.facts.append(package, to: \.packagesNeeded)
      $0.facts.platformNeeded = Platforms.tuple(of: package)
      $0.misleads = "Rollup says so for every error of its addon, also where the package is there and does not load."
    }.or(.optionalDependencyWrongPlatform, "ls node_modules/@rollup")
  }

  private static func unsupported(_ hit: Hit) -> Message? {
    Message(.prebuildMissing, .package).with { $0.npmPackage = "rollup" }
  }
}

extension String {
  fileprivate var droppingDots: String {
    var text = self[...]
    while text.last == "." { text = text.dropLast() }
    return String(text)
  }
}
