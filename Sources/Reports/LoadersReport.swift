import NodeModules

/// The list of loaders that `airworthy loaders` prints.
public enum LoadersReport {
  public static func text(
    _ loaders: [LoaderDocumentation] = LoaderDocumentation.all, style: TextStyle = TextStyle()
  ) -> String {
    var page = TextPage(style: style)
    for (index, loader) in loaders.enumerated() {
      if index > 0 { page.blank() }
      page.raw(page.painted(loader.id, .bold))
      page.paragraph(loader.summary, indent: 2)
      page.paragraph(loader.convention, label: "  Convention:", indent: 15)
      page.paragraph(loader.precedence, label: "  Precedence:", indent: 15)
      page.paragraph(loader.source, label: "  Source:", indent: 15)
    }
    return page.text
  }

  /// The page `Documentation/Loaders.md`.
  public static func markdown(_ loaders: [LoaderDocumentation] = LoaderDocumentation.all) -> String {
    let chapters = LoaderDocumentation.Kind.allCases.map { kind in
      let sections = loaders.filter { $0.kind == kind }.map { loader in
        """
        ### \(loader.id)

        \(loader.summary)

        **Convention:** \(loader.convention)

        **Precedence:** \(loader.precedence)

        **Source:** \(loader.source)

        """
      }
      return "## \(title(of: kind))\n\n" + sections.joined(separator: "\n")
    }
    return """
      # Loaders

      How npm packages find their native binary, as airworthy follows it. This page is generated from the comments in
      `Sources/NodeModules/Loaders` by `Scripts/generate-loaders`; adding a loader is adding one file there. A package that no
      loader here is for is followed through its own JavaScript: the `require`s of literal paths, and the libraries below.


      """ + chapters.joined(separator: "\n")
  }

  private static func title(of kind: LoaderDocumentation.Kind) -> String {
    switch kind {
    case .named: "Packages"
    case .generic: "What one tool generates"
    case .library: "Libraries"
    case .layout: "Tools of the installation"
    }
  }
}
