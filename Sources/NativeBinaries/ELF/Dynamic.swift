extension ELF {
  // d_tag
  static let DT_NULL: UInt64 = 0
  static let DT_NEEDED: UInt64 = 1
  static let DT_PLTRELSZ: UInt64 = 2
  static let DT_PLTGOT: UInt64 = 3
  static let DT_HASH: UInt64 = 4
  static let DT_STRTAB: UInt64 = 5
  static let DT_SYMTAB: UInt64 = 6
  static let DT_RELA: UInt64 = 7
  static let DT_RELASZ: UInt64 = 8
  static let DT_RELAENT: UInt64 = 9
  static let DT_STRSZ: UInt64 = 10
  static let DT_INIT: UInt64 = 12
  static let DT_FINI: UInt64 = 13
  static let DT_SONAME: UInt64 = 14
  static let DT_RPATH: UInt64 = 15
  static let DT_SYMBOLIC: UInt64 = 16
  static let DT_REL: UInt64 = 17
  static let DT_RELSZ: UInt64 = 18
  static let DT_PLTREL: UInt64 = 20
  static let DT_TEXTREL: UInt64 = 22
  static let DT_JMPREL: UInt64 = 23
  static let DT_BIND_NOW: UInt64 = 24
  static let DT_INIT_ARRAY: UInt64 = 25
  static let DT_FINI_ARRAY: UInt64 = 26
  static let DT_INIT_ARRAYSZ: UInt64 = 27
  static let DT_FINI_ARRAYSZ: UInt64 = 28
  static let DT_RUNPATH: UInt64 = 29
  static let DT_FLAGS: UInt64 = 30
  static let DT_RELRSZ: UInt64 = 35
  static let DT_RELR: UInt64 = 36
  static let DT_RELRENT: UInt64 = 37
  static let DT_GNU_HASH: UInt64 = 0x6fff_fef5
  static let DT_RELACOUNT: UInt64 = 0x6fff_fff9
  static let DT_VERSYM: UInt64 = 0x6fff_fff0
  static let DT_AARCH64_VARIANT_PCS: UInt64 = 0x7000_0005
  static let DT_FLAGS_1: UInt64 = 0x6fff_fffb
  static let DT_VERDEF: UInt64 = 0x6fff_fffc
  static let DT_VERDEFNUM: UInt64 = 0x6fff_fffd
  static let DT_VERNEED: UInt64 = 0x6fff_fffe
  static let DT_VERNEEDNUM: UInt64 = 0x6fff_ffff
  static let DT_AUXILIARY: UInt64 = 0x7fff_fffd
  static let DT_FILTER: UInt64 = 0x7fff_ffff

  // DT_FLAGS and DT_FLAGS_1
  public static let DF_SYMBOLIC: UInt64 = 0x2
  public static let DF_TEXTREL: UInt64 = 0x4
  public static let DF_BIND_NOW: UInt64 = 0x8
  public static let DF_STATIC_TLS: UInt64 = 0x10
  public static let DF_1_NOW: UInt64 = 0x1
  public static let DF_1_NODELETE: UInt64 = 0x8
  public static let DF_1_NOOPEN: UInt64 = 0x40
  public static let DF_1_NODEFLIB: UInt64 = 0x800
  public static let DF_1_PIE: UInt64 = 0x0800_0000

  /// The dynamic section: the last value of each tag, and the tags that may repeat in file order.
  struct DynamicSection {
    /// How many entries are read at most; real files have fewer than a hundred, the rest `DT_NEEDED`.
    static let entryLimit = 1 << 16

    private(set) var values: [UInt64: UInt64] = [:]
    /// `DT_NEEDED`, `DT_AUXILIARY` and `DT_FILTER`: the tag and the offset in the string table, in file order.
    private(set) var dependencies: [(tag: UInt64, string: UInt64)] = []

    init(_ table: TableReader, is64Bit: Bool) {
      let word = is64Bit ? 8 : 4
      for index in 0..<min(table.bytes.count / (2 * word), Self.entryLimit) {
        guard let tag = table.word(index * 2 * word, is64Bit: is64Bit),
          let value = table.word(index * 2 * word + word, is64Bit: is64Bit), tag != ELF.DT_NULL
        else { return }
        if tag == ELF.DT_NEEDED || tag == ELF.DT_AUXILIARY || tag == ELF.DT_FILTER {
          dependencies.append((tag, value))
        } else {
          values[tag] = value
        }
      }
    }

    subscript(tag: UInt64) -> UInt64? { values[tag] }
  }
}
