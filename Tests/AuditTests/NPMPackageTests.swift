import NodeModules
import PackageFiles
import Testing

struct NPMPackageTests {
  private func owner(of path: String, in texts: [String: String]) -> NPMPackage? {
    var packages = NPMPackages(in: MemoryTree(texts))
    return packages.owner(of: TreePath(test: path))
  }

  @Test("The owner is the nearest directory with a named and versioned package.json")
  func nearest() {
    let texts = [
      "node_modules/a/package.json": #"{"name":"a","version":"1.0.0"}"#,
      "node_modules/a/build/package.json": #"{"type":"commonjs"}"#,
      "node_modules/a/node_modules/b/package.json": #"{"name":"b","version":"2.0.0"}"#,
    ]
    let a = owner(of: "node_modules/a/build/Release/x.node", in: texts)
    #expect(a?.name == "a" && a?.version == "1.0.0" && a?.path == TreePath(test: "node_modules/a"))
    #expect(owner(of: "node_modules/a/node_modules/b/x.node", in: texts)?.name == "b")
    #expect(owner(of: "x.node", in: texts) == nil)
  }

  @Test("A directory in node_modules is an npm package without a package.json too")
  func withoutManifest() {
    #expect(owner(of: "node_modules/ref/build/x.node", in: [:])?.name == "ref")
    #expect(owner(of: "nodejs/node_modules/@img/sharp/x.node", in: [:])?.name == "@img/sharp")
    #expect(owner(of: "node_modules/.bin/x.node", in: [:]) == nil)
    #expect(owner(of: "node_modules/@img/x.node", in: [:]) == nil)
  }

  @Test("pnpm's real paths belong to the innermost npm package")
  func pnpm() {
    let path = "node_modules/.pnpm/bcrypt@6.0.0/node_modules/bcrypt"
    let found = owner(
      of: path + "/prebuilds/linux-x64/bcrypt.glibc.node", in: [path + "/package.json": #"{"version":"6.0.0"}"#])
    #expect(found?.name == "bcrypt" && found?.version == "6.0.0" && found?.path == TreePath(test: path))
  }

  @Test("The manifest's name wins over the directory's, as with an alias")
  func alias() {
    let texts = ["node_modules/old/package.json": #"{"name":"ref","version":"1.3.5"}"#]
    #expect(owner(of: "node_modules/old/x.node", in: texts)?.name == "ref")
  }

  @Test("Fields of a wrong type count as missing, the others are kept")
  func wrongTypes() {
    let text = """
      {"name":"a","version":7,"os":"darwin","cpu":["x64",3],"scripts":["no"],"binary":true,"gypfile":"yes",
       "dependencies":{"nan":"^2","odd":{}},"optionalDependencies":null,"main":["x"]}
      """
    let package = owner(of: "node_modules/a/x.node", in: ["node_modules/a/package.json": text])
    #expect(package?.version == nil && package?.os == ["darwin"] && package?.cpu == ["x64"])
    #expect(package?.installScript == nil && package?.binary == nil && package?.gypfile == nil)
    #expect(package?.dependencies == ["nan"] && package?.main == nil)
  }

  @Test(
    "A hostile package.json is no crash, and leaves the directory's name",
    arguments: [
      "", "[", "null", "7", "\u{FEFF}", #"{"name":}"#, String(repeating: "[", count: 1_000_000),
      String(repeating: #"{"a":"#, count: 200_000),
    ])
  func hostile(text: String) {
    #expect(owner(of: "node_modules/a/x.node", in: ["node_modules/a/package.json": text])?.name == "a")
  }

  @Test("A byte-order mark is no part of the JSON")
  func byteOrderMark() {
    let texts = ["node_modules/a/package.json": "\u{FEFF}{\"version\":\"1.2.3\"}"]
    #expect(owner(of: "node_modules/a/x.node", in: texts)?.version == "1.2.3")
  }

  @Test("A package.json larger than any real one is not read")
  func tooLarge() {
    let text = #"{"version":"1.0.0","x":""# + String(repeating: "x", count: 5 << 20) + #""}"#
    #expect(owner(of: "node_modules/a/x.node", in: ["node_modules/a/package.json": text])?.version == nil)
  }

  @Test("os, cpu and libc decide as npm-install-checks does")
  func platforms() {
    let linux = NodePlatform(architecture: "x64", moduleVersion: 115, nodeAPIMaximum: 9, nodeMajor: 20)
    func isInstallable(_ change: (inout NPMPackage) -> Void) -> Bool {
      var package = NPMPackage(name: "a", version: nil, path: .root)
      change(&package)
      return package.isInstallable(on: linux)
    }
    #expect(isInstallable { _ in })
    #expect(isInstallable { $0.os = ["darwin", "linux"] })
    #expect(!isInstallable { $0.os = ["darwin"] })
    #expect(isInstallable { $0.os = ["!win32"] })
    #expect(!isInstallable { $0.os = ["!linux"] })
    #expect(isInstallable { $0.os = ["any"] })
    #expect(!isInstallable { $0.cpu = ["arm64"] })
    #expect(!isInstallable { $0.libc = ["musl"] })
    #expect(isInstallable { $0.libc = ["glibc"] })
  }

  @Test("A copy of a package changes alone")
  func copies() {
    var first = NPMPackage(name: "a", version: "1.0.0", path: .root)
    let second = first
    #expect(first == second)
    first.os = ["linux"]
    first.name = "b"
    #expect(second.os.isEmpty && second.name == "a" && first.os == ["linux"] && first.name == "b")
    #expect(first != second && Set([first, second, second]).count == 2)
  }

  @Test(
    "What mentions an addon, or a library that loads one, is found wherever it stands",
    arguments: [
      "require('./x.node')", "require(\"./x.node\")", "`./x.node`", "require('bindings')('x')",
      "require(\"bindings\")", "require('node-gyp-build')", "require('@mapbox/node-pre-gyp')",
      "path.join(__dirname, 'build/Release/x')", "'build/Debug/' + x",
    ])
  func mentions(code: String) throws {
    let package = NPMPackage(name: "x", version: "1.0.0", path: TreePath(test: "node_modules/x"))
    for (text, isMentioned) in [(code, true), ("'use strict'\n" + code + "\n", true), (code.uppercased(), false)] {
      let tree = MemoryTree(["node_modules/x/index.js": text])
      #expect(NativeEvidence.mentionsAddon(package, in: tree) == isMentioned, "\(text)")
    }
    let others = "require('node:fs'); bindings(); build(Release); x.nodes"
    #expect(!NativeEvidence.mentionsAddon(package, in: MemoryTree(["node_modules/x/index.js": others])))
  }

  @Test("A mention is found wherever in a file it stands, and no part of one is taken for it")
  func mentionsAnywhere() {
    let words = [
      ".node'", ".node\"", ".node`", "node-gyp-build", "node-pre-gyp", "'bindings'", "\"bindings\"", "build/Release",
      "build/Debug",
    ]
    let parts =
      words + words.map { String($0.dropFirst()) } + words.map { String($0.dropLast()) } + ["nod", "din", "ld/"]
    let package = NPMPackage(name: "x", version: "1.0.0", path: TreePath(test: "node_modules/x"))
    var seen = [false: 0, true: 0]
    for seed in 0..<3000 {
      // What stands before and behind moves it across the blocks in which a file is searched.
      let (before, behind) = (seed * 7 % 150, seed * 13 % 150)
      let middle = parts[seed % parts.count] + (seed % 3 == 0 ? parts[seed / 3 % parts.count] : "")
      let text = String(repeating: "n", count: before) + middle + String(repeating: "d", count: behind)
      let isMentioned = words.contains(where: text.contains)
      let tree = MemoryTree(["node_modules/x/index.js": text])
      #expect(NativeEvidence.mentionsAddon(package, in: tree) == isMentioned, "\(before) \(middle) \(behind)")
      seen[isMentioned, default: 0] += 1
    }
    #expect(seen.values.allSatisfy { $0 > 500 })
  }

  @Test("Only names and versions that npm accepts can stand in a command")
  func commandNames() {
    func isValid(_ name: String) -> Bool { NPMPackage(name: name, version: nil, path: .root).hasValidName }
    #expect(isValid("sharp") && isValid("@img/sharp-linux-x64") && isValid("JSONStream"))
    for name in ["x; rm -rf ~", "$(id)", "--os", "", "a/b", "@/a", "@a/", "../a", "a b", "@a/b/c", "é"] {
      #expect(!isValid(name), "\(name)")
    }
    func version(_ text: String) -> String? { NPMPackage(name: "a", version: text, path: .root).commandVersion }
    #expect(version("1.2.3-rc.1+build") == "1.2.3-rc.1+build")
    #expect(version("1 && id") == nil && version("") == nil && version("-g") == nil)
  }

  @Test("The package that wants a platform package is found by its optionalDependencies")
  func parents() {
    let wanting = { (name: String) in #"{"version":"1.0.0","optionalDependencies":{"\#(name)":"1"}}"# }
    let texts = [
      "node_modules/sharp/package.json": wanting("@img/sharp-darwin-arm64"),
      "node_modules/@img/sharp-darwin-arm64/package.json": #"{"os":["darwin"],"cpu":["arm64"]}"#,
      "node_modules/@swc/core/package.json": wanting("@swc/core-linux-x64-gnu"),
      "node_modules/@swc/core-linux-x64-gnu/package.json": "{}",
      "node_modules/esbuild/package.json": wanting("@esbuild/linux-x64"),
      "node_modules/@esbuild/linux-x64/package.json": "{}",
      "node_modules/lonely-linux-x64/package.json": "{}",
      "node_modules/lonely/package.json": "{}",
    ]
    var packages = NPMPackages(in: MemoryTree(texts))
    func parent(_ path: String) -> String? {
      packages.package(at: TreePath(test: path)).flatMap { packages.parent(of: $0) }?.name
    }
    #expect(parent("node_modules/@img/sharp-darwin-arm64") == "sharp")
    #expect(parent("node_modules/@swc/core-linux-x64-gnu") == "@swc/core")
    #expect(parent("node_modules/@esbuild/linux-x64") == "esbuild")
    #expect(parent("node_modules/lonely-linux-x64") == nil)
  }

  @Test("The lock file tells the package manager")
  func packageManagers() {
    func manager(_ name: String, _ text: String = "") -> PackageManager? {
      PackageManager(in: .root, of: MemoryTree([name: text]))
    }
    #expect(manager("package-lock.json", "{}") == PackageManager(kind: .npm))
    #expect(manager("pnpm-lock.yaml", "lockfileVersion: '9.0'\n") == PackageManager(kind: .pnpm, lockVersion: 9))
    #expect(manager("pnpm-lock.yaml", "lockfileVersion: 5.4\n") == PackageManager(kind: .pnpm, lockVersion: 5))
    #expect(manager("yarn.lock", "# yarn lockfile v1\n") == PackageManager(kind: .yarn, lockVersion: 1))
    #expect(manager("yarn.lock", "__metadata:\n  version: 8\n") == PackageManager(kind: .yarn, lockVersion: 2))
    #expect(manager("bun.lockb")?.kind == .bun)
    #expect(manager("readme.md") == nil)
  }
}
