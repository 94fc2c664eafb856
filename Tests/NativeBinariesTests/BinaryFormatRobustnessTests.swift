import NativeBinaries
import Testing

/// Hostile input: whatever the bytes are, parsing ends, without a trap and without facts that the file has no room for.
@Suite struct BinaryFormatRobustnessTests {
  struct Sample: CustomTestStringConvertible {
    var testDescription: String
    var bytes: [UInt8]

    init(_ name: String, _ bytes: [UInt8]) { (testDescription, self.bytes) = (name, bytes) }
  }

  static let samples = [
    Sample("thin Mach-O", linked.bytes),
    Sample("32-bit big-endian Mach-O", MachOSample.complete(is64Bit: false, order: .big).bytes),
    Sample("universal Mach-O", MachOSample.universal([(MachO.CPU_TYPE_ARM64, 0, linked.bytes)])),
    Sample("PE32+", PESample.complete().bytes),
    Sample("PE32", PESample.complete(machine: PE.IMAGE_FILE_MACHINE_I386, isPE32Plus: false).bytes),
    Sample("archive", ArchiveTests.gnu),
    Sample("WebAssembly", WebAssemblySample.module),
    Sample("Git LFS pointer", Array("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n".utf8)),
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

  /// How many bytes of names each format's parser reads out of a file, the most of all; each reads files of any magic.
  private func namedByteCount(_ file: [UInt8]) -> Int {
    _ = NativeBinary(parsing: file.span.bytes)
    _ = LookAlike(head: file.span.bytes, byteCount: file.count)
    let slices = MachO.Image(parsing: file.span.bytes).slices
    let image = PE.Image(parsing: file.span.bytes)
    let module = WebAssembly.Module(parsing: file.span.bytes)
    let names = [
      slices.flatMap { ($0.definedSymbols + $0.undefinedSymbols).map(\.name) },
      image.exports.map(\.name) + image.exports.compactMap(\.forwarder)
        + (image.imports + image.delayImports).flatMap { [$0.name] + $0.functions.compactMap(\.symbol) },
      StaticArchive(parsing: file.span.bytes).members.map(\.name),
      module.imports.flatMap { [$0.module, $0.name] } + module.exports.map(\.name),
    ]
    return names.map { $0.reduce(0) { $0 + $1.utf8.count } }.max() ?? 0
  }

  @Test("Every prefix of a file is parsed", arguments: samples)
  func prefixes(sample: Sample) {
    let bytes = sample.bytes
    for count in bytes.indices {
      _ = NativeBinary(parsing: Array(bytes.prefix(count)).span.bytes)
    }
  }

  @Test("Files with bytes changed at random are parsed", arguments: samples)
  func mutations(sample: Sample) {
    let bytes = sample.bytes
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
      // Bytes that are no UTF-8 become U+FFFD, of three bytes.
      #expect(namedByteCount(file) <= 3 * 4 * file.count)
    }
  }
}

extension PE.ImportedLibrary.Function {
  fileprivate var symbol: String? {
    if case .name(let name) = self { name } else { nil }
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
