/// Writes tars byte by byte, right or wrong.
public struct TarAssembler {
  /// Which fields a header has beside those of 1979.
  public enum Format: Sendable { case v7, ustar, gnu }

  public struct Entry: Sendable {
    public var name: String
    /// The type flag: `0` a file, `1` a hard link, `2` a symbolic link, `5` a directory …
    public var type: Character
    public var data: [UInt8]
    public var link: String
    public var mode: Int
    /// What the header says in place of the length of `data`.
    public var statedSize: Int?
    /// Whether the size is written in base 256, as GNU tar does from 8 GB on.
    public var isBase256 = false
    /// The ustar prefix, for names of more than 100 bytes.
    public var prefix = ""
    public var format = Format.ustar

    public init(_ name: String, _ type: Character, data: [UInt8] = [], link: String = "", mode: Int = 0o644) {
      self.name = name
      self.type = type
      self.data = data
      self.link = link
      self.mode = mode
    }

    public static func file(_ name: String, _ data: some Sequence<UInt8>, mode: Int = 0o644) -> Entry {
      Entry(name, "0", data: Array(data), mode: mode)
    }
    public static func file(_ name: String, _ text: String) -> Entry { file(name, Array(text.utf8)) }
    public static func directory(_ name: String, mode: Int = 0o755) -> Entry { Entry(name, "5", mode: mode) }
    public static func link(_ name: String, to target: String) -> Entry {
      Entry(name, "2", link: target, mode: 0o777)
    }
    public static func hardLink(_ name: String, to target: String) -> Entry { Entry(name, "1", link: target) }
    /// A pax header for the next entry, or with `g` for all that follow.
    public static func pax(_ records: [(String, String)], _ type: Character = "x") -> Entry {
      Entry("PaxHeaders/x", type, data: records.flatMap { Self.record($0, $1) })
    }
    /// GNU tar's header for a long name (`L`) or link (`K`) of the next entry.
    public static func long(_ type: Character, _ name: String) -> Entry {
      var entry = Entry("././@LongLink", type, data: Array(name.utf8) + [0])
      entry.format = .gnu
      return entry
    }

    /// `LENGTH KEY=VALUE\n`, in which the length counts its own digits.
    public static func record(_ key: String, _ value: String) -> [UInt8] {
      let rest = " \(key)=\(value)\n"
      var count = rest.utf8.count + 1
      while String(count).utf8.count + rest.utf8.count != count { count += 1 }
      return Array("\(count)\(rest)".utf8)
    }
  }

  public var entries: [Entry]
  /// The two blocks of zeros at the end.
  public var hasEndMark = true

  public init(_ entries: [Entry]) { self.entries = entries }

  public func bytes() -> [UInt8] {
    var tar: [UInt8] = []
    for entry in entries {
      tar += Self.header(of: entry) + entry.data
      tar += Array(repeating: 0, count: (512 - tar.count % 512) % 512)
    }
    return hasEndMark ? tar + Array(repeating: 0, count: 1024) : tar
  }

  public static func header(of entry: Entry) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 512)
    func put(_ bytes: some Collection<UInt8>, at offset: Int, _ count: Int) {
      block.replaceSubrange(offset..<(offset + min(bytes.count, count)), with: bytes.prefix(count))
    }
    put(Array(entry.name.utf8), at: 0, 100)
    put(octal(entry.mode, 7), at: 100, 8)
    put(octal(0, 7), at: 108, 8)
    put(octal(0, 7), at: 116, 8)
    let size = entry.statedSize ?? entry.data.count
    put(entry.isBase256 ? base256(size, 12) : octal(size, 11), at: 124, 12)
    put(octal(0, 11), at: 136, 12)
    put([entry.type.asciiValue ?? 0], at: 156, 1)
    put(Array(entry.link.utf8), at: 157, 100)
    switch entry.format {
    case .v7: break
    case .ustar:
      put(Array("ustar\u{0}00".utf8), at: 257, 8)
      put(Array(entry.prefix.utf8), at: 345, 155)
    case .gnu: put(Array("ustar  \u{0}".utf8), at: 257, 8)
    }
    seal(&block)
    return block
  }

  /// Puts the right checksum into a header.
  public static func seal(_ block: inout [UInt8]) {
    block.replaceSubrange(148..<156, with: Array(repeating: UInt8(ascii: " "), count: 8))
    let sum = block.reduce(0) { $0 + Int($1) }
    block.replaceSubrange(148..<156, with: octal(sum, 6) + [0, UInt8(ascii: " ")])
  }

  private static func octal(_ number: Int, _ digits: Int) -> [UInt8] {
    let text = String(number, radix: 8)
    return Array((String(repeating: "0", count: max(digits - text.count, 0)) + text).utf8)
  }

  private static func base256(_ number: Int, _ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    for index in 0..<min(8, count) { bytes[count - 1 - index] = UInt8(truncatingIfNeeded: number >> (8 * index)) }
    bytes[0] = 0x80
    return bytes
  }
}

/// Compressed data that compresses nothing: what any decompressor reads.
public enum Packed {
  /// RFC 1952, with stored blocks (RFC 1951, 3.2.4).
  public static func gzip(_ data: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]
    var rest = data[...]
    repeat {
      let block = rest.prefix(0xffff)
      rest = rest.dropFirst(block.count)
      let count = UInt16(block.count)
      bytes += [rest.isEmpty ? 1 : 0] + little(count) + little(~count) + block
    } while !rest.isEmpty
    return bytes + little(crc32(data)) + little(UInt32(truncatingIfNeeded: data.count))
  }

  /// RFC 8878, with raw blocks.
  public static func zstandard(_ data: [UInt8]) -> [UInt8] {
    // A single segment, whose size stands in four bytes.
    var bytes: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0xa0] + little(UInt32(data.count))
    var rest = data[...]
    repeat {
      let block = rest.prefix(1 << 17)
      rest = rest.dropFirst(block.count)
      bytes += little(UInt32(block.count) << 3 | (rest.isEmpty ? 1 : 0)).prefix(3) + block
    } while !rest.isEmpty
    return bytes
  }

  private static func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }

  private static func crc32(_ data: [UInt8]) -> UInt32 {
    let table: [UInt32] = (0..<256).map { byte in
      (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 1 ? 0xedb8_8320 ^ (crc >> 1) : crc >> 1 }
    }
    return ~data.reduce(~UInt32(0)) { crc, byte in table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ (crc >> 8) }
  }
}
