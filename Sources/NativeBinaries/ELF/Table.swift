extension ELF {
  /// A table of entries of one size that does not change: a copy, or the bytes of the file themselves where somebody keeps
  /// them at their place.
  public struct Table<Entry: BitwiseCopyable & Sendable>: RandomAccessCollection, @unchecked Sendable {
    /// Anywhere in a file, so aligned to nothing.
    @usableFromInline let bytes: UnsafeRawBufferPointer
    /// Without it the bytes would go.
    @usableFromInline let owner: (any AnyObject & Sendable)?

    init() {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      owner = nil
    }

    init(_ entries: [Entry]) {
      self = entries.withUnsafeBytes { Table(copying: $0) }
    }

    /// The entries that lie in `bytes` as they lie in memory here.
    init(copying bytes: UnsafeRawBufferPointer) {
      let copy = TableCopy(bytes)
      self.init(bytes: UnsafeRawBufferPointer(copy.bytes), owner: copy)
    }

    /// Borrows `bytes` for as long as `keeper` lives, which this value sees to.
    init(_ bytes: UnsafeRawBufferPointer, keeper: any AnyObject & Sendable) {
      self.init(bytes: bytes, owner: keeper)
    }

    private init(bytes: UnsafeRawBufferPointer, owner: any AnyObject & Sendable) {
      precondition(MemoryLayout<Entry>.size == MemoryLayout<Entry>.stride)
      self.bytes = bytes
      self.owner = owner
    }

    public var startIndex: Int { 0 }
    @inlinable public var endIndex: Int { bytes.count / MemoryLayout<Entry>.size }

    @inlinable public subscript(index: Int) -> Entry {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: endIndex), "no such entry")
      return withExtendedLifetime(owner) {
        bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Entry>.size, as: Entry.self)
      }
    }

    /// The first `count` entries.
    func first(_ count: Int) -> Self {
      precondition(count >= 0)
      guard let owner, count < self.count else { return self }
      return Table(bytes: UnsafeRawBufferPointer(rebasing: bytes[..<(count * MemoryLayout<Entry>.size)]), owner: owner)
    }
  }

  /// The bytes of a table that nobody else keeps.
  private final class TableCopy: @unchecked Sendable {
    let bytes: UnsafeMutableRawBufferPointer

    init(_ source: UnsafeRawBufferPointer) {
      bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: source.count, alignment: 16)
      bytes.copyMemory(from: source)
    }

    deinit { bytes.deallocate() }
  }
}
