/// @prisma/engines and prisma, the command's own copies of the engines.
///
/// Convention: `libquery_engine-<target>.so.node` and `schema-engine-<target>` in `@prisma/engines`, fetched for the system that
/// installs.
///
/// Precedence: Only the command `prisma` loads them; a client loads what was generated beside it.
///
/// Source: prisma/prisma `packages/engines` and `packages/client/src/runtime/core/engines/common/resolveEnginePath.ts` of 6.19.3.
enum PrismaEngines: PackageLoader {
  static let id = "prisma-engines"

  static let packageNames = ["@prisma/engines", "prisma"]

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    .goesWithout("only the command prisma uses these engines")
  }
}
