import Testing

@testable import NodeModules

/// Loader libraries, called as a package's JavaScript calls them.
struct LibraryTests {
  static let home = "/var/task/node_modules/x"

  static func call(
    _ library: String, _ member: String? = nil, _ arguments: [JavaScriptValue], files: [String: String],
    manifest: String = "{\"name\": \"x\", \"version\": \"1.2.3\"}", platform: NodePlatform = LoaderWorld.x64,
    variables: [String: String] = [:]
  ) throws -> (value: JavaScriptValue, attempts: [String]) {
    var world = LoaderWorld(platform: platform, variables: variables)
    world.files["var/task/node_modules/x/package.json"] = manifest
    for (path, text) in files {
      let whole =
        path.hasPrefix("/")
        ? path : path.hasPrefix("~") ? "/var/task/node_modules/" + path.dropFirst() : home + "/" + path
      world.files[String(whole.dropFirst())] = text
    }
    var search = try #require(world.search("x"))
    let loader = try #require(Loaders.libraries.first { $0.libraries.contains(library) })
    let request = LibraryCall(library: library, member: member, arguments: arguments, file: home + "/index.js")
    let value = try loader.call(request, &search)
    return (value, search.attempts.map { "\($0.outcome.rawValue) \($0.path)" })
  }

  // MARK: node-gyp-build-optional-packages (the published node-gyp-build.js 5.2 and index.js 4.3)

  private static let optional = "node-gyp-build-optional-packages"
  private static let five = ["~\(optional)/package.json": "{\"name\": \"\(optional)\", \"version\": \"5.2.2\"}"]

  @Test("The platform's package of an unscoped name stands in a scope of that name")
  func platformPackage() throws {
    let files =
      Self.five + .installed("@x/x-linux-x64", "index.js", "")
      + [
        "~@x/x-linux-x64/node.abi115.glibc.node": "ok", "~@x/x-linux-x64/node.napi.glibc.node": "ok",
        "~@x/x-linux-x64/node.napi.musl.node": "x",
      ]
    let found = try Self.call(Self.optional, nil, [.string(Self.home)], files: files)
    #expect(found.value == .module("/var/task/node_modules/@x/x-linux-x64/node.abi115.glibc.node"))
  }

  @Test("A file without a runtime's tag is none, as in node-gyp-build before 4.8")
  func untagged() throws {
    let files = Self.five + .installed("@x/x-linux-x64", "index.js", "") + ["~@x/x-linux-x64/x.glibc.node": "ok"]
    let found = try Self.call(Self.optional, nil, [.string(Self.home)], files: files)
    #expect(
      found.value
        == .error(
          NodeError(
            code: "ERR_INVALID_ARG_TYPE", "The \"id\" argument must be of type string. Received undefined")))
  }

  @Test("A build in place comes before prebuilds and packages")
  func ownBuild() throws {
    let files = Self.five + ["build/Release/a.node": "ok", "prebuilds/linux-x64/node.napi.node": "ok"]
    let found = try Self.call(Self.optional, nil, [.string(Self.home)], files: files)
    #expect(found.value == .module(Self.home + "/build/Release/a.node"))
  }

  @Test("A scoped name keeps its scope, and the path alone can be asked for")
  func scoped() throws {
    let files =
      Self.five + .installed("@s/x-linux-arm64", "index.js", "") + [
        "~@s/x-linux-arm64/node.napi.armv8.glibc.node": "ok"
      ]
    let found = try Self.call(
      Self.optional, "resolve", [.string(Self.home)], files: files, manifest: "{\"name\": \"@s/x\"}",
      platform: LoaderWorld.arm64)
    #expect(found.value == .string("/var/task/node_modules/@s/x-linux-arm64/node.napi.armv8.glibc.node"))
  }

  @Test("Nothing fits: the whole text of version 5")
  func nothingFive() throws {
    let found = try Self.call(Self.optional, nil, [.string(Self.home)], files: Self.five, platform: LoaderWorld.arm64)
    #expect(
      found.value
        == .error(
          NodeError(
            "No native build was found for platform=linux arch=arm64 runtime=node abi=115 uv=1 armv=8 libc=glibc node=20.20.2\n    attempted loading from: \(Self.home) and package: @x/x-linux-arm64\nError resolving package: Cannot find module '@x/x-linux-arm64'\n"
          )))
  }

  @Test("Nothing fits: the whole text of version 4.3, whose packages have no scope")
  func nothingFour() throws {
    let four = ["~\(Self.optional)/package.json": "{\"name\": \"\(Self.optional)\", \"version\": \"4.3.5\"}"]
    let found = try Self.call(Self.optional, nil, [.string(Self.home)], files: four)
    #expect(
      found.value
        == .error(
          NodeError(
            "No native build was found for platform=linux arch=x64 runtime=node abi=115 uv=1 libc=glibc node=20.20.2\n    loaded from: \(Self.home) and package: x-linux-x64\n"
          )))
  }

  // MARK: pkg-prebuilds (Julusian/pkg-prebuilds bindings.js 1.0.0)

  private static let options = JavaScriptValue.object([
    "name": .string("HID"), "napi_versions": .array([.number(4), .number(3)]),
  ])

  @Test("pkg-prebuilds takes the first Node-API version that is there")
  func prebuilds() throws {
    let files = [
      "prebuilds/HID-linux-x64/node-napi-v3.node": "ok", "prebuilds/HID-darwin-arm64/node-napi-v4.node": "x",
    ]
    let found = try Self.call("pkg-prebuilds", nil, [.string(Self.home), Self.options], files: files)
    #expect(found.value == .module(Self.home + "/prebuilds/HID-linux-x64/node-napi-v3.node"))
  }

  @Test("pkg-prebuilds takes Debug before Release, and a broken file's error is final")
  func debugFirst() throws {
    let files = ["build/Debug/HID.node": "throws a", "build/Release/HID.node": "ok"]
    let found = try Self.call("pkg-prebuilds", nil, [.string(Self.home), Self.options], files: files)
    #expect(found.value == .error(NodeError(code: "ERR_DLOPEN_FAILED", "a")))
  }

  @Test("pkg-prebuilds lists where it looked")
  func prebuildsMissing() throws {
    let found = try Self.call(
      "pkg-prebuilds", nil, [.string(Self.home), Self.options],
      files: ["/etc/alpine-release": "3.20", "prebuilds/a": ""])
    #expect(
      found.value
        == .error(
          NodeError(
            """
            Failed to find binding for HID
            Tried paths:
             - \(Self.home)/build/Debug/HID.node
             - \(Self.home)/build/Release/HID.node
             - \(Self.home)/prebuilds/HID-linux-x64-musl/node-napi-v4.node
             - \(Self.home)/prebuilds/HID-linux-x64-musl/node-napi-v3.node
            """)))
  }

  // MARK: cmake-ts (as published with zeromq 6.5)

  private static func build(_ abi: Int, os: String = "linux", arch: String = "x64", libc: String = "glibc") -> String {
    "{\\\"os\\\":\\\"\(os)\\\",\\\"arch\\\":\\\"\(arch)\\\",\\\"libc\\\":\\\"\(libc)\\\",\\\"abi\\\":\(abi)}"
  }

  private static func manifest(_ builds: (key: String, path: String)...) -> [String: String] {
    ["build/manifest.json": "{" + builds.map { "\"\($0.key)\": \"\($0.path)\"" }.joined(separator: ", ") + "}"]
  }

  @Test("cmake-ts tries the highest module version first and passes over what does not load")
  func cmakeTS() throws {
    let files =
      Self.manifest((Self.build(115), "a.node"), (Self.build(127), "b.node"), (Self.build(127, os: "darwin"), "c.node"))
      + ["build/a.node": "ok", "build/b.node": "throws /lib64/libc.so.6: version `GLIBC_2.38' not found"]
    let found = try Self.call("cmake-ts/build/loader", "loadAddon", [.string(Self.home + "/build")], files: files)
    #expect(found.value == .module(Self.home + "/build/a.node"))
    #expect(found.attempts == ["throws \(Self.home)/build/b.node", "loads \(Self.home)/build/a.node"])
  }

  @Test("cmake-ts says that nothing loaded, without why")
  func cmakeTSBroken() throws {
    let files = Self.manifest((Self.build(115), "a.node")) + ["build/a.node": "throws a"]
    let found = try Self.call("cmake-ts/build/loader", "loadAddon", [.string(Self.home + "/build")], files: files)
    #expect(found.value == .error(NodeError("No compatible zeromq.js addon found")))
  }

  @Test("cmake-ts lists the builds that it has")
  func cmakeTSForeign() throws {
    let files = Self.manifest((Self.build(115, os: "darwin", arch: "arm64", libc: "libc"), "a.node"))
    let found = try Self.call("cmake-ts/build/loader", "loadAddon", [.string(Self.home + "/build")], files: files)
    #expect(
      found.value
        == .error(
          NodeError(
            "Failed to load zeromq.js addon.node: Error: No compatible zeromq.js addon found for linux x64 glibc. The candidates were:\n{\"os\":\"darwin\",\"arch\":\"arm64\",\"libc\":\"libc\",\"abi\":115}"
          )))
  }

  @Test("cmake-ts needs its manifest")
  func cmakeTSNothing() throws {
    let found = try Self.call("cmake-ts/build/loader", "loadAddon", [.string(Self.home + "/build")], files: ["a": ""])
    #expect(
      found.value
        == .error(
          NodeError(
            "Failed to load zeromq.js addon.node: Error: Manifest file not found at \(Self.home)/build/manifest.json")))
  }

  // MARK: require-addon (holepunchto/require-addon lib/node.js 1.2.0, bare-addon-resolve index.js)

  @Test("require-addon takes the file with the version before the one without")
  func requireAddon() throws {
    let files = ["prebuilds/linux-x64/x@1.2.3.node": "ok", "prebuilds/linux-x64/x.node": "ok"]
    let found = try Self.call("require-addon", nil, [.string("."), .string(Self.home + "/index.js")], files: files)
    #expect(found.value == .module(Self.home + "/prebuilds/linux-x64/x@1.2.3.node"))
  }

  @Test("require-addon goes on after an error, and up to the root")
  func requireAddonUp() throws {
    let files = ["prebuilds/linux-x64/x.node": "throws a", "/var/task/prebuilds/linux-x64/x.node": "ok"]
    let found = try Self.call("require-addon", nil, [.string(".")], files: files)
    #expect(found.value == .module("/var/task/prebuilds/linux-x64/x.node"))
  }

  @Test("require-addon lists every candidate, linked libraries last")
  func requireAddonMissing() throws {
    let found = try Self.call(
      "require-addon", nil, [.string(".")], files: ["prebuilds/darwin-arm64/s__x.node": "x"],
      manifest: "{\"name\": \"@s/x\", \"version\": \"1.2.3\"}", platform: LoaderWorld.arm64)
    let places = [Self.home, "/var/task/node_modules", "/var/task", "/var", ""].flatMap { folder in
      ["s__x@1.2.3", "s__x"].map { "- file://\(folder)/prebuilds/linux-arm64/\($0).node" }
    }
    let text =
      "Cannot find addon '.' imported from 'file://\(Self.home)/index.js'\nCandidates:\n"
      + (places + ["- linked:libs__x.1.2.3.so", "- linked:libs__x.so"]).joined(separator: "\n")
    #expect(found.value == .error(NodeError(code: "ADDON_NOT_FOUND", text)))
  }

  // MARK: @node-rs/helper (napi-rs/node-rs packages/helper/src/loader.ts 1.3.3)

  private static let binding: [JavaScriptValue] = [.string(home), .string("snappy"), .string("snappy")]

  @Test("@node-rs/helper tries the platform's package, then the local file, for both C libraries")
  func helper() throws {
    let files =
      [String: String].installed("snappy-linux-x64-gnu", "a.node", "throws a") + ["snappy.linux-x64-musl.node": "ok"]
    let found = try Self.call("@node-rs/helper", "loadBinding", Self.binding, files: files)
    #expect(found.value == .module(Self.home + "/snappy.linux-x64-musl.node"))
    #expect(
      found.attempts == [
        "throws /var/task/node_modules/snappy-linux-x64-gnu/a.node", "missing \(Self.home)/snappy.linux-x64-gnu.node",
        "missing snappy-linux-x64-musl", "loads \(Self.home)/snappy.linux-x64-musl.node",
      ])
  }

  @Test("@node-rs/helper collects what failed and names the packages beside its own")
  func helperFails() throws {
    let files =
      [String: String].installed("snappy", "index.js", "") + .installed("snappy-darwin-arm64")
      + .installed("snappy-linux-x64-gnu", "a.node", "throws a")
    let found = try Self.call("@node-rs/helper", "loadBinding", Self.binding, files: files)
    #expect(
      found.value
        == .error(
          NodeError(
            "Can not load bindings, file: /var/task/node_modules/snappy-linux-x64-gnu/a.node existed but error occurred while require it: a \nInstalled packages: [snappy-darwin-arm64, snappy-linux-x64-gnu]"
          )))
  }

  // MARK: detect-libc (lovell/detect-libc lib/detect-libc.js 2.1.2 and 1.0.3)

  @Test("detect-libc answers with the target's C library")
  func detectLibc() throws {
    #expect(try Self.call("detect-libc", "familySync", [], files: [:]).value == .string("glibc"))
    #expect(try Self.call("detect-libc", "isNonGlibcLinuxSync", [], files: [:]).value == .bool(false))
    #expect(try Self.call("detect-libc", "versionSync", [], files: [:]).value == .string("2.34"))
    let musl = LoaderWorld.node("20.20.2", modules: 115, nodeAPI: 9, "x64", glibc: nil)
    #expect(try Self.call("detect-libc", "familySync", [], files: [:], platform: musl).value == .string("musl"))
  }

  @Test("detect-libc's family is a text up to version 1 only")
  func detectLibcConstants() throws {
    var world = LoaderWorld(platform: LoaderWorld.x64)
    world.files["var/task/node_modules/x/package.json"] = "{\"name\": \"x\"}"
    world.files["var/task/node_modules/detect-libc/package.json"] =
      "{\"name\": \"detect-libc\", \"version\": \"1.0.3\"}"
    #expect(DetectLibc.constant("family", try #require(world.search("x"))) == .string("glibc"))
    #expect(DetectLibc.constant("MUSL", try #require(world.search("x"))) == .string("musl"))
    world.files["var/task/node_modules/detect-libc/package.json"] =
      "{\"name\": \"detect-libc\", \"version\": \"2.1.2\"}"
    #expect(DetectLibc.constant("family", try #require(world.search("x"))) == nil)
  }
}
