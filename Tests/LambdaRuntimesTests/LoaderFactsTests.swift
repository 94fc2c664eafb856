import NativeBinaries
import Testing

@testable import LambdaRuntimes

@Suite struct LoaderFactsTests {
  /// An `ld.so.cache` in the new format, behind `prefix`.
  private func cache(
    _ entries: [(flags: UInt32, name: String, path: String, capability: UInt64)], prefix: [UInt8] = []
  ) -> [UInt8] {
    var strings: [UInt8] = []
    var table: [UInt8] = []
    func append<T: FixedWidthInteger>(_ value: T, to bytes: inout [UInt8]) {
      withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }
    let base = 48 + entries.count * 24
    for entry in entries {
      append(entry.flags, to: &table)
      append(UInt32(base + strings.count), to: &table)
      strings += Array(entry.name.utf8) + [0]
      append(UInt32(base + strings.count), to: &table)
      strings += Array(entry.path.utf8) + [0]
      append(UInt32(0), to: &table)
      append(entry.capability, to: &table)
    }
    var file = prefix + Array("glibc-ld.so.cache1.1".utf8)
    append(UInt32(entries.count), to: &file)
    append(UInt32(strings.count), to: &file)
    file += Array(repeating: 0, count: 20)
    return file + table + strings
  }

  private func paths(_ bytes: [UInt8], _ architecture: Architecture = .x86_64) -> [String: String] {
    let span = bytes.span
    return LoaderCache(cache: span.bytes, architecture: architecture).paths
  }

  @Test("The cache gives the first path of each soname for the architecture, without capabilities")
  func loaderCache() {
    let bytes = cache([
      (0x0303, "liba.so.1", "/opt/hwcaps/liba.so.1", 1 << 62), (0x0303, "liba.so.1", "/lib64/liba.so.1", 0),
      (0x0303, "liba.so.1", "/other/liba.so.1", 0), (0x0803, "libb.so.1", "/lib32/libb.so.1", 0),
      (0x0a03, "libc.so.6", "/lib/aarch64/libc.so.6", 0),
    ])
    #expect(paths(bytes) == ["liba.so.1": "/lib64/liba.so.1"])
    #expect(paths(bytes, .arm64) == ["libc.so.6": "/lib/aarch64/libc.so.6"])
  }

  @Test("The new format is found behind the old one, and its offsets count from its own start")
  func oldPart() {
    // One old entry of 12 bytes behind a header of 16, padded to 8.
    let old = Array("ld.so-1.7.0\0".utf8) + [1, 0, 0, 0] + Array(repeating: 0, count: 12 + 4)
    #expect(
      paths(cache([(0x0303, "liba.so.1", "/lib64/liba.so.1", 0)], prefix: old)) == ["liba.so.1": "/lib64/liba.so.1"])
  }

  @Test("Every prefix of a cache gives what is whole, and never traps")
  func truncation() {
    let bytes = cache([(0x0303, "liba.so.1", "/lib64/liba.so.1", 0), (0x0303, "libb.so.1", "/lib64/libb.so.1", 0)])
    for count in 0...bytes.count { _ = paths(Array(bytes.prefix(count))) }
    #expect(paths(bytes).count == 2)
  }

  @Test("ld.so's compiled-in directories and its version are read from its bytes")
  func loader() {
    let bytes =
      Array("xx/lib/not-a-start\0/lib64/\0/usr/lib64/\0other\0stable release version 2.34.\0".utf8)
    let span = bytes.span
    let facts = LoaderFacts(loader: span.bytes)
    #expect(facts.defaultDirectories == ["/lib64", "/usr/lib64"])
    #expect(facts.libToken == "lib64")
    #expect(facts.glibc == GLibCVersion(2, 34))
  }

  @Test("Entries that share one long string give no more than four times the file's length")
  func sharedStrings() throws {
    let count = 1000
    var bytes = cache(Array(repeating: (0x0303, "", "", 0), count: count))
    let text = bytes.count
    bytes += Array(repeating: UInt8(ascii: "n"), count: 1 << 16)
    for index in 0..<count {
      for field in [4, 8] {
        let value = UInt32(text + index).littleEndian
        withUnsafeBytes(of: value) {
          bytes.replaceSubrange(48 + 24 * index + field..<48 + 24 * index + field + 4, with: $0)
        }
      }
    }
    let paths = paths(bytes)
    #expect(!paths.isEmpty)
    #expect(paths.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count } <= 4 * bytes.count)
  }

  @Test("A hundred thousand directories one behind the other are read once", .timeLimit(.minutes(1)))
  func manyDirectories() {
    let bytes = [0] + Array(String(repeating: "/lib/\0", count: 100_000).utf8)
    #expect(LoaderFacts(loader: bytes.span.bytes).defaultDirectories.count == 100_000)
  }
}
