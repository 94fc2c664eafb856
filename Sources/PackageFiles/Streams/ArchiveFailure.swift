/// Why an archive, or the compressed data that one is in, cannot be read; `TreeError` says of which file.
enum ArchiveFailure: Error, Hashable {
  /// What is wrong with the data, such as "the checksum of the header at byte 1024 is wrong".
  case damaged(String)
  /// What there is too much of, such as "more than 10 GB of data".
  case tooLarge(String)
  /// The library that would read it, and how to install that.
  case libraryMissing(String, String)
  /// Why no temporary file could be written.
  case unwritable(String)
}

extension TreeError {
  /// What the failure means for the file at `path`.
  init(path: String, _ failure: ArchiveFailure) {
    switch failure {
    case .damaged(let what): self = .damaged(path, what)
    case .tooLarge(let what): self = .imageTooLarge(path, what)
    case .libraryMissing(let library, let remedy): self = .libraryMissing(path, library, remedy)
    case .unwritable(let reason): self = .noTemporaryFile(path, reason)
    }
  }
}

/// What one image may cost, whatever its archive claims.
///
/// Lambda takes images of at most 10 GB uncompressed, all layers together (AWS Lambda developer guide, "Lambda quotas"); no
/// image has as many files, or names as long, as the other limits. They bound the memory that an index takes.
final class ImageBudget: Sendable {
  static let mostBytes = 10 << 30
  static let mostEntries = 1 << 20
  static let mostNameBytes = 1 << 28

  private struct State {
    var bytes: Int
    var entries: Int
    var nameBytes = ImageBudget.mostNameBytes
  }

  private let rest: Monitor<State>
  private let limits: State

  init(bytes: Int = mostBytes, entries: Int = mostEntries) {
    limits = State(bytes: bytes, entries: entries)
    rest = Monitor(limits)
  }

  /// Counts bytes that were made of compressed data, or that stand plainly in a layer.
  func takeBytes(_ count: Int) throws(ArchiveFailure) {
    let isSpent = rest.withLock { state in
      state.bytes = count > state.bytes ? -1 : state.bytes - count
      return state.bytes < 0
    }
    if isSpent { throw .tooLarge("more than \(limits.bytes >> 30) GB of data") }
  }

  /// Counts an entry of a layer, with the bytes of its name and of the name that it leads to.
  func takeEntry(nameBytes: Int) throws(ArchiveFailure) {
    let isSpent = rest.withLock { state in
      state.entries -= 1
      state.nameBytes -= nameBytes
      return state.entries < 0 || state.nameBytes < 0
    }
    if isSpent {
      throw .tooLarge("more than \(limits.entries) files, or more than \(limits.nameBytes >> 20) MB of names")
    }
  }
}
