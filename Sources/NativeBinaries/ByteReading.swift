/// Why bytes could not be read as the structure they claim to be.
public struct ParseError: Error, Hashable, Sendable {
  public enum Reason: Hashable, Sendable {
    /// The structure ends past the end of the file.
    case truncated
    /// A field has a value that no such structure can have.
    case invalid(String)
  }

  public var reason: Reason
  /// Where in the file the structure starts, in bytes.
  public var offset: Int

  public init(_ reason: Reason, at offset: Int) {
    self.reason = reason
    self.offset = offset
  }
}

extension ParseError: CustomStringConvertible {
  public var description: String {
    switch reason {
    case .truncated: "the file ends inside a structure at offset \(offset)"
    case .invalid(let what): "\(what) at offset \(offset)"
    }
  }
}

/// The order of a file's multi-byte integers.
public enum ByteOrder: String, Hashable, Sendable {
  case little, big
}

extension RawSpan {
  /// The integer at `offset` bytes; throws instead of reading past the end.
  public func integer<T: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int, as type: T.Type = T.self, order: ByteOrder = .little
  ) throws(ParseError) -> T {
    guard offset >= 0, offset <= byteCount - MemoryLayout<T>.size else { throw ParseError(.truncated, at: offset) }
    let value = unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: T.self)
    return order == .little ? T(littleEndian: value) : T(bigEndian: value)
  }

  /// The range of `count` bytes at `offset`; throws when it is not inside, so that `extracting(_:)` of it cannot fail.
  public func range(_ offset: Int, count: Int) throws(ParseError) -> Range<Int> {
    guard offset >= 0, count >= 0, offset <= byteCount, count <= byteCount - offset else {
      throw ParseError(.truncated, at: offset)
    }
    return offset..<offset + count
  }

  /// A copy of `count` bytes at `offset`; throws when they are not all inside.
  public func bytes(_ offset: Int, count: Int) throws(ParseError) -> [UInt8] {
    let part = extracting(try range(offset, count: count))
    return part.withUnsafeBytes { Array($0) }
  }

  /// The bytes from `offset` up to the first NUL, without it, or up to the end of the file where there is none.
  public func cString(at offset: Int) throws(ParseError) -> [UInt8] {
    guard offset >= 0, offset <= byteCount else { throw ParseError(.truncated, at: offset) }
    return extracting(offset..<byteCount).withUnsafeBytes { bytes in
      Array(bytes[..<(bytes.firstIndex(of: 0) ?? bytes.endIndex)])
    }
  }
}
