import CLibrary
import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// An open file descriptor, closed when its owner goes.
struct Descriptor: ~Copyable {
  let raw: Int32

  init?(_ raw: Int32) {
    if raw < 0 { return nil }
    self.raw = raw
  }

  deinit { _ = close(raw) }

  /// The descriptor, which the caller closes.
  consuming func release() -> Int32 {
    let raw = self.raw
    discard self
    return raw
  }
}

/// Descriptors that are to be closed, many together: each row of numbers takes one system call, and a thread that opens files
/// gets rows, but for what else it has open.
struct ClosingFiles: ~Copyable {
  /// A bit for each descriptor that is still open.
  private var waiting = [UInt64](repeating: 0, count: 16)
  private var count = 0
  private let mostHeld: Int

  /// - Parameter mostHeld: as many may stay open; by default as many as all threads can have together.
  init(mostHeld: Int = min(96, max(1, openFileLimit / 4 / min(processorCount, 32)))) {
    self.mostHeld = mostHeld
  }

  deinit { waiting.closeAll() }

  /// Closes `descriptor` sooner or later; nothing where it is negative.
  mutating func close(_ descriptor: Int32) {
    if descriptor < 0 { return }
    let (word, bit) = Int(descriptor).quotientAndRemainder(dividingBy: 64)
    if word >= waiting.count { return airworthy_close_files(descriptor, descriptor) }
    waiting[word] |= 1 << UInt64(bit)
    count += 1
    if count > mostHeld { closeAll() }
  }

  mutating func closeAll() {
    waiting.closeAll()
    count = 0
    for word in waiting.indices { waiting[word] = 0 }
  }
}

extension [UInt64] {
  /// Closes the descriptors whose bits are set, row by row.
  fileprivate func closeAll() {
    var row: Range<Int32>?
    for (word, bits) in enumerated() {
      var rest = bits
      while rest != 0 {
        let low = rest.trailingZeroBitCount
        let length = (~(rest >> UInt64(low))).trailingZeroBitCount
        rest &= low + length >= 64 ? 0 : ~0 << UInt64(low + length)
        let next = Int32(word * 64 + low)..<Int32(word * 64 + low + length)
        if let before = row, before.upperBound != next.lowerBound {
          airworthy_close_files(before.lowerBound, before.upperBound - 1)
          row = next
        } else {
          row = (row?.lowerBound ?? next.lowerBound)..<next.upperBound
        }
      }
    }
    if let row { airworthy_close_files(row.lowerBound, row.upperBound - 1) }
  }
}

/// How files and directories are opened: never through a link, and never waiting for the other end of a FIFO.
enum OpenFlags {
  static let file = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY
  static let directory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
  #if os(Linux)
    /// `O_PATH`, which glibc's module map hides: search permission is enough.
    static let passage: Int32 = 0o10_000_000 | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
    /// A file whose time of last access stays as it is, by `O_NOATIME`, which glibc's module map hides: `EPERM` where the file
    /// is another user's.
    static let untouchedFile = file | 0o1_000_000
  #else
    static let passage = directory
    static let untouchedFile = file
  #endif
}

/// How many files the process may have open.
let openFileLimit: Int = {
  let limit = sysconf(Int32(_SC_OPEN_MAX))
  return limit < 0 ? .max : limit
}()

/// The longest path that is given to the kernel at once; its own limit is 4,096 bytes with the NUL.
let longestPathByteCount = 4000

/// What the system says about its last error.
func systemReason(_ code: Int32 = errno) -> String { Errno(rawValue: code).description }

func withCString<Bytes: Collection, Result>(
  _ bytes: Bytes, _ body: (UnsafePointer<CChar>) throws -> Result
) rethrows -> Result where Bytes.Element == UInt8 {
  let count = bytes.count
  return try withUnsafeTemporaryAllocation(of: CChar.self, capacity: count + 1) { buffer in
    var index = 0
    for byte in bytes {
      buffer[index] = CChar(bitPattern: byte)
      index += 1
    }
    buffer[count] = 0
    guard let start = buffer.baseAddress else { preconditionFailure("a buffer of one byte has an address") }
    return try body(start)
  }
}

/// The metadata of `name` in `directory`, a link not followed; `nil` with `errno` set where it cannot be had.
func entryStatus(_ name: UnsafePointer<CChar>, in directory: Int32) -> FileStatus? {
  var information = stat()
  return fstatat(directory, name, &information, AT_SYMLINK_NOFOLLOW) == 0 ? FileStatus(information) : nil
}

/// The metadata of an open file.
func openStatus(_ descriptor: Int32) -> FileStatus? {
  var information = stat()
  return fstat(descriptor, &information) == 0 ? FileStatus(information) : nil
}

/// Opens the directory at `path` below `root`, however long the path is.
func openDirectory(_ path: [UInt8], below root: Int32) -> Int32 {
  var rest = path[...]
  var passage: Int32 = root
  defer { if passage != root { _ = close(passage) } }
  while rest.count > longestPathByteCount {
    guard let slash = rest.prefix(longestPathByteCount).lastIndex(of: UInt8(ascii: "/")) else { break }
    let next = withCString(rest[..<slash]) { openat(passage, $0, OpenFlags.passage) }
    if next < 0 { return -1 }
    if passage != root { _ = close(passage) }
    passage = next
    rest = rest[(slash + 1)...]
  }
  return withCString(rest.isEmpty ? [UInt8(ascii: ".")] : rest) { openat(passage, $0, OpenFlags.directory) }
}

extension FileStatus {
  init(_ information: stat) {
    let kind: Kind =
      switch information.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .directory
      case S_IFLNK: .symbolicLink
      default: .other
      }
    let counts = kind == .file || kind == .symbolicLink
    self.init(
      kind: kind, permissions: UInt16(truncatingIfNeeded: information.st_mode & 0o7777),
      byteCount: counts ? Int(information.st_size) : 0)
  }
}
