import CDeflate

/// Inflates the first bytes of entries, one after another. For one thread.
struct ZipHeadInflater {
  /// One more byte than is shown tells a head from what ends there.
  private let decoder = DeflateHeadDecoder(capacity: TreeScan.headBytes + 1)

  /// The first bytes of `data`'s contents, of which there are `count`; fewer where the data is damaged. Valid until the
  /// next call.
  func head(of data: UnsafeRawBufferPointer, count: Int) -> (bytes: UnsafeRawBufferPointer, isDamaged: Bool) {
    let (bytes, damage) = decoder.head(of: data, count: TreeScan.headBytes + 1)
    // A stream that ends early or goes on too long belies the stated length.
    let isDamaged = damage != nil || bytes.count != min(count, TreeScan.headBytes + 1)
    let shown = min(bytes.count, count, TreeScan.headBytes)
    return (UnsafeRawBufferPointer(rebasing: bytes[..<shown]), isDamaged)
  }
}

/// Inflates a whole entry into memory of its own.
///
/// The caller has checked `count` against what the data can make.
func inflate(_ data: UnsafeRawBufferPointer, count: Int) throws(ZipDamage) -> UnsafeRawBufferPointer {
  guard let decompressor = Decompressors.take() else { throw ZipDamage("there is no memory to inflate it") }
  defer { Decompressors.putBack(decompressor) }
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

/// libdeflate's decompressors that nobody uses now: each is 11 KB that it clears when it is made. There are never more than
/// threads that inflated at once.
private enum Decompressors {
  private struct Decompressor: @unchecked Sendable { let pointer: OpaquePointer }

  private static let idle = Monitor<[Decompressor]>([])

  static func take() -> OpaquePointer? {
    idle.withLock { $0.popLast() }?.pointer ?? libdeflate_alloc_decompressor()
  }

  static func putBack(_ pointer: OpaquePointer) {
    idle.withLock { $0.append(Decompressor(pointer: pointer)) }
  }
}
