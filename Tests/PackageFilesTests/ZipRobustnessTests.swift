import Testing

@testable import PackageFiles

private typealias Entry = ZipAssembler.Entry

@Suite("No bytes make the zip reader trap, hang or lie about its bounds")
struct ZipRobustnessTests {
  private static func samples() -> [[UInt8]] {
    var rich = ZipAssembler([
      Entry("index.js", String(repeating: "exports.a = 1;", count: 20)),
      Entry("node_modules/a/package.json", "{}", method: 0),
      Entry("d/").with { $0.mode = 0o040755 }, .link("node_modules/l", to: "../index.js"),
      Entry("s", "with descriptor").with { $0.usesDescriptor = true }, Entry("README"), Entry("readme"),
    ])
    var wide = rich
    wide.entries = wide.entries.map { $0.with { $0.usesZip64 = true } }
    wide.usesZip64End = true
    wide.prefix = Array("#!".utf8)
    rich.comment = Array("comment".utf8)
    return [rich.bytes(), wide.bytes()]
  }

  /// Does everything that can be done with a tree.
  private static func exercise(_ bytes: [UInt8]) -> Bool {
    guard let tree = try? ZipTree(bytes: bytes) else { return false }
    let scan = tree.scan { _, _, _ in true }
    for found in scan.found {
      _ = tree.status(of: found.path)
      _ = tree.linkTarget(of: found.path)
      _ = tree.names(in: found.path)
      _ = try? tree.withContents(of: found.path) { $0.byteCount }
    }
    _ = scan.problems.map(\.description)
    return true
  }

  @Test("A zip cut off at any byte is no zip", arguments: samples())
  func truncation(bytes: [UInt8]) {
    #expect(Self.exercise(bytes))
    let comment = 7
    for count in 0..<bytes.count {
      let survived = Self.exercise(Array(bytes[..<count]))
      if count < bytes.count - comment - 22 { #expect(!survived, "cut at \(count)") }
    }
  }

  @Test("A zip whose first bytes are missing is read without trapping", arguments: samples())
  func beheading(bytes: [UInt8]) {
    for count in 0..<bytes.count { _ = Self.exercise(Array(bytes[count...])) }
  }

  @Test("Thousands of mutated zips are read or refused", arguments: samples())
  func mutation(bytes: [UInt8]) {
    var random = SplitMix64(state: 20)
    let interesting: [UInt64] = [
      0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0xffff_ffff, .max / 2, .max, UInt64(bytes.count),
    ]
    var survived = 0
    for _ in 0..<3000 {
      var mutant = bytes
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let position = Int.random(in: 0..<mutant.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: mutant[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: mutant[position] = UInt8.random(in: 0...255, using: &random)
        case 2:
          let value = interesting.randomElement(using: &random) ?? 0
          let width = [1, 2, 4, 8].randomElement(using: &random) ?? 1
          for (offset, byte) in le(value).prefix(width).enumerated() where position + offset < mutant.count {
            mutant[position + offset] = byte
          }
        default:
          let other = Int.random(in: 0..<mutant.count, using: &random)
          let count = min(Int.random(in: 1...32, using: &random), mutant.count - max(position, other))
          mutant.replaceSubrange(position..<position + count, with: Array(mutant[other..<other + count]))
        }
      }
      if Self.exercise(mutant) { survived += 1 }
    }
    // The mutations reach beyond the end record.
    #expect(survived > 500)
  }
}

/// The same numbers on every run.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
