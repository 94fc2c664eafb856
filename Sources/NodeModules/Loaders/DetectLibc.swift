/// `detect-libc`, which tells packages whether they run on glibc or musl.
///
/// Convention: It loads nothing itself: `familySync()` gives `glibc` or `musl`, `isNonGlibcLinuxSync()` a truth value; before
/// 2.0 `family`, `version` and `isNonGlibcLinux` are plain members.
///
/// Precedence: Since 2.1 node's own interpreter, then `/usr/bin/ldd`, `process.report` and `getconf`; on Lambda's images all of them
/// say glibc.
///
/// Source: lovell/detect-libc `lib/detect-libc.js` of 1.0.3 and 2.1.2.
enum DetectLibc: LibraryLoader {
  static let id = "detect-libc"
  static let libraries: Set<String> = ["detect-libc"]

  static func call(_ call: LibraryCall, _ search: inout AddonSearch) throws(AddonSearch.End) -> JavaScriptValue {
    search.use("detect-libc")
    switch call.member {
    case "familySync": return .string(search.process.platform.libc)
    case "versionSync": return version(search)
    case "isNonGlibcLinuxSync": return .bool(search.isMusl)
    default: return .unknown
    }
  }

  static func constant(_ member: String, _ search: AddonSearch) -> JavaScriptValue? {
    switch member {
    case "GLIBC": return .string("glibc")
    case "MUSL": return .string("musl")
    case "family", "version", "isNonGlibcLinux":
      // Functions since 2.0, whose promises nothing can be made of here.
      guard let installed = search.version(of: "detect-libc", from: search.directory), installed < PackageVersion(2)
      else { return nil }
      if member == "family" { return .string(search.process.platform.libc) }
      return member == "version" ? version(search) : .bool(search.isMusl)
    default: return nil
    }
  }

  private static func version(_ search: AddonSearch) -> JavaScriptValue {
    search.process.platform.glibcVersion.map { .string($0) } ?? .unknown
  }
}
