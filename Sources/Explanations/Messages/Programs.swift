/// Programs that packages start: browsers and the like.
enum Programs: MessageFamily {
  static let patterns: [Pattern] = [
    Pattern("executable doesn't exist at ") { hit in Message(.addonNotPackaged, .package, path: hit.word()) },
    Pattern("could not find chrome") { hit in browser(hit) },
    Pattern("could not find chromium") { hit in browser(hit) },
    Pattern("browser was not found at the configured") { hit in browser(hit) },
    Pattern("the input directory ") { hit in
      guard hit.following(200).has("does not exist") else { return nil }
      return Message(
        hit.isAround(.tracing) ? .tracedFileMissing : .addonNotPackaged, .package, path: hit.quoted(within: 2)
      ).or(.tracedFileMissing, "the bundler's list of externals")
    },
    Pattern("cannot open oracle client") { _ in nil },
  ]

  private static func browser(_ hit: Hit) -> Message? {
    Message(.addonNotPackaged, .package).with {
      $0.remarks.append("The browser is downloaded outside of node_modules and is not in the package.")
    }
  }
}
