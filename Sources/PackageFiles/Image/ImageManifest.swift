/// An entry of `manifest.json` in what `docker save` writes.
struct DockerManifest: Decodable {
  var config: String
  var tags: [String]?
  var layers: [String]?

  enum CodingKeys: String, CodingKey {
    case config = "Config"
    case tags = "RepoTags"
    case layers = "Layers"
  }
}

/// OCI image specification 1.1, "Content Descriptors".
struct ImageDescriptor: Decodable {
  struct Platform: Decodable {
    var architecture: String?
    var os: String?
  }

  var mediaType: String?
  var digest: String
  var platform: Platform?
  var annotations: [String: String]?

  /// Where an image layout keeps it; `nil` where the digest is none that could be a file's name.
  var path: TreePath? {
    let parts = digest.split(separator: ":", omittingEmptySubsequences: false)
    let isName: (Character) -> Bool = { $0.isASCII && ($0.isLetter || $0.isNumber || "+._-=".contains($0)) }
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isName) }) else { return nil }
    return TreePath("blobs/\(parts[0])/\(parts[1])")
  }

  /// Whether it is no image, but something said about one: BuildKit's provenance and SBOMs.
  var isAttestation: Bool {
    annotations?["vnd.docker.reference.type"] != nil || platform?.os == "unknown" || platform?.architecture == "unknown"
  }

  /// The image's name, as Docker and containerd, Podman and Skopeo note it.
  var name: String? {
    annotations?["io.containerd.image.name"] ?? annotations?["org.opencontainers.image.ref.name"]
  }
}

/// An image index, or an image manifest: `index.json` and blobs. Which one it is, its keys tell; media types may be missing.
struct ImageManifest: Decodable {
  var manifests: [ImageDescriptor]?
  var config: ImageDescriptor?
  var layers: [ImageDescriptor]?
}
