import PackageFiles

/// `cmake-ts`, whose loader reads a manifest of all builds; zeromq since 6.3 uses it.
///
/// Convention: `build/manifest.json` maps a build's description (JSON text with `os`, `arch`, `libc`, `abi`) to the addon's path
/// below `build/`.
///
/// Precedence: The builds whose `os`, `arch` and `libc` are the target's, the highest `abi` first; each is required until one does not
/// throw. The errors are swallowed.
///
/// Source: cmake-ts `src/manifest.ts` and `src/loader.ts` as published in zeromq 6.3 to 6.5; the stack that the texts
/// end with is left out.
enum CMakeTS: LibraryLoader {
  static let id = "cmake-ts"
  static let libraries: Set<String> = [
    "cmake-ts/build/loader", "cmake-ts/build/loader.js", "cmake-ts/build/loader.mjs",
  ]

  static func call(_ call: LibraryCall, _ search: inout AddonSearch) throws(AddonSearch.End) -> JavaScriptValue {
    guard call.member == "loadAddon", let directory = call.arguments.first?.string else { return .unknown }
    search.use(id)
    return try load(NodePath.resolve("/var/task", directory), &search)
  }

  static func load(_ directory: String, _ search: inout AddonSearch) throws(AddonSearch.End) -> JavaScriptValue {
    let path = directory + "/manifest.json"
    guard search.exists(path) else { return failure("Manifest file not found at \(path)") }
    guard let manifest = search.process.json(path) else {
      return failure("Failed to read and parse the manifest file at \(path): SyntaxError: Unexpected end of JSON input")
    }
    let platform = search.process.platform
    let libc = search.process.exists("/etc/alpine-release") ? "musl" : "glibc"
    var builds: [(abi: Int, path: String)] = []
    for member in manifest.members {
      let key = Array(member.name.utf8)
      guard let build = try? JSONReader.parse(key.span.bytes), let place = member.value.string,
        build["os"]?.string == platform.platform, build["arch"]?.string == platform.architecture,
        build["libc"]?.string == libc
      else { continue }
      builds.append((build["abi"]?.integer ?? 0, NodePath.resolve(directory, place)))
    }
    if builds.isEmpty {
      let candidates = manifest.members.map(\.name).joined(separator: "\n")
      return failure(
        "No compatible zeromq.js addon found for \(platform.platform) \(platform.architecture) \(libc). The candidates were:\n\(candidates)"
      )
    }
    // JavaScript's sort keeps the order of equals; so must this.
    let order = builds.indices.sorted { (builds[$1].abi, $0) < (builds[$0].abi, $1) }
    for index in order {
      if case .success(let module) = try search.require(builds[index].path, from: directory) {
        return .module(module.path)
      }
    }
    return .error(NodeError("No compatible zeromq.js addon found"))
  }

  private static func failure(_ text: String) -> JavaScriptValue {
    .error(NodeError("Failed to load zeromq.js addon.node: Error: \(text)"))
  }
}
