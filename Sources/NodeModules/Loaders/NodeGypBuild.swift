/// `node-gyp-build`, which finds the binaries that prebuildify put under `prebuilds/`.
///
/// Convention: `require('node-gyp-build')(__dirname)` opens one file: the first `*.node` of `build/Release` or `build/Debug`, or
/// else the best of `prebuilds/<platform>-<arch>/`, whose names carry tags between dots: `node`, `napi`, `abi115`, `uv1`, `armv8`,
/// `glibc`, `musl`.
///
/// Precedence: `build/Release`, `build/Debug` – whatever they were built for –, then `prebuilds/`, then `prebuilds/` beside `node`.
/// Among prebuilds: a `node` tag before none, a module version before none, more tags before fewer, then byte order.
/// The one file's error is the package's. Before 4.8 a file needs a runtime tag and `napi` or a module version; before 4.3 a
/// directory has one architecture; 3.x takes `node-<abi>.node` or (since 3.3) `node-napi.node` of (since 3.8)
/// `<platform><libc>-<arch>` or `<platform>-<arch>`.
///
/// Source: prebuild/node-gyp-build `node-gyp-build.js` 4.8.4, 4.7, 4.2 and `index.js` 3.0 to 3.9.
public enum NodeGypBuild: LibraryLoader {
  public static let id = "node-gyp-build"
  public static let libraries: Set<String> = ["node-gyp-build", "@aminya/node-gyp-build"]

  public static func call(_ call: LibraryCall, _ search: inout AddonSearch) throws(AddonSearch.End) -> JavaScriptValue {
    guard [nil, "path", "resolve"].contains(call.member), let directory = call.arguments.first?.string else {
      return .unknown
    }
    let version = search.version(of: call.library, from: call.directory) ?? PackageVersion(4, 8)
    let found =
      version.major < 4
      ? find3(NodePath.normalize(directory), version, search.process)
      : find(NodePath.resolve(search.process.workingDirectory, directory), version, search.process)
    switch found {
    case .failure(let error): return .error(error)
    case .success(let path):
      if call.member != nil { return .string(path) }
      switch try search.require(path, from: directory) {
      case .success(let module): return .module(module.path)
      case .failure(let error): return .error(error)
      }
    }
  }

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
  public static func select(
    _ prebuilds: [Prebuild], on target: NodePlatform, version: PackageVersion = PackageVersion(4, 8)
  ) -> Prebuild? {
    var directories: [(name: String, architectures: Int)] = []
    for prebuild in prebuilds where directories.last?.name != prebuild.directory {
      if let count = architectureCount(of: prebuild.directory, on: target),
        count == 1 || version >= PackageVersion(4, 3)
      {
        directories.append((prebuild.directory, count))
      }
    }
    guard let fewest = directories.map(\.architectures).min(),
      let directory = directories.first(where: { $0.architectures == fewest })
    else { return nil }
    let candidates = prebuilds.filter { $0.directory == directory.name }.compactMap { prebuild in
      Tags(file: prebuild.file).map { (prebuild: prebuild, tags: $0) }
    }.filter { $0.tags.suits(target) && (version >= PackageVersion(4, 8) || $0.tags.isComplete) }
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

    /// What versions before 4.8 ask for: a runtime, and something that tells the ABI.
    var isComplete: Bool { runtime != nil && (moduleVersion != nil || isNodeAPI) }

    /// Whether node-gyp-build's `compareTags` puts it before `other`; of equals the first in byte order stays.
    func precedes(_ other: Tags) -> Bool {
      if runtime != other.runtime { return runtime == "node" }
      if moduleVersion != other.moduleVersion { return moduleVersion != nil }
      return specificity > other.specificity
    }
  }
}

extension NodeGypBuild {
  /// `load.resolve` of version 4: the one file, or what is thrown.
  static func find(_ directory: String, _ version: PackageVersion, _ process: NodeProcess) -> Result<String, NodeError>
  {
    let home = override(directory, process) ?? directory
    let isPrebuildsOnly = process.variables["PREBUILDS_ONLY"] != nil && version >= PackageVersion(4, 1)
    if !isPrebuildsOnly, let own = ownBuild(home, process) { return .success(own) }
    if let prebuild = prebuild(home, version, process) { return .success(prebuild) }
    if version >= PackageVersion(4, 2),
      let nearby = prebuild(NodePath.directory(of: process.executable), version, process)
    {
      return .success(nearby)
    }
    return .failure(NodeError(description(home, version, process)))
  }

  /// `$NAME_PREBUILD`
  private static func override(_ directory: String, _ process: NodeProcess) -> String? {
    guard let name = process.manifest(in: directory)?.name else { return nil }
    let variable = name.uppercased().split(separator: "-", omittingEmptySubsequences: false).joined(separator: "_")
    return process.variables[variable + "_PREBUILD"]
  }

  /// The first addon of `build/Release` or of `build/Debug`, whatever it was built for.
  static func ownBuild(_ directory: String, _ process: NodeProcess) -> String? {
    for folder in ["build/Release", "build/Debug"] {
      let files = process.names(in: directory + "/" + folder)
      if let first = files.first(where: { $0.hasSuffix(".node") }) { return "\(directory)/\(folder)/\(first)" }
    }
    return nil
  }

  static func prebuild(_ directory: String, _ version: PackageVersion, _ process: NodeProcess) -> String? {
    let folder = directory + "/prebuilds"
    let prebuilds = process.names(in: folder).flatMap { name in
      process.names(in: folder + "/" + name).map { Prebuild(directory: name, file: $0) }
    }
    return select(prebuilds, on: configured(process), version: version).map { "\(folder)/\($0.directory)/\($0.file)" }
  }

  /// The platform, with what environment variables put in its place.
  private static func configured(_ process: NodeProcess) -> NodePlatform {
    var platform = process.platform
    if let architecture = process.variables["npm_config_arch"] { platform.architecture = architecture }
    if let name = process.variables["npm_config_platform"] { platform.platform = name }
    if let libc = process.variables["LIBC"] { platform.libc = libc }
    return platform
  }

  private static func description(_ directory: String, _ version: PackageVersion, _ process: NodeProcess) -> String {
    let platform = configured(process)
    let arm = platform.architecture == "arm64" ? " armv=8" : ""
    let text =
      "No native build was found for platform=\(platform.platform) arch=\(platform.architecture) runtime=node "
      + "abi=\(platform.moduleVersion.map(String.init) ?? "") uv=1\(arm) libc=\(platform.libc)"
    if version < PackageVersion(4, 2, 3) { return text }
    return text + " node=\(platform.nodeVersion ?? "")\n    loaded from: \(directory)\n"
  }

  /// Version 3: no tags, but directories with the C library's name.
  private static func find3(
    _ given: String, _ version: PackageVersion, _ process: NodeProcess
  ) -> Result<String, NodeError> {
    let directory = version >= PackageVersion(3, 4) ? override(given, process) ?? given : given
    if let own = ownBuild(directory, process) { return .success(own) }
    let platform = configured(process)
    let abi = platform.moduleVersion.map(String.init) ?? ""
    let knowsLibc = version >= PackageVersion(3, 8)
    let names = knowsLibc ? [platform.platform + platform.libc, platform.platform] : [platform.platform]
    var folders = names.map { "\($0)-\(platform.architecture)" }
    if knowsLibc, platform.architecture == "arm64" { folders = names.map { "\($0)-arm64-v8" } + folders }
    for folder in folders {
      for file in ["node-\(abi).node", "node-napi.node"]
      where version >= PackageVersion(3, 3) || file != "node-napi.node" {
        let path = "\(directory)/prebuilds/\(folder)/\(file)"
        if process.exists(path) { return .success(path) }
      }
    }
    let name = platform.platform + (knowsLibc ? platform.libc : "")
    let text = "runtime=node abi=\(abi) platform=\(name) arch=\(platform.architecture)"
    return .failure(NodeError("No native build was found for " + text))
  }
}
