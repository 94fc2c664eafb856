import FuzzInput
import LoadSimulation
import NodeModules
import PackageFiles

private let target = NodePlatform(architecture: "x64", moduleVersion: 115, nodeAPIMaximum: 9, nodeMajor: 20)
private let directories = ["node_modules", "node_modules/a", "node_modules/a/build", "node_modules/a/build/Release"]
private let scripts = Set(["index.js", "lib/b.js"].compactMap { TreePath("node_modules/a/" + $0) })
private let addon = TreePath("node_modules/a/build/Release/a.node")
private let package: NPMPackage? = TreePath("node_modules/a").map { path in
  var package = NPMPackage(name: "a", version: "1.0.0", path: path)
  package.main = "index.js"
  package.dependencies = ["bindings", "node-gyp-build"]
  return package
}

private let tree = OneFile(directories: directories) { scripts.contains($0) || $0 == addon }
private let files = RootFileSystem(mounts: [.init(point: TreePath("var/task") ?? .root, tree: tree)])

/// The bytes as the JavaScript of a package that looks for its addon: cut into tokens and gone through.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
  tree.bytes = UnsafeRawBufferPointer(start: start, count: count)
  let process = NodeProcess(
    files: files, platform: target, scripts: ScriptFiles(stepsForEach: 150),
    dlopen: { Load(outcome: $0.hasSuffix("a.node") ? .loads : .unknown("")) },
    spawn: { _ in Load(outcome: .loads) })
  if let package { _ = AddonSelection(of: package, at: "/var/task/node_modules/a", in: process) }
  return 0
}
