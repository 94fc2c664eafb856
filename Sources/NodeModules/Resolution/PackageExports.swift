import PackageFiles

/// The `exports` and `imports` of a `package.json`.
///
/// Source: Node.js's `doc/api/esm.md`, "Resolution algorithm specification" (PACKAGE_EXPORTS_RESOLVE and what it calls).
struct PackageExports {
  let conditions: Set<String>

  /// The target of `.` or `./sub/path`; `nil` where it is not exported.
  func target(of subpath: String, in exports: JSONValue) -> String? {
    guard case .object(let members) = exports, members.contains(where: { $0.name.hasPrefix(".") }) else {
      return subpath == "." ? target(exports, match: nil) : nil
    }
    return match(subpath, in: exports)
  }

  /// The target of `#name`.
  func target(ofImport name: String, in imports: JSONValue) -> String? { match(name, in: imports, isImport: true) }

  private func match(_ key: String, in table: JSONValue, isImport: Bool = false) -> String? {
    if !key.contains("*"), !key.hasSuffix("/"), let exact = table[key] {
      return target(exact, match: nil, isImport: isImport)
    }
    // The longest text before the star wins, then the longest key.
    let patterns = table.members.filter { $0.name.filter { $0 == "*" }.count == 1 }.sorted { a, b in
      let (first, second) = (Self.base(a.name).count, Self.base(b.name).count)
      return first == second ? a.name.count > b.name.count : first > second
    }
    for pattern in patterns {
      let base = Self.base(pattern.name)
      let rest = pattern.name.dropFirst(base.count + 1)
      guard key.hasPrefix(base), key != base, key.hasSuffix(rest), key.count >= pattern.name.count else { continue }
      let matched = key.dropFirst(base.count).dropLast(rest.count)
      return target(pattern.value, match: String(matched), isImport: isImport)
    }
    return nil
  }

  /// The target with `match` for each star; `nil` where that is longer than any path, as megabytes of stars would make it.
  private static func filled(_ target: String, with match: String) -> String? {
    let stars = target.utf8.count { $0 == UInt8(ascii: "*") }
    guard target.utf8.count + stars * match.utf8.count <= longestTarget else { return nil }
    return target.split(separator: "*", omittingEmptySubsequences: false).joined(separator: match)
  }

  /// Sixteen times PATH_MAX.
  private static let longestTarget = 1 << 16

  private static func base(_ pattern: String) -> Substring { pattern.prefix { $0 != "*" } }

  private func target(_ value: JSONValue, match: String?, isImport: Bool = false) -> String? {
    switch value {
    case .string(let path):
      guard path.hasPrefix("./") || isImport else { return nil }
      return match.map { Self.filled(path, with: $0) } ?? path
    case .array(let values):
      for value in values {
        if let found = target(value, match: match, isImport: isImport) { return found }
      }
      return nil
    case .object(let members):
      for member in members where member.name == "default" || conditions.contains(member.name) {
        if case .null = member.value { return nil }
        if let found = target(member.value, match: match, isImport: isImport) { return found }
      }
      return nil
    default: return nil
    }
  }
}
