extension ELF {
  /// A file's `PT_LOAD` segments as the loader maps them, to read the file by virtual address.
  ///
  /// glibc reads everything but the headers through these mappings: bytes past the end of the file are zeros up to the
  /// end of its last page, and a `SIGBUS` behind it. Pages are 4096 bytes, as on Lambda.
  struct Memory {
    static let pageByteCount: UInt64 = 4096

    /// The file's length in bytes.
    let fileByteCount: Int
    let segments: [ProgramHeader]
    /// Whether both ends of the segments ascend, as they must by the gABI.
    private let isAscending: Bool
    /// How many segments in no order are searched, the last ones.
    private static let unorderedLimit = 512

    init(fileByteCount: Int, programHeaders: [ProgramHeader]) {
      self.fileByteCount = fileByteCount
      segments = programHeaders.filter { $0.type == ELF.PT_LOAD }
      isAscending = zip(segments, segments.dropFirst()).allSatisfy { $0.start <= $1.start && $0.end <= $1.end }
    }

    /// The bytes of `count` at `address`, as the running process would see them.
    struct Part {
      var bytes: [UInt8]
      /// Whether a part lies on pages that the file does not have; `bytes` ends before them.
      var faults: Bool
      /// Whether a part lies in no segment; `bytes` ends before it.
      var unmapped: Bool
    }

    /// What one address leads to.
    private enum Place {
      /// A file offset, and how many bytes of the file or of the zero-filled rest follow there.
      case file(offset: Int, available: Int)
      case zeros(available: Int)
      case fault
      case unmapped
    }

    /// The end of the last page that holds a byte of the file.
    private var mappedEnd: UInt64 {
      (UInt64(fileByteCount) + Self.pageByteCount - 1) & ~(Self.pageByteCount - 1)
    }

    /// The segments that may hold the byte at `address`, those that were mapped last first.
    private func candidates(for address: UInt64) -> ReversedCollection<ArraySlice<ProgramHeader>> {
      guard isAscending else { return segments.suffix(Self.unorderedLimit).reversed() }
      // The last segment that starts at or before the address: where that one has ended, those before it have too.
      var (low, high) = (0, segments.count)
      while low < high {
        let middle = (low + high) / 2
        if segments[middle].start <= address { low = middle + 1 } else { high = middle }
      }
      return segments[max(0, low - 1)..<low].reversed()
    }

    private func place(of address: UInt64) -> Place {
      for segment in candidates(for: address) {
        let (start, end) = (segment.start, segment.end)
        guard address >= start, address < end else { continue }
        let dataEnd = segment.virtualAddress &+ segment.fileByteCount
        guard address < dataEnd else { return .zeros(available: Int(clamping: end - address)) }
        let head = segment.virtualAddress - start
        guard segment.offset >= head else { return .unmapped }
        let (offset, overflown) = (segment.offset - head).addingReportingOverflow(address - start)
        if overflown || offset >= mappedEnd { return .fault }
        let inSegment = dataEnd - address
        if offset >= UInt64(fileByteCount) {
          return .zeros(available: Int(clamping: min(inSegment, mappedEnd - offset)))
        }
        return .file(offset: Int(offset), available: Int(clamping: min(inSegment, UInt64(fileByteCount) - offset)))
      }
      return .unmapped
    }

    /// Copies `count` bytes at `address`; fewer where the image ends.
    func read(_ address: UInt64, count: Int, in file: RawSpan) -> Part {
      var part = Part(bytes: [], faults: false, unmapped: false)
      var address = address
      var remaining = max(0, count)
      while remaining > 0 {
        switch place(of: address) {
        case .file(let offset, let available):
          let taken = min(remaining, available)
          file.extracting(offset..<offset + taken).withUnsafeBytes { part.bytes.append(contentsOf: $0) }
          address += UInt64(taken)
          remaining -= taken
        case .zeros(let available):
          // Tables never lie in zero-filled memory: of one that claims to, no more than a page is worth its memory.
          let taken = min(remaining, available, Int(Self.pageByteCount))
          part.bytes.append(contentsOf: repeatElement(0, count: taken))
          if taken == Int(Self.pageByteCount) { return part }
          address += UInt64(taken)
          remaining -= taken
        case .fault:
          part.faults = true
          return part
        case .unmapped:
          part.unmapped = true
          return part
        }
        if remaining > 0, address == 0 { return part }
      }
      return part
    }

    /// Whether touching the byte at `address` ends the process with `SIGBUS`.
    func faults(at address: UInt64) -> Bool {
      if case .fault = place(of: address) { return true }
      return false
    }

    /// The file offset of the byte at `address`; `nil` where it is not in the file.
    func fileOffset(of address: UInt64) -> Int? {
      if case .file(let offset, _) = place(of: address) { return offset }
      return nil
    }

    /// How many bytes the file has at `address` before its segment or itself ends.
    func availableBytes(at address: UInt64) -> Int {
      if case .file(_, let available) = place(of: address) { return available }
      return 0
    }

    /// The C string at `address`, without its NUL.
    func cString(at address: UInt64, in file: RawSpan) -> [UInt8]? {
      guard case .file(let offset, let available) = place(of: address) else { return nil }
      return file.extracting(offset..<offset + min(available, 1 << 16)).withUnsafeBytes { bytes in
        bytes.firstIndex(of: 0).map { Array(bytes[..<$0]) }
      }
    }
  }
}

extension ELF.ProgramHeader {
  /// The first address of its mapping, at the start of a page.
  fileprivate var start: UInt64 { virtualAddress & ~(ELF.Memory.pageByteCount - 1) }

  /// The address behind its memory; 0, so that it holds nothing, where there is no such address.
  fileprivate var end: UInt64 {
    let (end, overflow) = virtualAddress.addingReportingOverflow(max(memoryByteCount, fileByteCount))
    return overflow ? 0 : end
  }
}

/// Checked integer reads from a table that was copied out of a file.
struct TableReader {
  let bytes: [UInt8]
  let order: ByteOrder

  func integer<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as type: T.Type = T.self) -> T? {
    guard offset >= 0, offset <= bytes.count - MemoryLayout<T>.size else { return nil }
    let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: T.self) }
    return order == .little ? T(littleEndian: value) : T(bigEndian: value)
  }

  /// A word of the class: 4 or 8 bytes.
  func word(_ offset: Int, is64Bit: Bool) -> UInt64? {
    is64Bit ? integer(offset, as: UInt64.self) : integer(offset, as: UInt32.self).map(UInt64.init)
  }

  /// The length of the string at `offset` in bytes, up to its NUL, the table's end or `limit`; 0 outside the table.
  func stringByteCount(at offset: Int, limit: Int) -> Int {
    guard offset >= 0, offset < bytes.count else { return 0 }
    return bytes.withUnsafeBytes { bytes in
      let end = offset + min(bytes.count - offset, limit)
      var position = offset
      // Eight bytes at a time, until one of them is zero: there are millions in a large symbol table.
      while position <= end - 8 {
        let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
        if (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080 != 0 { break }
        position += 8
      }
      while position < end, bytes[position] != 0 { position += 1 }
      return position - offset
    }
  }
}
