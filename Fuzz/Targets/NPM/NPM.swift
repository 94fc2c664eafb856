import FuzzInput
import LoadSimulation
import PackageFiles

@testable import NodeModules

private let target = NodePlatform(architecture: "x64", moduleVersion: 115, nodeAPIMaximum: 9, nodeMajor: 20)
private let platformPackage = TreePath("node_modules/a-linux-x64")
private let directories = ["node_modules", "node_modules/a", "node_modules/a-linux-x64"]
private let addons = ["build/Release/a.node", "prebuilds/linux-x64/a.node"].map {
  TreePath("node_modules/a-linux-x64/" + $0)
}
private let manifests = [TreePath("node_modules/a-linux-x64/package.json"), TreePath("node_modules/a/package.json")]
private let locks = [TreePath("package-lock.json"), TreePath("pnpm-lock.yaml"), TreePath("yarn.lock")]

private let entry = TreePath("node_modules/a/index.js")

private let tree = OneFile(directories: directories) {
  manifests.contains($0) || locks.contains($0) || $0 == entry
}
private let files = RootFileSystem(mounts: [.init(point: TreePath("var/task") ?? .root, tree: tree)])
private let requests = ["a", "a/index.js", "a/x/xxxx.node", "#a", "#a/x"]

/// The bytes as the `package.json` of an addon and of the package that it is for, by which modules are then found; and as every
/// lock file.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
  tree.bytes = UnsafeRawBufferPointer(start: start, count: count)
  var packages = NPMPackages(in: tree)
  let candidates = addons.compactMap(\.self).map {
    RoleCandidate(path: $0, package: packages.owner(of: $0), content: .addon, isELF: true)
  }
  _ = BinaryRole.assign(candidates, on: target)
  if let package = platformPackage.flatMap({ packages.package(at: $0) }), let parent = packages.parent(of: package) {
    _ = packages.installedSiblings(of: package, parent: parent)
    _ = NativeEvidence.mentionsAddon(parent, in: tree)
  }
  let process = NodeProcess(
    files: files, platform: target, scripts: ScriptFiles(stepsForEach: 1), dlopen: { _ in Load(outcome: .loads) },
    spawn: { _ in Load(outcome: .loads) })
  for request in requests { _ = ModuleResolution(process: process).resolve(request, from: "/var/task/node_modules/a") }
  _ = PackageLock(in: .root, of: tree)
  _ = PackageManager(in: .root, of: tree)
  return 0
}
