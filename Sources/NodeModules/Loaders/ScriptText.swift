import CLibrary

/// Words looked up in a script's text byte by byte: a text can have megabytes, and characters are found slowly.
extension String {
  /// Where `word` first stands; `nil` where it does not.
  func place(of word: String) -> String.Index? {
    var (text, word) = (self, word)
    let offset: Int? = text.withUTF8 { haystack in
      word.withUTF8 { needle in
        guard let start = haystack.baseAddress,
          let hit = airworthy_memmem(start, haystack.count, needle.baseAddress, needle.count)
        else { return nil }
        return hit - UnsafeRawPointer(start)
      }
    }
    return offset.map { utf8.index(utf8.startIndex, offsetBy: $0) }
  }

  func mentions(_ word: String) -> Bool { place(of: word) != nil }

  /// What stands behind the first `word`; `nil` where it does not occur.
  func rest(behind word: String) -> Substring? {
    place(of: word).map { self[utf8.index($0, offsetBy: word.utf8.count)...] }
  }
}
