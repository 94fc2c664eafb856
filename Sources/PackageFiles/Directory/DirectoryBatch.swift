#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Some entries of an open directory, read at once into a buffer that is used again.
final class DirectoryBatch {
  /// `getdents64` of the system, which glibc's module map hides; without it `readdir` does the same more slowly.
  ///
  /// It saves two system calls and an allocation for each directory.
  private static let getdents64 = systemGetdents64()

  private var buffer: UnsafeMutableRawBufferPointer
  private var filled = 0

  /// Whether another call of `read` may find more.
  private(set) var mayHaveMore = false

  /// How much to ask for, read by read, and then for all that fits: file systems may give less than fits at first.
  private var readByteCounts: ArraySlice<Int>

  private let getdents64: Getdents64?

  /// - Parameter isPortable: whether to read as on systems that lack `getdents64`.
  init(byteCount: Int = 32 * 1024, firstReads: [Int] = [], isPortable: Bool = false) {
    readByteCounts = firstReads[...]
    getdents64 = isPortable ? nil : Self.getdents64
    buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 8)
  }

  deinit { buffer.deallocate() }

  /// Whether the directory is so large that its entries are worth another thread.
  var isLarge: Bool { mayHaveMore && filled > buffer.count / 2 }

  /// The entries, for another batch.
  var entries: [UInt8] {
    get { Array(buffer[..<filled]) }
    set {
      reserve(newValue.count)
      buffer.copyBytes(from: newValue)
      filled = newValue.count
      mayHaveMore = false
    }
  }

  /// Reads the next entries of `directory`; `nil` where that worked, otherwise the system's error number.
  func read(_ directory: Int32) -> Int32? {
    guard let getdents64 else { return readAll(directory) }
    guard let start = buffer.baseAddress else { return EINVAL }
    let count = getdents64(directory, start, readByteCounts.popFirst() ?? buffer.count)
    filled = max(count, 0)
    mayHaveMore = count > 0 && lastPosition != Self.endPosition
    return count < 0 ? errno : nil
  }

  /// The position behind which there can be none. ext4 gives it behind a directory's last entry (measured with Linux 6.18), so
  /// that the call that would find nothing can be spared; other file systems give others, and are asked.
  private static let endPosition = Int64.max

  /// The position behind the last entry, where the next `read` begins.
  private var lastPosition: Int64? {
    var offset = 0
    var last: Int64?
    while offset + Record.name < filled {
      let length = Int(buffer.loadUnaligned(fromByteOffset: offset + Record.length, as: UInt16.self))
      guard length > Record.name else { return nil }
      last = buffer.loadUnaligned(fromByteOffset: offset + Record.position, as: Int64.self)
      offset += length
    }
    return last
  }

  /// Where the entry called `name` stands, and its type; `nil` where none is.
  func entry(named name: some Collection<UInt8>) -> (position: Int, type: UInt8)? {
    var found: (Int, UInt8)?
    forEach { position, type, other in
      if other.count == name.count, other.elementsEqual(name) { found = (position, type) }
    }
    return found
  }

  /// Calls `body` with the type (`DT_REG` …) and name of each entry but `.` and `..`; a NUL follows the name.
  func forEach(_ body: (_ type: UInt8, _ name: UnsafeRawBufferPointer) -> Void) { forEach { body($1, $2) } }

  /// The same with where each entry stands in the batch.
  func forEach(_ body: (_ position: Int, _ type: UInt8, _ name: UnsafeRawBufferPointer) -> Void) {
    var offset = 0
    while offset + Record.name < filled {
      let record = UnsafeRawBufferPointer(rebasing: buffer[offset..<filled])
      let length = Int(record.loadUnaligned(fromByteOffset: Record.length, as: UInt16.self))
      guard length > Record.name, length <= record.count, let start = record.baseAddress else { return }
      defer { offset += length }
      let name = start + Record.name
      let count = strnlen(name.assumingMemoryBound(to: CChar.self), length - Record.name)
      let bytes = UnsafeRawBufferPointer(start: name, count: count)
      if count == 1 && bytes[0] == UInt8(ascii: ".") { continue }
      if count == 2 && bytes[0] == UInt8(ascii: ".") && bytes[1] == UInt8(ascii: ".") { continue }
      body(offset, record[Record.type], bytes)
    }
  }

  /// Calls `body` with the type and name of the entry that stands at `position`.
  func withEntry(at position: Int, _ body: (_ type: UInt8, _ name: UnsafeRawBufferPointer) -> Void) {
    let name = UnsafeRawBufferPointer(rebasing: buffer[(position + Record.name)..<filled])
    let count = name.firstIndex(of: 0) ?? name.count
    body(buffer[position + Record.type], UnsafeRawBufferPointer(rebasing: name[..<count]))
  }

  /// Offsets in `struct linux_dirent64`, the form in which both ways keep entries.
  private enum Record {
    static let position = 8
    static let length = 16
    static let type = 18
    static let name = 19
  }

  /// All entries of `directory`, through `readdir`; the descriptor itself stays with the caller.
  func readAll(_ directory: Int32) -> Int32? {
    filled = 0
    mayHaveMore = false
    let copy = openat(directory, ".", OpenFlags.directory)
    guard copy >= 0 else { return errno }
    guard let stream = fdopendir(copy) else {
      let reason = errno
      _ = close(copy)
      return reason
    }
    defer { closedir(stream) }
    while true {
      errno = 0
      guard let entry = readdir(stream) else { return errno == 0 ? nil : errno }
      let type = entry.pointee.d_type
      withUnsafePointer(to: &entry.pointee.d_name) { append(UnsafeRawPointer($0), type: type) }
    }
  }

  private func append(_ name: UnsafeRawPointer, type: UInt8) {
    let count = strlen(name.assumingMemoryBound(to: CChar.self)) + 1
    let length = (Record.name + count + 7) & ~7
    reserve(filled + length)
    let record = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + length])
    record.storeBytes(of: UInt16(truncatingIfNeeded: length), toByteOffset: Record.length, as: UInt16.self)
    record[Record.type] = type
    UnsafeMutableRawBufferPointer(rebasing: record[Record.name...])
      .copyMemory(from: UnsafeRawBufferPointer(start: name, count: count))
    filled += length
  }

  private func reserve(_ byteCount: Int) {
    if byteCount <= buffer.count { return }
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: max(buffer.count * 2, byteCount), alignment: 8)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<filled]))
    buffer.deallocate()
    buffer = larger
  }
}

private typealias Getdents64 = @convention(c) (Int32, UnsafeMutableRawPointer, Int) -> Int

private func systemGetdents64() -> Getdents64? {
  #if os(Linux)
    return dlsym(nil, "getdents64").map { unsafeBitCast($0, to: Getdents64.self) }
  #else
    return nil
  #endif
}
