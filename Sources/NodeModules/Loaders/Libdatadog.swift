/// @datadog/libdatadog, of which dd-trace loads one part after the other.
///
/// Convention: `prebuilds/linuxglibc-<arch>/<part>-<ABI>.node`, `<part>-napi.node` or `<part>.node`, hyphens in a part's name as
/// underscores; parts for WebAssembly lie in `prebuilds/<part>/`.
///
/// Precedence: `build/Release/<part>.node`; the first directory there is of `prebuilds/<platform><libc>-<arch>` and
/// `prebuilds/<platform>-<arch>`, and in it the three names in that order; WebAssembly. dd-trace goes on without a part that
/// does not load.
///
/// Source: DataDog/libdatadog-nodejs `load.js` of 0.2.1 to 0.9.
enum Libdatadog: PackageLoader {
  static let id = "libdatadog"

  static let packageNames = ["@datadog/libdatadog"]

  /// The parts that dd-trace loads on Linux.
  private static let parts = ["crashtracker", "process-discovery"]

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    var found: String?
    for part in parts {
      guard let place = place(of: part, &search) else { continue }
      if try search.open(place) == nil { found = found ?? place }
    }
    return found.map { .found($0) } ?? .goesWithout("dd-trace goes on without this feature")
  }

  private static func place(of part: String, _ search: inout AddonSearch) -> String? {
    let name = search.package.isAtLeast(0, 6) ? part.replacing("-", with: "_") : part
    let build = "\(search.directory)/build/Release/\(name).node"
    if search.exists(build) { return build }
    let platform = search.process.platform
    let libc =
      search.process.exists("/etc/alpine-release") ? "musl" : search.package.isAtLeast(0, 2, 1) ? "glibc" : "libc"
    let folders = ["\(platform.platform)\(libc)-\(platform.architecture)", platform.tuple]
    guard let folder = folders.map({ "\(search.directory)/prebuilds/\($0)" }).first(where: search.process.isDirectory)
    else { return nil }
    let version = platform.moduleVersion.map(String.init) ?? ""
    return ["\(name)-\(version).node", "\(name)-napi.node", "\(name).node"].map { "\(folder)/\($0)" }
      .first { search.exists($0) }
  }
}
