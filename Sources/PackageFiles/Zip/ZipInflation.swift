import CDeflate
import CZlib

/// Inflates the first bytes of entries, one after another, with one zlib state. For one thread.
final class ZipHeadInflater {
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: TreeScan.headBytes, alignment: 16)
  private let isReady: Bool

  init() {
    stream.initialize(to: z_stream())
    // Negative: raw deflate, no zlib header.
    isReady = inflateInit2_(stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    output.deallocate()
  }

  /// The first bytes of `data`'s contents, `count` at most; fewer where the data is damaged. Valid until the next call.
  func head(of data: UnsafeRawBufferPointer, count: Int) -> (bytes: UnsafeRawBufferPointer, isDamaged: Bool) {
    guard isReady, inflateReset(stream) == Z_OK else { return (UnsafeRawBufferPointer(rebasing: output[..<0]), true) }
    // zlib does not write to its input; its type merely does not say so.
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: data.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = UInt32(clamping: data.count)
    stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(output.count)
    let status = inflate(stream, Z_SYNC_FLUSH)
    let made = output.count - Int(stream.pointee.avail_out)
    // A stream that ends early or goes on too long belies the stated length.
    let isFull = status == Z_OK && made == output.count
    let isDamaged = status == Z_STREAM_END ? made != count : !isFull || count < output.count
    return (UnsafeRawBufferPointer(rebasing: output[..<min(made, count)]), isDamaged)
  }
}

/// Inflates a whole entry into memory of its own.
///
/// The caller has checked `count` against what the data can make.
func inflate(_ data: UnsafeRawBufferPointer, count: Int) throws(ZipDamage) -> UnsafeRawBufferPointer {
  guard let decompressor = libdeflate_alloc_decompressor() else { throw ZipDamage("there is no memory to inflate it") }
  defer { libdeflate_free_decompressor(decompressor) }
  let output = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
  var made = 0
  let status = libdeflate_deflate_decompress(
    decompressor, data.baseAddress, data.count, output.baseAddress, count, &made)
  if status == LIBDEFLATE_SUCCESS, made == count { return UnsafeRawBufferPointer(output) }
  output.deallocate()
  switch status {
  case LIBDEFLATE_INSUFFICIENT_SPACE: throw ZipDamage("its data inflates to more than the stated \(count) bytes")
  case LIBDEFLATE_SUCCESS: throw ZipDamage("its data inflates to \(made) bytes, not to the stated \(count)")
  default: throw ZipDamage("its compressed data is damaged")
  }
}
