import CLibrary

extension String {
  /// Whether the bytes of `part` are somewhere in the text; quicker than comparing characters.
  public func containsBytes(of part: StaticString) -> Bool {
    var text = self
    return text.withUTF8 {
      airworthy_memmem($0.baseAddress, $0.count, part.utf8Start, part.utf8CodeUnitCount) != nil
    }
  }
}
