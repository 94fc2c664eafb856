import LoadSimulation
import PackageFiles

@testable import NodeModules

/// A function with one npm package under test, on a target without any file of its own.
///
/// What an addon or a program does stands in its text: `ok`, `throws MESSAGE`, `crash SIGNAL`, or `unknown WHAT`.
struct LoaderWorld {
  var files: [String: String] = [:]
  var platform: NodePlatform
  var variables: [String: String] = [:]

  static let x64 = node("20.20.2", modules: 115, nodeAPI: 9, "x64", glibc: "2.34")
  static let arm64 = node("20.20.2", modules: 115, nodeAPI: 9, "arm64", glibc: "2.34")

  static func node(
    _ version: String, modules: Int, nodeAPI: Int, _ architecture: String, glibc: String?
  ) -> NodePlatform {
    let major = Int(version.prefix { $0 != "." })
    var platform = NodePlatform(
      architecture: architecture, moduleVersion: modules, nodeAPIMaximum: nodeAPI, nodeMajor: major)
    platform.nodeVersion = version
    platform.glibcVersion = glibc
    if glibc == nil { platform.libc = "musl" }
    return platform
  }

  /// What becomes of a package in `node_modules`, and what its loader tried.
  struct Found: Hashable {
    var loader: String?
    var result: AddonSearch.Result?
    var end: AddonSearch.End?
    var attempts: [String]
  }

  var process: NodeProcess {
    let tree = MemoryTree(files)
    let root = RootFileSystem(mounts: [RootFileSystem.Mount(point: .root, tree: tree)])
    let texts = files
    let load: @Sendable (String) -> Load = { Load(outcome: Self.outcome(texts[String($0.dropFirst())])) }
    var process = NodeProcess(files: root, platform: platform, dlopen: load, spawn: load)
    process.variables = variables
    return process
  }

  private static func outcome(_ text: String?) -> Load.Outcome {
    guard let text else { return .unknown("no such file") }
    if text == "ok" { return .loads }
    let rest = String(text.drop { $0 != " " }.dropFirst())
    if text.hasPrefix("throws ") { return .throwsError(code: "ERR_DLOPEN_FAILED", message: rest) }
    if text.hasPrefix("crash ") { return .crashes(signal: rest, exit: nil, message: nil) }
    return .unknown(rest)
  }

  /// A package, its directory in `node_modules` and the search for its binary.
  func search(_ name: String) -> AddonSearch? {
    var packages = NPMPackages(in: MemoryTree(files))
    let directory = "var/task/node_modules/" + name
    guard let path = TreePath(directory), let package = packages.package(at: path) else { return nil }
    return AddonSearch(package: package, directory: "/" + directory, process: process)
  }

  func find(_ name: String) -> Found? {
    guard var search = search(name) else { return nil }
    let loader = Loaders.package(for: search)
    var found = Found(loader: loader?.id, attempts: [])
    do throws(AddonSearch.End) {
      found.result = try loader?.find(&search)
    } catch {
      found.end = error
    }
    found.attempts = search.attempts.map { "\($0.outcome.rawValue) \($0.path)" }
    return found
  }
}
