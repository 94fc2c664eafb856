import PackageFiles
import Testing

@testable import NodeModules

@Suite("Where a package stands tells what it is to the application")
struct NPMPackagePlaceTests {
  @Test(
    "Installed is what stands in node_modules itself, in a scope there, or in no node_modules",
    arguments: [
      ("", false, false), ("app", false, false), ("node_modules", true, false), ("node_modules/x", true, true),
      ("node_modules/@s/x", true, true), ("node_modules/@s", true, true), ("node_modules/x/lib", true, false),
      ("node_modules/@s/x/lib", true, false), ("node_modules/x/@s/y", true, false),
      ("node_modules/x/node_modules/y", true, true), ("node_modules/x/node_modules", true, false),
      ("node_modules/.pnpm/x@1.0.0/node_modules/@s/x", true, true), ("my_node_modules/x", false, false),
      ("node_modules_old/x", false, false),
    ])
  func place(path: String, isInNodeModules: Bool, isRoot: Bool) throws {
    let package = NPMPackage(name: "x", version: nil, path: try #require(TreePath(path)))
    #expect(package.isInNodeModules == isInNodeModules)
    #expect(package.isRootInNodeModules == isRoot)
    #expect(package.isInstalled == (isRoot || !isInNodeModules))
  }
}
