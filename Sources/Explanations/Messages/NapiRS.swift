/// The loader that napi-rs generates; Tailwind's, Rspack's and many others are one.
enum NapiRS: MessageFamily {
  static let patterns: [Pattern] = [
    Pattern("cannot find native binding", missing),
    Pattern("failed to load native binding", missing),
    Pattern("native binding package version mismatch") { hit in
      let rest = hit.following(120)
      return Message(.staleArtifact, .package).with {
        $0.remarks.append(
          "JavaScript and binary are of two releases (\(rest.between("expected ", [" "]) ?? "one") and \(rest.between("got ", [" ", "."]) ?? "another")): one of them is left over from an earlier installation."
        )
      }.or(.optionalDependencyWrongPlatform, "npm ls --all")
    },
    Pattern("unsupported architecture on ", unsupported),
    Pattern("unsupported os: ", unsupported),
    Pattern("failed to load swc binary", missing),
    Pattern("can not find node binding files from", missing),
    Pattern("but it was not installed", notInstalled),
  ]

  /// A wrapper for whatever went wrong; what is known of it stands around it.
  private static func missing(_ hit: Hit) -> Message? {
    let around = hit.preceding(400)
    let platform = hit.rest(limit: 60).between("for ", [" ", ",", "\n"])
    return Message(hit.isAround(.tracing) ? .tracedFileMissing : .optionalDependencyMissing, .wrapper, .medium).with {
      $0.facts.platformNeeded = platform.map { $0.split(separator: "/").joined(separator: "-") }
      $0.misleads =
        "this loader says the same whatever failed; the real error is in its [cause] or in the lines around."
      if around.has("worker") { $0.remarks.append("It was loaded in a worker.") }
    }.or(
      hit.isAround(.tracing) ? .optionalDependencyMissing : .optionalDependencyWrongPlatform,
      "npm ls --all | grep -E 'linux|darwin|win32'"
    )
    .or(.glibcTooNew, "node -e \"try { require('PACKAGE') } catch (e) { console.log(e.cause) }\"")
    .or(.muslOnGlibc, "ldd of the .node file")
  }

  private static func unsupported(_ hit: Hit) -> Message? {
    Message(.prebuildMissing, .package).with {
      $0.facts.platformNeeded = hit.rest(limit: 40).trimmingBlanks
      $0.subject = $0.facts.platformNeeded
    }
  }

  /// Next.js: `Attempted to load @next/swc-linux-x64-gnu, but it was not installed`.
  private static func notInstalled(_ hit: Hit) -> Message? {
    guard let name = hit.subject(), FileName.isValidPackageName(name) else { return nil }
    return Message(.optionalDependencyMissing, .package).with {
      $0.npmPackage = name
      $0.subject = name
      $0.facts.append(name, to: \.packagesNeeded)
      $0.facts.platformNeeded = Platforms.tuple(of: name)
    }
  }
}
