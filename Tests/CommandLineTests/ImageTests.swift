import ELFAssembler
import Foundation
import ImageAssembler
import Testing

@Suite("Container images")
struct ImageTests {
  /// Lambda's own, for roots that are compared with one of which it is assumed.
  private static let libraryPath =
    "LD_LIBRARY_PATH=/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib"

  /// The files below a directory as entries of a layer, in path order.
  private func entries(_ directory: String, at prefix: String, of scratch: Scratch) throws -> [TarAssembler.Entry] {
    let root = scratch.directory.appending(path: directory)
    let paths = try #require(FileManager.default.enumerator(atPath: root.path)).compactMap { $0 as? String }.sorted()
    return try paths.map { path in
      let url = root.appending(path: path)
      var isDirectory: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory)
      if isDirectory.boolValue { return .directory("\(prefix)\(path)/") }
      return .file("\(prefix)\(path)", try Data(contentsOf: url), mode: 0o755)
    }
  }

  /// The synthetic root and function as an image of two layers.
  private func image(_ scratch: Scratch, at directory: String = "var/task/") async throws -> ImageAssembler.Image {
    try await SyntheticRoot.write(to: scratch)
    let root = try entries("rootfs", at: "", of: scratch) + [.file("etc/removed", "1")]
    let function = try entries("function", at: directory, of: scratch) + [.file("etc/.wh.removed", "")]
    var image = ImageAssembler.Image(root, function)
    image.environment = [Self.libraryPath, "PATH=/bin:/var/lang/bin"]
    image.workingDirectory = "/" + directory.dropLast()
    return image
  }

  private func report(_ line: String, in scratch: Scratch) async throws -> JSONValue {
    let arguments = line.split(separator: " ").map(String.init) + ["--format", "json", "--today", "2026-11-23"]
    let outcome = try await Airworthy.run(arguments, in: scratch.directory)
    #expect(outcome.errors.isEmpty)
    return try JSONValue(outcome.output)
  }

  @Test("An image gives the same loads and findings as its unpacked root file system with the same function")
  func sameAsSysroot() async throws {
    let scratch = try Scratch()
    let image = ImageAssembler(try await image(scratch))
    var packed = image
    packed.images[0].layers = packed.images[0].layers.map(Packed.gzip)
    // Lambda's processor, not this machine's.
    let expected = try await report("check function --sysroot rootfs --isa-level 3", in: scratch)
    let forms = [
      ("docker.tar", image.legacyDocker()), ("podman.tar", image.podman()), ("oci.tar", packed.layoutArchive()),
      ("nested.tar.gz", Packed.gzip(image.layoutArchive(isNested: true))),
    ]
    for (name, bytes) in forms {
      try scratch.file(name, bytes)
      let actual = try await report("check \(name)", in: scratch)
      for key in ["binaries", "findings", "npmPackages", "verdict"] {
        #expect(actual[key] == expected[key], "\(name): \(key)")
      }
      #expect(actual["package"]?["kind"]?.string == "image")
      #expect(actual["package"]?["files"] == expected["package"]?["files"])
      #expect(actual["package"]?["unzippedBytes"] == expected["package"]?["unzippedBytes"])
      #expect(actual["package"]?["zippedBytes"]?.number == bytes.count)
      for key in ["node", "moduleVersion", "nodeApi", "glibc", "source", "architecture"] {
        #expect(actual["target"]?[key] == expected["target"]?[key])
      }
      let notes = actual["target"]?["notes"]?.array.compactMap(\.string) ?? []
      #expect(notes.contains { $0.contains("/var/lang/bin/node") })
    }
  }

  @Test("An image captured is the environment of its root file system")
  func capture() async throws {
    let scratch = try Scratch()
    try scratch.file("image.tar", ImageAssembler(try await image(scratch)).legacyDocker())
    let captured = try await Airworthy.run(
      ["capture", "--sysroot", "image.tar", "-o", "c.json"], in: scratch.directory)
    #expect(captured == Airworthy.Outcome(status: 0, output: "", errors: ""))
    let expected = try await report("check image.tar", in: scratch)
    let actual = try await report("check function --environment c.json", in: scratch)
    #expect(actual["binaries"] == expected["binaries"])
    #expect(try await report("check function --sysroot image.tar", in: scratch)["findings"] == expected["findings"])
  }

  @Test("The function stands in WORKDIR where it is not in /var/task, and messages name that place")
  func workingDirectory() async throws {
    let scratch = try Scratch()
    var image = try await image(scratch, at: "srv/app/")
    image.environment = ["LD_LIBRARY_PATH=lib:/opt/lib", "NODE_OPTIONS=--require ./x.js"]
    let needing = ELFAssembler(
      soname: nil, needed: ["libnear.so"], symbols: [.defined("napi_register_module_v1")])
    let near = ELFAssembler(soname: "libnear.so").bytes()
    image.layers.append(
      TarAssembler([
        .file("srv/app/near.node", needing.bytes()), .file("srv/app/lib/libnear.so", near),
        .file("opt/nodejs/node_modules/a/a.node", needing.bytes()),
      ]).bytes())
    try scratch.file("image.tar", ImageAssembler(image).legacyDocker())
    let report = try await report("check image.tar", in: scratch)
    var loads: [String: JSONValue] = [:]
    for binary in report["binaries"]?.array ?? [] {
      loads["\(binary["mount"]?.string ?? "")/\(binary["path"]?.string ?? "")"] = binary["load"] ?? .null
    }
    #expect(loads["/srv/app/near.node"]?["outcome"]?.string == "loads", "lib/ is looked for in WORKDIR")
    #expect(loads["/opt/nodejs/node_modules/a/a.node"]?["outcome"]?.string == "loads", "/opt is what layers are")
    #expect(
      loads["/srv/app/undefined-symbol.node"]?["message"]?.string
        == "/srv/app/undefined-symbol.node: undefined symbol: napi_no_such_function")
    let notes = report["target"]?["notes"]?.array.compactMap(\.string) ?? []
    #expect(notes.contains { $0.contains("NODE_OPTIONS") })
  }

  @Test("Of several platforms --arch chooses; without it the choices are named")
  func platforms() async throws {
    let scratch = try Scratch()
    let image = try await image(scratch)
    var other = image
    other.architecture = "arm64"
    try scratch.file("image.tar", ImageAssembler(image, other).layoutArchive(isNested: true))
    let outcome = try await Airworthy.run(["check", "image.tar"], in: scratch.directory)
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("latest linux/amd64, latest linux/arm64; choose with --arch"))
    #expect(
      try await report("check image.tar --arch x86_64", in: scratch)["target"]?["architecture"]?.string == "x86_64")
    try scratch.file("one.tar", ImageAssembler(image).layoutArchive())
    let missing = try await Airworthy.run(["check", "one.tar", "--arch", "arm64"], in: scratch.directory)
    #expect(missing.status == 64 && missing.errors.contains("no image for arm64, only linux/amd64"))
  }

  @Test("An image whose Node.js is linked against musl is no wrong verdict, but a clear line")
  func musl() async throws {
    let scratch = try Scratch()
    var node = ELFAssembler(soname: nil, needed: ["libc.musl-x86_64.so.1"])
    node.interpreter = "/lib/ld-musl-x86_64.so.1"
    node.data = Array("\0node.js/v20.18.0\0node_register_module_v115\0".utf8)
    let loader = ELFAssembler(soname: "libc.musl-x86_64.so.1")
    var image = ImageAssembler.Image([
      .file("usr/local/bin/node", node.bytes(), mode: 0o755), .file("lib/ld-musl-x86_64.so.1", loader.bytes()),
      .file("var/task/index.js", "1"),
    ])
    image.environment = ["PATH=/usr/local/bin:/bin"]
    try scratch.file("alpine.tar", ImageAssembler(image).legacyDocker())
    let outcome = try await Airworthy.run(["check", "alpine.tar"], in: scratch.directory)
    #expect(outcome.status == 65 && outcome.output.isEmpty)
    #expect(outcome.errors.contains("musl") && outcome.errors.contains("/lib/ld-musl-x86_64.so.1"))
    #expect(outcome.errors.split(separator: "\n").count == 1)
  }

  @Test("What does not go with an image is wrong usage; what an image lacks is said in one line")
  func refused() async throws {
    let scratch = try Scratch()
    try scratch.file("image.tar", ImageAssembler(try await image(scratch)).legacyDocker())
    let wrong = [
      "--layer function", "--kind layer", "--sysroot rootfs", "--runtime nodejs20.x --runtime nodejs22.x",
      "--arch sparc",
    ]
    for options in wrong {
      let arguments = ["check", "image.tar"] + options.split(separator: " ").map(String.init)
      let outcome = try await Airworthy.run(arguments, in: scratch.directory)
      #expect(outcome.status == 64, "\(options): \(outcome.errors)")
    }
    let empty = ImageAssembler.Image([.file("bin/x", "1")])
    try scratch.file("empty.tar", ImageAssembler(empty).legacyDocker())
    let noPackage = try await Airworthy.run(["check", "empty.tar"], in: scratch.directory)
    #expect(noPackage.status == 65 && noPackage.errors.contains("WORKDIR"))
    try scratch.file("nodeless.tar", ImageAssembler(ImageAssembler.Image([.file("var/task/x", "1")])).legacyDocker())
    let noNode = try await Airworthy.run(["check", "nodeless.tar"], in: scratch.directory)
    #expect(noNode.status == 66 && noNode.errors.contains("no Node.js"))
    let whole = try Data(contentsOf: scratch.directory.appending(path: "image.tar"))
    for count in [600, 5000, whole.count / 2, whole.count - 1600] {
      try scratch.file("cut.tar", whole.prefix(count))
      let cut = try await Airworthy.run(["check", "cut.tar"], in: scratch.directory)
      #expect(cut.status == 65 && cut.errors.split(separator: "\n").count == 1, "\(count): \(cut.errors)")
    }
    #expect(try await Airworthy.run(["inspect", "image.tar"], in: scratch.directory).status == 0)
  }
}
