/// The files that a scan hands over with all their bytes.
public struct WholeFiles: Sendable {
  /// Files of more bytes are kept like others.
  public static let byteLimit = 64 * 1024

  /// The name (the last component) of the regular files that are handed over.
  public var name: StaticString
  /// Takes a file's path and contents, and the directory that holds it where the scan has it open; contents and directory are
  /// borrowed for the call. Gives what is wanted of another file in that directory. Called from several threads at once.
  public typealias Take =
    @Sendable (
      _ path: TreePath, _ contents: RawSpan, _ directory: OpenDirectory?
    ) -> OpenDirectory.WantedFile?

  /// What is done with each of the files.
  public var take: Take

  public init(named name: StaticString, take: @escaping Take) {
    self.name = name
    self.take = take
  }
}

extension StaticString {
  func hasSameBytes(as name: UnsafeRawBufferPointer) -> Bool {
    UnsafeRawBufferPointer(start: utf8Start, count: utf8CodeUnitCount).hasSameBytes(as: name)
  }
}
