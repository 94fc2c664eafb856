/// What AWS Lambda, and platforms on it, refuse: sizes.
enum PackageSizes: MessageFamily {
  static let patterns: [Pattern] = [
    Pattern("unzipped size must be smaller than", limit),
    Pattern("exceeds the maximum allowed size of", limit),
    Pattern("request must be smaller than", limit),
    Pattern("requestentitytoolarge", limit),
    Pattern("size is greater than max allowed", limit),
    Pattern("consume more than the available size", limit),
    Pattern("exceeds the maximum size limit", limit),
    Pattern("exceeded the unzipped maximum size", limit),
    Pattern("max allowed size is", limit),
    Pattern("codestorageexceeded", limit),
    Pattern("code storage limit exceeded", limit),
    Pattern("is larger than the maximum", limit),
    Pattern("over the size limit", limit),
  ]

  private static func limit(_ hit: Hit) -> Message? {
    let words = hit.lineText.prefix(700).split { !("0"..."9").contains($0) }
    let large = words.compactMap { $0.count < 16 ? Int($0) : nil }.filter { $0 >= 1_000_000 }
    let limit = large.first { limits.contains($0) } ?? (large.count > 1 ? large.min() : large.first)
    return Message(.sizeLimit, .package).with {
      $0.facts.limitBytes = limit
      $0.facts.bytes = large.first { $0 != limit }
    }
  }

  /// Lambda's, in bytes; what stands beside one of them is the package's size.
  private static let limits: Set<Int> = [262_144_000, 70_167_211, 69_905_067, 272_629_760, 52_428_800]
}

/// What Lambda says of the process that ended.
enum LambdaPlatform: MessageFamily {
  static let patterns: [Pattern] = [
    Pattern("extension.launcherror") { _ in
      Message(.wrongArch, .consequence, .low).with { $0.remarks.append("An extension of a layer did not start.") }
        .or(.permissionLost, "ls -l /opt/extensions")
    },
    Pattern("could not unzip uploaded file") { _ in Message(.damagedFile, .package) },
    Pattern("uploaded file must be a non-empty zip") { _ in Message(.damagedFile, .package) },
  ]
}

/// Processes that died without a word of a loader.
enum ProcessEnd: MessageFamily {
  static let patterns: [Pattern] = [
    Pattern("illegal instruction") { _ in
      Message(.cpuMicroarch, .consequence, .medium).with { $0.facts.signal = "SIGILL" }.or(
        .damagedFile, "sha256sum of the file, here and there")
    },
    Pattern("bus error") { hit in
      hit.lineText.utf8.count < 400
        ? Message(.damagedFile, .consequence, .medium).with {
          $0.facts.signal = "SIGBUS"
          $0.remarks.append(
            "A file was shorter than its own headers say: it was cut off, or replaced while it was in use.")
        } : nil
    },
    Pattern("segmentation fault", segmentation),
    Pattern("signal sigsegv", segmentation),
    Pattern("exit status 139", segmentation),
    Pattern("exit code 139", segmentation),
    Pattern("exit status 132") { _ in Message(.cpuMicroarch, .consequence, .medium).with { $0.facts.signal = "SIGILL" }
    },
    Pattern("exit status 135") { _ in Message(.damagedFile, .consequence, .medium).with { $0.facts.signal = "SIGBUS" }
    },
    Pattern("exit status 127") { _ in
      Message(.undefinedSymbol, .consequence, .low).with {
        $0.remarks.append(
          "127 is how a program ends whose function cannot be found at its first call, and how a shell says that there is no such program; the line before it says which."
        )
      }.or(.addonNotPackaged, "the lines before it")
    },
    Pattern("exit status 126") { _ in
      Message(.permissionLost, .consequence, .low).or(.foreignFormat, "file and ls -l of the program")
    },
    Pattern("core dumped") { _ in
      Message(.napiTooNew, .consequence, .low).or(.damagedFile, "airworthy check of the package").or(
        .doubleLoad, "node of the file alone")
    },
  ]

  private static func segmentation(_ hit: Hit) -> Message? {
    Message(.napiTooNew, .consequence, .low).with {
      $0.facts.signal = "SIGSEGV"
      $0.remarks.append(
        "Node.js dies so, without a message, of an addon that asks for a newer Node-API version than it has; a fault in any addon's own code looks the same."
      )
    }.or(.abiMismatch, "airworthy check of the package").or(.damagedFile, "airworthy check of the package")
      .or(.otherNotNative, "node --report-on-signal, or gdb")
  }
}
