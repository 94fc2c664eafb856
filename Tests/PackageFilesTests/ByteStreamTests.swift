import CZlib
import ImageAssembler
import Testing

@testable import PackageFiles

@Suite("Compressed layers")
struct ByteStreamTests {
  /// What all of a stream holds, read in pieces of `step` bytes.
  private func contents(_ data: [UInt8], step: Int = 1000) throws(ArchiveFailure) -> [UInt8] {
    let owner = OwnedBytes(copying: data)
    let stream = try Compression(owner.bytes).stream(of: owner.bytes, budget: ImageBudget())
    var all: [UInt8] = []
    while true {
      let bytes = try stream.read(step)
      all += bytes
      if bytes.count < step { return all }
    }
  }

  private static let text = (0..<400_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }

  /// As zlib's `gzip` makes it.
  private static func deflated(_ data: [UInt8]) throws -> [UInt8] {
    var stream = z_stream()
    try #require(
      deflateInit2_(
        &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK
    )
    defer { deflateEnd(&stream) }
    var input = data
    var output = [UInt8](repeating: 0, count: data.count + 1000)
    let count = output.count
    let status = input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(count)
        return deflate(&stream, Z_FINISH)
      }
    }
    try #require(status == Z_STREAM_END)
    return Array(output.prefix(count - Int(stream.avail_out)))
  }

  @Test("gzip, as zlib makes it and stored, of one member and of several, with padding behind")
  func gzip() throws {
    let packed = try Self.deflated(Self.text)
    for step in [511, 4096, 300_000] { #expect(try contents(packed, step: step) == Self.text) }
    #expect(try contents(Packed.gzip(Self.text)) == Self.text)
    #expect(try contents(packed + Packed.gzip([1, 2]) + packed) == Self.text + [1, 2] + Self.text)
    #expect(try contents(packed + [0, 0, 0]) == Self.text)
  }

  @Test("gzip that was changed or cut off is damaged")
  func damagedGzip() throws {
    let packed = try Self.deflated(Array(Self.text.prefix(20_000)))
    for count in stride(from: 2, to: packed.count, by: 97) {
      #expect(throws: ArchiveFailure.damaged("its compressed data ends early")) {
        try contents(Array(packed[..<count]))
      }
    }
    var changed = packed
    changed[changed.count - 6] ^= 1
    #expect(throws: ArchiveFailure.damaged("its gzip data is damaged")) { try contents(changed) }
    #expect(throws: ArchiveFailure.self) { try contents(packed + [1, 2, 3]) }
  }

  @Test("zstd, of one frame and of several, where the library is installed; else it is named")
  func zstandard() throws {
    let packed = Packed.zstandard(Self.text)
    do throws(ArchiveFailure) {
      #expect(try contents(packed) == Self.text)
      #expect(try contents([0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 9] + packed + packed) == Self.text + Self.text)
    } catch {
      guard case .libraryMissing(let library, _) = error else { throw error }
      #expect(library.hasPrefix("libzstd"))
      return
    }
    for count in [4, 9, 100, packed.count - 1] {
      #expect(throws: ArchiveFailure.self) { try contents(Array(packed[..<count])) }
    }
    var changed = packed
    changed[4] = 0xff
    #expect(throws: ArchiveFailure.self) { try contents(changed) }
  }

  @Test("Entries and their names are counted, so that an index takes no surprising memory")
  func entries() throws {
    let budget = ImageBudget(bytes: .max, entries: 2)
    try budget.takeEntry(nameBytes: 1 << 20)
    try budget.takeEntry(nameBytes: 1 << 20)
    #expect(throws: ArchiveFailure.self) { try budget.takeEntry(nameBytes: 1) }
    #expect(throws: ArchiveFailure.self) { try ImageBudget().takeEntry(nameBytes: ImageBudget.mostNameBytes + 1) }
    try ImageBudget(bytes: .max).takeBytes(.max)
    #expect(throws: ArchiveFailure.self) { try ImageBudget().takeBytes(.max) }
  }

  @Test("What data makes is counted, so that little cannot become too much")
  func bomb() throws {
    let zeros = try Self.deflated([UInt8](repeating: 0, count: 8 << 20))
    let owner = OwnedBytes(copying: zeros)
    let stream = try Compression(owner.bytes).stream(of: owner.bytes, budget: ImageBudget(bytes: 1 << 20))
    #expect(throws: ArchiveFailure.tooLarge("more than 0 GB of data")) { try stream.skip(8 << 20) }
  }
}
