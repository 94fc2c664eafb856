import NativeBinaries
import PackageFiles

/// What a binary is for, as far as its place and its package tell.
public enum BinaryRole: String, Hashable, Sendable {
  /// The addon that its package would load on the target.
  case selected
  /// Nothing loads it on the target: it is for another platform, or a build's leftover.
  case unused
  /// A shared library that addons or executables need.
  case library
  /// A program that the function would start.
  case executable
  /// An addon of which nothing tells whether it is loaded.
  case unknown
}

/// A binary whose role is asked for.
public struct RoleCandidate: Hashable, Sendable {
  /// What the bytes are.
  public enum Content: Hashable, Sendable {
    /// Named `*.node`, or something that Node.js can register.
    case addon
    case library
    case executable
    /// A relocatable object or a static archive: nothing loads it.
    case object
    /// Code for WebAssembly, which JavaScript loads by itself.
    case webAssembly
  }

  public var path: TreePath
  public var package: NPMPackage?
  public var content: Content
  /// Whether it is an ELF file, the only format that Linux runs.
  public var isELF: Bool

  public init(path: TreePath, package: NPMPackage?, content: Content, isELF: Bool) {
    self.path = path
    self.package = package
    self.content = content
    self.isELF = isELF
  }

  /// The names from the package's directory down.
  var names: [String] {
    let depth = package.map { $0.path.components.count } ?? 0
    return path.components.dropFirst(depth).map { String(decoding: $0, as: UTF8.self) }
  }
}

/// A role and, where it is `unused`, the reason in a few words.
public struct RoleAssignment: Hashable, Sendable {
  public var role: BinaryRole
  public var reason: String?

  public init(_ role: BinaryRole, reason: String? = nil) {
    self.role = role
    self.reason = reason
  }
}

extension BinaryRole {
  /// The roles of all binaries of one tree on `target`, in the candidates' order.
  ///
  /// They are judged together, because among several addons of one npm package its loader takes one.
  public static func assign(_ candidates: [RoleCandidate], on target: NodePlatform) -> [RoleAssignment] {
    let groups = Dictionary(grouping: candidates.indices) { candidates[$0].package?.path }
    var roles = [RoleAssignment](repeating: RoleAssignment(.unknown), count: candidates.count)
    for members in groups.values {
      let package = PackageBinaries(members.map { candidates[$0] }, target: target)
      for index in members { roles[index] = package.role(of: candidates[index]) }
    }
    return roles
  }
}

/// The binaries of one npm package, with what its loaders make of them.
private struct PackageBinaries {
  let package: NPMPackage?
  let target: NodePlatform
  /// The addon that node-pre-gyp would open, where it is there.
  let preGypAddon: TreePath?
  /// The directory under `prebuilds/` and the file in it that node-gyp-build would open.
  let prebuild: NodeGypBuild.Prebuild?
  /// Whether node-gyp-build finds something in `build/` and never looks at `prebuilds/`.
  let hasOwnBuild: Bool

  init(_ candidates: [RoleCandidate], target: NodePlatform) {
    self.target = target
    package = candidates.first?.package
    let expected = package.flatMap { NodePreGyp.addonPath(of: $0, on: target) }
    preGypAddon = candidates.contains { $0.path == expected } ? expected : nil
    let prebuilds = candidates.filter { $0.content == .addon }.sorted { $0.path < $1.path }
      .compactMap { Self.prebuild($0.names) }
    prebuild = NodeGypBuild.select(prebuilds, on: target)
    let usesNodeGypBuild = package?.dependencies.contains { $0.hasPrefix("node-gyp-build") } ?? false
    hasOwnBuild =
      usesNodeGypBuild
      && candidates.contains { candidate in
        let names = candidate.names
        return names.count == 3 && names[0] == "build" && (names[1] == "Release" || names[1] == "Debug")
          && names[2].hasSuffix(".node")
      }
  }

  private static func prebuild(_ names: [String]) -> NodeGypBuild.Prebuild? {
    guard names.count == 3, names[0] == "prebuilds" else { return nil }
    return NodeGypBuild.Prebuild(directory: names[1], file: names[2])
  }

  func role(of candidate: RoleCandidate) -> RoleAssignment {
    let names = candidate.names
    if candidate.content == .webAssembly { return RoleAssignment(.library) }
    if let package, !package.isInstallable(on: target) {
      return RoleAssignment(.unused, reason: "its npm package is for \(Self.platforms(of: package))")
    }
    let match = match(names)
    if case .foreign(let platform) = match { return RoleAssignment(.unused, reason: "it is for \(platform)") }
    if names.contains("obj.target") { return RoleAssignment(.unused, reason: "it is node-gyp's second copy") }
    switch candidate.content {
    case .object: return RoleAssignment(.unused, reason: "nothing loads object files")
    case .library:
      return candidate.isELF ? RoleAssignment(.library) : RoleAssignment(.unused, reason: "Linux cannot load it")
    case .executable: return RoleAssignment(.executable)
    case .addon, .webAssembly: return addonRole(candidate, names, match)
    }
  }

  private func addonRole(_ candidate: RoleCandidate, _ names: [String], _ match: PlatformTokens.Match) -> RoleAssignment
  {
    if let preGypAddon {
      if candidate.path == preGypAddon { return RoleAssignment(.selected) }
      if names.starts(with: ["lib", "binding"]) {
        return RoleAssignment(.unused, reason: "node-pre-gyp opens \(preGypAddon)")
      }
    }
    if let own = Self.prebuild(names), NodeGypBuild.architectureCount(of: own.directory, on: target) != nil {
      if hasOwnBuild { return RoleAssignment(.unused, reason: "node-gyp-build prefers build/Release") }
      if own == prebuild { return RoleAssignment(.selected) }
      let winner = prebuild.map { "node-gyp-build opens prebuilds/\($0.directory)/\($0.file)" }
      return RoleAssignment(.unused, reason: winner ?? "node-gyp-build passes it over")
    }
    if match == .matches { return RoleAssignment(.selected) }
    if let directory = names.dropLast().first(where: Self.isNeverLoaded), !names.contains("build") || directory != "src"
    {
      return RoleAssignment(.unused, reason: "nothing loads addons from \(directory)/")
    }
    return RoleAssignment(isBuildOutput(names) ? .selected : .unknown)
  }

  private func match(_ names: [String]) -> PlatformTokens.Match {
    guard let package, PlatformTokens.isPlatformPackage(package.name) else {
      return PlatformTokens(names).match(target)
    }
    let name = package.name.split(separator: "/").last.map(String.init) ?? package.name
    return PlatformTokens([name] + names).match(target)
  }

  /// Where node-gyp and cmake-js put what they build, or what the manifest names as the package's entry.
  private func isBuildOutput(_ names: [String]) -> Bool {
    if package?.main.flatMap({ TreePath($0) })?.description == names.joined(separator: "/") { return true }
    if names == ["index.node"] { return true }
    guard names.count >= 2 else { return false }
    let directory = names[names.count - 2]
    return ["Release", "Debug", "default"].contains(directory)
  }

  private static func isNeverLoaded(_ name: String) -> Bool {
    ["test", "tests", "__tests__", "fixtures", "__fixtures__", "deps", "src"].contains(name)
  }

  private static func platforms(of package: NPMPackage) -> String {
    let names = [package.os, package.libc, package.cpu].map { $0.joined(separator: "/") }.filter { !$0.isEmpty }
    return names.joined(separator: "-")
  }
}
