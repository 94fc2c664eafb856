/// The records of a pax header that say what an entry is: POSIX.1-2017, pax, "pax Extended Header"; GNU tar's manual,
/// "Storing Sparse Files".
struct PaxRecords {
  var path: [UInt8]?
  var linkPath: [UInt8]?
  /// Of the data behind the header, in bytes.
  var byteCount: Int?
  /// Whether the data is that of a GNU sparse file: a map and what lies between the holes.
  var isSparse = false
  /// The name and the length in bytes that the sparse file has when it is unpacked.
  var sparseName: [UInt8]?
  var sparseByteCount: Int?

  /// Takes over the records of one header, in their order. Each is `LENGTH KEY=VALUE\n`; an empty value takes one back.
  mutating func add(_ data: UnsafeRawBufferPointer) throws(ArchiveFailure) {
    var position = 0
    while position < data.count {
      // GNU tar and others leave NULs behind the last record.
      if UnsafeRawBufferPointer(rebasing: data[position...]).isAllZero { return }
      let record = try Self.record(in: data, at: position)
      position = record.upperBound + 1
      guard let blank = data[record].firstIndex(of: UInt8(ascii: " ")) else { throw Self.malformed }
      let pair = data[(blank + 1)..<record.upperBound]
      guard let sign = pair.firstIndex(of: UInt8(ascii: "=")) else { throw Self.malformed }
      try set(String(decoding: pair[..<sign], as: UTF8.self), Array(pair[(sign + 1)...]))
    }
  }

  private static let malformed = ArchiveFailure.damaged("a pax header in it is malformed")

  /// Where the record at `start` lies, without its line break.
  private static func record(in data: UnsafeRawBufferPointer, at start: Int) throws(ArchiveFailure) -> Range<Int> {
    var count = 0
    var position = start
    while position < data.count, data[position] != UInt8(ascii: " ") {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(data[position]), count < 1 << 40 else { throw malformed }
      count = count * 10 + Int(data[position] - UInt8(ascii: "0"))
      position += 1
    }
    guard position < data.count, count > position - start, count <= data.count - start,
      data[start + count - 1] == UInt8(ascii: "\n")
    else { throw malformed }
    return start..<(start + count - 1)
  }

  private mutating func set(_ key: String, _ value: [UInt8]) throws(ArchiveFailure) {
    let isRemoval = value.isEmpty
    switch key {
    case "path": path = isRemoval ? nil : value
    case "linkpath": linkPath = isRemoval ? nil : value
    case "size": byteCount = isRemoval ? nil : try Self.number(value)
    case "GNU.sparse.name": sparseName = isRemoval ? nil : value
    case "GNU.sparse.realsize", "GNU.sparse.size": sparseByteCount = isRemoval ? nil : try Self.number(value)
    default: break
    }
    if key.hasPrefix("GNU.sparse.") { isSparse = !isRemoval }
  }

  private static func number(_ digits: [UInt8]) throws(ArchiveFailure) -> Int {
    guard let value = Int(String(decoding: digits, as: UTF8.self)), value >= 0 else { throw malformed }
    return value
  }
}
