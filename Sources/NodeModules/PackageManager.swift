import PackageFiles

/// The package manager whose lock file stands beside a `package.json`.
public struct PackageManager: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable { case npm, pnpm, yarn, bun }

  public var kind: Kind
  /// The lock file's format as it says itself: pnpm's `lockfileVersion`'s leading number, or 2 for a Yarn Berry file and 1
  /// for a Yarn Classic one; `nil` where that does not matter or cannot be read.
  public var lockVersion: Int?

  public init(kind: Kind, lockVersion: Int? = nil) {
    self.kind = kind
    self.lockVersion = lockVersion
  }

  /// What installed the packages of `directory`; `nil` without a lock file.
  ///
  /// Where there are several, the one whose manager npm itself would not touch comes first.
  public init?(in directory: TreePath, of tree: some FileTree) {
    func head(_ name: String) -> String? {
      let path = directory.appending(name.utf8)
      guard tree.status(of: path)?.kind == .file else { return nil }
      let text = try? tree.withContents(of: path) { file in
        file.withUnsafeBytes { String(decoding: $0.prefix(512), as: UTF8.self) }
      }
      return text ?? ""
    }
    if let text = head("pnpm-lock.yaml") {
      self.init(kind: .pnpm, lockVersion: Self.pnpmLockVersion(text))
    } else if let text = head("yarn.lock") {
      self.init(kind: .yarn, lockVersion: text.contains("__metadata:") ? 2 : 1)
    } else if head("bun.lock") != nil || head("bun.lockb") != nil {
      self.init(kind: .bun)
    } else if head("package-lock.json") != nil || head("npm-shrinkwrap.json") != nil {
      self.init(kind: .npm)
    } else {
      return nil
    }
  }

  private static func pnpmLockVersion(_ text: String) -> Int? {
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("lockfileVersion:") }) else { return nil }
    let digits = line.dropFirst("lockfileVersion:".count).drop { " '\"".contains($0) }.prefix { $0.isNumber }
    return Int(digits)
  }
}
