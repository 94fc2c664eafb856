/// grpc, the legacy binding to gRPC's C library.
///
/// Convention: node-pre-gyp's `src/node/extension_binary/node-v<ABI>-<platform>-<arch>-<libc>/grpc_node.node`.
///
/// Precedence: There is one place. What it throws is replaced by what lies in `extension_binary/` instead.
///
/// Source: grpc/grpc-node `packages/grpc-native-core/src/grpc_extension.js` of 1.24.
enum GRPC: PackageLoader {
  static let id = "grpc"

  static let packageNames = ["grpc"]

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    let place: String
    switch NodePreGyp.find(search.directory + "/package.json", search.process) {
    case .success(let found): place = found
    case .failure(let error): return .fails(error)
    }
    switch try search.require(place, from: search.directory + "/src") {
    case .success(let module): return .found(module.path)
    case .failure(let error): return .fails(replaced(error, place, search))
    }
  }

  private static func replaced(_ error: NodeError, _ place: String, _ search: AddonSearch) -> NodeError {
    let directory = NodePath.directory(of: place)
    let (wanted, above) = (NodePath.name(of: directory), NodePath.directory(of: directory))
    guard search.process.isDirectory(above) else {
      return NodeError(
        code: error.code,
        "The gRPC binary module was not installed. This may be fixed by running \"npm rebuild\"\nOriginal error: \(error.message)"
      )
    }
    let names = search.process.names(in: above)
    if names.contains(wanted) { return NodeError(code: error.code, "Failed to load \(place). \(error.message)") }
    return NodeError(
      code: error.code,
      """
      Failed to load gRPC binary module because it was not installed for the current system
      Expected directory: \(wanted)
      Found: [\(names.joined(separator: ", "))]
      This problem can often be fixed by running "npm rebuild" on the current system
      Original error: \(error.message)
      """)
  }
}
