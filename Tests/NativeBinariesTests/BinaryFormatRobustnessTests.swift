import NativeBinaries
import Testing

/// Hostile input: whatever the bytes are, parsing ends, without a trap and without facts that the file has no room for.
@Suite struct BinaryFormatRobustnessTests {
  static let samples: [(name: String, bytes: [UInt8])] = [
    ("thin Mach-O", linked.bytes),
    ("32-bit big-endian Mach-O", MachOSample.complete(is64Bit: false, order: .big).bytes),
    ("universal Mach-O", MachOSample.universal([(MachO.CPU_TYPE_ARM64, 0, Array(linked.bytes))])),
    ("PE32+", PESample.complete().bytes), ("PE32", PESample.complete(machine: 0x14c, isPE32Plus: false).bytes),
    ("archive", ArchiveTests.gnu), ("WebAssembly", WebAssemblySample.module),
    ("text", Array("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n".utf8)),
  ]

  private static var linked: MachOSample {
    var sample = MachOSample.complete(cpuType: MachO.CPU_TYPE_X86_64)
    sample.symbols.removeAll { $0.type == 1 && $0.value == 0 }
    sample.exportTrie = MachODynamicLinkingTests.trie
    sample.bindings = [0x11, 0x40] + Array("_bound\0".utf8) + [0x72, 0x08, 0x90]
    sample.code = [0xb8, 9, 0, 0, 0, 0xc3]
    sample.symbols.append(
      ("_node_api_module_get_api_version_v1", 0x0f, 0, MachOSample.base + UInt64(MachOSample.codeOffset)))
    return sample
  }

  /// How many bytes of names were read; reads through every format, also where the magic says another.
  private func namedByteCount(_ file: [UInt8]) -> Int {
    _ = NativeBinary(parsing: file.span.bytes)
    let machO = MachO.Image(parsing: file.span.bytes).slices.reduce(0) { sum, slice in
      sum + (slice.definedSymbols + slice.undefinedSymbols).reduce(0) { $0 + $1.name.utf8.count }
    }
    let image = PE.Image(parsing: file.span.bytes)
    let pe = image.exports.reduce(0) { $0 + $1.name.utf8.count } + (image.imports + image.delayImports).count
    let archive = StaticArchive(parsing: file.span.bytes).members.reduce(0) { $0 + $1.name.utf8.count }
    let module = WebAssembly.Module(parsing: file.span.bytes)
    return machO + pe + archive + module.imports.count + module.exports.count
  }

  @Test("Every prefix of a file is parsed", arguments: samples)
  func prefixes(name: String, bytes: [UInt8]) {
    for count in 0..<bytes.count where count < 4096 || count > 4096 + 0x500 || count % 7 == 0 {
      _ = NativeBinary(parsing: Array(bytes.prefix(count)).span.bytes)
    }
  }

  @Test("Files with bytes changed at random are parsed", arguments: samples)
  func mutations(name: String, bytes: [UInt8]) {
    var random = SplitMix64(state: UInt64(bytes.count))
    // Values that overflow, negate or loop are more often interesting than others.
    let values: [UInt8] = [0x00, 0x01, 0x04, 0x7f, 0x80, 0xfe, 0xff]
    let places = bytes.indices.filter { bytes[$0] != 0 || $0 < 256 }
    for _ in 0..<3000 {
      var file = bytes
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        guard let place = places.randomElement(using: &random) else { continue }
        for index in place..<min(place + Int.random(in: 1...8, using: &random), file.count) {
          file[index] =
            Bool.random(using: &random)
            ? .random(in: 0...255, using: &random) : values.randomElement(using: &random) ?? 0
        }
      }
      let limit = 12 * file.count + 1000
      #expect(namedByteCount(file) <= limit)
    }
  }
}

/// Sebastiano Vigna's generator, for the same changes in every run.
private struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }
}
