/// napi-rs, whose command generates the JavaScript that finds the binary.
///
/// Convention: `<name>.<tuple>.node` beside the generated file, or the npm package `<package>-<tuple>`; the tuple is
/// `linux-x64-gnu`, `linux-x64-musl`, `linux-arm64-gnu` ….
///
/// Precedence: Version 2: the local file where it exists, else the platform's package; the last error is thrown. Version 3:
/// `NAPI_RS_NATIVE_LIBRARY_PATH`, or else the local file, then the platform's package; then, if nothing loaded, `<name>.wasi.cjs` and
/// `<package>-wasm32-wasi`. From 3.1.1 to 3.1.5 a platform package of another version is refused unless
/// `NAPI_RS_ENFORCE_VERSION_CHECK` is set; since 3.2.0 only if it is set. `NAPI_RS_FORCE_WASI` loads WebAssembly first or in any case.
///
/// Source: napi-rs/napi-rs `cli/src/js-binding-template.ts` of 2.0.0 and 2.18.4, `cli/src/api/templates/js-binding.ts` of 3.0.0 to
/// 3.8.6.
enum NapiRs: PackageLoader {
  static let id = "napi-rs"
  static let isForNamedPackages = false

  static func isUsed(by package: NPMPackage) -> Bool {
    if package.napi != nil { return true }
    return package.optionalDependencies.contains { name in
      name.hasPrefix(package.name + "-")
        && ["-linux-x64-gnu", "-linux-arm64-gnu", "-darwin-arm64", "-win32-x64-msvc"].contains { name.hasSuffix($0) }
    }
  }

  static func isUsed(in search: AddonSearch) -> Bool {
    isUsed(by: search.package) && GeneratedBinding(of: search) != nil
  }

  static func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    guard let binding = GeneratedBinding(of: search) else {
      return .unknown("no file of it is a loader that napi-rs generated")
    }
    let tuple = tuple(binding, search)
    guard let local = binding.requires.first(endingWith: ".\(tuple).node"),
      let package = binding.requires.requests.first(where: { $0.hasSuffix("-" + tuple) })
    else { return .fails(unsupported(binding, search)) }
    switch binding.version {
    case .two:
      let request = search.exists(NodePath.resolve(binding.directory, local)) ? local : package
      switch try search.require(request, from: binding.directory) {
      case .success(let module): return .found(module.path)
      case .failure(let error): return .fails(error)
      }
    case .three:
      var run = ThirdVersion(binding: binding, local: local, package: package, tuple: tuple)
      return try run.find(&search)
    }
  }

  private static func tuple(_ binding: GeneratedBinding, _ search: AddonSearch) -> String {
    let platform = search.process.platform
    var isMusl = search.isMusl
    // Version 3 reads ldd first, and takes a script that only names musl for musl itself.
    if binding.version == .three, let text = search.process.text(of: "/usr/bin/ldd") { isMusl = text.mentions("musl") }
    return "\(platform.tuple)-\(isMusl ? "musl" : "gnu")"
  }

  private static func unsupported(_ binding: GeneratedBinding, _ search: AddonSearch) -> NodeError {
    let architecture = search.process.platform.architecture
    return binding.version == .two
      ? NodeError("Unsupported architecture on Linux: \(architecture)") : ThirdVersion.notFound
  }
}

/// The file that napi-rs generated for a package.
private struct GeneratedBinding {
  enum Version { case two, three }

  let directory: String
  let text: String
  let version: Version
  let requires: RequireLiterals

  /// Larger files are no generated loaders.
  private static let byteLimit = 1 << 20

  /// The package's main file, or else the first script beside it or in the package's directory that was generated.
  init?(of search: AddonSearch) {
    let process = search.process
    var candidates: [String] = []
    if case .success(.file(let main)) = ModuleResolution(process: process).resolve(".", from: search.directory) {
      candidates.append(main)
      candidates += Self.scripts(in: NodePath.directory(of: main), process)
    }
    candidates += Self.scripts(in: search.directory, process)
    for path in candidates.prefix(60) {
      guard let text = process.text(of: path, limit: Self.byteLimit), let version = Self.version(of: text) else {
        continue
      }
      directory = NodePath.directory(of: path)
      self.text = text
      self.version = version
      requires = RequireLiterals(text)
      return
    }
    return nil
  }

  private static func scripts(in directory: String, _ process: NodeProcess) -> [String] {
    process.names(in: directory).filter { [".js", ".cjs", ".mjs"].contains(NodePath.suffix(of: "/" + $0)) }
      .map { directory + "/" + $0 }
  }

  private static func version(of text: String) -> Version? {
    if text.mentions("localFileExisted"), text.mentions("loadError") { return .two }
    if text.mentions("requireNative"), text.mentions("loadErrors") { return .three }
    return nil
  }
}

/// What the loader that version 3 of napi-rs generates does.
private struct ThirdVersion {
  let binding: GeneratedBinding
  /// `./name.linux-x64-gnu.node`
  let local: String
  /// `name-linux-x64-gnu`
  let package: String
  let tuple: String
  private var errorCount = 0

  init(binding: GeneratedBinding, local: String, package: String, tuple: String) {
    self.binding = binding
    self.local = local
    self.package = package
    self.tuple = tuple
  }

  static let notFound = NodeError(
    "Cannot find native binding. npm has a bug related to optional dependencies (https://github.com/npm/cli/issues/4828). Please try `npm i` again after removing both package-lock.json and node_modules directory."
  )

  mutating func find(_ search: inout AddonSearch) throws(AddonSearch.End) -> AddonSearch.Result {
    let force = search.variable("NAPI_RS_FORCE_WASI")
    // Since 3.7.0 only two values count, and WebAssembly is then tried first.
    let isStrict = binding.text.mentions("forceWasi")
    let isForced = isStrict ? force == "true" || force == "error" : force != nil
    var found: String?
    if !isStrict || !isForced { found = try native(&search) }
    if found == nil || isForced {
      if let script = webAssembly(&search) {
        found = script
      } else if force == "error", binding.text.mentions("is set to error") {
        return .fails(NodeError("WASI binding not found and NAPI_RS_FORCE_WASI is set to error"))
      } else if isStrict, isForced {
        found = try native(&search)
      }
    }
    if let found { return .found(found) }
    // Copies that packages keep themselves may end otherwise.
    let isNamed = errorCount > 0 && binding.text.mentions("Cannot find native binding")
    return .fails(isNamed ? Self.notFound : NodeError("Failed to load native binding"))
  }

  /// `requireNative`
  private mutating func native(_ search: inout AddonSearch) throws(AddonSearch.End) -> String? {
    if let path = search.variable("NAPI_RS_NATIVE_LIBRARY_PATH") {
      switch try search.require(path, from: binding.directory) {
      case .success(let module):
        // Before 3.2.0 the function forgets to return it.
        return binding.text.mentions("nativeBinding = require(process.env.NAPI_RS") ? nil : module.path
      case .failure: errorCount += 1
      }
      return nil
    }
    for request in [local, package] {
      switch try search.require(request, from: binding.directory) {
      case .success(let module):
        if request == package, isRefused(search) { break }
        return module.path
      case .failure: break
      }
      errorCount += 1
    }
    return nil
  }

  /// Whether the platform's package is not used because of its version.
  private func isRefused(_ search: AddonSearch) -> Bool {
    let marker = "bindingPackageVersion !== "
    guard let rest = binding.text.rest(behind: marker) else { return false }
    let expected = rest.dropFirst().prefix { $0 != "'" && $0 != "\"" }
    let home = search.home(of: package, from: binding.directory)
    guard let found = home.flatMap({ search.process.manifest(in: $0)?.version }), found != expected else {
      return false
    }
    let wish = search.variable("NAPI_RS_ENFORCE_VERSION_CHECK")
    let isOn = wish != nil && wish != "0"
    return binding.text.mentions("NAPI_RS_ENFORCE_VERSION_CHECK === ") ? !isOn : isOn
  }

  /// The WebAssembly build's script, where its code is there too.
  private func webAssembly(_ search: inout AddonSearch) -> String? {
    guard let script = binding.requires.first(endingWith: ".wasi.cjs") else { return nil }
    let fallback = String(package.dropLast(tuple.count)) + "wasm32-wasi"
    let base = NodePath.resolve(binding.directory, String(script.dropLast(".wasi.cjs".count)))
    let path = base + ".wasi.cjs"
    let hasPackage = search.home(of: fallback, from: binding.directory) != nil
    let hasCode = [".wasm32-wasi.debug.wasm", ".wasm32-wasi.wasm"].contains { search.process.exists(base + $0) }
    if search.exists(path), hasCode || hasPackage { return path }
    if case .success(let main) = search.resolve(fallback, from: binding.directory) { return main }
    return nil
  }
}
