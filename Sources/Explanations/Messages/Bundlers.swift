/// esbuild, webpack, Rollup, Vite, Parcel and Turbopack when they meet an addon's bytes.
enum Bundlers: MessageFamily {
  static let patterns: [Pattern] = [
    Pattern("no loader is configured for", noLoader),
    Pattern("an appropriate loader to handle this file type", parseFailed),
    Pattern("need plugins to import files that are not javascript", parseFailed),
    Pattern("no transformers found for") { hit in
      hit.rest(limit: 300).has(".node") ? Message(.bundlerNoLoader, .root, path: file(hit.rest(limit: 300))) : nil
    },
    Pattern("unknown module type") { hit in
      (hit.preceding(300) + hit.following(300)).has(".node")
        ? Message(.bundlerNoLoader, .root, path: file(hit.preceding(300))) : nil
    },
    Pattern("non-ecmascript placeable asset") { hit in
      Message(.bundlerNoLoader, .root, .medium, path: file(hit.preceding(300)))
    },
  ]

  /// esbuild: `No loader is configured for ".node" files: FILE`.
  private static func noLoader(_ hit: Hit) -> Message? {
    let ending = hit.quoted(within: 4)
    let path = hit.rest(limit: 1200).after("files: ").flatMap { $0.split(separator: " ").first.map(String.init) }
    guard ending == ".node" || ending == ".so" || path.map({ FileName($0).isAddon }) ?? false else {
      return Message(.otherNotNative, .unrelated, .medium, path: path).with {
        $0.remarks.append(
          "esbuild was not told what to do with \(ending ?? "such") files; that is no matter of native binaries.")
      }
    }
    return Message(.bundlerNoLoader, .root, path: path)
  }

  /// webpack: `Module parse failed: Unexpected character … You may need an appropriate loader to handle this file type`.
  private static func parseFailed(_ hit: Hit) -> Message? {
    let before = hit.preceding(700)
    if let path = file(before) ?? file(hit.following(500)) { return Message(.bundlerNoLoader, .root, path: path) }
    let isBinary =
      before.contains("\u{fffd}") || before.has("\\u{7f}") || before.has("\u{7f}") || before.has("binary file")
    guard isBinary else {
      return Message(.otherNotNative, .unrelated, .medium).with {
        $0.remarks.append("The bundler met a file that it has no loader for; nothing says that it is a native binary.")
      }
    }
    return Message(.bundlerNoLoader, .root, .medium).or(
      .otherNotNative, "the name of the file in the lines around: is it .node?")
  }

  /// The last name in `text` that ends in `.node`.
  private static func file(_ text: String) -> String? {
    text.split { " '\"(),".contains($0) }.map { word in
      String(word.prefix { $0 != "?" && $0 != "!" })
    }.map { word in
      // FILE:1:0
      word.firstRange(of: ".node:").map { String(word[..<$0.lowerBound]) + ".node" } ?? word
    }.last { $0.lowercased().hasSuffix(".node") }
  }
}
