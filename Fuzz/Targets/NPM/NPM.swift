import FuzzInput
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
private let keys = [".", "./index.js", "./x/xxxx.node"]
private let imports = ["#a", "#a/xxxx"]
private let memberList = ["name", "version", "exports", "dependencies", ""]
private let memberNames = NameTable(memberList)
private let conditions = [["node", "require", "node-addons"], ["node", "import", "node-addons"]].map {
  PackageExports(conditions: $0)
}

/// The bytes as the `package.json` of an addon and of the package that it is for, with what it exports and imports; and as
/// every lock file.
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
  let manifest = try? tree.withContents(of: .root) { try JSONReader.parse($0) }
  if let manifest, case .object = manifest {
    // Members that are picked out have the values that the whole document gives them.
    let members = try? tree.withContents(of: .root) { try JSONReader.members(of: $0, called: memberNames) }
    precondition(members == .some(.some(memberList.map { manifest[$0] })), "members differ from the document's")
  }
  for exports in conditions {
    if let value = manifest?["exports"] { for key in keys { _ = exports.target(of: key, in: value) } }
    if let value = manifest?["imports"] { for key in imports { _ = exports.target(ofImport: key, in: value) } }
  }
  _ = PackageLock(in: .root, of: tree)
  _ = PackageManager(in: .root, of: tree)
  return 0
}
