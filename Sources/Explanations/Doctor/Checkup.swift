import Audit
import LambdaRuntimes

/// This machine beside a target: the document `airworthy/doctor/1`. Keys are only ever added.
public struct Checkup: Codable, Hashable, Sendable {
  public var schema = "airworthy/doctor/1"
  /// The version of airworthy.
  public var airworthy: String
  public var target: AuditReport.Target
  public var local: LocalMachine
  /// In the order of the table: what differs, and what that breaks.
  public var differences: [Difference]

  /// One line of the comparison that is not the same on both sides.
  public struct Difference: Codable, Hashable, Sendable {
    public var what: String
    public var local: String
    public var target: String
    public var breaks: String
  }

  public init(airworthy: String, target: TargetRequest.Resolved, local: LocalMachine) {
    self.airworthy = airworthy
    self.target = target.record
    self.local = local
    differences = Comparison(local: local, target: target.target).differences
  }
}

/// What a package installed here would meet on the target.
struct Comparison {
  let local: LocalMachine
  let target: AuditTarget

  var differences: [Checkup.Difference] {
    [platform, architecture, cLibrary, node, moduleVersion, nodeAPI].compactMap(\.self) + settings + tools
  }

  private var platform: Checkup.Difference? {
    let name = local.node?.platform ?? (local.system.hasPrefix("Darwin") ? "darwin" : "linux")
    guard name != "linux" else { return nil }
    return .init(
      what: "platform", local: name, target: "linux",
      breaks: "Every native binary that npm installs or compiles here is for \(name): invalid ELF header on Lambda.")
  }

  private var architecture: Checkup.Difference? {
    let name =
      local.node?.arch ?? Platforms.architecture(local.machine).map { $0 == "x86_64" ? "x64" : $0 } ?? local.machine
    guard name != target.nodeArchitecture else { return nil }
    return .init(
      what: "architecture", local: name, target: target.nodeArchitecture,
      breaks:
        "Binaries installed here are for \(name); on Lambda glibc reports them as missing (cannot open shared object file). Containers for \(target.dockerPlatform) need an emulator here."
    )
  }

  private var cLibrary: Checkup.Difference? {
    guard let libc = local.libc else { return nil }
    let has = "\(libc.name)\(libc.version.map { " " + $0 } ?? "")"
    let wants = "glibc\(target.glibc.map { " " + $0 } ?? "")"
    if libc.name != "glibc" {
      return .init(
        what: "C library", local: has, target: wants,
        breaks: "Binaries installed here are musl's: Lambda has no libc.musl.")
    }
    guard let mine = libc.version, let theirs = target.glibc, Self.isLess(theirs, mine) else { return nil }
    return .init(
      what: "C library", local: has, target: wants,
      breaks:
        "What is compiled here can ask for up to GLIBC_\(mine), which Lambda does not have: compile in Lambda's image.")
  }

  private var node: Checkup.Difference? {
    guard let mine = local.node else {
      return .init(
        what: "Node.js", local: "none (\(local.nodeProblem ?? "not in PATH"))", target: target.nodeVersion ?? "unknown",
        breaks: "Nothing can be installed or tried here without a container.")
    }
    guard let theirs = target.nodeVersion, mine.version != theirs else { return nil }
    let isSameMajor = mine.version.split(separator: ".").first == theirs.split(separator: ".").first
    return .init(
      what: "Node.js", local: mine.version, target: theirs,
      breaks: isSameMajor
        ? "Nothing by itself: within a major version addons stay loadable."
        : "Packages can choose other releases and other binaries for another major version.")
  }

  private var moduleVersion: Checkup.Difference? {
    guard let mine = local.node?.moduleVersion, let theirs = target.moduleVersion, mine != theirs else { return nil }
    return .init(
      what: "NODE_MODULE_VERSION", local: String(mine), target: String(theirs),
      breaks:
        "Addons that use V8 or NAN and are compiled or downloaded here do not load there: was compiled against a different Node.js version."
    )
  }

  private var nodeAPI: Checkup.Difference? {
    guard let mine = local.node?.nodeApi, let theirs = target.nodeAPIMaximum, mine != theirs else { return nil }
    return .init(
      what: "Node-API", local: String(mine), target: String(theirs),
      breaks: mine > theirs
        ? "An addon that asks for Node-API \(mine) loads here and ends the process there, without a message."
        : "node-pre-gyp looks for another napi-v folder there than it installs here.")
  }

  private static func isLess(_ a: String, _ b: String) -> Bool {
    a.split(separator: ".").map { Int($0) ?? 0 }.lexicographicallyPrecedes(b.split(separator: ".").map { Int($0) ?? 0 })
  }
}

extension Comparison {
  /// npm's settings that change which binaries are installed.
  private var settings: [Checkup.Difference] {
    let set = local.npm?.settings ?? [:]
    let wanted = [
      "os": "linux", "platform": "linux", "target_platform": "linux", "cpu": target.nodeArchitecture,
      "arch": target.nodeArchitecture, "target_arch": target.nodeArchitecture, "libc": "glibc",
    ]
    return set.sorted { $0.key < $1.key }.compactMap { key, value in
      if let right = wanted[key] {
        return value == right
          ? nil
          : .init(
            what: "npm's \(key)", local: value, target: right, breaks: "npm chooses packages or downloads for \(value)."
          )
      }
      guard let breaks = Self.consequence(of: key, value) else { return nil }
      return .init(what: "npm's \(key)", local: value, target: "not set", breaks: breaks)
    }
  }

  private static func consequence(of key: String, _ value: String) -> String? {
    switch key {
    case "ignore-scripts" where value == "true":
      "Install scripts do not run: packages that compile or download their binary come without it."
    case "omit" where value.contains("optional"), "optional" where value == "false":
      "Platform packages (sharp, esbuild, napi-rs) are optional dependencies: they are not installed."
    case "build-from-source": "Addons are compiled here instead of downloaded: for this machine's libraries."
    case "package-lock" where value == "false": "Without a lock file each installation can choose other releases."
    default: nil
    }
  }

  /// Tools that remedies need and that are not there.
  private var tools: [Checkup.Difference] {
    var found: [Checkup.Difference] = []
    if local.npm == nil {
      found.append(.init(what: "npm", local: "not usable", target: "npm", breaks: "Packages cannot be installed here."))
    }
    if let version = local.npm?.version, Self.isLess(version, "10.3") {
      found.append(
        .init(
          what: "npm", local: version, target: "10.3 or later",
          breaks: "npm install --os --cpu --libc does not choose Lambda's platform packages."))
    }
    if !local.containers.contains(where: { $0.isReachable == true }) {
      let there = local.containers.filter { $0.version != nil }
      let state =
        there.isEmpty ? "none" : there.map { "\($0.name): \($0.problem ?? "does not answer")" }.joined(separator: "; ")
      found.append(
        .init(
          what: "container engine", local: state, target: "docker, podman or finch",
          breaks: "Nothing can be compiled or installed in Lambda's own image here."))
    }
    if local.tools.contains(where: { $0.name == "aws" && $0.version == nil }) {
      found.append(
        .init(
          what: "AWS CLI", local: "none", target: "aws",
          breaks: "airworthy explain --logs cannot read a function's log."))
    }
    return found
  }
}
