/// Where the bytes at a relative virtual address are in the file.
struct PEMemory {
  /// A part of memory that the file's bytes fill, in ascending order of address.
  private struct Region {
    var address: Int
    var file: Range<Int>
  }

  private var regions: [Region] = []

  init(sections: [PE.Section], headersByteCount: UInt32, byteCount: Int) {
    regions.append(Region(address: 0, file: 0..<min(Int(headersByteCount), byteCount)))
    for section in sections where section.isInFile {
      // The loader rounds the offset down to a disk sector of 512 bytes.
      let start = min(Int(section.offset & ~0x1ff), byteCount)
      let count = min(Int(section.fileByteCount), byteCount - start)
      regions.append(Region(address: Int(section.virtualAddress), file: start..<start + count))
    }
    regions.sort { $0.address < $1.address }
  }

  /// The file's bytes from `address` to the end of the section that holds it; `nil` where no byte of the file is mapped.
  func range(at address: UInt32) -> Range<Int>? {
    var low = 0
    var high = regions.count
    while low < high {
      let middle = (low + high) / 2
      if regions[middle].address <= Int(address) { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return nil }
    let region = regions[low - 1]
    let start = region.file.lowerBound + Int(address) - region.address
    return start < region.file.upperBound ? start..<region.file.upperBound : nil
  }

  /// As `range(at:)`; throws where no byte of the file is mapped.
  func bytes(at address: UInt32) throws(ParseError) -> Range<Int> {
    guard let range = range(at: address) else {
      throw ParseError(.invalid("relative address \(address), which is in no section"), at: Int(address))
    }
    return range
  }
}
