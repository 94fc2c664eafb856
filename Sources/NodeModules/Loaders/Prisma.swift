/// Prisma Client 4 to 6, whose query engine is an addon or a program; Prisma 7 has none.
///
/// Convention: `libquery_engine-<target>.so.node`, or `query-engine-<target>` with `engineType = "binary"`, in the generated client;
/// the target is `rhel-openssl-3.0.x` on Amazon Linux 2023, `rhel-openssl-1.0.x` on Amazon Linux 2, `linux-arm64-openssl-…` on arm64,
/// told by `/etc/os-release` and the first `libssl.so.*` in the system's directories. From 6.16 on `engineType = "client"`, and
/// always from 7 on, the client is WebAssembly with a driver adapter.
///
/// Precedence: `PRISMA_QUERY_ENGINE_LIBRARY` or `PRISMA_QUERY_ENGINE_BINARY`, without a look at anything else; else the generated
/// client's directory, the directory above `runtime/`, the generator's output, `../../../.prisma/client` seen from
/// `runtime/`, `/tmp/prisma-engines`, the schema's directory where it exists: the first that has the file. A client without its
/// `schema.prisma` takes the first place of a list of its own for its directory. Up to 4.14 the order is another and the
/// text too.
///
/// Source: prisma/prisma `packages/client/src/runtime/core/engines/` (`common/resolveEnginePath.ts`,
/// `library/DefaultLibraryLoader.ts` and the texts in `common/errors/engine-not-found/`) and
/// `packages/internals/src/utils/handleEngineLoadingErrors.ts` of 4.15, 5.22 and 6.19.3; `packages/engine-core` of 4.0 and 4.8.
enum Prisma: PackageLoader {
  static let id = "prisma"

  /// `@prisma/client`, and what `prisma generate` made, which is a package of its own.
  static func isUsed(by package: NPMPackage) -> Bool {
    package.name == "@prisma/client" || package.name == ".prisma/client" || package.name.hasPrefix("prisma-client-")
  }

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    guard search.package.name == "@prisma/client" else { return try generated(in: search.directory, &search) }
    if search.package.isAtLeast(7) { return .goesWithout("Prisma 7 has no Rust engine") }
    let names = [".prisma/client/default", ".prisma/client/index"]
    for name in names {
      let resolution = ModuleResolution(process: search.process).resolve(name, from: search.directory)
      guard case .success(.file(let path)) = resolution else { continue }
      let directory = NodePath.directory(of: path)
      // Without a version, as up to 5.10, it counts as no package of its own.
      if let manifest = search.process.manifest(in: directory), manifest.name != nil, manifest.version != nil {
        return .goesWithout("the generated client loads the engine")
      }
      return try generated(in: directory, &search)
    }
    return .goesWithout("nothing was generated in node_modules/.prisma/client; a client elsewhere loads its own engine")
  }

  private static func generated(
    in directory: String, _ search: inout AddonSearch
  ) throws(AddonSearch.End) -> AddonSearch.Result {
    guard let client = PrismaClient(in: directory, search.process) else {
      return .goesWithout("its client is not generated here")
    }
    guard let engine = client.engine else { return .goesWithout(client.reason ?? "it has no engine") }
    let platform = PrismaPlatform(search.process)
    let isLibrary = engine == .library
    let name = isLibrary ? "libquery_engine-\(platform.target).so.node" : "query-engine-\(platform.target)"
    if let path = search.variable(isLibrary ? "PRISMA_QUERY_ENGINE_LIBRARY" : "PRISMA_QUERY_ENGINE_BINARY") {
      return try load(path, engine, client, platform, &search)
    }
    let places = places(client, search.process)
    var looked: Set<String> = []
    for place in places {
      // A client that was generated on Windows has its path, which is relative here.
      let path = NodePath.resolve(search.process.workingDirectory, place + "/" + name)
      if looked.insert(path).inserted, search.exists(path) { return try load(path, engine, client, platform, &search) }
    }
    let isOld = client.version < PackageVersion(4, 15)
    if isOld { _ = search.exists(client.runtime + "/" + name) }
    return .fails(
      NodeError(
        isOld
          ? PrismaTexts.oldNotFound(name, client, platform, places, isLibrary: isLibrary)
          : PrismaTexts.notFound(name, client, platform, places)))
  }

  private static func places(_ client: PrismaClient, _ process: NodeProcess) -> [String] {
    var schema = NodePath.resolve(client.directory, client.relativePath)
    if !process.exists(schema) { schema = client.directory }
    let output = client.generator?["output"]?["value"]?.string ?? client.runtime
    let dotPrisma = NodePath.resolve(client.runtime, "../../../.prisma/client")
    let above = NodePath.directory(of: client.runtime)
    if client.version < PackageVersion(4, 15) {
      // Its text says some of them twice.
      return [dotPrisma, output, above, schema, schema, "/tmp/prisma-engines", client.directory]
    }
    let places = [client.directory, above, output, dotPrisma, "/tmp/prisma-engines", schema]
    var seen: Set<String> = []
    return places.filter { seen.insert($0).inserted }
  }

  private static func load(
    _ path: String, _ engine: PrismaClient.Engine, _ client: PrismaClient, _ platform: PrismaPlatform,
    _ search: inout AddonSearch
  ) throws(AddonSearch.End) -> AddonSearch.Result {
    var error: NodeError?
    if !search.exists(path) {
      error = NodeError(
        code: "ERR_DLOPEN_FAILED", "\(path): cannot open shared object file: No such file or directory")
    } else if engine == .library {
      error = try search.open(path)
    } else {
      error = try search.start(path)
    }
    guard let error else { return .found(path) }
    if engine == .binary { return .fails(error) }
    return .fails(NodeError(PrismaTexts.unloadable(path, error, client, platform, search.process.platform)))
  }
}
