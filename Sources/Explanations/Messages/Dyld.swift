/// What macOS's loader says.
enum Dyld: MessageFamily {
  static let patterns: [Pattern] = [
    Pattern("incompatible architecture", architecture),
    Pattern(
      "mach-o, but wrong architecture", foreign("It is Mach-O for another processor than the Node.js that runs.")),
    Pattern("not valid mach-o file", foreign("A slice of it is no Mach-O file: it was installed on another system.")),
    Pattern("not a mach-o file", foreign("It is no Mach-O file: it was installed on another system.")),
    Pattern(
      "unknown file type, first eight bytes", foreign("It is no Mach-O file: it was installed on another system.")),
    Pattern("no suitable image found", foreign("macOS found no file there that it can load.")),
    Pattern("bad cpu type in executable") { hit in
      Message(.wrongPlatformLocal, .root, path: hit.subject()).with {
        $0.remarks.append("The program is for another processor than this Mac's.")
      }
    },
    Pattern("library not loaded:", missingLibrary),
    Pattern("symbol not found in flat namespace") { hit in symbol(hit.word(), hit) },
    Pattern("symbol not found: ") { hit in symbol(hit.word(), hit) },
    Pattern("(no such file)", absent),
    Pattern("code signature in") { hit in
      Message(.damagedFile, .root, .medium, path: opened(hit)).or(.wrongPlatformLocal, "codesign --verify FILE").with {
        $0.remarks.append(
          "macOS refuses its signature: it was changed after it was signed, or was signed for another program.")
      }
    },
    Pattern("library load disallowed by system policy") { hit in
      Message(.noexecMount, .root, .medium, path: opened(hit)).or(
        .wrongPlatformLocal, "xattr -l FILE (com.apple.quarantine)")
    },
  ]

  /// `tried: 'FILE' (no such file)`; a line that also tells of a file that was found and refused says why.
  private static func absent(_ hit: Hit) -> Message? {
    let line = hit.lineText
    guard line.has("dlopen("), !line.has("mach-o"), !line.has("library not loaded"), !line.has("code signature") else {
      return nil
    }
    let path = opened(hit)
    guard path.map({ FileName($0).isLibrary }) ?? false else { return Message(.addonNotPackaged, .root, path: path) }
    return Message(.missingLibrary, .root, path: path)
  }

  /// The file in `dlopen(FILE, 0x0001)`.
  private static func opened(_ hit: Hit) -> String? {
    let bytes = hit.passage.bytes
    let start = max(0, hit.range.lowerBound - 4096)
    let before = String(decoding: bytes[start..<hit.range.upperBound], as: UTF8.self)
    guard let call = before.ranges(of: "dlopen(").last else { return hit.subject() }
    let name = before[call.upperBound...].prefix { $0 != "," && $0 != ")" && $0 != "\n" }
    return name.isEmpty ? nil : String(name)
  }

  /// `(mach-o file, but is an incompatible architecture (have 'x86_64', need 'arm64e' or 'arm64'))`.
  private static func architecture(_ hit: Hit) -> Message? {
    let rest = hit.rest(limit: 120)
    // `have 'x86_64'`, and of older releases `have (x86_64)`.
    let name = { (text: String?) in text.map { $0.filter { !"'() ".contains($0) } } }
    let have = name(rest.between("have ", [","]))
    let need = name(rest.between("need ", [",", "o", "\n"]).map { String($0.prefix(12)) })
    return Message(.wrongPlatformLocal, .root, path: opened(hit)).with {
      $0.facts.architectureFound = have.flatMap(Platforms.architecture) ?? have
      $0.facts.architectureNeeded = need.flatMap(Platforms.architecture) ?? need
    }
  }

  private static func foreign(_ remark: String) -> @Sendable (Hit) -> Message? {
    { hit in Message(.wrongPlatformLocal, .root, path: opened(hit)).with { $0.remarks.append(remark) } }
  }

  /// `Library not loaded: NAME`; a name in the package's own folders was left behind with them.
  private static func missingLibrary(_ hit: Hit) -> Message? {
    guard let name = hit.word() else { return nil }
    let file = FileName(name)
    let isOwn = ["@rpath/", "@loader_path/", "@executable_path/"].contains { name.hasPrefix($0) }
    let look = "find . -name '\(Glibc.shown(file.base))' where it was installed, and where it runs"
    let message = Message(
      isOwn ? .tracedFileMissing : .missingLibrary, .root, .medium, path: file.isAbsolute ? name : nil
    ).with {
      $0.subject = file.base
      $0.facts.append(file.base, to: \.sonames)
      if isOwn {
        $0.remarks.append(
          "\(file.base) comes with the npm package, or with a package beside it, and was not copied along.")
      }
    }
    return message.or(.missingLibrary, look).or(.wrongPlatformLocal, "file of the addon: for this Mac?")
      .or(
        .optionalDependencyMissing,
        "npm ls --all | grep -i \(Glibc.shown(file.base.split(separator: ".").first.map(String.init)))", unless: !isOwn)
  }

  private static func symbol(_ name: String?, _ hit: Hit) -> Message? {
    // musl's wording has the symbol in front.
    guard let name, !hit.lineText.has("error relocating") else { return nil }
    return Message(.undefinedSymbol, .root, .medium, path: hit.isAround(.loadingAddon) ? opened(hit) : nil).with {
      $0.facts.append(name, to: \.symbols)
      $0.subject = name
    }.or(
      SymbolNames.isEngine(String(name.drop { $0 == "_" }).withUnderscore) ? .abiMismatch : .wrongPlatformLocal,
      "npm rebuild on this machine")
  }
}

extension String {
  fileprivate var withUnderscore: String { "_" + self }
}
