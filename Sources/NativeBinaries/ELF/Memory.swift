extension ELF {
  /// A file's `PT_LOAD` segments as the loader maps them, to read the file by virtual address.
  ///
  /// glibc reads everything but the headers through these mappings: bytes past the end of the file are zeros up to the
  /// end of its last page, and a `SIGBUS` behind it. Pages are 4096 bytes, as on Lambda.
  struct Memory: Sendable {
    static let pageByteCount: UInt64 = 4096

    /// The file's length in bytes.
    let fileByteCount: Int
    let segments: [ProgramHeader]
    /// What stands where, by ascending addresses: the regions without what later ones hide of them.
    private var regions: [Region] = []

    /// A part of the address space, as one call of `mmap`, `mprotect` or `memset` left it.
    private struct Region {
      var start: UInt64
      var end: UInt64
      /// The file offset of `start`; `nil` for zeros.
      var offset: UInt64?
      var isReadable: Bool
      var isWritable: Bool
      var isExecutable: Bool

      /// A mapping with a segment's permissions; without one it forbids everything.
      init(_ start: UInt64, _ end: UInt64, offset: UInt64?, _ segment: ProgramHeader?) {
        self.start = start
        self.end = end
        self.offset = offset
        let flags = segment?.flags ?? 0
        // Processors of both architectures can read what they can write or execute.
        isReadable = flags & 7 != 0
        isWritable = flags & 2 != 0
        isExecutable = flags & 1 != 0
      }

      /// The part of it from `start` to `end`.
      func cut(_ start: UInt64, _ end: UInt64) -> Region {
        var part = self
        part.offset = offset.map { $0 &+ (start - self.start) }
        part.start = start
        part.end = end
        return part
      }
    }

    init(fileByteCount: Int, programHeaders: [ProgramHeader]) {
      self.fileByteCount = fileByteCount
      self.segments = programHeaders.filter { $0.type == ELF.PT_LOAD }
      regions = Self.visible(mappings())
    }

    private static func down(_ address: UInt64) -> UInt64 { address & ~(pageByteCount - 1) }
    private static func up(_ address: UInt64) -> UInt64 { down(address &+ pageByteCount &- 1) }

    /// Addresses from the first segment's page to the end of the last segment's memory: what the loader reserves.
    var extent: Range<UInt64> {
      guard let first = segments.first, let last = segments.last else { return 0..<0 }
      let start = Self.down(first.virtualAddress)
      return start..<max(start, Self.up(last.virtualAddress &+ last.memoryByteCount))
    }

    /// `_dl_map_segments`: the first segment's mapping reserves the room of all, with its own permissions; a hole behind it
    /// is closed, and the others are mapped over it in their order, each with the zeros behind its data.
    private func mappings() -> [Region] {
      var regions: [Region] = []
      var hasHoles = false
      for (before, after) in zip(segments, segments.dropFirst()) {
        let end = Self.up(before.virtualAddress &+ before.fileByteCount)
        hasHoles = hasHoles || end != Self.down(after.virtualAddress)
      }
      for (index, segment) in segments.enumerated() {
        let start = Self.down(segment.virtualAddress)
        let dataEnd = segment.virtualAddress &+ segment.fileByteCount
        var end = Self.up(dataEnd)
        if index == 0 { end = max(end, extent.upperBound) }
        let head = segment.virtualAddress - start
        if end > start, segment.offset >= head {
          regions.append(Region(start, end, offset: segment.offset - head, segment))
        }
        if index == 0, hasHoles, let last = segments.last {
          regions.append(
            Region(Self.up(dataEnd), Self.down(last.virtualAddress), offset: nil, nil))
        }
        let allocationEnd = segment.virtualAddress &+ segment.memoryByteCount
        if allocationEnd > dataEnd { regions.append(Region(dataEnd, Self.up(allocationEnd), offset: nil, segment)) }
      }
      return regions
    }

    /// The parts of `mappings` that none behind it in the list hides. Takes n log n steps, since a hostile file may have
    /// 65,535 segments over each other.
    private static func visible(_ mappings: [Region]) -> [Region] {
      let mappings = mappings.filter { $0.start < $0.end }
      let bounds = Set(mappings.flatMap { [$0.start, $0.end] }).sorted()
      let place = Dictionary(uniqueKeysWithValues: zip(bounds, bounds.indices))
      // The mapping that stands between two neighbouring bounds, and from each bound on the first place that has none yet.
      var owners = [Int](repeating: -1, count: bounds.count)
      var free = Array(0...bounds.count)
      func firstFree(_ index: Int) -> Int {
        var root = index
        while free[root] != root { root = free[root] }
        var next = index
        while free[next] != root { (next, free[next]) = (free[next], root) }
        return root
      }
      for (index, mapping) in mappings.enumerated().reversed() {
        guard let start = place[mapping.start], let end = place[mapping.end] else { continue }
        var position = firstFree(start)
        while position < end {
          owners[position] = index
          free[position] = position + 1
          position = firstFree(position)
        }
      }
      var regions: [Region] = []
      var previous = -1
      for (position, owner) in owners.enumerated() {
        defer { previous = owner }
        guard owner >= 0 else { continue }
        let end = bounds[position + 1]
        if owner == previous {
          regions[regions.count - 1].end = end
        } else {
          regions.append(mappings[owner].cut(bounds[position], end))
        }
      }
      return regions
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
    private var mappedEnd: UInt64 { Self.up(UInt64(fileByteCount)) }

    /// The region that holds `address`.
    private func region(of address: UInt64) -> Region? {
      var (low, high) = (0, regions.count)
      while low < high {
        let middle = (low + high) / 2
        if regions[middle].start <= address { low = middle + 1 } else { high = middle }
      }
      guard low > 0, address < regions[low - 1].end else { return nil }
      return regions[low - 1]
    }

    private func place(of address: UInt64) -> Place {
      guard let region = region(of: address), region.isReadable else { return .unmapped }
      let end = region.end
      guard let offset = region.offset else { return .zeros(available: Int(clamping: end - address)) }
      let (position, overflow) = offset.addingReportingOverflow(address - region.start)
      if overflow || position >= mappedEnd { return .fault }
      if position >= UInt64(fileByteCount) {
        return .zeros(available: Int(clamping: min(end - address, mappedEnd - position)))
      }
      return .file(
        offset: Int(position), available: Int(clamping: min(end - address, UInt64(fileByteCount) - position)))
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

    /// How reading the byte at `address` ends the process; `nil` when it does not.
    func readingFault(at address: UInt64) -> MemoryFault? {
      switch place(of: address) {
      case .file, .zeros: nil
      case .fault: .bus
      case .unmapped: .segmentation
      }
    }

    /// How writing `count` bytes at `address` ends the process; `nil` when it does not.
    ///
    /// `liftsProtection` is `DT_TEXTREL`: the loader makes every segment writable while it relocates.
    func writingFault(at address: UInt64, count: UInt64 = 8, liftsProtection: Bool) -> MemoryFault? {
      for byte in [address, address &+ count &- 1] {
        guard let region = region(of: byte), region.isWritable || liftsProtection && region.isReadable else {
          return .segmentation
        }
        if case .fault = place(of: byte) { return .bus }
      }
      return nil
    }

    /// The addresses around `address` that can be written without a fault; `nil` where it cannot.
    func writableRange(at address: UInt64, liftsProtection: Bool) -> Range<UInt64>? {
      guard let region = region(of: address), region.isWritable || liftsProtection && region.isReadable else {
        return nil
      }
      guard let offset = region.offset else { return address..<region.end }
      guard offset < mappedEnd, address - region.start < mappedEnd - offset else { return nil }
      return address..<min(region.end, region.start &+ (mappedEnd - offset))
    }

    /// Whether code at `address` can run.
    func isExecutable(_ address: UInt64) -> Bool { region(of: address)?.isExecutable ?? false }

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

    /// The file offset of `count` bytes at `address`; `nil` where they are not all in the file and in one segment.
    func fileOffset(of address: UInt64, count: Int) -> Int? {
      guard case .file(let offset, let available) = place(of: address), available >= count else { return nil }
      return offset
    }

    /// How many bytes at `address` are zeros that stand in no file.
    func zeroByteCount(at address: UInt64) -> Int {
      if case .zeros(let available) = place(of: address) { return available }
      return 0
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

  /// How a process ends that touches memory it must not touch.
  public enum MemoryFault: Error, Hashable, Sendable {
    /// `SIGSEGV`: no mapping, or one that forbids it.
    case segmentation
    /// `SIGBUS`: a mapping of a part that the file does not have.
    case bus
  }

  /// A whole file in memory, for the few that must be read after parsing as the loader reads them.
  struct MappedFile: Sendable {
    let memory: Memory
    let bytes: [UInt8]
    let order: ByteOrder

    func integer<T: FixedWidthInteger & BitwiseCopyable>(
      at address: UInt64, as type: T.Type = T.self
    ) throws(MemoryFault) -> T {
      // Nearly always it lies within the file: then nothing needs to be put together.
      if let offset = memory.fileOffset(of: address, count: MemoryLayout<T>.size) {
        let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: T.self) }
        return order == .little ? T(littleEndian: value) : T(bigEndian: value)
      }
      if memory.zeroByteCount(at: address) >= MemoryLayout<T>.size { return 0 }
      let part = memory.read(address, count: MemoryLayout<T>.size, in: bytes.span.bytes)
      if part.unmapped { throw .segmentation }
      if part.faults { throw .bus }
      return TableReader(bytes: part.bytes, order: order).integer(0) ?? 0
    }
  }
}
