/// `Cannot find module`, which Node.js says for a whole npm package as for one addon, and `ENOENT` of single files.
enum MissingModules: MessageFamily {
  static let patterns: [Pattern] = [
    Pattern("cannot find module ") { hit in module(hit.quoted(within: 2) ?? hit.word(), hit) },
    Pattern("cannot find package ") { hit in module(hit.quoted(within: 2) ?? hit.word(), hit) },
    Pattern("can't resolve ") { hit in
      guard let name = hit.quoted(within: 2), isNative(name) else { return nil }
      return Message(.bundlerNoLoader, .package, .medium, path: name).or(
        .addonNotPackaged, "ls \(Glibc.shown(name)) beside the file that asks for it")
    },
    Pattern("could not resolve ", unresolved),
    Pattern("enoent: no such file or directory", noEntry),
    Pattern("eloop: too many") { hit in Message(.symlinkDropped, .root, .medium, path: hit.rest().between("'", ["'"]))
    },
    Pattern("too many levels of symbolic links") { hit in
      Message(.symlinkDropped, .root, .medium, path: Glibc.named(hit))
    },
    Pattern("aws crt binary not present") { hit in
      Message(.addonNotPackaged, .package).with { $0.npmPackage = "aws-crt" }
    },
    Pattern("can not be found at path:") { hit in Message(.addonNotPackaged, .package, path: hit.word()) },
  ]

  private static func isNative(_ name: String) -> Bool {
    let file = FileName(name)
    return file.isAddon || Platforms.isPlatformPackage(name) || name.contains("/build/Release/")
      || name.contains("/build/Debug/")
      || name.contains("/lib/binding/") || name.contains("/prebuilds/") || name.hasSuffix(".so")
      || file.base.hasPrefix("libquery_engine")
  }

  private static func module(_ name: String?, _ hit: Hit) -> Message? {
    guard let name, name.utf8.count > 1 else { return nil }
    if let backslashes = slashes(name) { return backslashes }
    let file = FileName(name)
    if Platforms.isPlatformPackage(platformStem(name)), !file.isAddon || name.contains("/") {
      return platformPackage(name, hit)
    }
    // The local fallback of a package that has one package for each platform, as ../lightningcss.linux-x64-gnu.node.
    if file.isAddon, !file.isAbsolute, isPlatformFile(file.base) { return platformFile(file, hit) }
    if isNative(name) { return addon(file, hit) }
    return wholePackage(name, hit)
  }

  private static func isPlatformFile(_ base: String) -> Bool {
    let stem = base.hasSuffix(".node") ? String(base.dropLast(5)) : base
    let words = stem.split(separator: ".").dropFirst().joined(separator: "-")
    let isNamed = Platforms.tuple(of: words) != nil || words.hasSuffix("-universal") || words.hasPrefix("wasi")
    return isNamed && !stem.contains("node-v")
  }

  /// `@img/sharp-linux-x64` of `@img/sharp-linux-x64/sharp.node`.
  private static func platformStem(_ name: String) -> String {
    let parts = name.split(separator: "/").map(String.init)
    return parts.prefix(name.hasPrefix("@") ? 2 : 1).joined(separator: "/")
  }

  private static func platformPackage(_ name: String, _ hit: Hit) -> Message {
    let package = platformStem(name)
    let isTraced = hit.isAround(.tracing)
    return Message(isTraced ? .tracedFileMissing : .optionalDependencyMissing, .package).with {
      $0.subject = package
      $0.npmPackage = package
      $0.facts.append(package, to: \.packagesNeeded)
      $0.facts.platformNeeded = Platforms.tuple(of: package)
    }.or(
      isTraced ? .optionalDependencyMissing : .optionalDependencyWrongPlatform,
      "npm ls --all | grep -E 'linux|darwin|win32' (packages of another platform instead)")
  }

  private static func platformFile(_ file: FileName, _ hit: Hit) -> Message {
    Message(.optionalDependencyMissing, .wrapper, path: file.text).with {
      $0.facts.platformNeeded = Platforms.tuple(of: file.base)
    }.or(.addonNotPackaged, "find . -name '\(Glibc.shown(file.base))'")
  }

  private static func addon(_ file: FileName, _ hit: Hit) -> Message {
    let isTraced = hit.isAround(.tracing)
    let message = Message(isTraced ? .tracedFileMissing : .addonNotPackaged, .package, path: file.text).with {
      $0.facts.platformNeeded = Platforms.tuple(of: file.text)
      if let version = Platforms.moduleVersion(of: file.text) {
        $0.facts.setModuleVersions(built: nil, required: version)
      }
      if file.text.contains("build/Debug") || file.text.contains("build/default") {
        $0.remarks.append(
          "Loaders try this place last: an error of the file in build/Release, tried first, is not shown.")
      }
    }
    let look = "find . -name '*.node' where it runs"
    return message.or(
      isTraced ? .addonNotPackaged : .prebuildMissing,
      "\(look), and where it was installed (missing there too: no binary was downloaded or built)"
    )
    .or(
      .abiMismatch, "ls of the folder above (a folder for another Node.js instead)",
      unless: Platforms.moduleVersion(of: file.text) == nil
    )
    .or(
      .buildEnvironment, "npm rebuild --foreground-scripts (install scripts off: --ignore-scripts, pnpm 10)")
  }

  /// A package that is missing as a whole is no matter of its binary, unless a link to it was.
  private static func wholePackage(_ name: String, _ hit: Hit) -> Message? {
    let stack = hit.following(600)
    let package = FileName.isValidPackageName(platformStem(name)) && !name.hasPrefix(".") ? platformStem(name) : nil
    if package != nil, stack.contains("/.pnpm/"), !stack.contains("/.pnpm/node_modules/") {
      return Message(.symlinkDropped, .package, .medium).with {
        $0.npmPackage = package; $0.subject = name
      }
      .or(.otherNotNative, "find node_modules -type l | head (no links: the zip tool dropped them)")
    }
    let isNative = package.map(NativePackages.names.contains) ?? false
    let message = Message(isNative ? .addonNotPackaged : .otherNotNative, isNative ? .package : .unrelated, .medium)
      .with {
        $0.npmPackage = package
        $0.subject = name
        $0.remarks.append(
          isNative
            ? "All of \(name) is missing, not only its binary."
            : "\(name) is a module that is missing as a whole: it was not installed, not packaged, or stands under another path."
        )
      }
    guard isNative else {
      let isDeployed = hit.isAround(.lambda) && package != nil
      return message.or(
        .staleArtifact,
        "aws lambda get-function-configuration --function-name NAME --query '[LastModified,CodeSha256,Layers]' (an older package or layer is still deployed)",
        unless: !isDeployed)
    }
    return message.or(hit.isAround(.tracing) ? .tracedFileMissing : .otherNotNative, "npm ls \(package ?? "")")
  }

  /// A name with backslashes on a system that has none: the zip was made on Windows.
  private static func slashes(_ name: String) -> Message? {
    guard name.contains("\\"), name.hasPrefix("/var/task") || name.hasPrefix("/opt/") else { return nil }
    return Message(.zipPaths, .root, path: name)
  }

  /// esbuild: `Could not resolve "../build/Debug/node_sqlite3.node"`.
  private static func unresolved(_ hit: Hit) -> Message? {
    guard let name = hit.quoted(within: 2) else { return nil }
    guard
      isNative(name)
        || ["mock-aws-s3", "nock", "aws-sdk"].contains(name) && hit.passage.bytes.count > 0 && hit.isAround(.bundling)
    else {
      return hit.isAround(.bundling) ? Message(.otherNotNative, .unrelated, .medium).with { $0.subject = name } : nil
    }
    if Platforms.isPlatformPackage(platformStem(name)) { return platformPackage(name, hit) }
    return Message(.bundlerNoLoader, .package, .medium, path: name).with {
      $0.remarks.append(
        "The bundler follows a require that is only for a native package's own loader: leave that package out of the bundle (external)."
      )
    }.or(.addonNotPackaged, "find node_modules -name '\(Glibc.shown(FileName(name).base))'")
  }

  /// `ENOENT: no such file or directory, open 'FILE'`.
  private static func noEntry(_ hit: Hit) -> Message? {
    guard let name = hit.quoted(within: 20) else { return nil }
    if let backslashes = slashes(name) { return backslashes }
    let file = FileName(name)
    let endings = [".wasm", ".br", ".bin", ".exe", ".dylib"]
    let isBinary = isNative(name) || file.base.contains(".so.") || endings.contains { name.hasSuffix($0) }
    if hit.isAround(.tracing) {
      return Message(.tracedFileMissing, isBinary ? .package : .wrapper, isBinary ? .high : .medium, path: name).or(
        .addonNotPackaged, "unzip -l of what was deployed")
    }
    if isBinary {
      // WebAssembly and packed programs come with the npm package as they are: only what packed the function can lose them.
      let isData = [".wasm", ".br"].contains { name.hasSuffix($0) }
      return Message(isData ? .tracedFileMissing : .addonNotPackaged, .package, isData ? .medium : .high, path: name)
        .or(isData ? .addonNotPackaged : .tracedFileMissing, "a bundler or tracer (nft, ncc, webpack) chose the files")
    }
    if hit.rest(limit: 30).has("lstat") || hit.rest(limit: 30).has("readlink"), file.components.contains("node_modules")
    {
      return Message(.symlinkDropped, .package, .medium, path: name).or(.otherNotNative, "ls -l \(Glibc.shown(name))")
    }
    return Message(.otherNotNative, .unrelated, .medium, path: name)
  }
}

/// npm packages that are little without their binary.
enum NativePackages {
  static let names: Set<String> = [
    "sharp", "bcrypt", "argon2", "canvas", "better-sqlite3", "sqlite3", "re2", "node-rdkafka", "isolated-vm",
    "node-pty",
    "libxmljs", "libxmljs2", "node-expat", "ref", "ffi", "ref-napi", "ffi-napi", "koffi", "grpc", "node-sass", "fibers",
    "leveldown", "classic-level", "sodium-native", "iconv", "heapdump", "kerberos", "mongodb-client-encryption",
    "libpq",
    "pg-native", "ibm_db", "odbc", "oracledb", "couchbase", "zeromq", "onnxruntime-node", "@tensorflow/tfjs-node",
    "aws-crt", "usb", "serialport", "microtime", "deasync", "snappy", "lz4", "hnswlib-node", "faiss-node",
    "tree-sitter",
    "duckdb", "@duckdb/node-api", "skia-canvas", "farmhash", "xxhash", "cpu-features", "keytar", "gdal-async", "lmdb",
  ]
}
