extension ELF {
  /// A string table: a copy, or the bytes of the file themselves where somebody keeps them at their place.
  struct StringBytes: @unchecked Sendable {
    private var copied: [UInt8] = []
    /// The file's own bytes, which nobody changes, and the object without which they would go.
    private var kept: (bytes: UnsafeRawBufferPointer, keeper: any AnyObject & Sendable)?

    init(_ bytes: [UInt8] = []) { copied = bytes }

    /// Borrows `bytes` for as long as `keeper` lives, which this value sees to.
    init(_ bytes: UnsafeRawBufferPointer, keeper: any AnyObject & Sendable) { kept = (bytes, keeper) }

    var count: Int { kept?.bytes.count ?? copied.count }
    var last: UInt8? { count == 0 ? nil : self[count - 1] }
    subscript(offset: Int) -> UInt8 { withUnsafeBytes { $0[offset] } }

    @inline(__always)
    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
      guard let kept else { return copied.withUnsafeBytes(body) }
      return withExtendedLifetime(kept.keeper) { body(kept.bytes) }
    }

    /// The length of the string at `offset` in bytes, up to its NUL, the table's end or `limit`; 0 outside the table.
    func stringByteCount(at offset: Int, limit: Int = .max) -> Int {
      guard offset >= 0, offset < count else { return 0 }
      return withUnsafeBytes { bytes in
        zeroOffset(in: bytes, from: offset, to: offset + min(bytes.count - offset, limit)) - offset
      }
    }

    /// The bytes of the string at `offset`, up to its NUL, the table's end or `limit`; none outside the table.
    func string(at offset: Int, limit: Int = .max) -> ArraySlice<UInt8> {
      let length = stringByteCount(at: offset, limit: limit)
      guard length > 0 else { return [] }
      guard let kept else { return copied[offset..<offset + length] }
      return withExtendedLifetime(kept.keeper) { ArraySlice(kept.bytes[offset..<offset + length]) }
    }
  }
}
