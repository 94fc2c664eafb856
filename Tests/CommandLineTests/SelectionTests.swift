import ELFAssembler
import Foundation
import Testing

@Suite("What a package's loader takes decides what is an error")
struct SelectionTests {
  private static let binaries = "airworthy/node_modules/checksum/prebuilds"
  private static let linuxX64 = binaries + "/linux-x64/checksum.node"
  private static let linuxARM = binaries + "/linux-arm64/checksum.node"
  private static let macOS = binaries + "/darwin-arm64/checksum.node"
  private static let windows = "windows-build/node_modules/checksum/build/Release/checksum.node"
  private static let musl = "musl-build/node_modules/checksum/build/Release/checksum.node"

  private static func rules(_ report: JSONValue, _ severity: String) -> [String] {
    report["findings"]?.array.filter { $0["severity"]?.string == severity }.compactMap { $0["rule"]?.string } ?? []
  }

  private static func package(_ name: String, in report: JSONValue) -> JSONValue? {
    report["npmPackages"]?.array.first { $0["name"]?.string == name }
  }

  /// bcrypt 6's layout: one prebuilt file for each platform, chosen by node-gyp-build.
  private func bcrypt(withoutARM: Bool = false) async throws -> FunctionTree {
    let tree = try FunctionTree()
    try tree.text("index.js", "require('bcrypt')")
    try tree.text(
      "node_modules/bcrypt/package.json",
      #"{"name":"bcrypt","version":"6.0.0","main":"./bcrypt.js","dependencies":{"node-gyp-build":"^4.8.4"}}"#)
    try tree.text(
      "node_modules/bcrypt/bcrypt.js",
      "const path = require('path');\nconst bindings = require('node-gyp-build')(path.resolve(__dirname));\n")
    try tree.text(
      "node_modules/node-gyp-build/package.json", #"{"name":"node-gyp-build","version":"4.8.4","main":"index.js"}"#)
    let files = [
      ("darwin-arm64/bcrypt.node", Self.macOS), ("darwin-x64/bcrypt.node", Self.macOS),
      ("linux-arm/bcrypt.glibc.node", Self.linuxARM), ("linux-arm64/bcrypt.glibc.node", Self.linuxARM),
      ("linux-arm64/bcrypt.musl.node", Self.linuxARM), ("linux-x64/bcrypt.glibc.node", Self.linuxX64),
      ("linux-x64/bcrypt.musl.node", Self.musl), ("win32-arm64/bcrypt.node", Self.windows),
      ("win32-x64/bcrypt.node", Self.windows),
    ]
    for (path, example) in files where !(withoutARM && path.hasPrefix("linux-arm64")) {
      try await tree.binary("node_modules/bcrypt/prebuilds/" + path, example)
    }
    return tree
  }

  @Test("What node-gyp's helper targets leave beside an addon is no error, whatever the addon itself is")
  func helperTargets() async throws {
    let tree = try FunctionTree()
    try tree.text("node_modules/x/package.json", #"{"name":"x","version":"1.0.0","main":"index.js","gypfile":true}"#)
    try tree.text("node_modules/x/index.js", "module.exports = require('./build/Release/x.node');")
    try await tree.binary("node_modules/x/build/Release/x.node", Self.windows)
    try tree.scratch.file(
      "function/node_modules/x/build/Release/x-postbuild.node", ELFAssembler(soname: nil, needed: ["libc.so.6"]).bytes()
    )
    let foreign = try await tree.check()
    #expect(Self.rules(foreign, "error") == ["foreign-format"])
    try await tree.binary("node_modules/x/build/Release/x.node", Self.linuxX64)
    let sound = try await tree.check()
    #expect(Self.rules(sound, "error").isEmpty)
    // Required, it is one.
    try tree.text("node_modules/x/index.js", "module.exports = require('./build/Release/x-postbuild.node');")
    let required = try await tree.check()
    #expect(Self.rules(required, "error") == ["not-an-addon"])
  }

  @Test("What a build left beside the one file that a loader takes is no error")
  func leftovers() async throws {
    let tree = try FunctionTree()
    try tree.text(
      "node_modules/bcrypt/package.json",
      #"{"name":"bcrypt","version":"5.1.1","main":"bcrypt.js","dependencies":{"@mapbox/node-pre-gyp":"^1.0.11"},"binary":{"module_name":"bcrypt_lib","module_path":"./lib/binding/napi-v{napi_build_version}","remote_path":"v{version}","package_name":"{module_name}-{napi_build_version}.tar.gz","host":"https://example.com/","napi_versions":[3]}}"#
    )
    try tree.text(
      "node_modules/bcrypt/bcrypt.js",
      "const nodePreGyp = require('@mapbox/node-pre-gyp');\nconst path = require('path');\nmodule.exports = require(nodePreGyp.find(path.resolve(path.join(__dirname, './package.json'))));\n"
    )
    try tree.text(
      "node_modules/@mapbox/node-pre-gyp/package.json", #"{"name":"@mapbox/node-pre-gyp","version":"1.0.11"}"#)
    try await tree.binary("node_modules/bcrypt/lib/binding/napi-v3/bcrypt_lib.node", Self.windows)
    try await tree.binary("node_modules/bcrypt/build-tmp-napi-v3/Release/bcrypt_lib.node", Self.windows)
    let report = try await tree.check()
    #expect(Self.rules(report, "error") == ["foreign-format"])
    #expect(
      report["findings"]?.array.first { $0["rule"]?.string == "foreign-format" }?["path"]?.string
        == "node_modules/bcrypt/lib/binding/napi-v3/bcrypt_lib.node")
  }

  @Test("Prebuilt files for eight platforms are no error where one fits, and exactly one where none does")
  func eightPlatforms() async throws {
    let x64 = try await bcrypt().check()
    #expect(Self.rules(x64, "error").isEmpty && Self.rules(x64, "note").filter { $0 == "unused-binaries" }.count == 1)
    #expect(
      Self.package("bcrypt", in: x64)?["selected"]?.string
        == "node_modules/bcrypt/prebuilds/linux-x64/bcrypt.glibc.node")
    let arm = try await bcrypt(withoutARM: true).check("--runtime nodejs20.x --arch arm64")
    #expect(Self.rules(arm, "error") == ["addon-missing"])
    #expect(
      Self.package("bcrypt", in: arm)?["message"]?.string
        == "No native build was found for platform=linux arch=arm64 runtime=node abi=115 uv=1 armv=8 libc=glibc node=20.20.2\n    loaded from: /var/task/node_modules/bcrypt\n"
    )
  }

  @Test("A foreign build/Release stands before the right prebuilt file, and is said to")
  func shadowed() async throws {
    let tree = try await bcrypt()
    try await tree.binary("node_modules/bcrypt/build/Release/bcrypt.node", Self.macOS)
    let report = try await tree.check()
    #expect(Self.rules(report, "error") == ["foreign-format"])
    let finding = report["findings"]?.array.first { $0["rule"]?.string == "foreign-format" }
    #expect(finding?["evidence"]?.array.contains { $0.string?.hasPrefix("Shadowed: ") ?? false } == true)
    #expect(finding?["remedy"]?["commands"]?.array.map(\.string) == ["rm -r node_modules/bcrypt/build/Release"])
  }

  @Test("bindings takes Debug before Release, and stops at what does not load")
  func bindings() async throws {
    let tree = try FunctionTree()
    try tree.text("node_modules/x/package.json", #"{"name":"x","version":"1.0.0","dependencies":{"bindings":"1"}}"#)
    try tree.text("node_modules/x/index.js", "module.exports = require('bindings')('x')")
    try tree.text("node_modules/bindings/package.json", #"{"name":"bindings","version":"1.5.0"}"#)
    try await tree.binary("node_modules/x/build/Release/x.node", Self.linuxX64)
    let right = try await tree.check()
    #expect(Self.rules(right, "error").isEmpty)
    let attempts = Self.package("x", in: right)?["attempts"]?.array ?? []
    #expect(attempts.map { $0["outcome"]?.string } == ["missing", "missing", "loads"])
    try await tree.binary("node_modules/x/build/Debug/x.node", Self.linuxARM)
    let wrong = try await tree.check()
    #expect(Self.rules(wrong, "error") == ["wrong-architecture"])
    #expect(Self.package("x", in: wrong)?["selected"]?.string == "node_modules/x/build/Debug/x.node")
  }

  @Test("A package with a JavaScript fallback is no error without its addon")
  func fallback() async throws {
    let tree = try FunctionTree()
    try tree.text("node_modules/fast/package.json", #"{"name":"fast","version":"1.0.0","gypfile":true}"#)
    try tree.text(
      "node_modules/fast/index.js",
      "let impl\ntry { impl = require('./build/Release/fast.node') } catch { impl = require('./slow') }\nmodule.exports = impl\n"
    )
    try tree.text("node_modules/fast/slow.js", "exports.slow = true")
    let missing = try await tree.check()
    #expect(Self.rules(missing, "error").isEmpty)
    #expect(Self.package("fast", in: missing)?["optional"] == .bool(true))
    try await tree.binary("node_modules/fast/build/Release/fast.node", Self.macOS)
    let foreign = try await tree.check()
    #expect(Self.rules(foreign, "error").isEmpty && Self.rules(foreign, "warning").contains("foreign-format"))
  }

  @Test("A package that was installed without its binary is an error, with what require throws")
  func noBinary() async throws {
    let tree = try FunctionTree()
    try tree.text("pnpm-lock.yaml", "lockfileVersion: '9.0'\n")
    try tree.text(
      "node_modules/re2/package.json",
      #"{"name":"re2","version":"1.22.1","main":"re2.js","scripts":{"install":"install-from-cache --artifact build/Release/re2.node || node-gyp -j max rebuild"}}"#
    )
    try tree.text(
      "node_modules/re2/re2.js", "'use strict'\nconst RE2 = require('./build/Release/re2.node')\nmodule.exports = RE2\n"
    )
    let report = try await tree.check()
    #expect(Self.rules(report, "error") == ["addon-missing"])
    let finding = report["findings"]?.array.first { $0["rule"]?.string == "addon-missing" }
    let evidence = finding?["evidence"]?.array.compactMap(\.string) ?? []
    #expect(evidence.contains("On Lambda: Error: Cannot find module './build/Release/re2.node'"))
    #expect(evidence.contains { $0.contains("pnpm 10") })
  }

  @Test("A lock file that npm has cut is named as the reason for a missing platform package")
  func cutLock() async throws {
    let tree = try FunctionTree()
    let optional = #""@img/sharp-darwin-arm64":"0.33.5","@img/sharp-linux-x64":"0.33.5""#
    try tree.text(
      "package-lock.json",
      #"{"lockfileVersion":3,"packages":{"node_modules/sharp":{"version":"0.33.5"},"node_modules/@img/sharp-darwin-arm64":{"version":"0.33.5","optional":true}}}"#
    )
    try tree.text(
      "node_modules/sharp/package.json",
      #"{"name":"sharp","version":"0.33.5","main":"lib/index.js","optionalDependencies":{\#(optional)}}"#)
    try tree.text("node_modules/sharp/lib/index.js", "require('./sharp')")
    try tree.text(
      "node_modules/@img/sharp-darwin-arm64/package.json",
      #"{"name":"@img/sharp-darwin-arm64","version":"0.33.5","os":["darwin"],"cpu":["arm64"],"exports":{"./sharp.node":"./lib/sharp-darwin-arm64.node"}}"#
    )
    try await tree.binary("node_modules/@img/sharp-darwin-arm64/lib/sharp-darwin-arm64.node", Self.macOS)
    let report = try await tree.check()
    #expect(Self.rules(report, "error") == ["wrong-platform-package"])
    let finding = report["findings"]?.array.first { $0["rule"]?.string == "wrong-platform-package" }
    #expect(finding?["evidence"]?.array.contains { $0.string?.contains("npm/cli issue 4828") ?? false } == true)
    #expect(
      finding?["remedy"]?["commands"]?.array.last?.string == "npm install --os=linux --cpu=x64 --libc=glibc")
  }

  /// napi-rs 2's generated file: its own file first, the platform's package only where there is none.
  private func generated(in home: String, platformPackage: Bool) async throws -> FunctionTree {
    let tree = try FunctionTree()
    try tree.text("index.js", "")
    try tree.text(
      "\(home)/@test/crc/package.json",
      #"{"name":"@test/crc","version":"2.0.0","main":"index.js","napi":{"name":"crc"},"optionalDependencies":{"@test/crc-linux-x64-gnu":"2.0.0"}}"#
    )
    try tree.text(
      "\(home)/@test/crc/index.js",
      """
      /* auto-generated by NAPI-RS */
      let localFileExisted = false, loadError = null
      localFileExisted = existsSync(join(__dirname, 'crc.linux-x64-gnu.node'))
      if (localFileExisted) { nativeBinding = require('./crc.linux-x64-gnu.node') } else { nativeBinding = require('@test/crc-linux-x64-gnu') }
      """)
    if platformPackage {
      try tree.text(
        "\(home)/@test/crc-linux-x64-gnu/package.json",
        #"{"name":"@test/crc-linux-x64-gnu","version":"2.0.0","main":"crc.linux-x64-gnu.node","os":["linux"],"cpu":["x64"]}"#
      )
      try await tree.binary("\(home)/@test/crc-linux-x64-gnu/crc.linux-x64-gnu.node", Self.windows)
    }
    return tree
  }

  private static func binary(_ path: String, _ mount: String = "/var/task", in report: JSONValue) -> JSONValue? {
    report["binaries"]?.array.first { $0["path"]?.string == path && $0["mount"]?.string == mount }
  }

  @Test("The platform's package is not loaded where the loader takes the package's own file before it")
  func ownFileBeforePlatformPackage() async throws {
    let tree = try await generated(in: "node_modules", platformPackage: true)
    let part = "node_modules/@test/crc-linux-x64-gnu/crc.linux-x64-gnu.node"
    let without = try await tree.check()
    #expect(Self.rules(without, "error") == ["foreign-format"])
    #expect(Self.binary(part, in: without)?["role"]?.string == "selected")
    try await tree.binary("node_modules/@test/crc/crc.linux-x64-gnu.node", Self.linuxX64)
    let with = try await tree.check()
    #expect(Self.rules(with, "error").isEmpty)
    #expect(Self.binary(part, in: with)?["role"]?.string == "unused")
  }

  @Test("What a package takes in the function says nothing of the files at the same path of a layer")
  func samePathInLayer() async throws {
    let home = "nodejs/node_modules"
    let tree = try await generated(in: home, platformPackage: false)
    try await tree.binary("\(home)/@test/crc/crc.linux-x64-gnu.node", Self.linuxX64)
    let other = "\(home)/@test/crc/crc.linux-x64-gnu.node"
    try tree.scratch.file("layer/\(home)/@test/crc/package.json", #"{"name":"@test/crc","version":"2.0.0"}"#.utf8)
    try tree.scratch.file("layer/\(home)/@test/crc/index.js", "module.exports = require(process.env.CRC)".utf8)
    try tree.scratch.file("layer/\(other)", try await Examples.bytes(Self.windows))
    let report = try await tree.check(layers: ["layer"])
    #expect(Self.binary(other, in: report)?["role"]?.string == "selected")
    #expect(Self.binary(other, "/opt", in: report)?["role"]?.string == "selected")
    #expect(Self.rules(report, "error") == ["foreign-format"])
  }

  @Test("pnpm's links that became copies leave a package without its platform package, and that is said")
  func copiedLinks() async throws {
    let tree = try FunctionTree()
    try tree.text("pnpm-lock.yaml", "lockfileVersion: '9.0'\n")
    let store = "node_modules/.pnpm/sharp@0.33.5/node_modules"
    for place in [store + "/sharp", "node_modules/sharp"] {
      try tree.text(
        place + "/package.json",
        #"{"name":"sharp","version":"0.33.5","main":"lib/index.js","optionalDependencies":{"@img/sharp-linux-x64":"0.33.5"}}"#
      )
      try tree.text(place + "/lib/index.js", "require('./sharp')")
    }
    let part = store + "/@img/sharp-linux-x64"
    try tree.text(
      part + "/package.json",
      #"{"name":"@img/sharp-linux-x64","version":"0.33.5","os":["linux"],"cpu":["x64"],"exports":{"./sharp.node":"./lib/s.node"}}"#
    )
    try await tree.binary(part + "/lib/s.node", Self.linuxX64)
    let report = try await tree.check()
    #expect(Self.rules(report, "error") == ["wrong-platform-package"])
    let finding = report["findings"]?.array.first { $0["rule"]?.string == "wrong-platform-package" }
    #expect(finding?["path"]?.string == "node_modules/sharp")
    #expect(finding?["message"]?.string?.contains("does not find @img/sharp-linux-x64") == true)
    #expect(report["binaries"]?.array.map { $0["role"]?.string } == ["selected"])
  }

  @Test("A layer for another line of Node.js, and a library that the image hides, are said")
  func layers() async throws {
    let tree = try FunctionTree()
    try tree.text("index.js", "")
    try await tree.binary("lib/libz.so.1", Self.linuxX64)
    try tree.scratch.file("layer/nodejs/node18/node_modules/x/package.json", #"{"name":"x","version":"1.0.0"}"#.utf8)
    let report = try await tree.check(layers: ["layer"])
    #expect(Self.rules(report, "warning").contains("layer-mismatch"))
  }

  @Test("A native npm package in function and layer is loaded from the function")
  func layerConflict() async throws {
    let tree = try await bcrypt()
    let manifest = #"{"name":"bcrypt","version":"5.1.1","gypfile":true}"#
    try tree.scratch.file("layer/nodejs/node_modules/bcrypt/package.json", manifest.utf8)
    let report = try await tree.check(layers: ["layer"])
    #expect(Self.rules(report, "warning").contains("layer-conflict"))
    try tree.scratch.file(
      "layer/nodejs/node_modules/bcrypt/package.json", manifest.replacing("5.1.1", with: "6.0.0").utf8)
    #expect(!Self.rules(try await tree.check(layers: ["layer"]), "warning").contains("layer-conflict"))
    // `"bcrypt": "npm:@test/bcrypt@2"`: it is required by its directory, whatever it calls itself.
    try tree.text(
      "node_modules/bcrypt/package.json", #"{"name":"@test/bcrypt","version":"2.0.0","main":"./bcrypt.js"}"#)
    #expect(Self.rules(try await tree.check(layers: ["layer"]), "warning").contains("layer-conflict"))
  }

  @Test("A package is found in a layer through NODE_PATH")
  func nodePath() async throws {
    let tree = try FunctionTree()
    try tree.text(
      "node_modules/host/package.json",
      #"{"name":"host","version":"1.0.0","optionalDependencies":{"part-linux-x64":"1"}}"#)
    try tree.text("node_modules/host/index.js", "module.exports = require('part-linux-x64')")
    let place = "layer/nodejs/node_modules/part-linux-x64"
    try tree.scratch.file(
      place + "/package.json", #"{"name":"part-linux-x64","version":"1.0.0","main":"part.node"}"#.utf8)
    try tree.scratch.file(place + "/part.node", try await Examples.bytes(Self.linuxX64))
    let report = try await tree.check(layers: ["layer"])
    #expect(Self.rules(report, "error").isEmpty)
    let host = Self.package("host", in: report)
    #expect(host?["selected"]?.string == "nodejs/node_modules/part-linux-x64/part.node")
    #expect(host?["selectedMount"]?.string == "/opt")
  }

  @Test("An application without node_modules is followed from its own scripts")
  func bundled() async throws {
    let tree = try FunctionTree()
    try tree.text(
      "index.mjs",
      "import { createRequire } from 'module'\nconst require = createRequire(import.meta.url)\nexport const addon = require('./native/addon.node')\n"
    )
    try await tree.binary("native/addon.node", Self.linuxARM)
    let report = try await tree.check()
    #expect(Self.rules(report, "error") == ["wrong-architecture"])
  }
}
