/// `@node-rs/helper`, which the packages of napi-rs 1 call.
///
/// Convention: `loadBinding(__dirname, 'name', 'package')` looks for the npm package `<package>-<tuple>` and for `<name>.<tuple>.node`
/// in the calling package.
///
/// Precedence: For `gnu` and then `musl` – the C library is not told apart – the platform's package, then the local file. What does
/// not load is passed over; the error collects it.
///
/// Source: napi-rs/node-rs `packages/helper/src/loader.ts` of 1.3.3.
enum NodeRsHelper: LibraryLoader {
  static let id = "node-rs-helper"
  static let libraries: Set<String> = ["@node-rs/helper"]

  static func call(_ call: LibraryCall, _ search: inout AddonSearch) throws(AddonSearch.End) -> JavaScriptValue {
    guard call.member == "loadBinding", let directory = call.arguments.first?.string else { return .unknown }
    let name = call.arguments.count > 1 ? call.arguments[1].string ?? "index" : "index"
    let package = call.arguments.count > 2 ? call.arguments[2].string : nil
    search.use("@node-rs/helper")
    var details = ""
    for libc in ["gnu", "musl"] {
      let tuple = "\(search.process.platform.tuple)-\(libc)"
      if let package {
        let request = "\(package)-\(tuple)"
        switch try search.require(request, from: directory) {
        case .success(let module): return .module(module.path)
        case .failure(let error):
          let resolution = ModuleResolution(process: search.process).resolve(request, from: directory)
          if error.code != "MODULE_NOT_FOUND", case .success(.file(let path)) = resolution {
            details += detail(path, error)
          }
        }
      }
      let local = NodePath.resolve(directory, "\(name).\(tuple).node")
      guard search.exists(local) else { continue }
      guard let error = try search.open(local) else { return .module(local) }
      details += detail(local, error)
    }
    let list = package.flatMap { installed($0, directory, search) } ?? ""
    let start = details.isEmpty ? "Can not load bindings\n" : "Can not load bindings, " + details
    return .error(NodeError(start + (list.isEmpty ? "" : "Installed packages: [\(list)]")))
  }

  private static func detail(_ path: String, _ error: NodeError) -> String {
    "file: \(path) existed but error occurred while require it: \(error.message) \n"
  }

  /// The packages beside `package` whose names begin with its own.
  private static func installed(_ package: String, _ directory: String, _ search: AddonSearch) -> String? {
    let name = NodePath.name(of: package)
    guard case .success(.file(let main)) = ModuleResolution(process: search.process).resolve(package, from: directory)
    else { return nil }
    let folder = NodePath.resolve(main, "../..")
    return search.process.names(in: folder).filter { $0 != name && $0.hasPrefix(name) }.joined(separator: ", ")
  }
}
