import FuzzInput
import NodeModules
import PackageFiles

private let target = NodePlatform(architecture: "x64", moduleVersion: 115, nodeAPIMaximum: 9, nodeMajor: 20)

/// The bytes as every `package.json` and lock file of a small package.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
  let tree = OneFile(UnsafeRawBufferPointer(start: start, count: count)) { path in
    ["json", "yaml", "lock"].contains { path.lastComponent.reversed().starts(with: $0.utf8.reversed()) }
  }
  let paths = ["node_modules/a-linux-x64/build/Release/a.node", "node_modules/a-linux-x64/prebuilds/linux-x64/a.node"]
    .compactMap { TreePath($0) }
  var packages = NPMPackages(in: tree)
  let candidates = paths.map {
    RoleCandidate(path: $0, package: packages.owner(of: $0), content: .addon, isELF: true)
  }
  _ = BinaryRole.assign(candidates, on: target)
  if let package = candidates.first?.package, let parent = packages.parent(of: package) {
    _ = packages.installedSiblings(of: package, parent: parent)
  }
  _ = PackageLock(in: .root, of: tree)
  _ = PackageManager(in: .root, of: tree)
  return 0
}
