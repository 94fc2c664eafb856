/// What musl's loader says, in the words of its `ldso/dynlink.c`: messages of Alpine.
enum Musl: MessageFamily {
  static let patterns: [Pattern] = [
    Pattern("error loading shared library ", missing),
    Pattern("error relocating ", relocation),
    Pattern("/lib/ld-musl-") { hit in
      let rest = hit.following(60)
      guard rest.has("not found") || rest.has("no such file") else { return nil }
      return Message(.muslOnGlibc, .root, path: "/lib/ld-musl-" + rest.prefix { $0 != ":" && $0 != " " && $0 != "'" })
    },
    Pattern("/ld-linux-") { hit in
      let rest = hit.following(70)
      guard rest.has("no such file") || rest.has("not found") else { return nil }
      guard hit.lineText.has("qemu") || hit.lineText.has("rosetta") else {
        return hit.lineText.has("error loading")
          ? nil : Message(.glibcOnMusl, .root, .medium).or(.wrongArch, "uname -m; file PROGRAM")
      }
      return Message(.wrongArch, .root, .medium).or(.glibcOnMusl, "file PROGRAM").with {
        $0.remarks.append(
          "An emulator runs a program of another processor and does not find that processor's C library.")
      }
    },
  ]

  /// The last parts of glibc's own sonames.
  private static let glibcNames = [
    "ld-linux", "libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libresolv.so.2",
    "libutil.so.1",
    "libnsl.so.1", "libcrypt.so.1", "libmvec.so.1", "libanl.so.1", "libnss_",
  ]

  /// `Error loading shared library NAME: REASON (needed by FILE)`.
  private static func missing(_ hit: Hit) -> Message? {
    guard let name = hit.word() else { return nil }
    let rest = hit.rest(limit: 1400)
    let neededBy = rest.between("needed by ", [")", "\n", "'", "\""])
    let file = FileName(name)
    if rest.has("exec format error") {
      return Message(.foreignFormat, .root, path: name)
        .or(.damagedFile, "file \(Glibc.shown(name))").or(.wrongArch, "file \(Glibc.shown(name))")
    }
    if rest.has("permission denied") { return Message(.permissionLost, .root, path: name) }
    guard file.isBare else {
      return Message(.addonNotPackaged, .root, .medium, path: name).or(.missingLibrary, "ls -l \(Glibc.shown(name))")
    }
    let isGlibc = glibcNames.contains { file.base.hasPrefix($0) }
    return Message(isGlibc ? .glibcOnMusl : .missingLibrary, .root, path: neededBy).with {
      $0.subject = name
      $0.facts.append(name, to: \.sonames)
      $0.facts.libc = "musl"
      $0.facts.requiredBy = neededBy
    }.or(.glibcOnMusl, "airworthy inspect \(Glibc.shown(neededBy)) (libc: glibc)", unless: isGlibc)
  }

  /// `Error relocating FILE: SYMBOL: symbol not found`.
  private static func relocation(_ hit: Hit) -> Message? {
    let rest = hit.rest(limit: 1400)
    let parts = rest.split(separator: ":").map { String($0).trimmingBlanks }
    guard let end = parts.firstIndex(where: { $0.has("symbol not found") }), end > 0 else {
      return rest.has("unsupported relocation") ? Message(.damagedFile, .root, path: parts.first) : nil
    }
    let symbol = parts[end - 1]
    let path = end > 1 ? parts[..<(end - 1)].joined(separator: ":") : nil
    return message(symbol).with {
      $0.path = path
      $0.subject = path == nil ? symbol : nil
      $0.facts.append(symbol, to: \.symbols)
      $0.facts.libc = "musl"
    }
  }

  private static func message(_ symbol: String) -> Message {
    if SymbolNames.isGlibcOnly(symbol) { return Message(.glibcOnMusl, .root) }
    if let message = GlibcSymbols.nodeAPI(symbol) { return message }
    if SymbolNames.isEngine(symbol) {
      return Message(.undefinedSymbol, .root).or(.abiMismatch, "npm rebuild in the image that runs; loads then")
    }
    if symbol.hasPrefix("_ZNSt") || symbol.hasPrefix("_ZSt") || symbol.hasPrefix("_ZNKSt") {
      return Message(.libstdcxxTooNew, .root, .medium).or(.glibcOnMusl, "airworthy inspect FILE (libc: glibc)")
    }
    return Message(.undefinedSymbol, .root).or(.glibcOnMusl, "airworthy inspect FILE (libc: glibc)")
  }
}
