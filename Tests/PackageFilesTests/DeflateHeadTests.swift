import CZlib
import Testing

@testable import PackageFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

@Suite("The first bytes of a deflate stream are what zlib makes them")
struct DeflateHeadTests {
  private let decoder: GuardedDecoder

  init() throws { decoder = try GuardedDecoder() }

  @Test("Streams of every level, strategy and memory level, cut into blocks or not", arguments: Sample.contents.indices)
  func wholeStreams(index: Int) {
    for stream in Sample.streams(of: Sample.contents[index]) {
      for count in [0, 1, 2, 3, 7, 31, 63, 64, 65] {
        let head = decoder.head(of: stream, count: count)
        #expect(head.damage == nil)
        #expect(head.bytes == Array(Sample.contents[index].prefix(count)))
      }
    }
  }

  @Test("A stream cut anywhere gives what zlib gives", arguments: Sample.contents.indices)
  func truncation(index: Int) {
    for stream in Sample.streams(of: Sample.contents[index]) {
      for count in 0..<min(stream.count, 300) { expectAsZlib(Array(stream[..<count])) }
    }
  }

  @Test("Tens of thousands of damaged streams give what zlib gives", arguments: Sample.contents.indices)
  func mutation(index: Int) {
    var random = SplitMix64(state: UInt64(index))
    var outcomes: Set<String> = []
    for stream in Sample.streams(of: Sample.contents[index]) where !stream.isEmpty {
      for round in 0..<60 {
        var mutant = stream
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          // Damage to the first bytes is damage to the codes.
          let position = Int.random(in: 0..<min(mutant.count, round % 2 == 0 ? 12 : 120), using: &random)
          mutant[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        }
        outcomes.insert(expectAsZlib(mutant))
      }
    }
    #expect(outcomes.contains("none"))
    #expect(outcomes.count > 2)
  }

  @Test("Noise gives what zlib gives", arguments: 0..<8 as Range<UInt64>)
  func noise(seed: UInt64) {
    var random = SplitMix64(state: seed)
    var outcomes: Set<String> = []
    for _ in 0..<5000 {
      var bytes = (0..<Int.random(in: 0...100, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      // Every second one a dynamic block, whose header is where most can go wrong.
      if !bytes.isEmpty, Bool.random(using: &random) { bytes[0] = bytes[0] & 0xF8 | 0x05 }
      outcomes.insert(expectAsZlib(bytes))
    }
    #expect(outcomes.count > 6)
  }

  @Test("Codes that zlib allows or refuses, one bit short or one too many")
  func codeSets() {
    var outcomes: Set<String> = []
    for distances in [[], [1], [2], [1, 1], [1, 2], [1, 1, 1], [15]] as [[Int]] {
      for literals in [[0, 0], [1, 0], [1, 1], [2, 1], [1, 2], [2, 2], [15, 1], [0, 1], [0, 2]] {
        for end in [0, 1, 2] {
          var lengths = Array(repeating: 0, count: 258)
          lengths[65] = literals[0]
          lengths[257] = literals[1]
          lengths[256] = end
          for data in 0..<64 { outcomes.insert(expectAsZlib(BlockAssembler.block(lengths, distances, data: data))) }
        }
      }
    }
    #expect(outcomes.isSuperset(of: ["none", "endOfBlockCode", "literalCode", "distanceCode", "symbol", "distance"]))
  }

  /// Returns the damage found.
  @discardableResult
  private func expectAsZlib(_ stream: [UInt8]) -> String {
    var found = ""
    for count in [1, 64, 65] {
      let ours = decoder.head(of: stream, count: count)
      let zlib = Inflated(stream, count: count)
      #expect(ours.bytes == zlib.bytes, "\(count) of \(stream)")
      #expect((ours.damage == nil) == (zlib.bytes.count == count || zlib.isAtEnd), "\(count) of \(stream)")
      found = ours.damage.map { "\($0)" } ?? "none"
    }
    return found
  }
}

/// The decoder, fed from memory of which the next byte cannot be read.
private final class GuardedDecoder {
  private static let capacity = 65536
  private let decoder = DeflateHeadDecoder(capacity: 65)
  private let memory: UnsafeMutableRawBufferPointer

  init() throws {
    let guardBytes = 65536
    // Private and anonymous: the value of the flag differs between systems.
    #if canImport(Darwin)
      let flags = MAP_PRIVATE | MAP_ANON
    #else
      let flags = MAP_PRIVATE | 0x20
    #endif
    let start = try #require(mmap(nil, Self.capacity + guardBytes, PROT_READ | PROT_WRITE, flags, -1, 0))
    try #require(start != MAP_FAILED)
    memory = UnsafeMutableRawBufferPointer(start: start, count: Self.capacity)
    try #require(mprotect(start + Self.capacity, guardBytes, PROT_NONE) == 0)
  }

  deinit { munmap(memory.baseAddress, memory.count + 65536) }

  func head(of stream: [UInt8], count: Int) -> (bytes: [UInt8], damage: DeflateDamage?) {
    let data = UnsafeMutableRawBufferPointer(rebasing: memory[(memory.count - stream.count)...])
    data.copyBytes(from: stream)
    let (bytes, damage) = decoder.head(of: UnsafeRawBufferPointer(data), count: count)
    return (Array(bytes), damage)
  }
}

/// What zlib makes of a stream.
private struct Inflated {
  var bytes: [UInt8]
  var isAtEnd: Bool

  init(_ stream: [UInt8], count: Int) {
    var output = Array(repeating: UInt8(0), count: count + 1)
    var input = stream + [0]
    var state = z_stream()
    var status = inflateInit2_(&state, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        state.next_in = input.baseAddress
        state.avail_in = UInt32(stream.count)
        state.next_out = output.baseAddress
        state.avail_out = UInt32(count)
        status = inflate(&state, Z_SYNC_FLUSH)
      }
    }
    bytes = Array(output[..<(count - Int(state.avail_out))])
    isAtEnd = status == Z_STREAM_END
    inflateEnd(&state)
  }
}

private enum Sample {
  static let contents: [[UInt8]] = [
    [], [65], Array("ab".utf8), Array(repeating: 0, count: 1000),
    Array("'use strict';\nObject.defineProperty(exports, '__esModule', { value: true });\n".utf8)
      + (0..<300).flatMap { Array("exports.value\($0) = require('./part\($0 % 13)').value\($0);\n".utf8) },
    Array("{\"name\": \"package\", \"version\": \"1.90.0\"}".utf8),
    Array("\u{7F}ELF\u{2}\u{1}\u{1}".utf8) + (0..<500).map(UInt8.init(truncatingIfNeeded:)),
    random(5000, from: 0...255), random(5000, from: 0...3), random(64, from: 0...255), random(65, from: 0...15),
    (0..<40).flatMap { Array(repeating: UInt8($0), count: $0) },
  ]

  private static func random(_ count: Int, from range: ClosedRange<UInt8>) -> [UInt8] {
    var random = SplitMix64(state: UInt64(count) + UInt64(range.upperBound))
    return (0..<count).map { _ in UInt8.random(in: range, using: &random) }
  }

  /// `contents` deflated in many ways.
  static func streams(of contents: [UInt8]) -> [[UInt8]] {
    var streams: Set<[UInt8]> = []
    for level in 0...9 as ClosedRange<Int32> {
      for strategy in [Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED] {
        for flush in [Z_NO_FLUSH, Z_FULL_FLUSH, Z_PARTIAL_FLUSH, Z_BLOCK] {
          for memory in [1, 8] as [Int32] { streams.insert(deflated(contents, level, strategy, memory, flush)) }
        }
      }
    }
    return streams.sorted { $0.lexicographicallyPrecedes($1) }
  }

  private static func deflated(
    _ contents: [UInt8], _ level: Int32, _ strategy: Int32, _ memory: Int32, _ flush: Int32
  ) -> [UInt8] {
    var state = z_stream()
    deflateInit2_(
      &state, level, Z_DEFLATED, -MAX_WBITS, memory, strategy, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    var output = Array(repeating: UInt8(0), count: contents.count * 2 + 1000)
    var input = contents + [0]
    input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        state.next_out = output.baseAddress
        state.avail_out = UInt32(output.count)
        state.next_in = input.baseAddress
        // The first bytes in blocks of their own.
        var left = contents.count
        if flush != Z_NO_FLUSH {
          for piece in [20, 1, 30] {
            state.avail_in = UInt32(min(piece, left))
            left -= min(piece, left)
            deflate(&state, flush)
          }
        }
        state.avail_in = UInt32(left)
        deflate(&state, Z_FINISH)
      }
    }
    let made = output.count - Int(state.avail_out)
    deflateEnd(&state)
    return Array(output[..<made])
  }
}

/// Writes blocks of type 2 with any code lengths, right ones and wrong ones.
private enum BlockAssembler {
  /// A last block whose data is the bits of `data`.
  static func block(_ literals: [Int], _ distances: [Int], data: Int) -> [UInt8] {
    var bits = Bits()
    let distances = distances.isEmpty ? [0] : distances
    bits.append(1, 1)
    bits.append(2, 2)
    bits.append(literals.count - 257, 5)
    bits.append(distances.count - 1, 5)
    bits.append(15, 4)
    // Sixteen codes of four bits, each of the lengths 0 to 15.
    for symbol in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15] {
      bits.append(symbol < 16 ? 4 : 0, 3)
    }
    for length in literals + distances {
      for bit in [8, 4, 2, 1] { bits.append(length & bit == 0 ? 0 : 1, 1) }
    }
    bits.append(data, 6)
    bits.append(0, 10)
    return bits.bytes
  }

  private struct Bits {
    var bytes: [UInt8] = []
    private var count = 0

    mutating func append(_ value: Int, _ width: Int) {
      for bit in 0..<width {
        if count % 8 == 0 { bytes.append(0) }
        bytes[bytes.count - 1] |= UInt8(value >> bit & 1) << (count % 8)
        count += 1
      }
    }
  }
}
