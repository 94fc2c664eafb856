import PackageFiles

/// `@mapbox/node-pre-gyp` and its forks: the place of the addon is a template in `package.json`.
public enum NodePreGyp {
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
        moduleName: name, modulePath: path, nodeAPIVersions: fields["napi_versions"]?.elements.compactMap(\.integer) ?? [])
    }
  }

  /// The path that `binary.find()` returns on `target`; it does not look whether the file exists.
  ///
  /// `nil` where the package is not described, or its template needs something unknown.
  public static func addonPath(of package: NPMPackage, on target: NodePlatform) -> TreePath? {
    guard let binary = package.binary else { return nil }
    let label = target.moduleVersion.map { "node-v\($0)" }
    let nodeAPI = binary.nodeAPIVersions.filter { $0 <= target.nodeAPIMaximum ?? 0 }.max().map(String.init)
    let values: [String: String?] = [
      "name": package.name, "version": package.version, "configuration": "Release",
      "module_name": binary.moduleName, "node_abi": label, "node_abi_napi": nodeAPI == nil ? label : "napi",
      "napi_version": target.nodeAPIMaximum.map(String.init), "napi_build_version": nodeAPI ?? "",
      "node_napi_label": nodeAPI.map { "napi-v" + $0 } ?? label, "platform": target.platform,
      "target_platform": target.platform, "arch": target.architecture, "target_arch": target.architecture,
      "libc": target.libc, "toolset": "", "runtime": "node",
    ]
    guard let directory = expand(binary.modulePath, values) else { return nil }
    let file = directory + "/" + binary.moduleName + ".node"
    return TreePath(bytes: package.path.bytes + [UInt8(ascii: "/")] + Array(file.utf8))
  }

  private static func expand(_ template: String, _ values: [String: String?]) -> String? {
    var result = ""
    var rest = template[...]
    while let open = rest.firstIndex(of: "{") {
      guard let close = rest[open...].firstIndex(of: "}") else { break }
      guard case .some(.some(let value)) = values[String(rest[rest.index(after: open)..<close])] else { return nil }
      result += rest[..<open] + value
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }
}
