/// Where something stands in a `FileTree`: the names from the tree's root down, joined by `/`.
///
/// Names are bytes, as in Linux and in zip files; they need not be UTF-8. There is no leading or trailing slash, and no
/// component is empty, `.` or `..`; the root is the empty path.
public struct TreePath: Hashable, Sendable {
  public private(set) var bytes: [UInt8]

  public static let root = TreePath(validated: [])

  private init(validated bytes: [UInt8]) { self.bytes = bytes }

  /// The path named by `bytes`: empty and `.` components are dropped; `nil` where a component is `..` or holds a NUL.
  public init?(bytes: some Collection<UInt8>) {
    var clean: [UInt8] = []
    clean.reserveCapacity(bytes.count)
    for component in bytes.split(separator: UInt8(ascii: "/")) where !component.elementsEqual(".".utf8) {
      if component.elementsEqual("..".utf8) || component.contains(0) { return nil }
      if !clean.isEmpty { clean.append(UInt8(ascii: "/")) }
      clean += component
    }
    self.bytes = clean
  }

  public init?(_ string: String) { self.init(bytes: string.utf8) }

  public var isRoot: Bool { bytes.isEmpty }

  public var components: [ArraySlice<UInt8>] { bytes.split(separator: UInt8(ascii: "/")) }

  /// The name below its directory; empty for the root.
  public var lastComponent: ArraySlice<UInt8> {
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return bytes[...] }
    return bytes[(slash + 1)...]
  }

  /// The directory that holds it; `nil` for the root.
  public var parent: TreePath? {
    if isRoot { return nil }
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return .root }
    return TreePath(validated: Array(bytes[..<slash]))
  }

  /// Whether the last component is `name`; quick, for every file of a package.
  public func isNamed(_ name: StaticString) -> Bool {
    let count = name.utf8CodeUnitCount
    guard bytes.count >= count, bytes.count == count || bytes[bytes.count - count - 1] == UInt8(ascii: "/") else {
      return false
    }
    for index in 0..<count where bytes[bytes.count - count + index] != name.utf8Start[index] { return false }
    return true
  }

  /// The path that a relative one from a manifest, such as `./lib/index.js`, leads to below this directory; `nil` where it leads
  /// out of it.
  public func descending(_ relative: String) -> TreePath? {
    var clean = bytes
    var depth = 0
    for part in Array(relative.utf8).split(separator: UInt8(ascii: "/")) {
      if part.count == 1, part.first == UInt8(ascii: ".") { continue }
      if part.count == 2, part.first == UInt8(ascii: "."), part.last == UInt8(ascii: ".") {
        guard depth > 0 else { return nil }
        depth -= 1
        clean.removeSubrange((clean.lastIndex(of: UInt8(ascii: "/")) ?? 0)...)
        continue
      }
      if part.contains(0) { return nil }
      if !clean.isEmpty { clean.append(UInt8(ascii: "/")) }
      clean += part
      depth += 1
    }
    return TreePath(validated: clean)
  }

  /// The path of `name`, one component, in this directory.
  public func appending(_ name: some Collection<UInt8>) -> TreePath {
    TreePath(validated: isRoot ? Array(name) : bytes + [UInt8(ascii: "/")] + name)
  }
}

extension TreePath: Comparable {
  /// Byte order, which is also the order of Node.js's `readdirSync` on Linux.
  public static func < (a: TreePath, b: TreePath) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }
}

extension TreePath: CustomStringConvertible {
  /// For people: bytes that are not UTF-8 appear as U+FFFD.
  public var description: String { String(decoding: bytes, as: UTF8.self) }
}
