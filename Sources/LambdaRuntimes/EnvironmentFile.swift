import NativeBinaries
import PackageFiles

/// A captured environment as JSON: `airworthy capture` writes it, `--environment` reads it.
public struct EnvironmentFile: Codable, Sendable {
  public static let schema = "airworthy/environment/1"

  public var schema: String
  public var architecture: Architecture
  public var glibc: String?
  /// Whether glibc is that of Debian or Ubuntu; absent means that it is not.
  public var debianGlibc: Bool?
  public var interpreter: String
  public var libraryPath: [String]
  public var defaultDirectories: [String]
  public var libToken: String
  public var platformToken: String
  /// Absent means what the architecture's processors have at least.
  public var hardwareCapabilities: [String]?
  public var isaLevel: Int
  public var kernel: [Int]
  /// `/etc/ld.so.cache`.
  public var loaderCache: [String: String]
  public var node: Node
  /// Libraries, links and directories, in path order.
  public var files: [File]

  public struct Node: Codable, Sendable {
    public var version: String?
    public var moduleVersion: Int?
    public var nodeApi: Int?
    public var object: Object
  }

  public struct File: Codable, Sendable {
    public var path: String
    public var link: String?
    public var byteCount: Int?
    /// The first bytes of a file that is no library, base 16.
    public var head: String?
    public var object: Object?
  }

  /// What loading depends on of one library.
  public struct Object: Codable, Sendable {
    public var elfClass: UInt8
    public var dataEncoding: UInt8
    public var type: UInt16
    public var machine: UInt16
    public var soname: String?
    public var needed: [String]
    public var rpath: String?
    public var runpath: String?
    public var flags: UInt64
    public var flags1: UInt64
    public var versions: [String]
    /// `[memory bytes, alignment]` of `PT_TLS`.
    public var tls: [UInt64]?
    /// Exported names in symbol table order, blank-separated: `name`, `name@@VERSION` (default) or `name@VERSION`.
    public var symbols: String
  }
}

extension EnvironmentFile.Object {
  init(_ image: ELF.Image) {
    elfClass = image.header?.elfClass ?? 2
    dataEncoding = image.header?.dataEncoding ?? 1
    type = image.header?.type ?? ELF.ET_DYN
    machine = image.header?.machine ?? 0
    soname = image.soname
    needed = image.needed
    rpath = image.rpath
    runpath = image.runpath
    flags = image.flags
    flags1 = image.flags1
    versions = image.versionDefinitions.filter { !$0.isBase }.map(\.name)
    tls = image.threadLocalStorage.map { [$0.memoryByteCount, $0.alignment] }
    symbols = Self.exportedNames(image).joined(separator: " ")
  }

  private static func exportedNames(_ image: ELF.Image) -> [String] {
    let names = Dictionary(
      image.versionDefinitions.filter { !$0.isBase }.map { ($0.index, $0.name) },
      uniquingKeysWith: { first, _ in first })
    let table = image.symbols
    // Names may share bytes; those of a real file are shorter than itself.
    var remaining = 4 * image.byteCount
    return table.symbols.indices.dropFirst().compactMap { index in
      let symbol = table.symbols[index]
      guard !symbol.isUndefined, symbol.binding != ELF.STB_LOCAL, symbol.visibility != ELF.STV_HIDDEN,
        symbol.visibility != ELF.STV_INTERNAL
      else { return nil }
      guard remaining >= 0 else { return nil }
      let name = table.name(index)
      remaining -= name.utf8.count
      guard index < table.versionIndices.count, let version = names[table.versionIndices[index] & 0x7fff] else {
        return name
      }
      return name + (table.versionIndices[index] & 0x8000 != 0 ? "@" : "@@") + version
    }
  }

  /// The facts again, in the shape that a file gives them.
  func image(byteCount: Int) -> ELF.Image {
    var image = ELF.Image(byteCount: byteCount)
    image.header = ELF.Header(elfClass: elfClass, dataEncoding: dataEncoding, type: type, machine: machine)
    image.hasDynamicSection = true
    image.soname = soname
    image.needed = needed
    image.dependencies = needed.map { .init(name: $0, kind: .needed) }
    image.rpath = rpath
    image.runpath = runpath
    image.flags = flags
    image.flags1 = flags1
    image.versionDefinitions = versions.enumerated().map {
      .init(name: $1, index: UInt16(clamping: $0 + 2), isBase: false, isWeak: false)
    }
    if let tls, tls.count == 2 {
      image.threadLocalStorage = .init(fileByteCount: 0, memoryByteCount: tls[0], alignment: tls[1])
    }
    let indices = Dictionary(
      image.versionDefinitions.map { ($0.name, $0.index) }, uniquingKeysWith: { first, _ in first })
    image.symbols = ELF.SymbolTable(exports: symbols.utf8.split(separator: UInt8(ascii: " ")), versions: indices)
    return image
  }
}
