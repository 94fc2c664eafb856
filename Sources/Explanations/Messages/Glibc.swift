/// What glibc's loader says of one file, in the words of its `elf/dl-load.c`; `ld.so` and `dlopen` say the same.
enum Glibc: MessageFamily {
  static let patterns: [Pattern] =
    [
      Pattern("invalid elf header", notELF),
      Pattern("file too short", tooShort),
      Pattern("wrong elf class", wrongClass),
      Pattern("cannot open shared object", cannotOpen),
      Pattern("elf file data encoding not", byteOrder),
      Pattern("elf file os abi invalid", otherSystem),
      Pattern("failed to map segment from shared object", cannotMap),
      Pattern("cannot enable executable stack", executableStack),
      Pattern("cannot apply additional memory protection", executableStack),
      Pattern("cannot make segment writable for relocation", executableStack),
      Pattern("in static tls block", staticTLS),
      Pattern("object with static tls", staticTLS),
      Pattern("cpu isa level is lower than required", microarchitecture),
      Pattern("kernel too old") { hit in
        Message(.glibcTooNew, .root, .medium).with {
          $0.remarks.append("glibc refuses the kernel: it was built for a newer one.")
        }
      },
      Pattern("inconsistency detected by ld.so", damaged("glibc's own checks of the file's tables failed")),
    ] + damages.map { phrase, what in Pattern(phrase, damaged(what)) }

  /// Wordings that only a file gets whose contents are wrong.
  private static let damages: [(String, String)] = [
    ("cannot read file data", "the file ends before its own headers do, or it is a directory"),
    ("elf load command past end of file", "the file ends before its own contents"),
    ("elf load command address/offset not", "its segments do not lie where they must"),
    ("elf load command alignment not", "its segments are not aligned to pages"),
    ("object file has no dynamic section", "it has no dynamic section: it was never linked as a shared object"),
    ("object file has no loadable segments", "it has nothing to load"),
    ("only et_dyn and et_exec can be loaded", "it is an object file that was never linked (a .o)"),
    ("cannot dynamically load executable", "it is a program, no shared object"),
    ("cannot dynamically load position-independent", "it is a program, no shared object"),
    ("elf file's phentsize not the", "its header is damaged"),
    ("elf file version", "its header is damaged"),
    ("elf file abi version invalid", "its header asks for an ABI that this glibc does not have"),
    ("nonzero padding in e_ident", "its header is damaged"),
    ("unexpected reloc type", "a relocation of a kind that this processor does not have"),
    ("unsupported version of verneed record", "its table of versions is damaged"),
  ]

  /// `PATH: invalid ELF header`.
  private static func notELF(_ hit: Hit) -> Message? {
    let name = named(hit)
    let file = FileName(name ?? "")
    // musl's own name for its C library: where glibc's development files are, that is a linker script.
    if file.base == "libc.so" {
      return Message(.muslOnGlibc, .root, path: name).with {
        $0.facts.append("libc.so", to: \.sonames)
        $0.misleads =
          "the addon asks for libc.so, musl's name of the C library; glibc's development files have a text file of that name, and that is what has no ELF header."
      }
    }
    return Message(.foreignFormat, .root, name == nil ? .medium : .high, path: name).with {
      $0.facts.platformFound = Platforms.tuple(of: file.text)
    }.or(.damagedFile, "head -c 16 \(shown(name)) | od -c (a Git LFS pointer or a web page is text)")
  }

  private static func tooShort(_ hit: Hit) -> Message? {
    guard let name = named(hit), hit.rest(limit: 2).first.map({ !$0.isLetter }) ?? true else { return nil }
    let file = FileName(name)
    guard file.isAddon || file.isLibrary || hit.isAround(.loadingAddon) else { return nil }
    let message = Message(.damagedFile, .root, path: name).with {
      $0.remarks.append("The file has fewer than 64 bytes: it is empty, was cut off, or holds something else.")
    }
    return file.isLibrary
      ? message.or(.symlinkDropped, "cat \(shown(name)) (a link that was stored as a text file shows its target)")
      : message
  }

  private static func wrongClass(_ hit: Hit) -> Message? {
    let name = named(hit)
    return Message(.wrongClass, .root, path: name).with {
      let is64 = hit.rest(limit: 24).has("class64")
      $0.facts.architectureFound = is64 ? "64-bit" : "32-bit"
      $0.facts.architectureNeeded = is64 ? "32-bit" : "64-bit"
      if FileName(name ?? "").isBare, let name { $0.facts.append(name, to: \.sonames) }
    }
  }

  private static func byteOrder(_ hit: Hit) -> Message? {
    Message(.wrongArch, .root, path: named(hit)).with {
      $0.facts.architectureFound = hit.rest(limit: 20).has("little") ? "big-endian" : "little-endian"
    }
  }

  private static func otherSystem(_ hit: Hit) -> Message? {
    Message(.foreignFormat, .root, path: named(hit)).with {
      $0.remarks.append("It is ELF, but for another system than Linux, such as FreeBSD.")
    }
  }

  private static func cannotMap(_ hit: Hit) -> Message? {
    let rest = hit.rest(limit: 80)
    if rest.has("cannot allocate memory") {
      return Message(.otherNotNative, .root, .medium, path: named(hit)).with {
        $0.remarks.append("The process had no memory left to map the file: give the function more.")
      }
    }
    return Message(.noexecMount, .root, path: named(hit)).or(
      .damagedFile, "mount | grep noexec; airworthy inspect \(shown(named(hit)))")
  }

  private static func executableStack(_ hit: Hit) -> Message? {
    Message(.noexecMount, .root, .medium, path: named(hit)).with {
      $0.remarks.append(
        "The file asks for memory that is writable and executable at once, and the system (glibc 2.41 and later, SELinux, or a hardened kernel) does not give it; clear the flag with patchelf --clear-execstack, or build it without."
      )
    }
  }

  private static func staticTLS(_ hit: Hit) -> Message? {
    Message(.staticTLS, .root, path: named(hit)).with {
      if let name = $0.path, FileName(name).isLibrary { $0.facts.append(FileName(name).base, to: \.sonames) }
    }
  }

  private static func microarchitecture(_ hit: Hit) -> Message? { Message(.cpuMicroarch, .root, path: named(hit)) }

  private static func damaged(_ what: String) -> @Sendable (Hit) -> Message? {
    { hit in
      guard let name = named(hit) else { return nil }
      let isDirectory = hit.rest(limit: 40).has("is a directory")
      return Message(.damagedFile, .root, path: name).with {
        $0.remarks.append(
          isDirectory ? "It is a directory, although it is named as a file." : "Of the file itself: \(what).")
      }
    }
  }

  /// The file before the colon; not a word of the sentence, such as `Error`.
  static func named(_ hit: Hit, before offset: Int? = nil) -> String? {
    guard let name = hit.subject(before: offset) else { return nil }
    let plain = name.lowercased()
    let isWord = ["error", "warning", "uncaught", "exception", "the", "an", "with", "got", "libraries"].contains(plain)
    return isWord || !name.contains { $0 == "." || $0 == "/" || $0 == "\\" } ? nil : name
  }

  /// The name as it can stand in a command for people to adapt.
  static func shown(_ name: String?) -> String {
    guard let name, name.utf8.count < 200,
      name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "/._-+@".contains($0)) }), name.first != "-"
    else { return "FILE" }
    return name
  }
}
