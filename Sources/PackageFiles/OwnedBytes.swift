#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A file's bytes, mapped or in memory, kept until the last user goes.
final class OwnedBytes: @unchecked Sendable {
  let bytes: UnsafeRawBufferPointer
  private let isMapped: Bool

  /// Takes a copy of `array`.
  init(copying array: [UInt8]) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: array.count, alignment: 16)
    copy.copyBytes(from: array)
    bytes = UnsafeRawBufferPointer(copy)
    isMapped = false
  }

  /// Reads `count` bytes of an open regular file, or fewer where it ends before; maps it when it is longer than `mapAbove`.
  ///
  /// - Parameter path: what an error names, made only for one.
  init(
    reading file: Int32, count: Int, mapAbove limit: Int, path: @autoclosure () -> String
  ) throws(TreeError) {
    if count > limit {
      guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, file, 0), start != MAP_FAILED else {
        throw TreeError(path: path(), code: errno)
      }
      bytes = UnsafeRawBufferPointer(start: start, count: count)
      isMapped = true
      return
    }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
    var filled = 0
    while filled < count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
      let read = pread(file, rest.baseAddress, rest.count, off_t(filled))
      if read < 0, errno == EINTR { continue }
      guard read >= 0 else {
        let reason = errno
        buffer.deallocate()
        throw TreeError(path: path(), code: reason)
      }
      if read == 0 { break }
      filled += read
    }
    bytes = UnsafeRawBufferPointer(start: buffer.baseAddress, count: filled)
    isMapped = false
  }

  deinit {
    if isMapped {
      munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
    } else {
      bytes.deallocate()
    }
  }

  func withSpan<Result>(_ body: (RawSpan) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(self) { try body(RawSpan(_unsafeBytes: bytes)) }
  }

  /// Tells the system that the pages of `range` are not needed for now, so that what was read once does not count as the
  /// process's memory.
  func release(_ range: Range<Int>) {
    guard isMapped, let start = bytes.baseAddress else { return }
    let page = Int(getpagesize())
    let first = range.clamped(to: 0..<bytes.count).lowerBound / page * page
    let last = range.clamped(to: 0..<bytes.count).upperBound / page * page
    guard first < last else { return }
    _ = madvise(UnsafeMutableRawPointer(mutating: start + first), last - first, MADV_DONTNEED)
  }
}

extension OwnedBytes {
  /// Maps the regular file at `path`, links followed.
  convenience init(mappingFileAt path: String) throws(TreeError) {
    // A FIFO would otherwise wait for its writer.
    guard let file = Descriptor(open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)) else {
      throw TreeError(path: path, code: errno)
    }
    guard let status = openStatus(file.raw) else { throw TreeError(path: path, code: errno) }
    guard status.kind == .file else { throw TreeError.notARegularFile(path) }
    try self.init(reading: file.raw, count: status.byteCount, mapAbove: 0, path: path)
  }
}
