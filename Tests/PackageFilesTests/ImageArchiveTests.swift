import ImageAssembler
import Testing

@testable import PackageFiles

@Suite("Container images in every form they are saved in")
struct ImageArchiveTests {
  private static let layers: [[TarAssembler.Entry]] = [
    [.directory("var/task/"), .file("var/task/index.js", "1"), .file("var/task/gone", "1")],
    [.file("var/task/.wh.gone", ""), .file("opt/lib/x", "2")],
  ]

  private static func image(_ architecture: String = "amd64") -> ImageAssembler.Image {
    var image = ImageAssembler.Image(layers: layers.map { TarAssembler($0).bytes() })
    image.architecture = architecture
    image.workingDirectory = "/var/task"
    image.environment = ["PATH=/bin", "LD_LIBRARY_PATH=/a:/b"]
    return image
  }

  private static func packed(_ pack: ([UInt8]) -> [UInt8]) -> ImageAssembler.Image {
    var packed = image()
    packed.layers = packed.layers.map(pack)
    return packed
  }

  private func open(_ bytes: [UInt8], _ architecture: String? = nil) throws(TreeError) -> ContainerImage? {
    try ImageArchive.image(OwnedBytes(copying: bytes), path: "image.tar", architecture: architecture)
  }

  private func check(_ opened: ContainerImage?, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let image = try #require(opened, sourceLocation: sourceLocation)
    #expect(image.tree.names(in: .root) == [Array("opt".utf8), Array("var".utf8)], sourceLocation: sourceLocation)
    #expect(try image.packageDirectory().description == "var/task", sourceLocation: sourceLocation)
    #expect(
      image.tree.names(in: "var/task") == [Array("index.js".utf8)], sourceLocation: sourceLocation)
    #expect(image.configuration.environment["LD_LIBRARY_PATH"] == "/a:/b", sourceLocation: sourceLocation)
    #expect(image.notes == [], sourceLocation: sourceLocation)
  }

  @Test("docker save, old and new, podman save, OCI layouts; as a whole plain or with gzip")
  func forms() throws {
    let assembler = ImageAssembler(Self.image())
    for bytes in [
      assembler.legacyDocker(), assembler.podman(), assembler.layoutArchive(), assembler.layoutArchive(isNested: true),
    ] {
      try check(try open(bytes))
      try check(try open(Packed.gzip(bytes)))
    }
    try check(try open(ImageAssembler(Self.packed(Packed.gzip)).layoutArchive()))
    try check(
      try open(
        ImageAssembler(Self.packed { Packed.gzip(Array($0.prefix(700))) + Packed.gzip(Array($0.dropFirst(700))) })
          .legacyDocker()))
    do {
      try check(try open(ImageAssembler(Self.packed(Packed.zstandard)).layoutArchive()))
    } catch let error as TreeError {
      guard case .libraryMissing = error else { throw error }
    }
  }

  @Test("A directory that is an OCI layout is an image")
  func directory() throws {
    let directory = try TemporaryDirectory()
    for file in ImageAssembler(Self.image()).layout(isNested: true) { directory.write(file.path, file.bytes) }
    let opened = try openPackage(path: directory.path)
    #expect(opened.container == .image && opened.archiveByteCount == nil)
    try check(opened.image)
    directory.write("image.tar", ImageAssembler(Self.image()).podman())
    let archive = try openPackage(path: "\(directory.path)/image.tar")
    #expect(archive.container == .image && archive.archiveByteCount != nil)
  }

  @Test("Of several platforms the one asked for is taken, and without a word there must be only one")
  func platforms() throws {
    let both = ImageAssembler(Self.image("arm64"), Self.image("amd64"))
    for bytes in [both.layoutArchive(), both.layoutArchive(isNested: true), both.legacyDocker()] {
      #expect(try open(bytes, "x86_64")?.configuration.architecture == "amd64")
      #expect(try open(bytes, "arm64")?.configuration.architecture == "arm64")
      let error = #expect(throws: TreeError.self) { try open(bytes) }
      #expect(error?.description.contains("linux/arm64") == true && error?.description.contains("--arch") == true)
    }
    let one = ImageAssembler(Self.image("amd64")).layoutArchive()
    #expect(throws: TreeError.noSuchPlatform("image.tar", "arm64", ["linux/amd64"])) { try open(one, "arm64") }
    var other = Self.image("s390x")
    #expect(throws: TreeError.self) { try open(ImageAssembler(other).layoutArchive()) }
    other = Self.image()
    other.os = "windows"
    #expect(
      try #require(throws: TreeError.self) { try open(ImageAssembler(other).layoutArchive()) }.description.contains(
        "windows"))
    var second = Self.image()
    second.workingDirectory = "/srv"
    second.tag = "other:1"
    let error = #expect(throws: TreeError.self) { try open(ImageAssembler(Self.image(), second).legacyDocker()) }
    #expect(error?.description.contains("other:1") == true)
  }

  @Test("The package is LAMBDA_TASK_ROOT, /var/task or WORKDIR, whichever has something in it")
  func packageDirectory() throws {
    func directory(_ entries: [TarAssembler.Entry], _ workingDirectory: String?, _ environment: [String] = []) throws
      -> String
    {
      var image = ImageAssembler.Image(entries)
      image.workingDirectory = workingDirectory
      image.environment = environment
      return try #require(try open(ImageAssembler(image).legacyDocker())).packageDirectory().description
    }
    let app: [TarAssembler.Entry] = [.file("app/index.js", "1")]
    #expect(try directory(app, "/app") == "app")
    #expect(try directory(app + [.directory("var/task")], "/app") == "app", "an empty /var/task is nobody's")
    #expect(try directory(app + [.file("var/task/a", "")], "/app") == "var/task")
    #expect(try directory(app, nil, ["LAMBDA_TASK_ROOT=/app"]) == "app")
    #expect(try directory(app + [.link("srv", to: "app")], "/srv") == "app", "links are followed")
    for working in [nil, "/", "/nowhere", "app"] {
      #expect(throws: TreeError.self) { try directory(app, working) }
    }
  }

  @Test("A tar that is no image, and images that lack something, are refused with the reason")
  func refused() throws {
    #expect(
      throws: TreeError.unsupportedArchive("image.tar", "a tar archive without a container image in it")
    ) { try open(TarAssembler([.file("package/index.js", "1")]).bytes()) }
    #expect(try open([]) == nil && open(Array("PK".utf8)) == nil && open([0x1f, 0x8b, 8]) == nil)
    func error(_ manifest: String, _ others: [TarAssembler.Entry] = []) throws -> String {
      let bytes = TarAssembler(others + [.file("manifest.json", manifest)]).bytes()
      return try #require(throws: TreeError.self) { try open(bytes) }.description
    }
    #expect(try error("[]").contains("none of the images"))
    #expect(try error("{").contains("manifest.json"))
    #expect(try error(#"[{"Config":"c.json","Layers":["l.tar"]}]"#).contains("c.json"))
    let config = TarAssembler.Entry.file("c.json", #"{"architecture":"amd64","os":"linux"}"#)
    #expect(try error(#"[{"Config":"c.json","Layers":["l.tar"]}]"#, [config]).contains("l.tar"))
    #expect(try error(#"[{"Config":"../c.json","Layers":[]}]"#, [config]).contains("leads out"))
    let two = TarAssembler.Entry.file("c.json", #"{"architecture":"amd64","rootfs":{"diff_ids":["a","b"]}}"#)
    #expect(try error(#"[{"Config":"c.json","Layers":["c.json"]}]"#, [two]).contains("1 layers"))
    let noTar = TarAssembler.Entry.file("l.tar", String(repeating: "no tar ", count: 100))
    #expect(try error(#"[{"Config":"c.json","Layers":["l.tar"]}]"#, [config, noTar]).contains("layer 1 of 1, l.tar"))
  }

  @Test("An archive that was cut off anywhere, or changed anywhere, gives an image or a clear error")
  func hostile() throws {
    let assembler = ImageAssembler(Self.packed(Packed.gzip))
    for whole in [assembler.legacyDocker(), assembler.layoutArchive(isNested: true)] {
      for count in stride(from: 0, to: whole.count, by: 61) { try survive(Array(whole[..<count])) }
      var random = SystemRandomNumberGenerator()
      for _ in 0..<400 {
        var changed = whole
        for _ in 0..<Int.random(in: 1...8, using: &random) {
          changed[Int.random(in: 0..<changed.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        try survive(changed)
      }
    }
  }

  /// Reads all there is; any error must be a `TreeError` of one line.
  private func survive(_ bytes: [UInt8]) throws {
    do {
      guard let image = try open(bytes) else { return }
      for found in image.tree.scan({ _, _, _ in true }).found where found.status.kind == .file {
        _ = try image.tree.withContents(of: found.path) { $0.byteCount }
      }
      _ = try image.packageDirectory()
    } catch let error as TreeError {
      #expect(!error.description.contains("\n"))
    }
  }

  @Test("A layer without an end mark is read, with a note")
  func noEndMark() throws {
    var layer = TarAssembler([.file("var/task/a", "1")])
    layer.hasEndMark = false
    let image = try #require(try open(ImageAssembler(ImageAssembler.Image(layers: [layer.bytes()])).legacyDocker()))
    #expect(image.notes.count == 1 && image.notes[0].contains("Layer 1 of 1"))
  }
}
