/// Programs that packages start: browsers and the like.
enum Programs: MessageFamily {
  static let patterns: [Pattern] = [
    Pattern("executable doesn't exist at ") { hit in Message(.addonNotPackaged, .package, path: hit.word()) },
    Pattern("could not find chrome", browser),
    Pattern("could not find chromium", browser),
    Pattern("browser was not found at the configured", browser),
    Pattern("the input directory ") { hit in
      guard hit.following(200).has("does not exist") else { return nil }
      return Message(
        hit.isAround(.tracing) ? .tracedFileMissing : .addonNotPackaged, .package, path: hit.quoted(within: 2)
      ).or(.tracedFileMissing, "the bundler's list of externals")
    },
  ]

  private static func browser(_ hit: Hit) -> Message? {
    Message(.addonNotPackaged, .package).with {
      $0.remarks.append("The browser is downloaded outside of node_modules and is not in the package.")
    }
  }
}
