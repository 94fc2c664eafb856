import CatalogData

/// A table of the catalog that answers in which sets a name is: which releases of Node.js export it, or which builds of a
/// library.
///
/// It holds no names, only 44 bits of a hash of each, so that 180,000 take one megabyte. A name that is in no set is taken
/// for one that is with a probability of about one in 90 million. `Scripts/catalog/measure-symbols` writes the tables from
/// real binaries and describes the format.
struct SymbolSets: @unchecked Sendable {
  /// What each release of Node.js exports.
  static let node = SymbolSets("node-symbols.bin")
  /// What libraries define, by `SONAME NAME@VERSION`, or `SONAME NAME` where it has no version.
  static let libraries = SymbolSets("library-symbols.bin")

  private static let bucketBits: UInt64 = 12

  // Constant data of the executable: read by any thread, never freed.
  private let bytes: UnsafeRawBufferPointer
  private let maskCount: Int
  private let entryCount: Int
  private let starts: Int
  private let hashes: Int
  private let kinds: Int

  /// The file is part of the program: one that is not whole is a mistake of the programmer.
  private init(_ name: String) {
    let file = airworthy_catalog_find(name)
    bytes = UnsafeRawBufferPointer(start: file.bytes, count: file.count)
    precondition(bytes.starts(with: "AWSYM1\0\0".utf8), "the catalog has no sound \(name)")
    maskCount = Int(bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self).littleEndian)
    entryCount = Int(bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self).littleEndian)
    starts = 16 + 8 * maskCount
    hashes = starts + 4 * ((1 << Int(Self.bucketBits)) + 1)
    kinds = hashes + 4 * entryCount
    let width = maskCount <= 256 ? 1 : 2
    precondition(bytes.count == kinds + width * entryCount, "\(name) in the catalog is not whole")
  }

  /// One bit for each set that has the name.
  func sets(of name: some Sequence<UInt8>) -> UInt64 {
    var hash = Hash()
    hash.add(name)
    return sets(of: hash)
  }

  /// The same for a name of which all bytes were added.
  func sets(of name: Hash) -> UInt64 {
    let hash = name.value
    let bucket = Int(hash >> (64 - Self.bucketBits))
    let wanted = UInt32(truncatingIfNeeded: hash >> (32 - Self.bucketBits))
    var low = word(starts + 4 * bucket)
    var high = word(starts + 4 * bucket + 4)
    while low < high {
      let middle = (low + high) / 2
      if UInt32(word(hashes + 4 * middle)) < wanted { low = middle + 1 } else { high = middle }
    }
    guard low < word(starts + 4 * bucket + 4), word(hashes + 4 * low) == Int(wanted) else { return 0 }
    let kind =
      maskCount <= 256
      ? Int(bytes[kinds + low])
      : Int(bytes.loadUnaligned(fromByteOffset: kinds + 2 * low, as: UInt16.self).littleEndian)
    return bytes.loadUnaligned(fromByteOffset: 16 + 8 * kind, as: UInt64.self).littleEndian
  }

  private func word(_ offset: Int) -> Int {
    Int(bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self).littleEndian)
  }

  /// A name's hash, FNV-1a of 64 bits with MurmurHash3's finalizer, worked out part by part: names that begin alike need not
  /// be put together.
  struct Hash {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ bytes: some Sequence<UInt8>) {
      for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }

    mutating func add(_ text: String) {
      var text = text
      text.withUTF8 { add($0) }
    }

    var value: UInt64 {
      var value = (state ^ state >> 33) &* 0xff51_afd7_ed55_8ccd
      value = (value ^ value >> 33) &* 0xc4ce_b9fe_1a85_ec53
      return value ^ value >> 33
    }
  }
}

/// Which lines of Node.js have a name.
public enum NodeSymbolHistory {
  /// The measured release lines, oldest first, of which some release exports the name: `["18", "20"]`.
  public static func lines(exporting name: some Sequence<UInt8>) -> [String] {
    let sets = SymbolSets.node.sets(of: name)
    let nodes = SymbolSetList.builtIn.nodes
    return lines(of: nodes.indices.filter { sets & 1 << UInt64($0) != 0 }.map { nodes[$0].version })
  }

  /// Every line that was measured, oldest first.
  public static var measuredLines: [String] { lines(of: SymbolSetList.builtIn.nodes.map(\.version)) }

  private static func lines(of versions: [NodeVersion]) -> [String] {
    versions.sorted().map(\.line).reduce(into: []) { if $0.last != $1 { $0.append($1) } }
  }
}

/// The sets of both tables, in the order of their bits.
struct SymbolSetList {
  static let builtIn = SymbolSetList(CatalogValue(file: "symbol-sets.json"))

  let nodes: [Node]
  let libraries: [Library]

  private init(_ file: CatalogValue) {
    nodes = file["nodes"].elements.map { node in
      Node(
        version: node["version"].parsed { NodeVersion($0) },
        architecture: node["architecture"].parsed(Architecture.init(rawValue:)))
    }
    libraries = file["libraries"].elements.map { library in
      Library(
        suite: library["suite"].string, architecture: library["architecture"].parsed(Architecture.init(rawValue:)))
    }
  }

  struct Node {
    let version: NodeVersion
    let architecture: Architecture
  }

  struct Library {
    /// A Debian suite.
    let suite: String
    let architecture: Architecture
  }

  /// The bits of the Node.js releases that `isWanted`.
  func nodeSets(where isWanted: (Node) -> Bool) -> UInt64 {
    nodes.indices.reduce(0) { isWanted(nodes[$1]) ? $0 | 1 << UInt64($1) : $0 }
  }

  /// The bit of a suite on an architecture; 0 where it was not measured.
  func librarySet(_ suite: String, _ architecture: Architecture) -> UInt64 {
    libraries.firstIndex { $0.suite == suite && $0.architecture == architecture }.map { 1 << UInt64($0) } ?? 0
  }
}
