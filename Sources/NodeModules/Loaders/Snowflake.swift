/// snowflake-sdk 2.3 and later, which carries an optional addon for all platforms.
///
/// Convention: `dist/lib/minicore/binaries/sf_mini_core_<version>.<tuple>.node`.
///
/// Precedence: `SNOWFLAKE_DISABLE_MINICORE` with any value skips it; otherwise the one file for the platform is required and whatever
/// it throws is kept for the log.
///
/// Source: snowflakedb/snowflake-connector-nodejs `lib/minicore/minicore.ts` of 2.3 to 3.1.
enum Snowflake: PackageLoader {
  static let id = "snowflake-sdk"

  static let packageNames = ["snowflake-sdk"]

  static func isUsed(by package: NPMPackage) -> Bool { isNamed(package) && package.isAtLeast(2, 3) }

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    let directory = search.directory + "/dist/lib/minicore/binaries"
    if search.variable("SNOWFLAKE_DISABLE_MINICORE") != nil {
      return .goesWithout("SNOWFLAKE_DISABLE_MINICORE is set")
    }
    let suffix = ".\(search.process.platform.gnuTuple).node"
    let name = search.process.names(in: directory).first { $0.hasPrefix("sf_mini_core_") && $0.hasSuffix(suffix) }
    guard let name else {
      search.miss("\(directory)/sf_mini_core_0.0.1\(suffix)")
      return .goesWithout("the SDK goes on without its minicore")
    }
    if try search.open("\(directory)/\(name)") == nil { return .found("\(directory)/\(name)") }
    return .goesWithout("the SDK goes on without its minicore")
  }
}
