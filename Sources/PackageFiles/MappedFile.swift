/// One regular file of the machine that airworthy runs on, outside any package.
public struct MappedFile: Sendable {
  private let owner: OwnedBytes

  /// Maps the file, links followed. Throws `TreeError` where there is none to read.
  public init(path: String) throws(TreeError) {
    self.owner = try OwnedBytes(mappingFileAt: path)
  }

  init(_ owner: OwnedBytes) { self.owner = owner }

  public var byteCount: Int { owner.bytes.count }

  /// Keeps the bytes at their place for as long as it lives, longer than the file's other users.
  public var keeper: any AnyObject & Sendable { owner }

  /// Calls `body` with all its bytes, borrowed for the call.
  public func withBytes<Result>(_ body: (RawSpan) throws -> Result) rethrows -> Result { try owner.withSpan(body) }
}
