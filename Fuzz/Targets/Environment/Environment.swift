import ELFAssembler
import Foundation
import FuzzInput
import LambdaRuntimes
import LoadSimulation
import NativeBinaries
import PackageFiles

private let addonBytes = ELFAssembler(
  soname: nil, needed: ["libc.so.6", "$LIB/$PLATFORM/libm.so.6"],
  symbols: [
    .defined("napi_register_module_v1"), .undefined("puts", version: ("libc.so.6", "GLIBC_2.2.5")),
    .undefined("napi_create_object"),
  ]
).bytes()
private let addon = AssembledTree(files: ["addon.node": addonBytes])
private let addonObject = SharedObject(image: ELF.Image(parsing: addonBytes.span.bytes))
private let addonPath = TreePath("var/task/addon.node")

private let decoder = JSONDecoder()

/// The bytes as a captured environment, in which an addon is then loaded.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
  guard let start,
    let file = try? decoder.decode(EnvironmentFile.self, from: Data(bytes: start, count: count))
  else { return 0 }
  let environment = ExecutionEnvironment(file)
  let root = RootFileSystem(
    mounts: [("", environment.root), ("var/task", addon)].compactMap { point, tree in
      TreePath(point).map { RootFileSystem.Mount(point: $0, tree: tree) }
    })
  var objects = environment.knownObjects
  if let addonPath { objects[addonPath] = addonObject }
  let files = ObjectFiles(root: root, knownObjects: objects)
  _ = NodeHost(linker: DynamicLinker(environment: environment, files: files)).load("/var/task/addon.node")
  _ = environment.highestVersion("GLIBC", in: "libc.so.6")
  return 0
}
