import PackageFiles

/// `@mapbox/node-pre-gyp` and its forks: the place of the addon is a template in `package.json`.
///
/// Convention: `binary.find('package.json')` puts `binary.module_path` – with `{node_abi}`, `{napi_build_version}`, `{platform}`,
/// `{arch}`, `{libc}` and others filled in – and `binary.module_name` together. It does not look whether the file is there; the
/// package requires it.
///
/// Precedence: one file. `{napi_build_version}` is the highest of `binary.napi_versions` that the *running* Node.js has, which
/// may be another one than at the installation.
///
/// Source: mapbox/node-pre-gyp `lib/pre-binding.js`, `lib/util/versioning.js`, `lib/util/napi.js`, 0.6.40, 0.9.1, 0.12, 1.0.0,
/// 1.0.10 and 2.0; its CHANGELOG.md for the releases between.
public enum NodePreGyp: LibraryLoader {
  public static let id = "node-pre-gyp"
  public static let libraries: Set<String> = ["@mapbox/node-pre-gyp", "node-pre-gyp", "@discordjs/node-pre-gyp"]

  public static func call(_ call: LibraryCall, _ search: inout AddonSearch) throws(AddonSearch.End) -> JavaScriptValue {
    guard call.member == "find", let path = call.arguments.first?.string else { return .unknown }
    var isDebug = false
    if call.arguments.count > 1, case .object(let options) = call.arguments[1] {
      isDebug = options["debug"]?.truth ?? false
    }
    let version = search.version(of: call.library, from: call.directory)
    switch find(path, isDebug: isDebug, version: version ?? PackageVersion(2), search.process) {
    case .success(let file): return .string(file)
    case .failure(let error): return .error(error)
    }
  }

  /// The `binary` object of a `package.json`.
  public struct Description: Hashable, Sendable {
    public var moduleName: String
    public var modulePath: String
    /// The Node-API versions that the package is built for.
    public var nodeAPIVersions: [Int]

    public init(moduleName: String, modulePath: String, nodeAPIVersions: [Int] = []) {
      self.moduleName = moduleName
      self.modulePath = modulePath
      self.nodeAPIVersions = nodeAPIVersions
    }

    /// `nil` where the fields that node-pre-gyp cannot do without are missing.
    public init?(_ fields: JSONValue) {
      guard let name = fields["module_name"]?.string, let path = fields["module_path"]?.string else { return nil }
      self.init(
        moduleName: name, modulePath: path,
        nodeAPIVersions: fields["napi_versions"]?.elements.compactMap(\.integer) ?? [])
    }
  }

  /// The path that `binary.find()` returns for the manifest at `path`, or what it throws.
  static func find(
    _ path: String, isDebug: Bool = false, version: PackageVersion = PackageVersion(2), _ process: NodeProcess
  ) -> Result<String, NodeError> {
    guard process.exists(path) else {
      return .failure(
        NodeError(version < PackageVersion(1) ? "package.json does not exist at " + path : path + "does not exist"))
    }
    guard let fields = process.json(path) else { return .failure(NodeError("Unexpected end of JSON input")) }
    if let error = complaint(fields, version) ?? earlyTypeError(fields, version) { return .failure(error) }
    guard let binary = fields["binary"], let description = Description(binary) else {
      return .failure(NodeError("binary"))
    }
    let platform = process.platform
    if let error = nodeAPIComplaint(binary, description, version, platform) { return .failure(error) }
    let nodeAPI = nodeAPIBuild(description, platform)
    guard semanticVersion(fields) != nil else {
      return .failure(NodeError("Cannot read properties of null (reading 'version')"))
    }
    var values = values(fields, description, platform, nodeAPI: nodeAPI)
    let unknown = unknownNames(version)
    values.removeAll { unknown.contains($0.0) }
    if isDebug { values.append(("configuration", "Debug")) }
    let directory = expand(description.modulePath, values)
    return .success(
      NodePath.resolve(NodePath.directory(of: path), "./" + directory + "/" + description.moduleName + ".node"))
  }

  /// The path that `binary.find()` returns for `package` on a target, in the package's tree; `nil` where it is not described.
  public static func addonPath(of package: NPMPackage, on target: NodePlatform) -> TreePath? {
    guard let description = package.binary else { return nil }
    let fields = JSONValue.object([
      .init("name", .string(package.name)), .init("version", .string(package.version ?? "")),
    ])
    let nodeAPI = nodeAPIBuild(description, target)
    let directory = expand(description.modulePath, values(fields, description, target, nodeAPI: nodeAPI))
    let file = directory + "/" + description.moduleName + ".node"
    return TreePath(bytes: package.path.bytes + [UInt8(ascii: "/")] + Array(file.utf8))
  }

  /// The names in templates that a release does not know yet.
  private static func unknownNames(_ version: PackageVersion) -> Set<String> {
    var names: Set<String> = []
    if version < PackageVersion(1, 0, 3) { names = ["bucket", "region", "s3ForcePathStyle"] }
    if version < significantNodeAPI { names.insert("node_napi_label") }
    if version < firstNodeAPI { names.formUnion(["node_abi_napi", "napi_version", "napi_build_version"]) }
    return names
  }

  private static let firstNodeAPI = PackageVersion(0, 8)
  private static let significantNodeAPI = PackageVersion(0, 11)

  /// `validate_config`: what a manifest lacks. A field that is no string counts as missing since 1.0, an empty one since 0.9.1;
  /// before 1.0 a missing `binary` is told by what should be in it.
  private static func complaint(_ fields: JSONValue, _ version: PackageVersion) -> NodeError? {
    func lacks(_ value: JSONValue?) -> Bool { value?.string?.isEmpty ?? true }
    func lacksInBinary(_ value: JSONValue?) -> Bool {
      if version >= PackageVersion(1) { return lacks(value) }
      return value == nil || version >= PackageVersion(0, 9, 1) && value?.string == ""
    }
    var missing = ["main", "version", "name"].filter { lacks(fields[$0]) }
    let parameters = ["module_name", "module_path", "host"]
    if let binary = fields["binary"], binary.isTruthy {
      missing += parameters.filter { lacksInBinary(binary[$0]) }.map { "binary." + $0 }
    } else {
      missing += version < PackageVersion(1) ? parameters.map { "binary." + $0 } : ["binary"]
    }
    let name = fields["name"]?.string ?? "undefined"
    if !missing.isEmpty {
      return NodeError(
        "\(name) package.json is not node-pre-gyp ready:\npackage.json must declare these properties: \n"
          + missing.joined(separator: "\n"))
    }
    if let host = fields["binary"]?["host"]?.string, host.hasPrefix("http:") {
      return NodeError("'host' protocol (http:) is invalid - only 'https:' is accepted")
    }
    return nil
  }

  /// What Node.js itself throws at values of another type, which releases before 1.0 hand on as they are.
  private static func earlyTypeError(_ fields: JSONValue, _ version: PackageVersion) -> NodeError? {
    guard version < PackageVersion(1), let binary = fields["binary"] else { return nil }
    if let host = binary["host"], host.string == nil { return argumentError("url", host) }
    guard let path = binary["module_path"], path.string == nil else { return nil }
    switch path {
    case .array: return argumentError("path", path)
    case .null: return NodeError("Cannot read properties of null (reading 'indexOf')")
    default: return NodeError("template.indexOf is not a function")
    }
  }

  /// `ERR_INVALID_ARG_TYPE`, for what should be a string.
  private static func argumentError(_ name: String, _ value: JSONValue) -> NodeError? {
    let received: String
    switch value {
    case .null: received = "null"
    case .bool(let truth): received = "type boolean (\(truth))"
    case .number(let number):
      let text = Int(exactly: number).map(String.init) ?? "\(number)"
      received = "type number (\(text))"
    case .array: received = "an instance of Array"
    case .object: received = "an instance of Object"
    case .string: return nil
    }
    return NodeError(
      code: "ERR_INVALID_ARG_TYPE", "The \"\(name)\" argument must be of type string. Received \(received)")
  }

  /// `napi.validate_package_json`: what is wrong with the Node-API versions.
  private static func nodeAPIComplaint(
    _ binary: JSONValue, _ description: Description, _ version: PackageVersion, _ platform: NodePlatform
  ) -> NodeError? {
    let versions = binary["napi_versions"]?.elements ?? []
    if version < firstNodeAPI { return nil }
    if versions.contains(where: { ($0.integer ?? 0) <= 0 }) {
      return NodeError("All values specified in napi_versions must be positive integers.")
    }
    let templates = ["module_path", "remote_path", "package_name"].map { binary[$0]?.string ?? "" }
    func names(_ word: String, _ text: String) -> Bool {
      text.split(separator: "{").contains { $0.hasPrefix(word + "}") }
    }
    let isEarly = version < significantNodeAPI
    func namesBuild(_ text: String) -> Bool {
      names("napi_build_version", text) || !isEarly && names("node_napi_label", text)
    }
    // Later releases leave aside what the running Node.js does not have before they look further.
    if isEarly ? !versions.isEmpty : nodeAPIBuild(description, platform) != nil {
      if !namesBuild(templates[0]) || !(namesBuild(templates[1]) || namesBuild(templates[2])) {
        return NodeError(
          "When napi_versions is specified; module_path and either remote_path or package_name must contain the "
            + "substitution string '{napi_build_version}`.")
      }
      if nodeAPIBuild(description, platform) != nil { return nil }
    }
    if versions.isEmpty {
      guard templates.contains(where: namesBuild) else { return nil }
      return NodeError(
        "When the substitution string '{napi_build_version}` is specified in module_path, remote_path, or package_name; "
          + "napi_versions must also be specified.")
    }
    guard isEarly || !templates[2].isEmpty && !names("node_napi_label", templates[2]) else { return nil }
    let list = description.nodeAPIVersions.map(String.init).joined(separator: ",")
    let name = version < PackageVersion(1, 0, 5) ? "N-API" : "Node-API"
    return NodeError(
      "The \(name) version of this Node instance is \(platform.nodeAPIMaximum.map(String.init) ?? "undefined"). "
        + "This module supports \(name) version(s) \(list). This Node instance cannot run this module.")
  }

  private static func nodeAPIBuild(_ description: Description, _ platform: NodePlatform) -> String? {
    description.nodeAPIVersions.filter { $0 <= platform.nodeAPIMaximum ?? 0 }.max().map(String.init)
  }

  /// The version without a leading `v`, where it is one of three numbers, as semver's `parse` wants it.
  private static func semanticVersion(_ fields: JSONValue) -> String? {
    guard var text = fields["version"]?.string?[...] else { return nil }
    if text.first == "v" { text = text.dropFirst() }
    let numbers = text.prefix { $0 != "-" && $0 != "+" }.split(separator: ".", omittingEmptySubsequences: false)
    guard numbers.count == 3, numbers.allSatisfy({ Int($0) != nil && ($0 == "0" || $0.first != "0") }) else {
      return nil
    }
    return String(text)
  }

  private static func values(
    _ fields: JSONValue, _ description: Description, _ platform: NodePlatform, nodeAPI: String?
  ) -> [(String, String)] {
    let label = "node-v\(platform.moduleVersion.map(String.init) ?? "")"
    let text = semanticVersion(fields) ?? ""
    let numbers = PackageVersion(text)
    // semver's `version` has no build, and no leading v.
    let version = String(text.prefix { $0 != "+" })
    let build = text.dropFirst(version.count + 1)
    let prerelease = version.firstIndex(of: "-").map { version[version.index(after: $0)...] } ?? ""
    return [
      ("name", fields["name"]?.string ?? ""), ("configuration", "Release"), ("module_name", description.moduleName),
      ("version", version), ("major", numbers.map { String($0.major) } ?? ""),
      ("minor", numbers.map { String($0.minor) } ?? ""), ("patch", numbers.map { String($0.patch) } ?? ""),
      ("runtime", "node"), ("node_abi", label), ("node_abi_napi", platform.nodeAPIMaximum == nil ? label : "napi"),
      ("napi_version", platform.nodeAPIMaximum.map(String.init) ?? ""), ("napi_build_version", nodeAPI ?? ""),
      ("node_napi_label", nodeAPI.map { "napi-v" + $0 } ?? label), ("platform", platform.platform),
      ("target_platform", platform.platform), ("arch", platform.architecture), ("target_arch", platform.architecture),
      ("libc", platform.libc), ("toolset", ""), ("prerelease", String(prerelease)), ("build", String(build)),
      ("target", ""), ("module_main", fields["main"]?.string ?? ""), ("host", host(fields)), ("debug", "undefined"),
      ("bucket", fields["binary"]?["bucket"]?.string ?? "undefined"),
      ("region", fields["binary"]?["region"]?.string ?? "undefined"), ("s3ForcePathStyle", "false"),
    ]
  }

  /// `binary.host` with a slash at its end.
  private static func host(_ fields: JSONValue) -> String {
    let host = fields["binary"]?["host"]?.string ?? ""
    return host.hasSuffix("/") ? host : host + "/"
  }

  /// The template with each `{name}` replaced; names it does not know stay as they are.
  private static func expand(_ template: String, _ values: [(String, String)]) -> String {
    let table = Dictionary(values) { $1 }
    var result = ""
    var rest = template[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      let name = String(rest[rest.index(after: open)..<close])
      result += rest[..<open] + (table[name] ?? "{\(name)}")
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }
}
