/// How many bytes of names a parser may still copy out of one file.
///
/// A table of names can be made so that every entry points at the same long string; reading it to the end would then
/// take time and memory that grow with the square of the file's length. Real files stay below four times
/// their own length, even where a symbol table and an export trie name every symbol once more.
struct NameBudget {
  private(set) var remaining: Int

  init(fileByteCount: Int) { remaining = 4 * fileByteCount }

  /// The NUL-terminated name at `offset` bytes, ended by `end` at the latest; throws when the budget is spent.
  mutating func name(in file: RawSpan, at offset: Int, end: Int) throws(ParseError) -> String {
    let end = min(end, file.byteCount)
    guard offset >= 0, offset < end else { throw ParseError(.truncated, at: offset) }
    let visible = file.extracting(offset..<min(end, offset + remaining + 1))
    let length = visible.withUnsafeBytes { $0.firstIndex(of: 0) ?? $0.count }
    try spend(length, at: offset)
    return visible.withUnsafeBytes { String(decoding: $0[..<length], as: UTF8.self) }
  }

  /// As `name(in:at:end:)`, and moves `next` past the name and its NUL.
  mutating func name(in file: RawSpan, at offset: Int, end: Int, next: inout Int) throws(ParseError) -> String {
    let before = remaining
    let name = try name(in: file, at: offset, end: end)
    next = offset + (before - remaining) + 1
    return name
  }

  /// Takes `byteCount` bytes that were copied for a structure at `offset`; throws, now and ever after, when they are not left.
  mutating func spend(_ byteCount: Int, at offset: Int) throws(ParseError) {
    guard byteCount <= remaining else {
      remaining = 0
      throw ParseError(.invalid("more names than the file has room for"), at: offset)
    }
    remaining -= byteCount
  }
}
