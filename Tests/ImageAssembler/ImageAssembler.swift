/// Writes container images as the programs do that save them.
public struct ImageAssembler {
  /// One image: the entries of its layers, and what its configuration says.
  public struct Image: Sendable {
    public var layers: [[UInt8]]
    public var architecture = "amd64"
    public var os = "linux"
    public var workingDirectory: String?
    public var environment: [String] = []
    public var tag: String? = "function:latest"

    /// - Parameter layers: each a tar, plain or compressed.
    public init(layers: [[UInt8]]) { self.layers = layers }

    public init(_ layers: [TarAssembler.Entry]...) { self.layers = layers.map { TarAssembler($0).bytes() } }

    fileprivate var configuration: [UInt8] {
      let variables = environment.map { "\"\($0)\"" }.joined(separator: ",")
      let directory = workingDirectory.map { ",\"WorkingDir\":\"\($0)\"" } ?? ""
      let layers = layers.map { _ in "\"sha256:0\"" }.joined(separator: ",")
      return Array(
        #"{"architecture":"\#(architecture)","os":"\#(os)","config":{"Env":[\#(variables)]\#(directory)},"rootfs":{"type":"layers","diff_ids":[\#(layers)]}}"#
          .utf8)
    }
  }

  public var images: [Image]
  public init(_ images: Image...) { self.images = images }

  /// As Docker before 25: a directory for each layer, with `layer.tar` in it.
  public func legacyDocker() -> [UInt8] {
    var entries: [TarAssembler.Entry] = []
    var manifests: [String] = []
    for (number, image) in images.enumerated() {
      let config = "c\(number)\(String(repeating: "0", count: 62)).json"
      entries.append(.file(config, image.configuration))
      let paths = image.layers.indices.map { "i\(number)l\($0)/layer.tar" }
      for (path, layer) in zip(paths, image.layers) {
        entries.append(.directory(String(path.dropLast(9))))
        entries.append(.file(path, layer))
      }
      let tags = image.tag.map { "[\"\($0)\"]" } ?? "null"
      let list = paths.map { "\"\($0)\"" }.joined(separator: ",")
      manifests.append(#"{"Config":"\#(config)","RepoTags":\#(tags),"Layers":[\#(list)]}"#)
    }
    entries.append(.file("manifest.json", "[\(manifests.joined(separator: ","))]"))
    return TarAssembler(entries).bytes()
  }

  /// As Podman: layers as files named by their digest, and links to them where Docker had directories.
  public func podman() -> [UInt8] {
    var entries: [TarAssembler.Entry] = []
    let image = images[0]
    var paths: [String] = []
    for (number, layer) in image.layers.enumerated() {
      entries.append(.file("sha\(number).tar", layer))
      entries.append(.link("id\(number)/layer.tar", to: "../sha\(number).tar"))
      paths.append("\"id\(number)/layer.tar\"")
    }
    entries.append(.file("config.json", image.configuration))
    entries.append(
      .file(
        "manifest.json",
        #"[{"Config":"config.json","RepoTags":["localhost/f:latest"],"Layers":[\#(paths.joined(separator: ","))]}]"#))
    return TarAssembler(entries).bytes()
  }

  /// The files of an OCI image layout; with several images an index in the index, as BuildKit writes it.
  public func layout(isNested: Bool = false) -> [(path: String, bytes: [UInt8])] {
    var files: [(path: String, bytes: [UInt8])] = [("oci-layout", Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))]
    var number = 0
    func blob(_ bytes: [UInt8]) -> String {
      number += 1
      let digest = String(repeating: "0", count: 60) + String(1000 + number)
      files.append(("blobs/sha256/\(digest)", bytes))
      return "sha256:\(digest)"
    }
    var manifests: [String] = []
    for image in images {
      let config = blob(image.configuration)
      let layers = image.layers.map { "{\"digest\":\"\(blob($0))\"}" }.joined(separator: ",")
      let manifest = blob(Array(#"{"schemaVersion":2,"config":{"digest":"\#(config)"},"layers":[\#(layers)]}"#.utf8))
      manifests.append(
        #"{"digest":"\#(manifest)","platform":{"architecture":"\#(image.architecture)","os":"\#(image.os)"}}"#)
    }
    if isNested {
      // What BuildKit says of how it built them; and an image that was not saved with the rest.
      let attestation = blob(Array("{}".utf8))
      manifests.append(#"{"digest":"\#(attestation)","platform":{"architecture":"unknown","os":"unknown"}}"#)
      manifests.append(#"{"digest":"sha256:feed","platform":{"architecture":"s390x","os":"linux"}}"#)
      let index = blob(Array(#"{"schemaVersion":2,"manifests":[\#(manifests.joined(separator: ","))]}"#.utf8))
      manifests = [#"{"digest":"\#(index)","annotations":{"org.opencontainers.image.ref.name":"latest"}}"#]
    }
    files.append(("index.json", Array(#"{"schemaVersion":2,"manifests":[\#(manifests.joined(separator: ","))]}"#.utf8)))
    return files
  }

  /// The same as a tar.
  public func layoutArchive(isNested: Bool = false) -> [UInt8] {
    TarAssembler(layout(isNested: isNested).map { .file($0.path, $0.bytes) }).bytes()
  }
}
