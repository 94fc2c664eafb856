/// `node-gyp-build` 4.8 and later, which finds the binaries that prebuildify put under `prebuilds/`.
public enum NodeGypBuild {
  /// A file under `prebuilds/`: the directory's name and the file's.
  public struct Prebuild: Hashable, Sendable {
    public var directory: String
    public var file: String

    public init(directory: String, file: String) {
      self.directory = directory
      self.file = file
    }
  }

  /// The one that `require('node-gyp-build')(dir)` returns on `target`; `nil` where it finds none and throws.
  ///
  /// `prebuilds` in byte order, as `readdirSync` lists them.
  public static func select(_ prebuilds: [Prebuild], on target: NodePlatform) -> Prebuild? {
    var directories: [(name: String, architectures: Int)] = []
    for prebuild in prebuilds where directories.last?.name != prebuild.directory {
      if let count = architectureCount(of: prebuild.directory, on: target) {
        directories.append((prebuild.directory, count))
      }
    }
    guard let fewest = directories.map(\.architectures).min(),
      let directory = directories.first(where: { $0.architectures == fewest })
    else { return nil }
    let candidates = prebuilds.filter { $0.directory == directory.name }.compactMap { prebuild in
      Tags(file: prebuild.file).map { (prebuild: prebuild, tags: $0) }
    }.filter { $0.tags.suits(target) }
    var best: (prebuild: Prebuild, tags: Tags)?
    for candidate in candidates {
      guard let current = best else {
        best = candidate
        continue
      }
      if candidate.tags.precedes(current.tags) { best = candidate }
    }
    return best?.prebuild
  }

  /// How many architectures a directory's name lists where it suits `target`; `nil` where it does not, or is not of
  /// exactly two parts, as `linuxmusl-x64-v2`.
  static func architectureCount(of directory: String, on target: NodePlatform) -> Int? {
    let parts = directory.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0] == target.platform else { return nil }
    let architectures = parts[1].split(separator: "+", omittingEmptySubsequences: false)
    return architectures.contains { $0 == target.architecture } ? architectures.count : nil
  }

  /// What the parts of a file's name between dots say. The first part, the addon's own name, counts too.
  struct Tags: Hashable {
    var runtime: String?
    var isNodeAPI = false
    var moduleVersion: String?
    var uv: String?
    var armVersion: String?
    var libc: String?
    var specificity = 0

    init?(file: String) {
      let parts = file.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.last == "node" else { return nil }
      for part in parts.dropLast() {
        if part == "node" || part == "electron" || part == "node-webkit" {
          runtime = String(part)
        } else if part == "napi" {
          isNodeAPI = true
        } else if part.hasPrefix("abi") {
          moduleVersion = Self.value(of: part, after: 3)
        } else if part.hasPrefix("uv") {
          uv = Self.value(of: part, after: 2)
        } else if part.hasPrefix("armv") {
          armVersion = Self.value(of: part, after: 4)
        } else if part == "glibc" || part == "musl" {
          libc = String(part)
        } else {
          continue
        }
        specificity += 1
      }
    }

    /// An empty value counts as none, as in JavaScript.
    private static func value(of part: Substring, after prefix: Int) -> String? {
      part.count > prefix ? String(part.dropFirst(prefix)) : nil
    }

    func suits(_ target: NodePlatform) -> Bool {
      if let runtime, runtime != "node" { return false }
      if let moduleVersion, !isNodeAPI, let wanted = target.moduleVersion, moduleVersion != String(wanted) {
        return false
      }
      if let uv, uv != "1" { return false }
      if let armVersion, armVersion != (target.architecture == "arm64" ? "8" : "") { return false }
      if let libc, libc != target.libc { return false }
      return true
    }

    /// Whether node-gyp-build's `compareTags` puts it before `other`; of equals the first in byte order stays.
    func precedes(_ other: Tags) -> Bool {
      if runtime != other.runtime { return runtime == "node" }
      if moduleVersion != other.moduleVersion { return moduleVersion != nil }
      return specificity > other.specificity
    }
  }
}
