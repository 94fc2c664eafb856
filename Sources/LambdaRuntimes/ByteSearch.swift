import CLibrary

extension RawSpan {
  /// Where `text` stands first at or after `start`, in bytes.
  func firstOffset(of text: StaticString, from start: Int = 0) -> Int? {
    withUnsafeBytes { bytes in
      guard start < bytes.count, let base = bytes.baseAddress,
        let hit = airworthy_memmem(base + start, bytes.count - start, text.utf8Start, text.utf8CodeUnitCount)
      else { return nil }
      return hit - base
    }
  }
}
