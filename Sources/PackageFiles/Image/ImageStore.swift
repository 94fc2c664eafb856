#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The files of an image archive, or of an image layout's directory: manifests, configurations and layers.
struct ImageStore {
  private enum Source {
    case archive(ImageTree)
    case directory(DirectoryTree)
  }

  /// The specification wants manifests of at most 4 MB.
  private static let largestDocument = 16 << 20

  private let source: Source
  private let files: RootFileSystem

  init(_ archive: ImageTree) {
    source = .archive(archive)
    files = RootFileSystem(mounts: [.init(point: .root, tree: archive)])
  }

  init(_ directory: DirectoryTree) {
    source = .directory(directory)
    files = RootFileSystem(mounts: [.init(point: .root, tree: directory)])
  }

  func has(_ path: TreePath) -> Bool { located(path) != nil }

  /// The regular file at `path`; Docker and Podman link layers that stand there under another name.
  private func located(_ path: TreePath) -> RootFileSystem.Located? {
    files.resolve([UInt8(ascii: "/")] + path.bytes).located.flatMap { $0.status.kind == .file ? $0 : nil }
  }

  /// Where the bytes of a file are.
  func blob(_ path: TreePath) throws(ArchiveFailure) -> ImageBlob {
    guard let located = located(path) else { throw .damaged("\(path), which it names, is not in it") }
    switch source {
    case .archive(let tree):
      guard let blob = tree.blob(at: located.pathInTree) else { throw .damaged("\(path) in it is a sparse file") }
      return blob
    case .directory(let tree):
      do {
        let owner = try tree.mapped(located.pathInTree)
        return ImageBlob(owner: owner, range: 0..<owner.bytes.count)
      } catch {
        throw .damaged("\(path) in it cannot be read")
      }
    }
  }

  func document<Document: Decodable>(_ path: TreePath, as type: Document.Type) throws(ArchiveFailure) -> Document {
    let blob = try blob(path)
    guard blob.range.count <= Self.largestDocument else { throw .tooLarge("\(blob.range.count) bytes of \(path)") }
    do {
      return try JSONDecoder().decode(type, from: withExtendedLifetime(blob.owner) { Data(blob.bytes) })
    } catch {
      throw .damaged("\(path) in it is not what it should be")
    }
  }
}

extension ImageTree {
  /// Where the regular file at `path` lies in the file that the tree is read from; `nil` where it is not in one piece.
  func blob(at path: TreePath) -> ImageBlob? {
    guard let node = contents.index.node(at: path) else { return nil }
    let place = contents.index.place(of: node)
    return place.entry.flatMap { contents.layers[place.entryLayer].blob(of: $0) }
  }
}
