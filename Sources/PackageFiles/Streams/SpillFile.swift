#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A temporary file without a name, for what is too large for memory; it goes when its last user does.
struct SpillFile: ~Copyable {
  private static let bufferBytes = 1 << 20

  private let file: Descriptor
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bufferBytes, alignment: 16)
  private var filled = 0
  /// How many bytes were written.
  private(set) var byteCount = 0

  /// Makes the file in `$TMPDIR`, or else in `/tmp`.
  init() throws(ArchiveFailure) {
    let directory = getenv("TMPDIR").map { String(cString: $0) } ?? ""
    let pattern = (directory.isEmpty ? "/tmp" : directory) + "/airworthy.XXXXXX"
    var path = Array(pattern.utf8CString)
    guard let file = Descriptor(mkstemp(&path)) else { throw .unwritable("\(pattern): \(systemReason())") }
    _ = unlink(path)
    _ = fcntl(file.raw, F_SETFD, FD_CLOEXEC)
    self.file = file
  }

  deinit { buffer.deallocate() }

  mutating func append(_ bytes: UnsafeRawBufferPointer) throws(ArchiveFailure) {
    byteCount += bytes.count
    if bytes.count > buffer.count - filled {
      try flush()
      if bytes.count >= buffer.count { return try write(bytes) }
    }
    UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]).copyMemory(from: bytes)
    filled += bytes.count
  }

  /// All that was written, mapped.
  consuming func finish() throws(ArchiveFailure) -> OwnedBytes {
    try flush()
    if byteCount == 0 { return OwnedBytes(copying: []) }
    do throws(TreeError) {
      return try OwnedBytes(reading: file.raw, count: byteCount, mapAbove: 0, path: "")
    } catch {
      throw .unwritable("it cannot be mapped")
    }
  }

  private mutating func flush() throws(ArchiveFailure) {
    try write(UnsafeRawBufferPointer(rebasing: buffer[..<filled]))
    filled = 0
  }

  private func write(_ bytes: UnsafeRawBufferPointer) throws(ArchiveFailure) {
    var rest = bytes
    while !rest.isEmpty {
      let written = systemWrite(file.raw, rest)
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw .unwritable(systemReason()) }
      rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
  }
}

/// `write(2)` under a name that methods do not hide.
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(file, bytes.baseAddress, bytes.count)
}
