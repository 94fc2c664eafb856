/// One paragraph for each cause: what happened and why.
extension Story {
  var paragraph: String {
    var sentences = [sentence]
    if let misleads = message.misleads { sentences.append("The message is misleading: \(misleads)") }
    sentences += message.remarks
    return sentences.filter { !$0.isEmpty }.joined(separator: " ")
  }

  private var sentence: String {
    switch message.cause {
    case .foreignFormat: foreignFormat
    case .wrongArch: wrongArch
    case .wrongClass:
      "\(subject) is a \(facts.architectureFound ?? "32-bit") file, and the process that loads it needs \(facts.architectureNeeded ?? "64-bit") ones."
    case .damagedFile: damaged
    case .muslOnGlibc:
      "\(capitalized(subject)) was built for musl, Alpine's C library, and runs on a system with glibc, as Lambda's is: node_modules was installed in an Alpine container, or the musl variant was chosen."
    case .glibcOnMusl:
      "\(capitalized(subject)) was built for glibc and runs on Alpine, whose C library is musl: \(missingPart) exists in glibc only. It was installed on another distribution, or there is no musl build."
    case .glibcTooNew: glibcTooNew
    case .libstdcxxTooNew:
      "\(capitalized(subject)) was compiled with a newer GCC than the C++ library\(inLibrary) belongs to: it asks for \(versions), which that libstdc++ does not have."
    case .libraryVersion:
      "\(capitalized(subject)) asks for \(wanted) of a library, and the library that was found\(inLibrary) is another build that lacks it: two packages bring different copies, or the system's is older."
    case .missingLibrary: missingLibrary
    case .undefinedSymbol: undefinedSymbol
    case .abiMismatch: abiMismatch
    case .napiTooNew: napiTooNew
    case .doubleLoad:
      "\(capitalized(subject)) was loaded a second time in one process – by a worker thread, or after a dev server or test runner had reset its modules –, and it registers itself only once."
    case .staticTLS:
      "\(capitalized(subject)) needs room in the static block of thread-local storage, which glibc hands out when the process starts; nothing is left for a library that is loaded later."
    case .noexecMount:
      "The system refuses to map \(subject) as code: it lies on a file system that is mounted noexec, or memory that is writable and executable is not allowed."
    case .permissionLost: permissionLost
    case .cpuMicroarch:
      "\(capitalized(subject)) uses instructions that the processor, or the virtual machine, does not have: it was compiled for a newer microarchitecture."
    default: packagingSentence
    }
  }

  private var foreignFormat: String {
    let found =
      facts.platformFound.flatMap { $0.hasPrefix("linux") ? nil : $0 }.map { " (for \($0), by its name)" } ?? ""
    let lead = message.path == nil && message.npmPackage == nil ? "A native binary" : capitalized(subject)
    return
      "\(lead) is no Linux binary\(found): it was installed or built on macOS or Windows, and native npm packages are compiled, or downloaded, for the machine on which they are installed. glibc calls every file that is not ELF an invalid one."
  }

  private var wrongArch: String {
    let found = facts.platformFound ?? facts.architectureFound
    let what = found.map { " It is for \($0), by its name." } ?? ""
    return
      "\(capitalized(subject)) is for another processor than the one that it runs on: x86_64 and arm64 do not mix, neither in functions nor in layers or images.\(what)"
  }

  private var damaged: String {
    "\(capitalized(subject)) is not the binary that it is named as: it is empty, cut off, damaged, or something else – a Git LFS pointer, a failed download, a link stored as text."
  }

  private var glibcTooNew: String {
    let has = target.glibc.map { " \(target.name) has glibc \($0)." } ?? ""
    return
      "\(capitalized(subject)) was built on a newer Linux distribution than the one that it runs on: it asks for \(versions), and the system's glibc is older.\(has)"
  }

  private var missingLibrary: String {
    let name = facts.sonames?.first ?? message.subject ?? "a shared library"
    let needer = facts.requiredBy ?? package
    return
      "\(needer.map(capitalized) ?? "The file that was loaded") needs the shared library \(name), and it is nowhere that the loader looks: Lambda's images have few libraries, and those of a package are found only in lib/ of the function or a layer, or where the file's own run path leads."
  }

  private var undefinedSymbol: String {
    let names = facts.symbols?.joined(separator: ", ") ?? "a function"
    return
      "\(capitalized(subject)) uses \(names), which neither Node.js nor a library that it loads has: it was built against another release of one of them, or a library is missing from its link."
  }

  private var abiMismatch: String {
    let built = facts.moduleVersionBuilt.map { number in
      "NODE_MODULE_VERSION \(number)" + (facts.nodeBuilt.map { " (Node.js \($0))" } ?? "")
    }
    let required = facts.moduleVersionRequired.map { number in
      "NODE_MODULE_VERSION \(number)" + (facts.nodeRequired.map { " (Node.js \($0))" } ?? "")
    }
    switch (built, required) {
    case (let built?, let required?):
      return
        "\(capitalized(subject)) was compiled for \(built), and the Node.js that loads it has \(required): an addon that uses V8 or NAN is bound to one major version of Node.js."
    case (nil, let required?):
      return "\(capitalized(subject)) was not compiled for the Node.js that loads it, which has \(required)."
    default:
      return "\(capitalized(subject)) was compiled for another major version of Node.js than the one that loads it."
    }
  }

  private var napiTooNew: String {
    let needed = facts.nodeApiRequired.map { "Node-API version \($0)" } ?? "a newer Node-API version"
    let has = facts.nodeApiSupported.map { "has version \($0)" } ?? "has an older one"
    if let symbol = facts.symbols?.first {
      return "\(capitalized(subject)) uses \(symbol), which belongs to \(needed); the Node.js that runs \(has)."
    }
    return "\(capitalized(subject)) asks for \(needed), and the Node.js that runs \(has)."
  }

  private var permissionLost: String {
    let isData = file.map { $0.isAddon || $0.isLibrary } ?? false
    return
      "The function's user may not \(isData ? "read" : "run or read") \(subject): its permissions got lost on the way, as in zips made on Windows or by tools that write no modes, or under a strict umask. On Lambda files belong to somebody else, so that others need r, and x for programs and folders."
  }

  // Parts of sentences

  private var versions: String { facts.symbolVersions?.joined(separator: ", ") ?? "newer symbols" }
  private var wanted: String {
    (facts.symbolVersions ?? facts.symbols)?.joined(separator: ", ") ?? "something"
  }
  private var inLibrary: String { facts.library.map { " (\($0))" } ?? "" }
  private var missingPart: String { facts.symbols?.first ?? facts.sonames?.first ?? "what it needs" }

  func capitalized(_ text: String) -> String {
    text.hasPrefix("a binary") ? "A" + text.dropFirst() : text
  }
}
