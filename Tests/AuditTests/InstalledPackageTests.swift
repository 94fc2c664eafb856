import NodeModules
import PackageFiles
import Testing

@testable import Audit

@Suite("What tells that an npm package is native, in trees whose files are looked at behind the scan")
struct InstalledPackageTests {
  private func packages(_ texts: [String: String]) -> [String: InstalledPackage] {
    let tree = MemoryTree(texts)
    let mount = Audit.Mount(path: "/var/task", tree: tree, Audit.Mount.Seen(in: tree))
    return Dictionary(mount.npmPackages.map { ($0.package.name, $0) }) { first, _ in first }
  }

  private func manifest(_ name: String, _ more: String = "") -> String {
    #"{"name": "\#(name)", "version": "1.0.0"\#(more)}"#
  }

  @Test(
    "JavaScript that mentions an addon, a binding.gyp, a tool among the dependencies, a native package that is needed")
  func evidence() {
    let found = packages([
      "node_modules/mentions/package.json": manifest("mentions"),
      "node_modules/mentions/index.js": "module.exports = require('./lib/thing.node')",
      "node_modules/plain/package.json": manifest("plain"),
      "node_modules/plain/index.js": "module.exports = 1",
      "node_modules/gyp/package.json": manifest("gyp", #", "dependencies": {"nan": "2"}"#),
      "node_modules/gyp/binding.gyp": "{}",
      "node_modules/tool/package.json": manifest("tool", #", "dependencies": {"a": "1", "nan": "2", "bindings": "1"}"#),
      "node_modules/owner/package.json": manifest("owner"),
      "node_modules/owner/build/owner.node": "\u{7f}ELF",
      "node_modules/needs/package.json": manifest("needs", #", "dependencies": {"owner": "1"}"#),
    ])
    #expect(found["mentions"]?.mayLoadAddon == true && found["mentions"]?.isNative == false)
    #expect(found["plain"]?.mayLoadAddon == false && found["plain"]?.isNative == false)
    #expect(found["gyp"]?.nativeReasons == ["binding.gyp", "it depends on nan"])
    #expect(found["tool"]?.nativeReasons == ["it depends on bindings"])
    #expect(found["owner"]?.nativeReasons == ["a native binary"])
    #expect(found["needs"]?.mayLoadAddon == true && found["needs"]?.isNative == false)
  }

  /// Node.js 24.11 was asked: it loads the first that there is of FILE, FILE.js, FILE/index.js and the package's index.js, and
  /// takes a slash or a dot at the end of `main` for nothing.
  @Test(
    "The file that `main` means is looked at, where it leads",
    arguments: [
      ("x", "x"), ("x", "x.js"), ("x", "x/index.js"), ("x", "index.js"), ("x/", "x.js"), ("./x/.", "x.js"),
      (".", "../p.js"), (".", "index.js"), ("", "index.js"), ("x/../y", "y.js"),
    ])
  func mainFile(main: String, file: String) throws {
    let home = try #require(TreePath("node_modules/p"))
    let place = file.hasPrefix("../") ? "node_modules/" + file.dropFirst(3) : "\(home)/\(file)"
    let found = packages([
      "\(home)/package.json": manifest("p", #", "main": "\#(main)""#),
      place: "module.exports = require('./lib/thing.node')",
    ])
    #expect(found["p"]?.mayLoadAddon == true)
  }
}
