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
  private let notedName: StaticString?

  /// The entry that is to be noted, where the last `read` found it.
  private(set) var noted: Entry?

  /// Where an entry stands, and its type (`DT_REG` …).
  typealias Entry = (position: Int, type: UInt8)

  /// - Parameters:
  ///   - notedName: the name of an entry that is looked for in what is read.
  ///   - isPortable: whether to read as on systems that lack `getdents64`.
  init(
    noting notedName: StaticString? = nil, byteCount: Int = 32 * 1024, firstReads: [Int] = [], isPortable: Bool = false
  ) {
    self.notedName = notedName
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
      noted = nil
    }
  }

  /// Reads the next entries of `directory`; `nil` where that worked, otherwise the system's error number.
  func read(_ directory: Int32) -> Int32? {
    guard let getdents64 else {
      let reason = readAll(directory)
      _ = look()
      return reason
    }
    guard let start = buffer.baseAddress else { return EINVAL }
    let count = getdents64(directory, start, readByteCounts.popFirst() ?? buffer.count)
    let reason = count < 0 ? errno : nil
    filled = max(count, 0)
    let lastPosition = look()
    mayHaveMore = count > 0 && lastPosition != Self.endPosition
    return reason
  }

  /// The position behind which there can be none. ext4 gives it behind a directory's last entry (measured with Linux 6.18), so
  /// that the call that would find nothing can be spared; other file systems give others, and are asked.
  private static let endPosition = Int64.max

  /// Goes through the entries once, for the one that is to be noted and for the position behind the last one, where the next `read`
  /// begins.
  private func look() -> Int64? {
    noted = nil
    var last: Int64?
    eachRecord { offset, record in
      if let name = notedName, noted == nil,
        record.isCalled(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
      {
        noted = (offset, record.type)
      }
      last = record.next
      return true
    }
    return last
  }

  /// The entry called `name`; `nil` where none is.
  func entry(named name: UnsafeRawBufferPointer) -> Entry? {
    var found: Entry?
    eachRecord { offset, record in
      if record.isCalled(name) { found = (offset, record.type) }
      return found == nil
    }
    return found
  }

  /// Calls `body` with each whole record, until it answers `false`.
  @inline(__always)
  private func eachRecord(_ body: (_ offset: Int, _ record: Record) -> Bool) {
    guard let start = buffer.baseAddress else { return }
    var offset = 0
    while offset + Record.name < filled {
      let record = Record(start: UnsafeRawPointer(start + offset))
      guard record.length > Record.name, record.length <= filled - offset, body(offset, record) else { return }
      offset += record.length
    }
  }

  /// Calls `body` with the type (`DT_REG` …) and name of each entry but `.` and `..`; a NUL follows the name.
  func forEach(_ body: (_ type: UInt8, _ name: UnsafeRawBufferPointer) -> Void) { forEach { body($1, $2) } }

  /// The same with where each entry stands in the batch.
  func forEach(_ body: (_ position: Int, _ type: UInt8, _ name: UnsafeRawBufferPointer) -> Void) {
    eachRecord { offset, record in
      let name = record.start + Record.name
      let count = strnlen(name.assumingMemoryBound(to: CChar.self), record.length - Record.name)
      let bytes = UnsafeRawBufferPointer(start: name, count: count)
      let isDots = count > 0 && count <= 2 && bytes.allSatisfy { $0 == UInt8(ascii: ".") }
      if !isDots { body(offset, record.type, bytes) }
      return true
    }
  }

  /// Calls `body` with the type and name of the entry that stands at `position`.
  func withEntry(at position: Int, _ body: (_ type: UInt8, _ name: UnsafeRawBufferPointer) -> Void) {
    let name = UnsafeRawBufferPointer(rebasing: buffer[(position + Record.name)..<filled])
    let count = name.firstIndex(of: 0) ?? name.count
    body(buffer[position + Record.type], UnsafeRawBufferPointer(rebasing: name[..<count]))
  }

  /// A `struct linux_dirent64`, the form in which both ways keep entries.
  private struct Record {
    // Offsets of its fields.
    static let next = 8
    static let length = 16
    static let type = 18
    static let name = 19

    let start: UnsafeRawPointer

    /// Where the record behind it is found in the directory.
    var next: Int64 { start.loadUnaligned(fromByteOffset: Self.next, as: Int64.self) }
    /// In bytes, with its name and what fills it up.
    var length: Int { Int(start.loadUnaligned(fromByteOffset: Self.length, as: UInt16.self)) }
    var type: UInt8 { start.load(fromByteOffset: Self.type, as: UInt8.self) }

    /// A record's length leaves most others out before a name is looked at.
    @inline(__always)
    func isCalled(_ name: UnsafeRawBufferPointer) -> Bool {
      let end = Self.name + name.count
      guard end < length, start.load(fromByteOffset: end, as: UInt8.self) == 0, let bytes = name.baseAddress else {
        return false
      }
      return memcmp(start + Self.name, bytes, name.count) == 0
    }
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
    record.storeBytes(of: 0, toByteOffset: Record.next, as: Int64.self)
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
