/// How rules write numbers, names and lists.
enum Text {
  static func bytes(_ count: Int) -> String { ByteCount.description(count) }

  /// POSIX permissions as `chmod` takes them: `0644`.
  static func octal(_ permissions: UInt16) -> String {
    let digits = String(permissions, radix: 8)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  /// The first names, and how many there are besides.
  static func list(_ names: [String], limit: Int) -> String {
    if names.count <= limit { return names.joined(separator: ", ") }
    return names.prefix(limit).joined(separator: ", ") + " and \(names.count - limit) more"
  }

  static func firstLines(_ lines: [String], limit: Int) -> [String] {
    lines.count <= limit ? lines : lines.prefix(limit) + ["and \(lines.count - limit) more"]
  }

  /// An archive's name for people: bytes that are not UTF-8 appear as U+FFFD.
  static func name(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// The highest of several dotted versions.
  static func highest(_ versions: [String?]) -> String {
    versions.compactMap(\.self).max { SymbolVersion($0) < SymbolVersion($1) } ?? ""
  }
}

/// Numbers of bytes for people.
public enum ByteCount {
  /// `512 bytes`, `40.0 KB`, `12.3 MB`; a KB is 1024 bytes, as in Lambda's limits.
  public static func description(_ count: Int) -> String {
    if count < 1024 { return count == 1 ? "1 byte" : "\(count) bytes" }
    let units = ["KB", "MB", "GB", "TB"]
    var tenths = count / 1024 * 10 + count % 1024 * 10 / 1024
    var unit = 0
    while tenths >= 10240, unit < units.count - 1 {
      tenths /= 1024
      unit += 1
    }
    return "\(tenths / 10).\(tenths % 10) \(units[unit])"
  }
}
