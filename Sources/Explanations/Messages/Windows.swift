/// What Windows' `LoadLibrary` says; Node.js writes the file's name behind it.
enum Windows: MessageFamily {
  static let patterns: [Pattern] = [
    Pattern("not a valid win32 application", foreign),
    Pattern("the specified module could not be found", missing),
    Pattern("the specified procedure could not be found") { hit in
      Message(.undefinedSymbol, .root, .medium, path: file(hit)).or(.abiMismatch, "npm rebuild; loads then").or(
        .wrongPlatformLocal, "npm ci on this machine")
    },
    Pattern("initialization routine failed") { hit in
      Message(.doubleLoad, .root, .low, path: file(hit))
        .or(.libraryVersion, "install the current Visual C++ Redistributable; loads then").or(
          .wrongPlatformLocal, "npm ci on this machine")
    },
    // node-ffi names the code only.
    Pattern("win32 error 126", missing),
    Pattern("win32 error 193", foreign),
    Pattern("this version of %1 is not compatible", foreign),
    Pattern("not compatible with the version of windows", foreign),
    Pattern("image is not valid for this machine", foreign),
  ]

  private static func foreign(_ hit: Hit) -> Message? {
    Message(.wrongPlatformLocal, .root, path: file(hit)).with {
      $0.remarks.append("Windows cannot load the file: it is for another system or another processor.")
      $0.facts.platformFound = $0.path.flatMap(Platforms.tuple)
    }
  }

  private static func missing(_ hit: Hit) -> Message? {
    let path = file(hit)
    return Message(.missingLibrary, .root, .medium, path: path).with {
      $0.misleads = "Windows says so when a DLL that the file needs is missing, although the file itself is there."
    }.or(.wrongPlatformLocal, "npm ci on this machine, with this Node.js").or(
      .addonNotPackaged, "dir \(path.map { _ in "of the file" } ?? "FILE")")
  }

  /// The path behind the sentence, on the same or the next line, or before it.
  private static func file(_ hit: Hit) -> String? {
    for text in [hit.following(600), hit.preceding(600)] {
      let found = text.split { "'\"(),;".contains($0) }.map { String($0).trimmingBlanks }.compactMap(path)
      if let name = text.isEmpty ? nil : found.first { return name }
    }
    return nil
  }

  private static func path(_ text: String) -> String? {
    guard let start = text.firstRange(of: "\\\\?\\")?.lowerBound ?? drive(text) else { return nil }
    let name = text[start...]
    guard let end = name.lowercased().firstRange(of: ".node") else { return nil }
    let count = name.lowercased().distance(from: name.lowercased().startIndex, to: end.upperBound)
    return String(name.prefix(count))
  }

  private static func drive(_ text: String) -> String.Index? {
    guard let colon = text.firstRange(of: ":\\")?.lowerBound, colon > text.startIndex else { return nil }
    return text.index(before: colon)
  }
}
