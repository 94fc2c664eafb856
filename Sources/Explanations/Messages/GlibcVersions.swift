/// ``LIBRARY: version `X' not found (required by FILE)``, glibc's `elf/dl-version.c`.
enum GlibcVersions: MessageFamily {
  static let patterns: [Pattern] = [
    Pattern("not found (required by", version),
    Pattern("glibc_2.", bare),
    Pattern("glibcxx_3", bare),
    Pattern("cxxabi_1", bare),
    Pattern("no version information available") { hit in
      guard let library = Glibc.named(hit) else { return nil }
      return Message(.libraryVersion, .consequence, .low, path: library).with {
        $0.remarks.append(
          "This is a warning: the library that was found is not the build that the file was linked with.")
      }
    },
    Pattern("requires glibc ") { hit in
      guard let version = hit.word(), version.first?.isNumber ?? false else { return nil }
      return Message(.glibcTooNew, .package).with { $0.facts.append("GLIBC_" + version, to: \.symbolVersions) }
    },
  ]

  /// A version's name in any quotes, with `not found` behind it.
  private static func bare(_ hit: Hit) -> Message? {
    let tail = hit.passage.text(hit.range.lowerBound..<min(hit.passage.bytes.count, hit.range.upperBound + 60))
    guard let name = versionName(tail) else { return nil }
    let rest = tail.dropFirst(name.utf8.count)
    // `strings libstdc++.so.6` lists what is there; only what is not found is a message.
    guard rest.prefix(16).lowercased().contains("not") else { return nil }
    let isComplete = rest.lowercased().contains("not found (required by")
    return isComplete ? nil : message(name, library: library(hit, before: hit.range.lowerBound), requiredBy: nil)
  }

  private static func version(_ hit: Hit) -> Message? {
    let before = hit.preceding(96)
    guard let name = before.split(whereSeparator: { " '\"".contains($0) }).last.map(String.init),
      name.contains("_") || name.contains("."), name.lowercased() != "version"
    else { return nil }
    let offset = max(0, hit.range.lowerBound - 1 - name.utf8.count)
    return message(name, library: library(hit, before: offset), requiredBy: requiredBy(hit))
  }

  /// The path in `(required by PATH)`, which may have blanks and be cut.
  private static func requiredBy(_ hit: Hit) -> String? {
    let bytes = hit.passage.bytes
    let end = min(bytes.count, hit.range.upperBound + 1024)
    let rest = bytes[hit.range.upperBound..<end].prefix { $0 != 0x29 && $0 != 0x27 && $0 != 0x22 }
    let text = String(decoding: rest, as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
    let trimmed = String(text.drop { $0 == " " })
    return trimmed.isEmpty ? nil : trimmed
  }

  /// The library's path, which stands before ``: version `X'``.
  private static func library(_ hit: Hit, before offset: Int) -> String? {
    let near = hit.passage.text(max(0, offset - 40)..<offset).lowercased()
    guard let word = near.ranges(of: "version").last else { return Glibc.named(hit, before: offset) }
    return Glibc.named(hit, before: offset - near[word.lowerBound...].utf8.count)
  }

  private static func message(_ version: String, library: String?, requiredBy: String?) -> Message? {
    let shadow = library.map(FileName.init)?.isBundled ?? false
    let byNode = requiredBy.map { ["node", "/var/lang/bin/node"].contains($0) || $0.hasSuffix("/bin/node") } ?? false
    let family = version.uppercased()
    var message: Message
    if family.hasPrefix("GLIBC_"), family != "GLIBC_PRIVATE" {
      message = Message(.glibcTooNew, .root, path: requiredBy)
    } else if family.hasPrefix("GLIBCXX_") || family.hasPrefix("CXXABI_") {
      message = Message(shadow ? .layerShadowing : .libstdcxxTooNew, .root, path: requiredBy)
      if shadow { message = message.or(.libstdcxxTooNew, "remove \(Glibc.shown(library)) and load again") }
    } else {
      message = Message(byNode && shadow ? .layerShadowing : .libraryVersion, .root, path: requiredBy)
      if shadow {
        message = message.or(
          .layerShadowing, "find / -name '\(Glibc.shown(library.map { FileName($0).base }))' -not -path '/proc/*'")
      }
    }
    return message.with {
      $0.confidence = library == nil && requiredBy == nil ? .medium : .high
      $0.subject = requiredBy == nil ? library : nil
      $0.facts.append(family, to: \.symbolVersions)
      $0.facts.library = library
      $0.facts.requiredBy = requiredBy
      if let library { $0.facts.append(FileName(library).base, to: \.sonames) }
    }
  }

  /// `GLIBC_2.28` at the start of `text`.
  private static func versionName(_ text: String) -> String? {
    let name = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }
    let trimmed = name.hasSuffix(".") ? name.dropLast() : name
    return trimmed.last.map(\.isNumber) ?? false ? String(trimmed) : nil
  }
}

extension FileName {
  /// Whether a library comes with a package or a layer and not with the system or Lambda's runtime.
  var isBundled: Bool { text.hasPrefix("/opt/") || text.hasPrefix("/var/task") || components.contains("node_modules") }
}
