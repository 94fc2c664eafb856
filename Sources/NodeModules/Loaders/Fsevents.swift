/// fsevents, macOS's file events.
///
/// Convention: `fsevents.node`, a Mach-O file.
///
/// Precedence: On anything but macOS `fsevents.js` throws before it looks for the file; chokidar and the others that use it ask for
/// the platform first, so that a copy in a package for Linux is dead weight only.
///
/// Source: fsevents/fsevents `fsevents.js` of 2.3.
enum Fsevents: PackageLoader {
  static let id = "fsevents"

  static let packageNames = ["fsevents"]

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    .goesWithout("nothing requires it on Linux")
  }
}
