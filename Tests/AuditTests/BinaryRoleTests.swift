import NodeModules
import PackageFiles
import Testing

struct BinaryRoleTests {
  private let x64 = NodePlatform(architecture: "x64", moduleVersion: 115, nodeAPIMaximum: 9, nodeMajor: 20)
  private let arm64 = NodePlatform(architecture: "arm64", moduleVersion: 115, nodeAPIMaximum: 9, nodeMajor: 20)

  /// The roles of `files` of one npm package, by file.
  private func roles(
    _ files: [String], name: String = "a", on target: NodePlatform? = nil, content: RoleCandidate.Content = .addon,
    isELF: Bool = true, _ change: (inout NPMPackage) -> Void = { _ in }
  ) -> [String: BinaryRole] {
    let root = TreePath(test: "node_modules/" + name)
    var package = NPMPackage(name: name, version: "1.0.0", path: root)
    change(&package)
    let candidates = files.map { file in
      RoleCandidate(
        path: TreePath(test: "\(root)/\(file)"), package: package, content: content, isELF: isELF)
    }
    let assigned = BinaryRole.assign(candidates, on: target ?? x64)
    return Dictionary(uniqueKeysWithValues: zip(files, assigned.map(\.role)))
  }

  @Test("Of bcrypt 6's prebuilds exactly the target's glibc build is selected")
  func bcrypt() {
    let files =
      ["darwin-arm64", "darwin-x64", "linux-arm", "win32-arm64", "win32-x64"].map { "prebuilds/\($0)/bcrypt.node" }
      + ["linux-x64", "linux-arm64"].flatMap {
        ["prebuilds/\($0)/bcrypt.glibc.node", "prebuilds/\($0)/bcrypt.musl.node"]
      }
    for (target, winner) in [(x64, "linux-x64"), (arm64, "linux-arm64")] {
      let roles = roles(files, name: "bcrypt", on: target) { $0.dependencies = ["node-gyp-build"] }
      #expect(roles.filter { $0.value == .selected }.map(\.key) == ["prebuilds/\(winner)/bcrypt.glibc.node"])
      #expect(roles.values.count { $0 == .unused } == files.count - 1)
    }
  }

  @Test("node-gyp-build takes its own build before any prebuild, whatever that build is for")
  func ownBuild() {
    let files = ["build/Release/a.node", "prebuilds/linux-x64/a.node"]
    let withLoader = roles(files) { $0.dependencies = ["node-gyp-build"] }
    #expect(withLoader == ["build/Release/a.node": .selected, "prebuilds/linux-x64/a.node": .unused])
    let without = roles(files)
    #expect(without == ["build/Release/a.node": .selected, "prebuilds/linux-x64/a.node": .selected])
  }

  @Test("node-gyp-build's order: runtime, then module version, then the most tags")
  func nodeGypBuildOrder() {
    let order = [
      "node.abi115.node", "node.napi.glibc.node", "node.napi.node", "a.abi115.node", "a.glibc.node", "x.uv1.node",
    ]
    for start in order.indices.dropLast(2) {
      let files = order[start...].sorted().map { NodeGypBuild.Prebuild(directory: "linux-x64", file: $0) }
      #expect(NodeGypBuild.select(files, on: x64)?.file == order[start])
    }
    let refused = ["electron.napi.node", "node.abi108.node", "a.musl.node", "a.uv2.node", "a.armv8.node", "a.so"]
    #expect(NodeGypBuild.select(refused.map { .init(directory: "linux-x64", file: $0) }, on: x64) == nil)
  }

  @Test("node-gyp-build prefers a directory for one architecture, and ignores names of three parts")
  func nodeGypBuildDirectories() {
    let directories = ["linux-arm64+x64", "linux-x64", "linux-x64-v2", "linuxmusl-x64"]
    let files = directories.map { NodeGypBuild.Prebuild(directory: $0, file: "a.node") }
    #expect(NodeGypBuild.select(files, on: x64)?.directory == "linux-x64")
    #expect(NodeGypBuild.select(files, on: arm64)?.directory == "linux-arm64+x64")
  }

  @Test("A platform package for another system, architecture or libc is unused, by fields or by name")
  func platformPackages() {
    #expect(roles(["lib/sharp-darwin-arm64.node"], name: "@img/sharp-darwin-arm64").values.first == .unused)
    #expect(roles(["lib/x.node"], name: "@img/sharp-darwin-arm64").values.first == .unused)
    #expect(roles(["lib/x.node"], name: "@img/sharp-linuxmusl-x64").values.first == .unused)
    #expect(roles(["lib/x.node"], name: "@img/sharp-linux-arm64").values.first == .unused)
    #expect(roles(["lib/x.node"], name: "@img/sharp-linux-x64").values.first == .selected)
    #expect(roles(["x.node"], name: "x") { $0.os = ["darwin"] }.values.first == .unused)
    #expect(roles(["fsevents.node"], name: "fsevents") { $0.os = ["darwin"] }.values.first == .unused)
    let swc = "@swc/core-linux-x64-"
    #expect(roles(["swc.linux-x64-gnu.node"], name: swc + "gnu").values.first == .selected)
    #expect(roles(["swc.linux-x64-musl.node"], name: swc + "musl").values.first == .unused)
    #expect(roles(["bin/turbo"], name: "turbo-linux-64", content: .executable).values.first == .executable)
    #expect(roles(["bin/turbo"], name: "turbo-windows-64", content: .executable).values.first == .unused)
  }

  @Test(
    "Names on the path decide",
    arguments: [
      ("build/Release/a.node", BinaryRole.selected), ("build/Debug/a.node", .selected),
      ("build/Release/obj.target/a.node", .unused), ("index.node", .selected), ("a.node", .unknown),
      ("test/fixtures/a.node", .unused), ("test/build/Release/a.node", .unused), ("src/a.node", .unused),
      ("src/build/Release/sharp-linux-x64.node", .selected), ("deps/a.node", .unused),
      ("lib/binding/node-v115-linux-x64/a.node", .selected), ("lib/binding/node-v93-linux-x64/a.node", .unused),
      ("lib/binding/node-v115-darwin-x64/a.node", .unused), ("lib/binding/napi-v6-linux-glibc-x64/a.node", .selected),
      ("lib/binding/napi-v6-linux-musl-x64/a.node", .unused), ("vendor/linux_musl-x64-115/binding.node", .unused),
      ("vendor/linux-x64-115/binding.node", .selected), ("vendor/linux-x64-93/binding.node", .unused),
      ("bin/linux-x64-node-20/deasync.node", .selected), ("bin/linux-x64-node-12/deasync.node", .unused),
      ("build/koffi/linux_x64/koffi.node", .selected), ("build/koffi/musl_x64/koffi.node", .unused),
      ("build/koffi/linux_riscv64d/koffi.node", .unused), ("bin/napi-v6/linux/x64/onnxruntime_binding.node", .selected),
      ("bin/napi-v6/win32/x64/onnxruntime_binding.node", .unused),
      ("build/Release/oracledb-6.3.0-darwin-x64.node", .unused),
      ("build/Release/oracledb-6.3.0-linux-x64.node", .selected), ("skia.linux-x64-gnu.node", .selected),
      ("skia.android-arm64.node", .unused), ("skia.aarch64-linux-android.node", .unused),
      ("prebuilds/linux-x64.node", .selected), ("prebuilds/linuxmusl-x64.node", .unused),
      ("libquery_engine-rhel-openssl-3.0.x.so.node", .selected), ("libquery_engine-darwin-arm64.dylib.node", .unused),
      ("libquery_engine-linux-arm64-openssl-3.0.x.so.node", .unused), ("native/x86_64-pc-windows-msvc/a.node", .unused),
      ("native/x86_64-unknown-linux-gnu/a.node", .selected), ("prebuilds/linux-x64/electron.napi.node", .unused),
    ])
  func paths(file: String, role: BinaryRole) {
    #expect(roles([file])[file] == role)
  }

  @Test("On arm64 Prisma's engine that is named after a distribution alone is for another architecture")
  func prisma() {
    let file = "libquery_engine-rhel-openssl-3.0.x.so.node"
    #expect(roles([file], on: arm64)[file] == .unused)
  }

  @Test("node-pre-gyp's template selects the folder of the highest Node-API version that both know")
  func nodePreGyp() {
    let files = [
      "lib/binding/napi-v3/bcrypt_lib.node", "lib/binding/napi-v6/bcrypt_lib.node",
      "lib/binding/napi-v10/bcrypt_lib.node",
    ]
    let roles = roles(files, name: "bcrypt") {
      $0.binary = .init(
        moduleName: "bcrypt_lib", modulePath: "./lib/binding/napi-v{napi_build_version}", nodeAPIVersions: [3, 6, 10])
    }
    #expect(roles[files[0]] == .unused && roles[files[1]] == .selected && roles[files[2]] == .unused)
  }

  @Test("node-pre-gyp's templates are filled in as it fills them")
  func templates() {
    var package = NPMPackage(name: "g", version: "1.2.3", path: TreePath(test: "node_modules/g"))
    func path(_ template: String, _ versions: [Int] = []) -> String? {
      package.binary = .init(moduleName: "m", modulePath: template, nodeAPIVersions: versions)
      return NodePreGyp.addonPath(of: package, on: x64)?.description
    }
    #expect(path("./lib/{node_abi}-{platform}-{arch}-{libc}") == "node_modules/g/lib/node-v115-linux-x64-glibc/m.node")
    #expect(path("lib/{node_napi_label}", [3, 8]) == "node_modules/g/lib/napi-v8/m.node")
    #expect(path("lib/{node_napi_label}") == "node_modules/g/lib/node-v115/m.node")
    #expect(path("build/{configuration}") == "node_modules/g/build/Release/m.node")
    #expect(path("{unknown}") == "node_modules/g/{unknown}/m.node" && path("../../{name}") == nil)
  }

  @Test("Libraries and programs keep their kind; what Linux cannot load is unused")
  func otherContents() {
    #expect(roles(["lib/libvips.so.42"], content: .library)["lib/libvips.so.42"] == .library)
    #expect(roles(["lib/libvips.dylib"], content: .library, isELF: false)["lib/libvips.dylib"] == .unused)
    #expect(roles(["bin/esbuild"], content: .executable, isELF: false)["bin/esbuild"] == .executable)
    #expect(roles(["build/Release/a.o"], content: .object)["build/Release/a.o"] == .unused)
    #expect(roles(["a.wasm"], content: .webAssembly, isELF: false)["a.wasm"] == .library)
  }

  @Test("A file outside every npm package has no known role, unless its path tells")
  func outside() {
    let files = ["bin/custom.node", "native/darwin/custom.node"]
    let candidates = files.map { RoleCandidate(path: TreePath(test: $0), package: nil, content: .addon, isELF: true) }
    #expect(BinaryRole.assign(candidates, on: x64).map(\.role) == [.unknown, .unused])
  }
}
