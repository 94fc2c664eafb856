#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

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
    if bytes.withContiguousStorageIfAvailable(Self.isClean) == true {
      self.bytes = Array(bytes)
      return
    }
    var clean: [UInt8] = []
    clean.reserveCapacity(bytes.count)
    for component in bytes.split(separator: UInt8(ascii: "/")) where !component.elementsEqual(".".utf8) {
      if component.elementsEqual("..".utf8) || component.contains(0) { return nil }
      if !clean.isEmpty { clean.append(UInt8(ascii: "/")) }
      clean += component
    }
    self.bytes = clean
  }

  /// Whether all components are names, as in nearly every path that a tree gives.
  private static func isClean(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var length = 0
    var onlyDots = true
    for byte in bytes {
      if byte == UInt8(ascii: "/") {
        if length == 0 || onlyDots && length <= 2 { return false }
        length = 0
        onlyDots = true
        continue
      }
      if byte == 0 { return false }
      if byte != UInt8(ascii: ".") { onlyDots = false }
      length += 1
    }
    return length > 2 || length > 0 && !onlyDots
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

  /// Whether it stands somewhere below `directory`.
  func isBelow(_ directory: TreePath) -> Bool {
    directory.isRoot
      ? !isRoot
      : bytes.count > directory.bytes.count && bytes[directory.bytes.count] == UInt8(ascii: "/")
        && bytes.starts(with: directory.bytes)
  }

  /// The path that a relative one from a manifest, such as `./lib/index.js`, leads to below this directory; `nil` where it leads
  /// out of it.
  public func descending(_ relative: String) -> TreePath? {
    var relative = relative
    return relative.withUTF8 { text -> TreePath? in
      var clean: [UInt8] = []
      clean.reserveCapacity(bytes.count + 1 + text.count)
      clean += bytes
      var depth = 0
      var rest = text[...]
      while !rest.isEmpty {
        let end = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
        let part = rest[..<end]
        rest = rest[min(end + 1, rest.endIndex)...]
        if part.isEmpty || part.count == 1 && part.first == UInt8(ascii: ".") { continue }
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
  }

  /// The path from `directory`, which it is inside, down.
  func relative(to directory: TreePath) -> TreePath {
    if directory.isRoot { return self }
    return bytes.count == directory.bytes.count
      ? .root : TreePath(validated: Array(bytes[(directory.bytes.count + 1)...]))
  }

  /// The path with `suffix`, which has no slash, behind its last component; not of the root.
  public func withSuffix(_ suffix: StaticString) -> TreePath {
    var joined: [UInt8] = []
    joined.reserveCapacity(bytes.count + suffix.utf8CodeUnitCount)
    joined += bytes
    joined += UnsafeBufferPointer(start: suffix.utf8Start, count: suffix.utf8CodeUnitCount)
    return TreePath(validated: joined)
  }

  /// The path of a name that is known, one component, in this directory.
  public func appending(_ name: StaticString) -> TreePath {
    joined(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
  }

  /// The path of `name`, one component, in this directory.
  public func appending(_ name: some Collection<UInt8>) -> TreePath { joined(name) }

  private func joined(_ name: some Collection<UInt8>) -> TreePath {
    if isRoot { return TreePath(validated: Array(name)) }
    var joined: [UInt8] = []
    joined.reserveCapacity(bytes.count + 1 + name.count)
    joined += bytes
    joined.append(UInt8(ascii: "/"))
    joined += name
    return TreePath(validated: joined)
  }
}

extension TreePath: Comparable {
  /// Byte order, which is also the order of Node.js's `readdirSync` on Linux.
  public static func < (a: TreePath, b: TreePath) -> Bool {
    a.bytes.withUnsafeBytes { a in
      b.bytes.withUnsafeBytes { b in
        guard let first = a.baseAddress, let second = b.baseAddress else { return a.count < b.count }
        let order = memcmp(first, second, min(a.count, b.count))
        return order < 0 || order == 0 && a.count < b.count
      }
    }
  }
}

extension TreePath {
  /// All bytes at once: an array would give the hasher one after another.
  public func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }

  public static func == (a: TreePath, b: TreePath) -> Bool {
    a.bytes.withUnsafeBytes { a in b.bytes.withUnsafeBytes { a.hasSameBytes(as: $0) } }
  }
}

extension TreePath: CustomStringConvertible {
  /// For people: bytes that are not UTF-8 appear as U+FFFD.
  public var description: String { String(decoding: bytes, as: UTF8.self) }
}
