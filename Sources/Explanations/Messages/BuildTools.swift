/// Compilers and what runs them.
enum BuildTools: MessageFamily {
  static let patterns: [Pattern] =
    [
      Pattern("gyp err! ") { hit in tool(hit, remark: gypRemark(hit)) },
      Pattern("node-gyp rebuild") { hit in
        hit.isAround(.installing) && hit.lineText.has("fail") || hit.lineText.has("err") ? tool(hit, remark: nil) : nil
      },
      Pattern("fatal error: ") { hit in
        let rest = hit.rest(limit: 160)
        guard rest.has(".h: no such file") || rest.has(".hpp: no such file") || rest.has("file not found") else {
          return nil
        }
        return tool(hit, remark: "A header is missing: the development files of a library are not installed.")
      },
      Pattern("no prebuild available") { hit in tool(hit, remark: nil) },
      Pattern("has no member named") { hit in
        tool(
          hit,
          remark: "The sources are written for an older V8 than this Node.js has: take a newer release of the package.")
      },
    ] + phrases.map { phrase, remark in Pattern(phrase) { tool($0, remark: remark) } }

  private static let phrases: [(String, String?)] = [
    ("gyp: name ", nil), ("not found: make", "make is not installed."),
    ("make: command not found", "make is not installed."),
    ("make: not found", "make is not installed."), ("cmake: not found", "CMake is not installed."),
    ("cmake is not installed", "CMake is not installed."), ("cargo: not found", "Rust's cargo is not installed."),
    ("cargo: command not found", "Rust's cargo is not installed."),
    ("g++: command not found", "There is no C++ compiler."), ("g++: not found", "There is no C++ compiler."),
    ("not found: g++", "There is no C++ compiler."), ("cc1plus", "There is no C++ compiler."),
    ("gcc: command not found", "There is no C compiler."),
    ("find any python installation", "node-gyp needs Python, and there is none."),
    ("can't find python executable", "node-gyp needs Python, and there is none."),
    ("python: not found", "node-gyp needs Python, and there is none."),
    ("find any visual studio", "Visual Studio's compiler is not installed."),
    ("no xcode or clt version detected", "Xcode's command line tools are not installed: xcode-select --install."),
    ("xcode-select: error", "Xcode's command line tools are not usable: xcode-select --install."),
    ("msbuild : error", nil), ("c++20 or later required", "The compiler is too old for this Node.js's headers."),
    ("c++17 or later", "The compiler is too old for this Node.js's headers."),
    ("unrecognized command line option '-std", "The compiler is too old for this Node.js's headers."),
    ("required by 'virtual:world'", "pkg-config does not find a library's development files."),
    ("pkg-config: not found", "pkg-config is not installed."), ("failed at the node-", nil),
    ("package manager not found", nil), ("docker: command not found", "Docker is not installed."),
    ("cannot connect to the docker daemon", "Docker's daemon does not answer."),
    ("error during connect", "Docker's daemon does not answer."),
    ("spawnsync docker", "Docker is not there or failed."),
    ("docker exited with status", "What ran in the container failed; the lines before it say why."),
    ("failed to bundle asset", "The bundling failed; the lines before it say why."),
    (
      "error: undefined reference to",
      "The linker does not find a function: a library is missing or of another release."
    ),
  ]

  private static func tool(_ hit: Hit, remark: String?) -> Message? {
    Message(.buildEnvironment, .build).with {
      if let remark { $0.remarks.append(remark) }
    }
  }

  private static func gypRemark(_ hit: Hit) -> String? {
    hit.rest(limit: 60).has("find python") ? "node-gyp needs Python, and there is none." : nil
  }
}

/// npm, yarn and pnpm.
enum PackageManagers: MessageFamily {
  static let patterns: [Pattern] = [
    Pattern("ebadplatform", badPlatform),
    Pattern("unsupported platform for", badPlatform),
    Pattern("is incompatible with this module") { hit in
      let line = hit.lineText
      guard line.has("platform") || line.has("cpu") || line.has("architecture") else { return nil }
      return Message(.optionalDependencyWrongPlatform, .package).with {
        $0.npmPackage = line.between("error ", [":", " "]).flatMap(packageName)
      }
    },
    Pattern("elifecycle") { _ in Message(.buildEnvironment, .build, .low) },
    Pattern("ignored build scripts") { hit in
      Message(.buildEnvironment, .build, .medium).with {
        $0.remarks.append(
          "pnpm 10 runs no install scripts that the project does not allow (onlyBuiltDependencies): the addons were not built or downloaded."
        )
      }
    },
    Pattern("err! code 1") { _ in Message(.buildEnvironment, .build, .low) },
  ]

  /// `Unsupported platform for fsevents@2.3.3: wanted {"os":"darwin"} (current: {"os":"linux","cpu":"x64"})`.
  private static func badPlatform(_ hit: Hit) -> Message? {
    let text = hit.following(300)
    return Message(.optionalDependencyWrongPlatform, .package).with {
      $0.npmPackage = text.between("for ", [":", " ", "\n"]).flatMap(packageName)
      $0.facts.platformFound = text.after("wanted").flatMap { String($0).between("\"os\":\"", ["\""]) }
      $0.facts.platformNeeded = text.after("current").flatMap { String($0).between("\"os\":\"", ["\""]) }
    }
  }

  private static func packageName(_ text: String) -> String? {
    let scoped = text.hasPrefix("@")
    let name = (scoped ? "@" : "") + (text.drop { $0 == "@" }.prefix { $0 != "@" })
    return FileName.isValidPackageName(name) ? name : nil
  }
}
