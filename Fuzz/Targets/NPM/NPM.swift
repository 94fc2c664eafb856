import FuzzInput
import NodeModules
import PackageFiles

private let target = NodePlatform(architecture: "x64", moduleVersion: 115, nodeAPIMaximum: 9, nodeMajor: 20)
private let platformPackage = TreePath("node_modules/a-linux-x64")
private let directories = ["node_modules", "node_modules/a", "node_modules/a-linux-x64"]
private let addons = ["build/Release/a.node", "prebuilds/linux-x64/a.node"].map {
  TreePath("node_modules/a-linux-x64/" + $0)
}
private let manifests = [TreePath("node_modules/a-linux-x64/package.json"), TreePath("node_modules/a/package.json")]
private let locks = [TreePath("package-lock.json"), TreePath("pnpm-lock.yaml"), TreePath("yarn.lock")]

private let tree = OneFile(directories: directories) { manifests.contains($0) || locks.contains($0) }

/// The bytes as the `package.json` of an addon and of the package that it is for, and as every lock file.
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
  }
  _ = PackageLock(in: .root, of: tree)
  _ = PackageManager(in: .root, of: tree)
  return 0
}
