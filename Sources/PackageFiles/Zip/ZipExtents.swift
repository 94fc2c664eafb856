/// Where the entries of an archive lie: data that belongs to two of them is how zip bombs are made.
enum ZipExtents {
  static let overlapMessage = "its data is also part of another entry, as in a zip bomb"

  /// For each record whether it overlaps an earlier one, by the central directory alone; empty where none does.
  static func overlapping(_ archive: ZipArchive) -> [Bool] {
    let limit = archive.end.directory.lowerBound - archive.end.base
    let extents = archive.records.indices.map { record -> Range<Int> in
      let entry = archive.entry(record)
      // The local header has the same name, and an extra field of unknown length.
      let least = 30 + entry.recordedName.count
      let start = entry.localHeaderOffset
      // What does not fit into the archive cannot be read, and says nothing about the others.
      guard start <= limit - least, entry.compressedByteCount <= limit - least - start else { return 0..<0 }
      return start..<start + least + entry.compressedByteCount
    }
    let found = overlapping(extents)
    if found.isEmpty { return [] }
    var isOverlapping = Array(repeating: false, count: extents.count)
    for record in found { isOverlapping[record] = true }
    return isOverlapping
  }

  /// Whether each range begins where all before it have ended, or later. Empty ranges do not count.
  static func areApart(_ extents: some Sequence<Range<Int>>) -> Bool {
    var end = 0
    for extent in extents where !extent.isEmpty {
      if extent.lowerBound < end { return false }
      end = extent.upperBound
    }
    return true
  }

  /// The indices of the ranges that begin before another one, which begins earlier, has ended. Empty ranges do not count.
  static func overlapping(_ extents: [Range<Int>]) -> [Int] {
    var found: [Int] = []
    var end = 0
    // Nearly always they are in order already.
    let isSorted = zip(extents, extents.dropFirst()).allSatisfy { $0.lowerBound <= $1.lowerBound }
    let order =
      isSorted ? Array(extents.indices) : extents.indices.sorted { extents[$0].lowerBound < extents[$1].lowerBound }
    for index in order where !extents[index].isEmpty {
      if extents[index].lowerBound < end { found.append(index) }
      end = max(end, extents[index].upperBound)
    }
    return found
  }
}
