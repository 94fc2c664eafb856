/// @neon-rs/load, which Neon's packages call with a table of their platforms.
///
/// Convention: One npm package for each platform with `index.node` as its main file; the calling script lists them as
/// `'linux-x64-gnu': () => require('@scope/linux-x64-gnu')`.
///
/// Precedence: A platform that is not in the table is refused at once. At the first use `debug()`, where there is one (usually
/// `../index.node`), whose errors are swallowed; then the platform's entry.
///
/// Source: dherman/neon-rs `pkgs/load/src/index.ts` (0.1 to 0.2).
enum Neon: PackageLoader {
  static let id = "neon"
  static let isForNamedPackages = false

  static func isUsed(by package: NPMPackage) -> Bool { package.dependencies.contains("@neon-rs/load") }

  static func isUsed(in search: AddonSearch) -> Bool { isUsed(by: search.package) && script(search) != nil }

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    guard let (path, text) = script(search) else { return .unknown("no script of it calls @neon-rs/load") }
    search.use("@neon-rs/load")
    let directory = NodePath.directory(of: path)
    let platform = search.process.platform.gnuTuple
    guard let entry = request(after: platform, in: text) else {
      return .fails(NodeError("no precompiled module found for \(platform)"))
    }
    if let debug = request(after: "debug", in: text),
      case .success(let module) = try search.require(debug, from: directory)
    {
      return .found(module.path)
    }
    switch try search.require(entry, from: directory) {
    case .success(let module): return .found(module.path)
    case .failure(let error): return .fails(error)
    }
  }

  /// The script that calls the library: the main file, one beside it, or one that these require.
  private static func script(_ search: AddonSearch) -> (path: String, text: String)? {
    let process = search.process
    var places = [search.directory]
    var candidates: [String] = []
    if case .success(.file(let main)) = ModuleResolution(process: process).resolve(".", from: search.directory) {
      candidates.append(main)
      places.insert(NodePath.directory(of: main), at: 0)
    }
    for place in places + [search.directory + "/src", search.directory + "/lib", search.directory + "/dist"] {
      candidates += process.names(in: place).filter { [".js", ".cjs", ".mjs"].contains(NodePath.suffix(of: "/" + $0)) }
        .map { place + "/" + $0 }
    }
    for path in candidates.prefix(80) {
      guard let text = process.text(of: path, limit: 1 << 20), text.mentions("@neon-rs/load"), text.mentions("-gnu")
      else { continue }
      return (path, text)
    }
    return nil
  }

  /// The literal that the function behind the key `name` of the table requires.
  private static func request(after name: String, in text: String) -> String? {
    for key in ["'\(name)'", "\"\(name)\"", name] {
      var rest = text[...]
      while let found = rest.firstRange(of: key) {
        rest = rest[found.upperBound...]
        guard rest.drop(while: \.isWhitespace).first == ":" else { continue }
        // The function is short; what comes behind belongs to another entry.
        if let request = RequireLiterals(rest.prefix(200)).requests.first { return request }
      }
    }
    return nil
  }
}
