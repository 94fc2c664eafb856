/// Bytes that are read once, from front to back.
protocol ByteStream: AnyObject {
  /// The next `count` bytes, fewer only at the end; valid until the next call.
  func read(_ count: Int) throws(ArchiveFailure) -> UnsafeRawBufferPointer

  /// Passes over `count` bytes; returns how many there were.
  func skip(_ count: Int) throws(ArchiveFailure) -> Int
}

/// Bytes in memory, or mapped.
final class MemoryStream: ByteStream {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  /// The owner of `bytes` must outlive the stream.
  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  func read(_ count: Int) -> UnsafeRawBufferPointer {
    let end = position + min(count, bytes.count - position)
    defer { position = end }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<end])
  }

  func skip(_ count: Int) -> Int {
    let skipped = min(count, bytes.count - position)
    position += skipped
    return skipped
  }
}

/// How the data of a layer, or a whole archive, is compressed.
enum Compression: Hashable {
  case none, gzip, zstandard

  /// By the first bytes, whatever a media type says.
  init(_ data: UnsafeRawBufferPointer) {
    if data.starts(with: [0x1f, 0x8b]) {
      self = .gzip
    } else if data.starts(with: [0x28, 0xb5, 0x2f, 0xfd]) || Self.isSkippableFrame(data) {
      self = .zstandard
    } else {
      self = .none
    }
  }

  /// RFC 8878, 3.1.2: a frame of data for somebody else.
  private static func isSkippableFrame(_ data: UnsafeRawBufferPointer) -> Bool {
    data.count >= 8 && data[0] & 0xf0 == 0x50 && data[1..<4].elementsEqual([0x2a, 0x4d, 0x18])
  }

  /// The contents of `data`, whose owner must outlive the stream; every byte made is taken from `budget`.
  func stream(of data: UnsafeRawBufferPointer, budget: ImageBudget) throws(ArchiveFailure) -> any ByteStream {
    switch self {
    case .none: return MemoryStream(data)
    case .gzip: return DecompressedStream(data, try GzipDecompressor(), budget)
    case .zstandard: return DecompressedStream(data, try ZstandardDecompressor(), budget)
    }
  }
}

/// One kind of decompression.
protocol Decompressor: AnyObject {
  /// Makes bytes into `output` of those at the front of `input`, which it takes; none only at the end of the data, or of
  /// the input, or where more input is wanted.
  func step(_ input: inout UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) throws(ArchiveFailure)
    -> Int

  /// Whether the data may end here: everything that was begun is complete.
  var isComplete: Bool { get }
}

/// The contents of compressed data, made as they are read, in memory of a fixed size.
final class DecompressedStream: ByteStream {
  private static let chunk = 256 * 1024

  private var input: UnsafeRawBufferPointer
  private let decompressor: any Decompressor
  private let budget: ImageBudget
  private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk, alignment: 16)
  /// What was made and not yet read.
  private var made = 0..<0
  private var isAtEnd = false

  init(_ input: UnsafeRawBufferPointer, _ decompressor: any Decompressor, _ budget: ImageBudget) {
    self.input = input
    self.decompressor = decompressor
    self.budget = budget
  }

  deinit { buffer.deallocate() }

  func read(_ count: Int) throws(ArchiveFailure) -> UnsafeRawBufferPointer {
    if made.count < count, !isAtEnd { try fill(count) }
    let end = made.lowerBound + min(count, made.count)
    defer { made = end..<made.upperBound }
    return UnsafeRawBufferPointer(rebasing: buffer[made.lowerBound..<end])
  }

  func skip(_ count: Int) throws(ArchiveFailure) -> Int {
    var skipped = 0
    while skipped < count {
      let bytes = try read(min(count - skipped, Self.chunk))
      if bytes.isEmpty { break }
      skipped += bytes.count
    }
    return skipped
  }

  /// Makes bytes until `count` are there, or the end is.
  private func fill(_ count: Int) throws(ArchiveFailure) {
    makeRoom(count)
    while made.count < count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[made.upperBound...])
      let before = input.count
      let new = try decompressor.step(&input, into: rest)
      try budget.takeBytes(new)
      made = made.lowerBound..<(made.upperBound + new)
      if new == 0, input.count == before || input.isEmpty {
        isAtEnd = true
        guard decompressor.isComplete else { throw .damaged("its compressed data ends early") }
        return
      }
    }
  }

  /// Moves what is there to the front, in a buffer of at least `count` bytes.
  private func makeRoom(_ count: Int) {
    if made.lowerBound + count <= buffer.count { return }
    let kept = UnsafeRawBufferPointer(rebasing: buffer[made])
    if count <= buffer.count {
      buffer.copyMemory(from: kept)
    } else {
      let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, Self.chunk * 2), alignment: 16)
      larger.copyMemory(from: kept)
      buffer.deallocate()
      buffer = larger
    }
    made = 0..<kept.count
  }
}
