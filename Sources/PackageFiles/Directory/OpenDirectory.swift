#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A directory that a scan has open, from which the files below it are found sooner than from the tree's root.
public struct OpenDirectory {
  let descriptor: Int32
  let path: TreePath
  /// All entries, none looked at yet but the file that is handed over; `nil` where the scan has not all at hand, as in large
  /// directories and on file systems that do not say at once that nothing follows.
  var entries: DirectoryBatch?

  /// What its entries tell of some paths.
  public enum FirstFile {
    /// The first of them that is a regular file is directly in the directory.
    case here(Entry)
    /// None of them is a regular file.
    case nowhere
    /// The entries do not tell.
    case unknown
  }

  /// An entry of the directory; of use until the scan leaves it.
  public struct Entry {
    fileprivate let position: Int
  }

  /// A file that the scan has yet to look at, and hands over too when it does.
  public struct WantedFile {
    let position: Int
    let byteLimit: Int
    let take: (RawSpan?) -> Void

    /// - Parameter take: is called once with the contents; with `nil` where the file is longer or cannot be read.
    public init(_ entry: Entry, upTo byteLimit: Int, take: @escaping (RawSpan?) -> Void) {
      position = entry.position
      self.byteLimit = byteLimit
      self.take = take
    }
  }

  /// Which of `paths` is the first that is a regular file.
  public func firstFile(of paths: [TreePath]) -> FirstFile {
    guard let entries else { return .unknown }
    for path in paths {
      guard path.isBelow(self.path) else { return .unknown }
      let start = self.path.isRoot ? 0 : self.path.bytes.count + 1
      let slash = path.bytes[start...].firstIndex(of: UInt8(ascii: "/"))
      let first = path.bytes.withUnsafeBytes {
        entries.entry(named: UnsafeRawBufferPointer(rebasing: $0[start..<(slash ?? $0.count)]))
      }
      guard let entry = first else { continue }
      switch Int32(entry.type) {
      case Int32(DT_REG) where slash == nil: return .here(Entry(position: entry.position))
      // What is below a file is nowhere, and a directory is no file.
      case Int32(DT_REG): continue
      case Int32(DT_DIR) where slash == nil: continue
      default: return .unknown
      }
    }
    return .nowhere
  }
}
