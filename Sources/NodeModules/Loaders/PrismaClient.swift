import PackageFiles

/// The `config` that `prisma generate` writes into a generated client's `index.js`.
struct PrismaClient {
  /// `config.dirname`: the generated client's directory, or where a bundler is taken to have put what lay beside it.
  let directory: String
  /// Where `runtime/library.js` lies.
  let runtime: String
  let version: PackageVersion
  let generator: JSONValue?
  let relativePath: String
  /// `library` or `binary`; `nil` where the client has no engine of its own, and why.
  let engine: Engine?
  let reason: String?

  enum Engine { case library, binary }

  /// `nil` where `directory` has no generated client.
  init?(in directory: String, _ process: NodeProcess) {
    guard let text = process.text(of: directory + "/index.js"), let config = Self.config(in: text) else { return nil }
    self.directory = Self.dirname(directory, text, process)
    let packageRuntime = RequireLiterals(text).requests.first { $0.contains("/runtime/") } ?? ""
    if case .success(.file(let path)) = ModuleResolution(process: process).resolve(packageRuntime, from: directory) {
      runtime = NodePath.directory(of: path)
    } else {
      runtime = directory + "/runtime"
    }
    version = config["clientVersion"]?.string.flatMap { PackageVersion($0) } ?? PackageVersion(6)
    generator = config["generator"]
    relativePath = config["relativePath"]?.string ?? ""
    (engine, reason) = Self.engine(config, packageRuntime, process)
  }

  /// Without its `schema.prisma` the code has been bundled: the first of a list of folders that has one, or else the first.
  private static func dirname(_ directory: String, _ text: String, _ process: NodeProcess) -> String {
    guard let list = text.rest(behind: "const alternativePaths = "), !process.exists(directory + "/schema.prisma"),
      let paths = JSONValue(literalAt: 0, of: .init(path: "", bytes: Array(list.utf8.prefix(1 << 16))))
    else { return directory }
    let folders = paths.elements.compactMap { $0.string.map { NodePath.resolve(process.workingDirectory, $0) } }
    return folders.first { process.exists($0 + "/schema.prisma") } ?? folders.first ?? directory
  }

  private static func engine(
    _ config: JSONValue, _ runtime: String, _ process: NodeProcess
  ) -> (Engine?, String?) {
    if config["copyEngine"]?.bool == false || config["dataProxy"]?.bool == true {
      return (nil, "it was generated without an engine")
    }
    // `library.js`, `binary.js`, `client.js`, `edge.js`, `wasm-engine-edge.js`; before 4.16 `index.js` for both engines.
    let build = NodePath.name(of: runtime).prefix { $0 != "." }
    if ["edge", "wasm", "react-native"].contains(where: { build.hasPrefix($0) }) {
      return (nil, "it runs without an engine")
    }
    let wanted =
      process.variables["PRISMA_CLIENT_ENGINE_TYPE"] ?? config["generator"]?["config"]?["engineType"]?.string
    if build == "client" || wanted == "client" {
      return (nil, "its query compiler is WebAssembly (engineType \"client\")")
    }
    if build == "binary" { return (.binary, nil) }
    if build == "library" { return (.library, nil) }
    return (wanted == "binary" ? .binary : .library, nil)
  }

  /// The object behind `const config = `, which is JSON until somebody formats it.
  private static func config(in text: String) -> JSONValue? {
    guard let object = text.rest(behind: "const config = ") else { return nil }
    let bytes = Array(object.utf8)
    guard bytes.first == UInt8(ascii: "{") else { return nil }
    var depth = 0
    var isText = false
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if isText {
        if byte == UInt8(ascii: "\\") { index += 1 }
        if byte == UInt8(ascii: "\"") { isText = false }
      } else if byte == UInt8(ascii: "\"") {
        isText = true
      } else if byte == UInt8(ascii: "{") {
        depth += 1
      } else if byte == UInt8(ascii: "}") {
        depth -= 1
        if depth == 0 {
          let whole = Array(bytes[...index])
          return (try? JSONReader.parse(whole.span.bytes)) ?? JSONValue(literalAt: 0, of: .init(path: "", bytes: bytes))
        }
      }
      index += 1
    }
    return JSONValue(literalAt: 0, of: .init(path: "", bytes: bytes))
  }

  /// `generator.binaryTargets` as name and whether it is `native`.
  var binaryTargets: [(name: String, isNative: Bool)] {
    (generator?["binaryTargets"]?.elements ?? []).map { target in
      (target["value"]?.string ?? target.string ?? "", target["native"]?.bool ?? false)
    }
  }

  /// The targets with one more.
  func targets(adding target: String) -> [String] { binaryTargets.map { $0.isNative ? "native" : $0.name } + [target] }

  /// The same as up to 4.14: without `native` it is `native` that is added.
  func oldTargets(adding target: String) -> [String] {
    let names = binaryTargets.map(\.name)
    return names.contains("native") ? names + [target] : ["native"] + names
  }

  /// `printGeneratorConfig`
  func generatorBlock(_ names: [String]) -> String {
    let provider = generator?["provider"]
    let variable = provider?["fromEnvVar"]?.string
    let text = variable.map { "env(\"\($0)\")" } ?? provider?["value"]?.string ?? "prisma-client-js"
    let elements = generator?["binaryTargets"]?.elements ?? []
    let fromVariable = elements.compactMap { $0["fromEnvVar"]?.string }.first
    let list = names.map { "\"\($0)\"" }.joined(separator: ", ")
    let targets = fromVariable.map { "\"env(\\\"\($0)\\\")\"" } ?? "[\(list)]"
    let shown = variable == nil ? "\"\(text)\"" : "\"\(text.replacing("\"", with: "\\\""))\""
    return """
      generator \(generator?["name"]?.string ?? "client") {
        provider      = \(shown)
        binaryTargets = \(targets)
      }
      """
  }
}
