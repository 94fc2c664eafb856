/// sharp, which wraps whatever its addon says and adds advice for everything.
enum Sharp: MessageFamily {
  static let patterns: [Pattern] = [
    Pattern("could not load the sharp module", wrapper),
    Pattern("something went wrong installing the", wrapper),
    Pattern("could not load the 'sharp' module", wrapper),
    Pattern("could not load the \"sharp\" module", wrapper),
    Pattern("require v2 microarchitecture", microarchitecture),
    Pattern("unsupported cpu: ", microarchitecture),
    Pattern("binaries cannot be used on the", otherPlatform),
    Pattern("was compiled to use avx") { _ in Message(.cpuMicroarch, .root) },
    Pattern("aren't available on your machine") { _ in Message(.cpuMicroarch, .root) },
  ]

  private static func wrapper(_ hit: Hit) -> Message? {
    let rest = hit.following(160)
    let tracing = hit.isAround(.tracing)
    return Message(tracing ? .tracedFileMissing : .optionalDependencyMissing, .wrapper, .medium).with {
      $0.npmPackage = "sharp"
      $0.facts.platformNeeded = rest.between("using the ", [" ", "\n"])
    }.or(tracing ? .optionalDependencyMissing : .optionalDependencyWrongPlatform, "ls node_modules/@img")
      .or(.addonNotPackaged, "find . -path '*sharp*' -name '*.node'")
  }

  private static func microarchitecture(_ hit: Hit) -> Message? {
    Message(.cpuMicroarch, .root).with {
      $0.misleads =
        "the advice printed below it, on optional dependencies, does not help here: the package is there, the processor is not enough."
      $0.facts.platformNeeded = hit.preceding(60).split(separator: " ").map(String.init).last {
        Platforms.tuple(of: $0) != nil
      }
    }
  }

  /// `'darwin-x64' binaries cannot be used on the 'linux-x64' platform.`
  private static func otherPlatform(_ hit: Hit) -> Message? {
    guard let found = hit.subject(), let needed = hit.quoted(within: 4) else { return nil }
    let isSameSystem = found.split(separator: "-").first == needed.split(separator: "-").first
    let isLinux = found.hasPrefix("linux") && needed.hasPrefix("linux")
    let cause: Cause =
      isSameSystem ? .wrongArch : !isLinux ? .foreignFormat : found.contains("musl") ? .muslOnGlibc : .glibcOnMusl
    return Message(cause, .root).with {
      $0.npmPackage = "sharp"
      $0.facts.platformFound = found
      $0.facts.platformNeeded = needed
      $0.subject = found
    }
  }
}
