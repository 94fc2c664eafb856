/// Prisma, whose query engine is one file for each platform and OpenSSL.
enum Prisma: MessageFamily {
  static let patterns: [Pattern] = [
    Pattern("could not locate the query engine", engine),
    Pattern("query engine library for current platform", engine),
    Pattern("query engine binary for current platform", engine),
    Pattern("for current platform", engine),
    Pattern("unable to require(", wrapper),
    Pattern("unable to load node-api library from", wrapper),
    Pattern("that has not copied", engine),
    Pattern("schema engine could not", engine),
    Pattern("client did not initialize yet") { _ in
      Message(.engineNotPackaged, .package, .medium).with {
        $0.npmPackage = "@prisma/client"
        $0.remarks.append("The generated client itself is missing: node_modules/.prisma was not made, or not deployed.")
      }
    },
    Pattern("the required libssl", ssl),
    Pattern("the required 'libssl' system library", ssl),
  ]

  private static func engine(_ hit: Hit) -> Message? {
    let sentence = hit.preceding(80) + hit.passage.text(hit.range) + hit.following(400)
    guard sentence.has("engine") else { return nil }
    let quoted = hit.quoted(within: 30)
    return Message(.engineNotPackaged, .package).with {
      $0.npmPackage = "@prisma/client"
      $0.facts.platformNeeded = quoted.flatMap { $0.contains("/") || $0.contains(".node") ? nil : $0 }
      $0.facts.platformFound =
        sentence.between("was generated for \"", ["\""]) ?? sentence.between("was generated for '", ["'"])
      if sentence.has("have been pinned") {
        $0.remarks.append("binaryTargets in schema.prisma names other platforms only.")
      }
      if sentence.has("bundler") { $0.remarks.append("A bundler did not copy the engine beside the bundle.") }
    }
  }

  private static func wrapper(_ hit: Hit) -> Message? {
    Message(.engineNotPackaged, .wrapper, .low, path: hit.quoted(within: 12)).with { $0.npmPackage = "@prisma/client" }
      .or(.missingLibrary, "the lines after it")
  }

  private static func ssl(_ hit: Hit) -> Message? {
    Message(.missingLibrary, .package, .medium).with {
      $0.npmPackage = "@prisma/client"
      $0.subject = "libssl"
      $0.remarks.append("Prisma's engine needs OpenSSL's libssl, and the image has none that it knows.")
    }
  }
}
