/// The `bindings` package, which tries a list of places.
enum Bindings: MessageFamily {
  static let patterns: [Pattern] = [
    Pattern("could not locate the bindings file") { hit in
      let places = hit.following(1600)
      let first = places.split(separator: " ").map(String.init).first {
        $0.hasSuffix(".node") || $0.contains("/build/") || $0.contains("\\build\\")
      }
      return Message(
        .addonNotPackaged, .package, path: first.map { $0.filter { $0 != "\"" && $0 != "'" && $0 != "," } }
      )
      .or(.buildEnvironment, "npm rebuild --foreground-scripts (install scripts off, or the compilation failed)")
      .or(.prebuildMissing, "ls of the package where it was installed: no .node there either")
    },
    Pattern("could not find module root given file") { hit in
      Message(.addonNotPackaged, .package, .medium, path: hit.quoted(within: 6)).with {
        $0.remarks.append(
          "The code was bundled away from its package.json, by which bindings finds the package's folder.")
      }
    },
    Pattern("cannot find the native koffi module") { _ in
      Message(.addonNotPackaged, .package).with { $0.npmPackage = "koffi" }
    },
    Pattern("mismatched native koffi modules") { _ in Message(.staleArtifact, .package).with { $0.npmPackage = "koffi" }
    },
  ]
}
