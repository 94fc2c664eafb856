/// Names, one behind the other, in memory that grows.
final class NameArena: @unchecked Sendable {
  private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
  private var count = 0

  deinit { buffer.deallocate() }

  /// All names; valid until the next `append`.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer[..<count]) }

  /// Adds a name; where it stands.
  func append(_ name: ArraySlice<UInt8>) -> Range<Int> {
    if count + name.count > buffer.count {
      let larger = UnsafeMutableRawBufferPointer.allocate(
        byteCount: max(buffer.count * 2, count + name.count), alignment: 16)
      larger.copyMemory(from: bytes)
      buffer.deallocate()
      buffer = larger
    }
    let range = count..<(count + name.count)
    UnsafeMutableRawBufferPointer(rebasing: buffer[range]).copyBytes(from: name)
    count = range.upperBound
    return range
  }
}
