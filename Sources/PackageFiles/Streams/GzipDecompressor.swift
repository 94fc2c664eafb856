import CZlib

/// Inflates gzip (RFC 1952), also of several members, as pigz and eStargz write them; checksums are verified.
final class GzipDecompressor: Decompressor {
  private static let largestStep = 1 << 30

  /// zlib's state points back to it, so that it must not move.
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private(set) var isComplete = false

  init() throws(ArchiveFailure) {
    stream.initialize(to: z_stream())
    // 15 bits of window, and 16 for gzip's header and trailer.
    guard inflateInit2_(stream, 15 + 16, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK else {
      stream.deallocate()
      throw .damaged("there is no memory to inflate it")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  func step(
    _ input: inout UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(ArchiveFailure) -> Int {
    if isComplete {
      // Only padding may stand behind the last member.
      if input.isAllZero { return 0 }
      guard inflateReset(stream) == Z_OK else { throw .damaged("its gzip data is damaged") }
      isComplete = false
    }
    let available = min(input.count, Self.largestStep)
    let room = min(output.count, Self.largestStep)
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = UInt32(available)
    stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(room)
    let status = inflate(stream, Z_NO_FLUSH)
    input = UnsafeRawBufferPointer(rebasing: input[(available - Int(stream.pointee.avail_in))...])
    switch status {
    case Z_STREAM_END: isComplete = true
    case Z_OK, Z_BUF_ERROR: break
    case Z_MEM_ERROR: throw .damaged("there is no memory to inflate it")
    default: throw .damaged("its gzip data is damaged")
    }
    return room - Int(stream.pointee.avail_out)
  }
}
