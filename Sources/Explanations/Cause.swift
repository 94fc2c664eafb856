/// What a log can turn out to mean. The raw values are ids that never change once released.
public enum Cause: String, Codable, Hashable, Sendable, CaseIterable {
  case foreignFormat = "foreign-format"
  case wrongArch = "wrong-arch"
  case wrongClass = "wrong-class"
  case damagedFile = "damaged-file"
  case muslOnGlibc = "musl-on-glibc"
  case glibcOnMusl = "glibc-on-musl"
  case glibcTooNew = "glibc-too-new"
  case libstdcxxTooNew = "libstdcxx-too-new"
  case libraryVersion = "library-version"
  case missingLibrary = "missing-library"
  case undefinedSymbol = "undefined-symbol"
  case abiMismatch = "abi-mismatch"
  case napiTooNew = "napi-too-new"
  case doubleLoad = "double-load"
  case staticTLS = "static-tls"
  case noexecMount = "noexec-mount"
  case permissionLost = "permission-lost"
  case cpuMicroarch = "cpu-microarch"
  case addonNotPackaged = "addon-not-packaged"
  case prebuildMissing = "prebuild-missing"
  case engineNotPackaged = "engine-not-packaged"
  case optionalDependencyMissing = "optional-dependency-missing"
  case optionalDependencyWrongPlatform = "optional-dependency-wrong-platform"
  case tracedFileMissing = "traced-file-missing"
  case bundlerNoLoader = "bundler-no-loader"
  /// What macOS's or Windows' own loader says.
  case wrongPlatformLocal = "wrong-platform-local"
  case buildEnvironment = "build-environment"
  case sizeLimit = "size-limit"
  case staleArtifact = "stale-artifact"
  case layerShadowing = "layer-shadowing"
  case symlinkDropped = "symlink-dropped"
  case zipPaths = "zip-paths"
  /// Nothing that native binaries have to do with.
  case otherNotNative = "other-not-native"
}

extension Cause {
  /// The rules of `check` that find the same fault in a package, the nearest first; empty where no package shows it.
  public var rules: [String] {
    switch self {
    case .foreignFormat, .wrongPlatformLocal: ["foreign-format"]
    case .wrongArch: ["wrong-architecture", "layer-mismatch"]
    case .wrongClass: ["wrong-class"]
    case .damagedFile: ["damaged-binary", "not-an-addon"]
    case .muslOnGlibc: ["musl-build"]
    case .glibcTooNew: ["glibc-too-new"]
    case .libstdcxxTooNew: ["libstdcxx-too-new"]
    case .libraryVersion: ["library-version"]
    case .layerShadowing: ["library-shadowed", "libstdcxx-too-new", "library-version"]
    case .missingLibrary: ["missing-library"]
    case .undefinedSymbol: ["undefined-symbol", "lazy-symbol"]
    case .abiMismatch: ["module-version-mismatch", "not-an-addon"]
    case .napiTooNew: ["node-api-too-new"]
    case .doubleLoad: ["context-unaware", "module-version-mismatch", "not-an-addon"]
    case .staticTLS: ["static-tls"]
    case .noexecMount: ["executable-stack"]
    case .permissionLost: ["not-executable", "unreadable-file"]
    case .cpuMicroarch: ["cpu-microarchitecture"]
    case .addonNotPackaged, .tracedFileMissing: ["addon-missing", "broken-link"]
    case .prebuildMissing, .engineNotPackaged: ["addon-missing"]
    case .optionalDependencyMissing, .optionalDependencyWrongPlatform: ["wrong-platform-package", "addon-missing"]
    case .sizeLimit: ["size-limit"]
    case .staleArtifact: ["stale-package"]
    case .symlinkDropped: ["broken-link", "missing-library"]
    case .zipPaths: ["unsafe-path"]
    case .glibcOnMusl, .bundlerNoLoader, .buildEnvironment, .otherNotNative: []
    }
  }
}

/// How sure a diagnosis is.
public enum Confidence: String, Codable, Hashable, Sendable, CaseIterable {
  /// The message can mean several things, of which this is the likeliest.
  case low
  /// The message is clear, but what stands around it would decide between this and something else.
  case medium
  /// The message has one meaning, or a package proved it.
  case high
}

extension Confidence: Comparable {
  private var rank: Int { self == .low ? 0 : self == .medium ? 1 : 2 }
  public static func < (a: Confidence, b: Confidence) -> Bool { a.rank < b.rank }
}
