import CDeflate
import CZlib
import Testing

@testable import PackageFiles

/// Writes zips byte by byte, right ones and wrong ones.
struct ZipAssembler {
  struct Entry {
    var name: [UInt8]
    var contents: [UInt8]
    var method: UInt16 = 8
    var flags: UInt16 = 0
    var madeBy: UInt8 = 3
    var mode: UInt16 = 0o100644
    var usesDescriptor = false
    var descriptorHasSignature = true
    var usesZip64 = false
    var centralExtra: [UInt8] = []
    /// Lies; `nil` tells the truth.
    var localName: [UInt8]?
    var data: [UInt8]?
    var crc32: UInt32?
    var uncompressed: UInt64?
    var compressed: UInt64?
    var localHeaderOffset: UInt64?

    init(_ name: String, _ contents: String = "", method: UInt16 = 8) {
      self.init(Array(name.utf8), Array(contents.utf8), method: method)
    }

    init(_ name: [UInt8], _ contents: [UInt8] = [], method: UInt16 = 8) {
      self.name = name
      self.contents = contents
      self.method = method
    }

    static func link(_ name: String, to target: String) -> Entry {
      var entry = Entry(name, target, method: 0)
      entry.mode = 0o120777
      return entry
    }

    func with(_ change: (inout Entry) -> Void) -> Entry {
      var copy = self
      change(&copy)
      return copy
    }
  }

  var entries: [Entry]
  var prefix: [UInt8] = []
  /// Whether offsets count from the start of the file, prefix included.
  var offsetsIncludePrefix = false
  var comment: [UInt8] = []
  var usesZip64End = false
  var trailing: [UInt8] = []
  var statedCount: UInt16?

  init(_ entries: [Entry]) { self.entries = entries }

  func bytes() -> [UInt8] {
    var file = prefix
    let origin = offsetsIncludePrefix ? 0 : prefix.count
    var directory: [UInt8] = []
    for entry in entries {
      let data = entry.data ?? (entry.method == 8 ? deflated(entry.contents) : entry.contents)
      let offset = entry.localHeaderOffset ?? UInt64(file.count - origin)
      let record = Record(entry, data: data, offset: offset)
      file += record.local + data + record.descriptor
      directory += record.central
    }
    let start = file.count - origin
    file += directory
    file += end(directoryOffset: start, directoryCount: directory.count, zip64Offset: file.count - origin)
    return file + trailing
  }

  func tree() throws(TreeError) -> ZipTree { try ZipTree(bytes: bytes()) }

  private func end(directoryOffset: Int, directoryCount: Int, zip64Offset: Int) -> [UInt8] {
    var end: [UInt8] = []
    if usesZip64End {
      end += le(0x0606_4b50 as UInt32) + le(44 as UInt64) + le(45 as UInt16) + le(45 as UInt16) + le(0 as UInt64)
      end += le(UInt64(entries.count)) + le(UInt64(entries.count))
      end += le(UInt64(directoryCount)) + le(UInt64(directoryOffset))
      end += le(0x0706_4b50 as UInt32) + le(0 as UInt32) + le(UInt64(zip64Offset)) + le(1 as UInt32)
    }
    let count = usesZip64End ? .max : statedCount ?? UInt16(entries.count)
    end += le(0x0605_4b50 as UInt32) + le(0 as UInt32) + le(count) + le(count)
    end += le(usesZip64End ? .max : UInt32(directoryCount)) + le(usesZip64End ? .max : UInt32(directoryOffset))
    return end + le(UInt16(comment.count)) + comment
  }

  private struct Record {
    var local: [UInt8]
    var descriptor: [UInt8] = []
    var central: [UInt8]

    init(_ entry: Entry, data: [UInt8], offset: UInt64) {
      let crc = entry.crc32 ?? checksum(entry.contents)
      let sizes = (
        compressed: entry.compressed ?? UInt64(data.count), plain: entry.uncompressed ?? UInt64(entry.contents.count)
      )
      let short: (UInt64) -> UInt32 = { entry.usesZip64 ? .max : UInt32(clamping: $0) }
      let flags = entry.flags | (entry.usesDescriptor ? 8 : 0)
      let zip64 = le(sizes.plain) + le(sizes.compressed)
      let common = le(flags) + le(entry.method) + le(0 as UInt32)
      let localName = entry.localName ?? entry.name

      local = le(0x0403_4b50 as UInt32) + le(20 as UInt16) + common
      if entry.usesDescriptor {
        local += le(0 as UInt32) + le(0 as UInt32) + le(0 as UInt32)
        descriptor = entry.descriptorHasSignature ? le(0x0807_4b50 as UInt32) : []
        descriptor += le(crc) + le(UInt32(clamping: sizes.compressed)) + le(UInt32(clamping: sizes.plain))
      } else {
        local += le(crc) + le(short(sizes.compressed)) + le(short(sizes.plain))
      }
      let localExtra = entry.usesZip64 ? le(1 as UInt16) + le(16 as UInt16) + zip64 : []
      local += le(UInt16(localName.count)) + le(UInt16(localExtra.count)) + localName + localExtra

      let extra =
        entry.centralExtra + (entry.usesZip64 ? le(1 as UInt16) + le(24 as UInt16) + zip64 + le(offset) : [])
      central = le(0x0201_4b50 as UInt32) + [20, entry.madeBy] + le(20 as UInt16) + common + le(crc)
      central += le(short(sizes.compressed)) + le(short(sizes.plain))
      central += le(UInt16(entry.name.count)) + le(UInt16(extra.count)) + le(0 as UInt16) + le(0 as UInt32)
      central += le(UInt32(entry.mode) << 16) + le(short(offset)) + entry.name + extra
    }
  }
}

func le<T: FixedWidthInteger>(_ value: T) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }

func checksum(_ bytes: [UInt8]) -> UInt32 { libdeflate_crc32(0, bytes, bytes.count) }

/// Raw deflate, as zlib makes it.
func deflated(_ contents: [UInt8]) -> [UInt8] {
  var stream = z_stream()
  guard
    deflateInit2_(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
      == Z_OK
  else { return [] }
  defer { deflateEnd(&stream) }
  var input = contents
  return input.withUnsafeMutableBufferPointer { input in
    [UInt8](unsafeUninitializedCapacity: contents.count + contents.count / 1000 + 64) { output, count in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(input.count)
      stream.next_out = output.baseAddress
      stream.avail_out = UInt32(output.count)
      _ = deflate(&stream, Z_FINISH)
      count = output.count - Int(stream.avail_out)
    }
  }
}

extension TreePath: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self = TreePath(value) ?? .root }
}

extension FileTree {
  func text(_ path: TreePath) throws -> String {
    try withContents(of: path) { span in span.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
  }

  func names(_ path: TreePath) -> [String] { names(in: path).map { String(decoding: $0, as: UTF8.self) } }

  /// All that a scan finds wrong, as `name: problem`.
  func problems() -> [TreeProblem] { scan { _, _, _ in false }.problems }
}

/// The damage that keeps a file from being read; records an issue where nothing does.
func damage(reading path: TreePath, in tree: some FileTree) -> TreeError? {
  do {
    _ = try tree.withContents(of: path) { _ in }
    Issue.record("\(path) was read")
    return nil
  } catch {
    return error as? TreeError
  }
}
