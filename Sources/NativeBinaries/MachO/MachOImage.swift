extension MachO.Image {
  /// Reads the facts of a whole file; what cannot be read is listed in `damage`.
  public init(parsing file: RawSpan) {
    self.init(byteCount: file.byteCount)
    do throws(ParseError) {
      let magic: UInt32 = try file.integer(at: 0, order: .big)
      if magic == MachO.FAT_MAGIC || magic == MachO.FAT_MAGIC_64 {
        isUniversal = true
        try readUniversalHeader(file, is64Bit: magic == MachO.FAT_MAGIC_64)
      } else {
        var slice = MachO.Slice(offset: 0, byteCount: file.byteCount)
        try slice.readHeader(file)
        slice.readContents(file, damage: &damage)
        slices = [slice]
      }
    } catch {
      damage.append(error)
    }
  }

  /// `fat_header` and its `fat_arch` or `fat_arch_64` entries, always big-endian.
  private mutating func readUniversalHeader(_ file: RawSpan, is64Bit: Bool) throws(ParseError) {
    let count: UInt32 = try file.integer(at: 4, order: .big)
    guard count > 0, count < MachO.universalSliceLimit else {
      throw ParseError(.invalid("a universal header of \(count) architectures"), at: 4)
    }
    // Slices that overlap would be read once for each entry that names them.
    var covered: [Range<Int>] = []
    for index in 0..<Int(count) {
      let entry = 8 + index * (is64Bit ? 32 : 20)
      let offset: UInt64
      let size: UInt64
      if is64Bit {
        offset = try file.integer(at: entry + 8, order: .big)
        size = try file.integer(at: entry + 16, order: .big)
      } else {
        offset = UInt64(try file.integer(at: entry + 8, as: UInt32.self, order: .big))
        size = UInt64(try file.integer(at: entry + 12, as: UInt32.self, order: .big))
      }
      let range = visibleRange(of: offset, size)
      var slice = MachO.Slice(offset: range.lowerBound, byteCount: range.count)
      slice.cpuType = try file.integer(at: entry, order: .big)
      slice.cpuSubtype = try file.integer(at: entry + 4, order: .big)
      if UInt64(range.count) < size { damage.append(ParseError(.truncated, at: Int(clamping: offset))) }
      if covered.contains(where: { $0.overlaps(range) }) {
        damage.append(ParseError(.invalid("a slice that overlaps another"), at: range.lowerBound))
      } else {
        readSlice(&slice, in: file)
        covered.append(range)
      }
      slices.append(slice)
    }
  }

  /// The part of a slice that the file really has.
  private func visibleRange(of offset: UInt64, _ size: UInt64) -> Range<Int> {
    let start = min(Int(clamping: offset), byteCount)
    return start..<start + min(Int(clamping: size), byteCount - start)
  }

  private mutating func readSlice(_ slice: inout MachO.Slice, in file: RawSpan) {
    let contents = file.extracting(slice.offset..<slice.offset + slice.byteCount)
    var sliceDamage: [ParseError] = []
    let format = BinaryFormat(head: contents)
    if format != .machO {
      slice.foreignFormat = format
      if format == nil { sliceDamage.append(ParseError(.invalid("a slice that is no Mach-O"), at: 0)) }
    } else {
      let claimed = slice.cpuType
      do throws(ParseError) {
        try slice.readHeader(contents)
        if slice.cpuType != claimed {
          sliceDamage.append(ParseError(.invalid("a slice of another CPU type than its universal header says"), at: 0))
        }
        slice.readContents(contents, damage: &sliceDamage)
      } catch {
        sliceDamage.append(error)
      }
    }
    damage += sliceDamage.map { ParseError($0.reason, at: $0.offset + slice.offset) }
  }
}
