import PackageFiles

/// npm's `package-lock.json`, as far as it says what should be installed where (versions 2 and 3).
public struct PackageLock: Sendable {
  /// Longer lock files are not read: the largest real ones have some 10 MB.
  private static let longest = 1 << 26

  /// One package that the lock file lists.
  public struct Entry: Hashable, Sendable {
    public var version: String?
    public var os: [String] = []
    public var cpu: [String] = []
    public var libc: [String] = []
    public var isOptional = false
    public var hasInstallScript = false
  }

  /// What it lists, by the path at which it is installed, such as `node_modules/bcrypt`.
  public let entries: [TreePath: Entry]
  /// `lockfileVersion`.
  public let version: Int?

  /// The version of the npm package at each path.
  public var versions: [TreePath: String] { entries.compactMapValues(\.version) }

  /// The names of all npm packages that it lists.
  public let names: Set<String>

  /// A lock file that lists these versions.
  public init(versions: [TreePath: String]) {
    entries = versions.mapValues { Entry(version: $0) }
    names = Set(versions.keys.map { Self.name($0.description) })
    version = nil
  }

  /// The lock file of `directory`; `nil` where there is none that can be read.
  public init?(in directory: TreePath, of tree: some FileTree) {
    for name in ["npm-shrinkwrap.json", "package-lock.json"] {
      let path = directory.appending(name.utf8)
      guard let status = tree.status(of: path), status.kind == .file, status.byteCount <= Self.longest,
        let document = try? tree.withContents(of: path, { try JSONReader.parse($0) }),
        case .object(let members)? = document["packages"]
      else { continue }
      version = document["lockfileVersion"]?.integer
      var entries: [TreePath: Entry] = [:]
      var names: Set<String> = []
      for member in members {
        guard let relative = TreePath(member.name), !relative.isRoot else { continue }
        let path = directory.isRoot ? relative : TreePath(bytes: directory.bytes + [UInt8(ascii: "/")] + relative.bytes)
        guard let path else { continue }
        entries[path] = Entry(member.value)
        names.insert(Self.name(member.name))
      }
      (self.entries, self.names) = (entries, names)
      return
    }
    return nil
  }

  /// What stands behind the last `node_modules/`.
  private static func name(_ place: String) -> String {
    let parts = place.split(separator: "/")
    guard let last = parts.lastIndex(of: "node_modules") else { return place }
    return parts[(last + 1)...].joined(separator: "/")
  }
}

extension PackageLock.Entry {
  init(_ value: JSONValue) {
    func list(_ key: String) -> [String] {
      value[key]?.string.map { [$0] } ?? value[key]?.elements.compactMap(\.string) ?? []
    }
    version = value["version"]?.string
    (os, cpu, libc) = (list("os"), list("cpu"), list("libc"))
    isOptional = value["optional"]?.bool ?? false
    hasInstallScript = value["hasInstallScript"]?.bool ?? false
  }
}
