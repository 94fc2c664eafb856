import NativeBinaries

/// Facts read from a real ld.so.
struct LoaderFacts {
  /// The directories compiled in, such as `/lib64` and `/usr/lib64`, without a trailing slash.
  var defaultDirectories: [String] = []
  /// What `$LIB` stands for.
  var libToken = "lib64"
  var glibc: GLibCVersion?
  /// Whether it has the patches of Debian and its descendants.
  var isDebian = false

  /// Reads them from the bytes of ld.so: `system_dirs` is one run of NUL-separated directories that end in a slash, and
  /// the version stands in its banner ("GNU C Library … stable release version 2.36.").
  init(loader bytes: RawSpan) {
    defaultDirectories = Self.systemDirectories(bytes)
    glibc = Self.version(bytes)
    isDebian = Self.isDebian(bytes)
    // The first directory is "/" + DL_DST_LIB + "/" everywhere glibc is configured in the usual way.
    if let first = defaultDirectories.first { libToken = String(first.dropFirst()) }
  }

  private static func systemDirectories(_ bytes: RawSpan) -> [String] {
    var best: [String] = []
    var position = 0
    while let start = bytes.firstOffset(of: "/lib", from: position) {
      position = start + 4
      // The run begins behind the NUL of the string before it.
      guard start > 0, (try? bytes.integer(at: start - 1, as: UInt8.self)) == 0 else { continue }
      let (run, end) = directories(bytes, at: start)
      if run.count > best.count { best = run }
      // A run that begins inside of this one is shorter.
      position = max(position, end)
    }
    return best
  }

  /// The run of directory names that begins at `start`, and where it ends.
  private static func directories(_ bytes: RawSpan, at start: Int) -> (names: [String], end: Int) {
    var run: [String] = []
    var position = start
    while let name = try? bytes.cString(at: position), name.count > 1, name.count < 128,
      name.first == UInt8(ascii: "/"), name.last == UInt8(ascii: "/")
    {
      run.append(String(decoding: name.dropLast(), as: UTF8.self))
      position += name.count + 1
    }
    return (run, position)
  }

  /// Whether the banner of ld.so or libc.so.6 names the package of Debian or Ubuntu.
  static func isDebian(_ bytes: RawSpan) -> Bool {
    bytes.firstOffset(of: "(Debian GLIBC ") != nil || bytes.firstOffset(of: "(Ubuntu GLIBC ") != nil
  }

  /// The version in the banner of ld.so or libc.so.6.
  static func version(_ bytes: RawSpan) -> GLibCVersion? {
    guard let marker = bytes.firstOffset(of: "release version ") else { return nil }
    let text = (try? bytes.cString(at: marker + 16)) ?? []
    return GLibCVersion(
      String(decoding: text.prefix { $0 == UInt8(ascii: ".") || (48...57).contains($0) }.prefix(16), as: UTF8.self))
  }
}

/// `/etc/ld.so.cache` in glibc's formats: `glibc-ld.so.cache1.1`, alone or behind the older `ld.so-1.7.0` part.
struct LoaderCache {
  private static let magic = Array("glibc-ld.so.cache1.1".utf8)
  private static let oldMagic = Array("ld.so-1.7.0".utf8)
  // FLAG_ELF_LIBC6 with the architecture's bits, from glibc's sysdeps/generic/ldconfig.h.
  private static let x86_64: UInt32 = 0x0303
  private static let aarch64: UInt32 = 0x0a03

  /// The path for each soname; the first entry for the architecture without a CPU capability wins.
  var paths: [String: String] = [:]

  init(cache: RawSpan, architecture: Architecture) {
    guard let start = Self.newFormat(cache), let count: UInt32 = try? cache.integer(at: start + 20) else { return }
    let wanted = architecture == .x86_64 ? Self.x86_64 : Self.aarch64
    // Entries may share bytes, as ldconfig's do where a soname ends its path; but a hostile cache could give each entry
    // another part of one long string.
    var remaining = 4 * cache.byteCount
    for index in 0..<min(Int(count), cache.byteCount / 24) {
      let entry = start + 48 + index * 24
      guard let flags: UInt32 = try? cache.integer(at: entry), let key: UInt32 = try? cache.integer(at: entry + 4),
        let value: UInt32 = try? cache.integer(at: entry + 8),
        let capability: UInt64 = try? cache.integer(at: entry + 16),
        flags & 0xffff == wanted, capability == 0,
        let name = cache.string(at: start + Int(key), limit: remaining),
        let path = cache.string(at: start + Int(value), limit: remaining - name.count)
      else { continue }
      remaining -= name.count + path.count
      let soname = String(decoding: name, as: UTF8.self)
      if paths[soname] == nil { paths[soname] = String(decoding: path, as: UTF8.self) }
    }
  }

  /// Where the new format begins: at the start, or behind the old table, 8-byte aligned.
  private static func newFormat(_ cache: RawSpan) -> Int? {
    if (try? cache.bytes(0, count: magic.count)) == magic { return 0 }
    guard (try? cache.bytes(0, count: oldMagic.count)) == oldMagic,
      let count: UInt32 = try? cache.integer(at: 12)
    else { return nil }
    let start = (16 + Int(count) * 12 + 7) / 8 * 8
    return (try? cache.bytes(start, count: magic.count)) == magic ? start : nil
  }
}

extension RawSpan {
  /// The bytes from `offset` up to the first NUL or the end; `nil` outside, and where there are more than `limit`.
  fileprivate func string(at offset: Int, limit: Int) -> [UInt8]? {
    guard limit >= 0, offset >= 0, offset <= byteCount else { return nil }
    let string = try? extracting(..<(offset + min(byteCount - offset, limit + 1))).cString(at: offset)
    return string.flatMap { $0.count > limit ? nil : $0 }
  }
}
