/// esbuild, turbo, and other programs that come as one npm package for each platform.
enum Esbuild: MessageFamily {
  static let patterns: [Pattern] = [
    Pattern("for another platform than the one", otherPlatform),
    Pattern("on another platform than the one", otherPlatform),
    Pattern("could not be found, and is needed by", missing),
    Pattern("does not match binary version") { _ in
      Message(.staleArtifact, .package).with {
        $0.npmPackage = "esbuild"
        $0.remarks.append(
          "JavaScript and program are of two releases: one of them is left over from an earlier installation.")
      }
    },
    Pattern("did not find the correct binary for your platform") { _ in
      Message(.optionalDependencyMissing, .package).with { $0.npmPackage = "turbo" }
        .or(.optionalDependencyWrongPlatform, "ls node_modules/@turbo node_modules | grep turbo-")
    },
    Pattern("package is present but this platform", otherPlatform),
  ]

  /// `You installed esbuild for another platform than the one you're currently using. … Specifically the "A" package is
  /// present but this platform needs the "B" package instead.`
  private static func otherPlatform(_ hit: Hit) -> Message? {
    let around = hit.preceding(260) + hit.passage.text(hit.range) + hit.following(420)
    let found = quotedName(around.after("specifically the "))
    let needed = quotedName(around.after("needs the "))
    return Message(.optionalDependencyWrongPlatform, .package).with {
      $0.npmPackage = around.between("you installed ", [" "]) ?? "esbuild"
      if let found { $0.facts.append(found, to: \.packagesFound) }
      if let needed { $0.facts.append(needed, to: \.packagesNeeded) }
      $0.facts.platformFound = found.flatMap(Platforms.tuple)
      $0.facts.platformNeeded = needed.flatMap(Platforms.tuple)
      if let found, found == needed {
        $0.misleads =
          "it names \(found) as there and as missing at once: that package is installed, but its program does not run or is not complete."
      }
    }.or(.optionalDependencyMissing, "ls node_modules/@esbuild")
  }

  private static func quotedName(_ text: Substring?) -> String? {
    guard let text, let quote = text.first, quote == "\"" || quote == "'" else { return nil }
    let name = text.dropFirst().prefix { $0 != quote }
    return FileName.isValidPackageName(String(name)) ? String(name) : nil
  }

  /// `The package "@esbuild/linux-x64" could not be found, and is needed by esbuild.`
  private static func missing(_ hit: Hit) -> Message? {
    let name = hit.subject()
    let user = hit.word()
    return Message(.optionalDependencyMissing, .package).with {
      $0.npmPackage = user ?? name
      $0.subject = name
      if let name, FileName.isValidPackageName(name) { $0.facts.append(name, to: \.packagesNeeded) }
      $0.facts.platformNeeded = name.flatMap(Platforms.tuple)
    }.or(.optionalDependencyWrongPlatform, "ls node_modules/@esbuild (another platform's instead)")
  }
}
