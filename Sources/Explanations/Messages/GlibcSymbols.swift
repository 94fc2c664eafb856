import LambdaRuntimes

/// `FILE: undefined symbol: NAME[, version V]`, glibc's `elf/dl-lookup.c`.
enum GlibcSymbols: MessageFamily {
  static let patterns: [Pattern] = [
    Pattern("undefined symbol: ") { hit in
      guard let symbol = hit.word() else { return nil }
      let version = hit.rest(limit: 300).between(", version ", [" ", ")", "'", "\""])
      return message(symbol, version: version, path: Glibc.named(hit), hit)
    },
    Pattern("with link time reference") { hit in
      let before = hit.preceding(500)
      guard let symbol = before.between("symbol ", [",", " "]) else { return nil }
      return message(symbol, version: before.between(", version ", [" "]), path: relocated(hit, before), hit)
    },
  ]

  /// `PROGRAM: relocation error: FILE: symbol S, version V not defined in file L with link time reference`.
  private static func relocated(_ hit: Hit, _ before: String) -> String? {
    before.between("relocation error: ", [":"]).map { $0.trimmingBlanks }
  }

  private static func message(_ symbol: String, version: String?, path: String?, _ hit: Hit) -> Message? {
    let plain = String(symbol.prefix { !"(),;".contains($0) })
    guard !plain.isEmpty else { return nil }
    return base(plain, version, path, hit).with {
      $0.path = path
      $0.subject = path == nil ? plain : nil
      $0.facts.append(plain, to: \.symbols)
      if let version { $0.facts.append(version, to: \.symbolVersions) }
    }
  }

  private static func base(_ symbol: String, _ version: String?, _ path: String?, _ hit: Hit) -> Message {
    let isShadowed = path.map { FileName($0).isBundled && FileName($0).isLibrary } ?? false
    if let version {
      if version.hasPrefix("GLIBC_2") {
        return Message(.glibcTooNew, .root, .medium).or(.libraryVersion, "ldd --version")
      }
      if version.hasPrefix("GLIBCXX") || version.hasPrefix("CXXABI") {
        return Message(.libstdcxxTooNew, .root, .medium).or(.libraryVersion, "find . -name 'libstdc++.so*'")
      }
      return Message(.libraryVersion, .root, .medium)
        .or(
          .layerShadowing,
          "env LD_LIBRARY_PATH= PROGRAM (works when a library of a layer or of the runtime is in the way)"
        )
        .or(.undefinedSymbol, "nm -D of the library that should have the symbol")
    }
    if let message = nodeAPI(symbol) { return message }
    if SymbolNames.isGlibcPrivate(symbol) {
      return Message(.libraryVersion, .root, .medium).or(.undefinedSymbol, "ldd FILE: two builds of glibc together")
    }
    if SymbolNames.isEngine(symbol) {
      return Message(.undefinedSymbol, .root).or(.abiMismatch, "npm rebuild with the Node.js that runs; loads then")
    }
    return Message(.undefinedSymbol, .root)
      .or(
        .layerShadowing, "env LD_LIBRARY_PATH= (a library of that name from elsewhere is found first)",
        unless: !isShadowed
      )
      .or(.libraryVersion, "ldd -r \(Glibc.shown(path))")
  }

  /// A Node-API function that some release has first.
  static func nodeAPI(_ symbol: String) -> Message? {
    guard symbol.hasPrefix("napi_") || symbol.hasPrefix("node_api_") else { return nil }
    let version = NodeAPISymbols.builtIn.version(introducing: symbol)
    guard version.map({ $0 > 3 }) ?? true else {
      return Message(.undefinedSymbol, .root).or(.napiTooNew, "node -p process.versions.napi").with {
        $0.remarks.append(
          "Every Node.js of the last years exports it: something else than Node.js, or a very old one, loads the addon."
        )
      }
    }
    return Message(.napiTooNew, .root).or(.undefinedSymbol, "node -p process.versions.napi").with {
      $0.facts.nodeApiRequired = version
    }
  }
}

/// What the names of symbols tell.
enum SymbolNames {
  /// Of V8, Node.js's C++ interface and libuv: they change with Node.js.
  static func isEngine(_ symbol: String) -> Bool {
    ["_ZN2v8", "_ZNK2v8", "_ZN4node", "_ZNK4node", "_ZTVN2v8", "_ZTIN2v8", "node_module_register"].contains {
      symbol.hasPrefix($0)
    } || symbol.hasPrefix("uv_") || symbol.hasPrefix("__ZN2v8")
  }

  /// What only parts of glibc use of each other.
  static func isGlibcPrivate(_ symbol: String) -> Bool {
    symbol.hasPrefix("__libc_") || symbol.hasPrefix("_dl_") || symbol.hasPrefix("__twalk") || symbol == "__nptl_version"
  }

  /// What glibc exports and musl does not: checked variants, versioned C23 ones, and some of its own.
  static func isGlibcOnly(_ symbol: String) -> Bool {
    if symbol.hasPrefix("__"), symbol.hasSuffix("_chk") || symbol.hasPrefix("__isoc") || symbol.hasPrefix("__libc_") {
      return true
    }
    return symbol.hasPrefix("__res_") || symbol.hasPrefix("_dl_") || known.contains(symbol)
  }

  private static let known: Set<String> = [
    "gnu_get_libc_version", "backtrace", "backtrace_symbols", "backtrace_symbols_fd", "mallinfo", "mallinfo2",
    "malloc_trim", "malloc_usable_size", "__register_atfork", "__cxa_thread_atexit_impl", "secure_getenv", "qsort_r",
    "fcntl64", "open64", "openat64", "stat64", "fstat64", "lstat64", "fstatat64", "lseek64", "pread64", "pwrite64",
    "mmap64", "ftruncate64", "readdir64", "fopen64", "getrlimit64", "strtoll_l", "strtoull_l", "__strdup",
    "__xpg_basename", "__sched_cpualloc", "__sched_cpufree", "__fdelt_chk", "__finite", "__isnan", "__isinf",
    "__memcpy_chk", "__errno_location_chk", "parse_printf_format", "getcontext", "makecontext", "swapcontext",
    "error", "initstate_r", "random_r", "srandom_r", "mcheck", "fts_open", "argp_parse", "__exp_finite",
    "__pow_finite", "__log_finite", "__rawmemchr", "rawmemchr", "__iso_c99_sscanf", "__sigsetjmp_chk",
    "gethostbyname_r_chk",
  ]
}

extension String {
  var trimmingBlanks: String {
    var text = self[...]
    while text.first == " " { text = text.dropFirst() }
    while text.last == " " { text = text.dropLast() }
    return String(text)
  }
}
