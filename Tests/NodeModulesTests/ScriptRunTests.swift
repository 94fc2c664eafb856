import LoadSimulation
import PackageFiles
import Testing

@testable import NodeModules

@Suite("JavaScript is followed as far as constants decide")
struct ScriptRunTests {
  /// What requiring the package `x`, whose `index.js` is `script`, does; its other files are `addons`, which load.
  private func selection(_ script: String, addons: [String] = [], files: [String: String] = [:]) -> AddonSelection? {
    var texts = ["node_modules/x/index.js": script, "node_modules/x/package.json": #"{"name":"x","version":"1.0.0"}"#]
    for path in addons { texts["node_modules/x/" + path] = "addon" }
    for (path, text) in files { texts["node_modules/x/" + path] = text }
    let package = NPMPackage(name: "x", version: "1.0.0", path: TreePath("node_modules/x") ?? .root)
    return AddonSelection(of: package, at: "/var/task/node_modules/x", in: process(texts))
  }

  private func process(_ texts: [String: String], scripts: ScriptFiles = ScriptFiles()) -> NodeProcess {
    let tree = RootFileSystem(mounts: [.init(point: TreePath("var/task") ?? .root, tree: MemoryTree(texts))])
    var platform = NodePlatform(architecture: "x64", moduleVersion: 115, nodeAPIMaximum: 9, nodeMajor: 20)
    platform.nodeVersion = "20.20.2"
    return NodeProcess(
      files: tree, platform: platform, scripts: scripts,
      dlopen: { path in
        path.contains("bad")
          ? Load(outcome: .throwsError(code: "ERR_DLOPEN_FAILED", message: path + ": invalid ELF header"))
          : Load(outcome: .loads)
      }, spawn: { _ in Load(outcome: .loads) })
  }

  private static let home = "/var/task/node_modules/x/"

  /// Each script requires `a.node`, which is there, and nothing else.
  private static let scripts = [
    "require('./a.node')", "require('./a')",
    #"const p = require("path"); require(p.join(__dirname, 'lib', '..', 'a.node'))"#,
    "const { join, resolve } = require('node:path')\nmodule.exports = require(resolve(__dirname, 'a'))",
    "const name = 'a'; require(`./${name}.node`)",
    "var x = process.platform === 'linux' ? require('./a.node') : require('./b.node')",
    "if (process.arch === 'arm64') { require('./bad.node') } else require('./a.node')",
    "try { require('./bad.node') } catch (e) { if (e.code !== 'ERR_DLOPEN_FAILED') throw e; require('./a.node') }",
    "switch (process.platform) { case 'darwin': require('./bad.node'); break; case 'linux': { require('./a.node'); break } default: throw new Error('no') }",
    "for (const f of ['missing', 'a']) { try { module.exports = require('./' + f + '.node'); break } catch {} }",
    "function load(n) { return require('./' + n + '.node') }\nmodule.exports = load('a')",
    "module.exports = ((n) => require(`./${n}`))('a')",
    "let lazy; exports.get = () => lazy || (lazy = require('./a.node'))",
    "class Database { constructor() { this.native = require('./a.node') } }\nmodule.exports = Database",
    "// require('./bad.node')\n/* require('./bad.node') */ const r = /require('.\\/bad.node')/; require('./a.node')",
    "const m = require('module'); const r = m.createRequire(__filename); r('./a.node')",
    "const fs = require('fs'), f = __dirname + '/a.node'\nmodule.exports = fs.existsSync(f) ? require(f) : null",
    "const addon = process.env.NO_SUCH_VARIABLE || './a.node'; require(addon)",
    "const t = [process.platform, process.arch].join('-'); if (t === 'linux-x64') require('./a.node')",
    // What rollup makes of `import path from 'path'` and of `import.meta.url`.
    "function _interop (e) { return e && typeof e === 'object' && 'default' in e ? e : { 'default': e }; }\nvar path = _interop(require('path')); require(path['default'].join(__dirname, 'a.node'))",
    "const url = require('url'), path = require('path'); const d = path.dirname(url.fileURLToPath((typeof document === 'undefined' ? new (require('u' + 'rl').URL)('file:' + __filename).href : (document.currentScript && document.currentScript.src)))).replace(/x$/, 'x/.'); require(d + '/a.node')",
    "const url = require('url'); require(url.fileURLToPath(new url.URL('./a.node', 'file://' + __filename)))",
    "require(__filename.replace(/[\\/]index\\.js$/, '/a.node'))",
    "require((__dirname + '/b-c-d').replace(/-/g, '').replace(/^\\/var\\/task/, '/var/task').replace('bcd', 'a.node'))",
    "if (/^linux/.test(process.platform) && !/arm64/.test(process.arch)) require('./a.node'); else require('./bad.node')",
  ]

  @Test(
    "Brackets that close nothing do not lead backwards", .timeLimit(.minutes(1)),
    arguments: [
      "[/class)", "(-class]", "[class]", "{ function ) }", "for ) {", "switch ] ] }", "a[+class)[[", "class ) {",
    ])
  func misplacedBrackets(script: String) { _ = selection(script) }

  @Test("However words, signs and brackets are strewn, following them comes to an end", .timeLimit(.minutes(5)))
  func strewn() {
    let pieces = [
      "[", "]", "(", ")", "{", "}", "[", "(", "{", "class", "function", "=>", "/", "`", "`${", "'", "if", "else", "for",
      "while", "do", "switch", "case", "default", ":", "?", "?.", ".", "...", "new", "import", "export", "from", "try",
      "catch",
      "finally", "throw", "return", "break", "var", "const", "let", "async", "await", "typeof", "in", "of", "=", "+",
      "++", "&&",
      "||", "??", ",", ";", "a", "b", "5", "'s'", "require", "require('./a')", "module", "exports", "\n", "#", "\\",
      "//", "/*",
      "*/", "with", "static", "get", "yield", "*", "!", "-", "<", "${",
    ]
    var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for _ in 0..<4000 {
      let separator = ["", " "][next(2)]
      let script = (0..<(2 + next(16))).map { _ in pieces[next(pieces.count)] }.joined(separator: separator)
      _ = selection(script)
    }
  }

  @Test("Manifests that requests read count as steps: large ones read again and again are given up")
  func manifests() throws {
    let imports = ##"{"name":"x","imports":{"#*":"\##(String(repeating: "x/", count: 50_000))*"}}"##
    let requests = (0..<200).map { "try { require('#\($0)') } catch {}" }.joined(separator: "\n")
    let texts = ["node_modules/x/index.js": requests, "node_modules/x/package.json": imports]
    func readBytes(steps: Int) throws -> Int {
      let package = NPMPackage(name: "x", version: nil, path: TreePath("node_modules/x") ?? .root)
      var search = AddonSearch(
        package: package, directory: "/var/task/node_modules/x",
        process: process(texts, scripts: ScriptFiles(stepsForEach: steps)))
      _ = try ScriptRun.find(&search, entries: [Self.home + "index.js"])
      return search.readBytes
    }
    let few = try readBytes(steps: 10_000)
    #expect((640_000..<1_000_000).contains(few))
    #expect(try readBytes(steps: 1_000_000) >= 200 * imports.utf8.count)
  }

  @Test("What packages of one wave take counts for the next wave")
  func waves() {
    let scripts = ScriptFiles()
    let whole = scripts.allowance
    scripts.spend(1 << 30)
    #expect(scripts.allowance == whole)
    scripts.beginWave()
    #expect(scripts.allowance < whole / 10)
  }

  @Test("Two spellings of one letter are two files, as macOS packs them and Linux sees them")
  func spellings() {
    let (composed, decomposed) = ("caf\u{e9}.node", "cafe\u{301}.node")
    let script = { (first: String, second: String) in "try { require('./\(first)') } catch { require('./\(second)') }" }
    for (there, missing) in [(composed, decomposed), (decomposed, composed)] {
      for code in [script(missing, there), script(there, missing)] {
        let found = selection(code, addons: [there])
        #expect(found?.selected.map { Array($0.utf8) } == Array((Self.home + there).utf8), "\(code)")
      }
    }
  }

  @Test("The addon that a script requires is found, however it is written", arguments: scripts)
  func finds(_ script: String) {
    #expect(selection(script, addons: ["a.node", "bad.node"])?.selected == Self.home + "a.node")
  }

  @Test(
    "A regular expression that stands for more than one text is left open",
    arguments: ["/a.c/", "/\\d$/", "/a|b/", "/A/i"])
  func openPatterns(_ literal: String) {
    #expect(TextPattern(literal) == nil)
  }

  @Test("`replace` with a regular expression takes the place, the ends and the flag that it says")
  func patterns() {
    func replaced(_ text: String, _ literal: String) -> String? { TextPattern(literal)?.replaced(in: text, by: "_") }
    #expect(replaced("a.b.a", "/a/") == "_.b.a" && replaced("a.b.a", "/a/g") == "_.b._")
    #expect(replaced("a.b.a", "/a$/") == "a.b._" && replaced("a.b.a", "/^a/") == "_.b.a")
    #expect(replaced("a.b.a", "/^a$/") == "a.b.a" && replaced("a", "/^a$/") == "_")
    #expect(replaced("a.b", "/\\./") == "a_b" && replaced("x/y", "/[\\\\/]y$/") == "x_" && replaced("a", "/b/") == "a")
  }

  @Test("require-addon is followed where a file hangs it on `require`, without a word in package.json")
  func requireAddon() {
    let files = ["node_modules/require-addon/package.json": #"{"name":"require-addon","version":"1.2.0"}"#]
    let found = selection(
      "require.addon = require('require-addon')\nmodule.exports = require.addon('.', __filename)",
      addons: ["prebuilds/linux-x64/x.node"], files: files)
    #expect(found?.selected == Self.home + "prebuilds/linux-x64/x.node")
  }

  @Test("A JavaScript literal that a formatter rewrote is read like the JSON that it was")
  func literals() {
    func value(_ text: String) -> JSONValue? {
      JSONValue(literalAt: 0, of: JavaScriptFile(path: "", bytes: Array(text.utf8)))
    }
    let formatted = value(
      "{\n  generator: { name: 'client', 'a-b': [1, true, null,], /* c */ f: path.join(a, {b: 1}), },\n  d: `x`, e: \"it's\",\n};\nrest("
    )
    #expect(formatted?["generator"]?["name"]?.string == "client" && formatted?["e"]?.string == "it's")
    #expect(formatted?["generator"]?["a-b"] == .array([.number(1), .bool(true), .null]))
    #expect(formatted?["generator"]?["f"] == .null && formatted?["d"] == .null)
    #expect(value("x") == nil && value("") == nil)
    let deep = String(repeating: "[", count: 100_000)
    #expect(value(deep) == nil && value("{a:" + deep) == nil)
  }

  @Test("A build for another environment that is not there is no addon that is missing")
  func otherEnvironment() {
    let known = selection(
      "module.exports = typeof WebAssembly === 'object' ? require('./core') : require('./core.asm')")
    let open = selection(
      "module.exports = something() ? require('./core') : require('./core.asm')", files: ["core.js": "exports.a = 1"])
    #expect(known?.attempts.contains { $0.path.hasSuffix("core.asm") } != true)
    #expect(open == nil || open?.outcome == .opensNothing)
    let addon = selection("module.exports = something() ? require('./build/Release/a') : require('./core')")
    #expect(addon?.attempts.map(\.path) == [Self.home + "build/Release/a"])
  }

  @Test("Own files are followed to the addon, once each and in circles")
  func ownFiles() {
    let files = [
      "lib/b.js": "require('../index'); exports.c = require('./c')", "lib/c.js": "module.exports = require('../a')",
    ]
    #expect(
      selection("exports.b = require('./lib/b')", addons: ["a.node"], files: files)?.selected == Self.home + "a.node")
  }

  @Test("An error that nobody catches is the package's, in its own words where the code has some")
  func errors() {
    let plain = selection("require('./bad.node')", addons: ["bad.node"])
    #expect(
      plain?.outcome == .throwsError(NodeError(code: "ERR_DLOPEN_FAILED", Self.home + "bad.node: invalid ELF header")))
    let own = selection("try { require('./no.node') } catch (e) { throw new Error('x: ' + e.message) }")
    #expect(own?.outcome == .throwsError(NodeError("x: Cannot find module './no.node'")))
    let caught = selection("try { require('./no.node') } catch { module.exports = {} }")
    #expect(caught?.outcome == .goesWithout("its JavaScript catches the error and goes on"))
  }

  @Test("What opens no addon is said, and what is not known is left open")
  func nothing() {
    #expect(selection("module.exports = 1")?.outcome == .opensNothing)
    #expect(selection("module.exports = require(process.argv[2])") == nil)
  }

  @Test(
    "Hostile code ends, whatever it is",
    arguments: [
      String(repeating: "(", count: 200_000), String(repeating: "[{", count: 100_000),
      String(repeating: "`${", count: 50_000),
      String(repeating: "function f(){", count: 50_000), "function f(){ f(); f() } f()",
      "while(true){ require('./a.node') }",
      String(repeating: "if(a)", count: 100_000), String(repeating: "a?b:", count: 100_000), "const x = `${x}`", "/",
      "'", "`", "/*",
      "(a,b) =>", "import", "export", "export *", "class", "switch", "switch(", "for(", "try", "try{", "case",
      String(repeating: "!", count: 100_000),
      String(repeating: "f(() => { g(() => { ", count: 30_000), "a = a = a = a", "require(require(require(require)))",
      "\u{0}\u{1}\u{ff}",
    ])
  func hostile(_ script: String) {
    _ = selection(script, addons: ["a.node"])
  }
}
