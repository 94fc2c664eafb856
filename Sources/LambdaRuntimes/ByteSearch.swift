import CLibrary

extension RawSpan {
  /// Where `text` stands first in `range`, in bytes.
  func firstOffset(of text: StaticString, in range: Range<Int>) -> Int? {
    withUnsafeBytes { bytes in
      let range = range.clamped(to: 0..<bytes.count)
      guard !range.isEmpty, let base = bytes.baseAddress,
        let hit = airworthy_memmem(base + range.lowerBound, range.count, text.utf8Start, text.utf8CodeUnitCount)
      else { return nil }
      return hit - base
    }
  }

  /// Where `text` stands first at or after `start`, in bytes.
  func firstOffset(of text: StaticString, from start: Int = 0) -> Int? {
    start < byteCount ? firstOffset(of: text, in: start..<byteCount) : nil
  }
}
