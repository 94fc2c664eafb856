/// What a file is that is no native binary, as far as its first bytes tell.
public struct LookAlike: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    case empty
    /// What Git leaves where Git LFS did not run: the object's SHA-256 in hexadecimal and its length in bytes.
    case gitLFSPointer(oid: String?, byteCount: Int?)
    case html
    /// The target of a symbolic link, stored as the contents of a plain file.
    case linkTargetText(String)
    case gzip
    case zip
    /// A script, with the interpreter line behind `#!`.
    case script(interpreter: String)
    case json
    case javaClass
    case bitcode
    case xz
    case zstd
    case bzip2
    case text
    case unknown
  }

  public var kind: Kind
  /// The whole file's length in bytes.
  public var byteCount: Int

  /// How many leading bytes are looked at, at most: a Git LFS pointer has fewer.
  public static let headBytes = 1024

  /// Tells what a file is.
  ///
  /// - Parameters:
  ///   - head: the file's first bytes, or all of it; more than `headBytes` are not looked at.
  ///   - byteCount: the whole file's length in bytes.
  public init(head: RawSpan, byteCount: Int) {
    let visible = head.extracting(..<min(head.byteCount, Self.headBytes))
    self.byteCount = byteCount
    kind =
      byteCount == 0
      ? .empty : Self.kindByMagic(visible) ?? Self.kindByText(visible, isWhole: byteCount <= visible.byteCount)
  }
}

extension LookAlike: CustomStringConvertible {
  /// What the file is, with its article, such as `a Git LFS pointer`.
  public var description: String {
    switch kind {
    case .empty: "an empty file"
    case .gitLFSPointer: "a Git LFS pointer"
    case .html: "an HTML page"
    case .linkTargetText(let target): "the target of a symbolic link as text (\(target))"
    case .gzip: "a gzip file"
    case .zip: "a zip archive"
    case .script(let interpreter): "a script (#!\(interpreter))"
    case .json: "a JSON text"
    case .javaClass: "a Java class file"
    case .bitcode: "LLVM bitcode"
    case .xz: "an xz file"
    case .zstd: "a Zstandard file"
    case .bzip2: "a bzip2 file"
    case .text: "a text"
    case .unknown: "no known format"
    }
  }
}

extension LookAlike {
  private static func kindByMagic(_ head: RawSpan) -> Kind? {
    guard let magic: UInt32 = try? head.integer(at: 0, order: .big) else { return nil }
    switch magic {
    case 0x504b_0304, 0x504b_0506, 0x504b_0708: return .zip
    case 0x28b5_2ffd: return .zstd
    case 0x4243_c0de, 0xdec0_170b: return .bitcode
    case MachO.FAT_MAGIC:
      // Minor version, then major version; the oldest is 45.
      let version: UInt16? = try? head.integer(at: 6, order: .big)
      return version.map { $0 >= 45 } == true ? .javaClass : nil
    default: break
    }
    if magic >> 8 == 0x1f_8b08 { return .gzip }
    if magic == 0xfd37_7a58, (try? head.integer(at: 4, as: UInt16.self, order: .big)) == 0x5a00 { return .xz }
    // `BZh` and the block size, then the magic of a block (pi) or of the end (its square root).
    if magic >> 8 == 0x42_5a68, (0x31...0x39).contains(magic & 0xff),
      let block: UInt32 = try? head.integer(at: 4, order: .big), block == 0x3141_5926 || block == 0x1772_4538
    {
      return .bzip2
    }
    return nil
  }

  private static func kindByText(_ head: RawSpan, isWhole: Bool) -> Kind {
    guard let text = text(head, isWhole: isWhole) else { return .unknown }
    if text.hasPrefix("#!") {
      let line = text.dropFirst(2).prefix { !$0.isNewline }
      return .script(interpreter: String(trimmed(line)))
    }
    if let pointer = gitLFSPointer(text) { return pointer }
    let body = trimmed(text[...])
    if isHTML(body) { return .html }
    if isJSON(body) { return .json }
    if isWhole, isLinkTarget(text) { return .linkTargetText(text) }
    return .text
  }

  /// The head as UTF-8, without a byte order mark; `nil` when it is no text. The last character may be cut off.
  private static func text(_ head: RawSpan, isWhole: Bool) -> String? {
    guard var bytes = try? head.bytes(0, count: head.byteCount), !bytes.isEmpty else { return nil }
    let isText = bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7f || (0x08...0x0d).contains($0) || $0 == 0x1b }
    guard isText else { return nil }
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { bytes.removeFirst(3) }
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    guard !isWhole else { return nil }
    for cut in 1...3 {
      if let text = String(validating: bytes.dropLast(cut), as: UTF8.self) { return text }
    }
    return nil
  }

  private static func trimmed(_ text: Substring) -> Substring {
    let rest = text.drop(while: \.isWhitespace)
    guard let last = rest.lastIndex(where: { !$0.isWhitespace }) else { return rest.prefix(0) }
    return rest[...last]
  }

  /// The pointer file of `https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md`.
  private static func gitLFSPointer(_ text: String) -> Kind? {
    guard
      text.hasPrefix("version https://git-lfs.github.com/spec/")
        || text.hasPrefix("version https://hawser.github.com/spec/")
    else { return nil }
    var oid: String?
    var byteCount: Int?
    for line in text.split(whereSeparator: \.isNewline) {
      if line.hasPrefix("oid sha256:") { oid = String(line.dropFirst(11)) }
      if line.hasPrefix("size ") { byteCount = Int(line.dropFirst(5)) }
    }
    return .gitLFSPointer(oid: oid, byteCount: byteCount)
  }

  private static func isHTML(_ text: Substring) -> Bool {
    var text = text
    while text.hasPrefix("<!--") || text.hasPrefix("<?xml") {
      guard let end = text.firstRange(of: text.hasPrefix("<?") ? "?>" : "-->") else { return false }
      text = text[end.upperBound...].drop(while: \.isWhitespace)
    }
    let start = text.prefix(14).lowercased()
    return ["<!doctype html", "<html", "<head", "<body"].contains { start.hasPrefix($0) }
  }

  /// Whether it starts as a JSON object or array; the head is too short to hold it to more.
  private static func isJSON(_ text: Substring) -> Bool {
    guard let opening = text.first, opening == "{" || opening == "[" else { return false }
    guard let next = text.dropFirst().first(where: { !$0.isWhitespace }) else { return false }
    if opening == "{" { return next == "\"" || next == "}" }
    return "\"{[]-0123456789tfn".contains(next)
  }

  /// One line without its end, shaped as a path: what is checked out, zipped or copied where links cannot be made.
  private static func isLinkTarget(_ text: String) -> Bool {
    guard text.contains(where: \.isLetter), text.contains("/") || text.contains("."), !text.contains("://") else {
      return false
    }
    return text.allSatisfy { $0.isLetter || $0.isNumber || "/._-+@~#%=,:$".contains($0) }
  }
}
