/// node-pre-gyp and prebuild-install, at run time and while they install.
enum NodePreGyp: MessageFamily {
  static let patterns: [Pattern] = [
    Pattern("is not node-pre-gyp ready") { hit in
      Message(.addonNotPackaged, .package, .medium, path: hit.subject()).with {
        $0.remarks.append(
          "The package.json that node-pre-gyp was given is not the package's own: bundled code, most often.")
      }
    },
    Pattern("package.json does not exist") { hit in bundled(hit) },
    Pattern("package.jsondoes not exist") { hit in bundled(hit) },
    Pattern("no prebuilt binaries found") { hit in
      let ends: Set<Character> = [" ", ")"]
      let rest = hit.rest(limit: 300)
      return Message(.prebuildMissing, .build, .medium).with {
        $0.facts.node = rest.between("target=", ends)
        if let platform = rest.between("platform=", ends), let architecture = rest.between("arch=", ends) {
          $0.facts.platformNeeded = "\(platform)-\(architecture)"
        }
      }.or(.buildEnvironment, "the lines after it: it compiles instead, where it can")
    },
    Pattern("tried to download(") { hit in
      Message(.prebuildMissing, .build, .medium).with { $0.subject = hit.word() }.or(
        .buildEnvironment, "curl -I of the address")
    },
  ]

  private static func bundled(_ hit: Hit) -> Message? {
    Message(.addonNotPackaged, .package, .medium, path: hit.subject()).with {
      $0.remarks.append("node-pre-gyp reads the package's package.json when it runs, and the bundle left it behind.")
    }
  }
}
