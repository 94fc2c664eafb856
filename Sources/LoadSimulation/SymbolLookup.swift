import LambdaRuntimes
import NativeBinaries

/// One name, looked for in one object after the other: glibc's `do_lookup_x` and `check_match`.
struct SymbolLookup {
  /// The version that a reference asks for.
  struct Version {
    var name: String
    /// The library that should define it (`vn_file`); `nil` for a version that the object defines itself.
    var library: String?
    /// Bit 15 of `vna_other`: only the exact version will do.
    var isHidden: Bool

    /// The version of a symbol of `object`; `nil` for unversioned ones.
    init?(of symbol: Int, in object: SharedObject) {
      guard symbol < object.image.symbols.versionIndices.count else { return nil }
      let index = object.image.symbols.versionIndices[symbol] & 0x7fff
      guard index > 1 else { return nil }
      for need in object.image.versionNeeds {
        if let version = need.versions.first(where: { $0.index & 0x7fff == index }) {
          self.init(name: version.name, library: need.file, isHidden: version.index & 0x8000 != 0)
          return
        }
      }
      guard let definition = object.image.versionDefinitions.first(where: { $0.index == index && !$0.isBase }) else {
        return nil
      }
      self.init(name: definition.name, library: nil, isHidden: false)
    }

    init(name: String, library: String?, isHidden: Bool) {
      self.name = name
      self.library = library
      self.isHidden = isHidden
    }
  }

  let name: ArraySlice<UInt8>
  let version: Version?
  let needsDefinition: Bool
  /// `DL_LOOKUP_RETURN_NEWEST`, by which `dlsym` asks: no version is old enough to be taken although it is hidden.
  var asksForNewest = false
  private let hash: UInt32
  /// A hash was a word of 64 bits before 2.36.
  private let shiftWidth: UInt32

  init(name: ArraySlice<UInt8>, version: Version?, needsDefinition: Bool, glibc: GLibCVersion) {
    self.name = name
    self.version = version
    self.needsDefinition = needsDefinition
    self.shiftWidth = glibc < GLibCVersion(2, 36) ? 64 : 32
    self.hash = ELF.GNUHashTable.hash(name)
  }

  /// Throws where looking leads out of the object's memory.
  func isDefined(in object: LinkMap) throws(LinkError) -> Bool {
    switch object.object.exports {
    case .listed(let exports):
      return exports.mayDefine(name, version: version?.name, isExact: version?.isHidden ?? false)
    case .unknown: return false
    case .image: break
    }
    do {
      return try definition(in: object.object) != nil
    } catch {
      throw .fault(error, object.path, "its hash table or its symbol table leads out of its segments")
    }
  }

  /// Whether ld.so would stop at an assertion on finding the name in `object`: until 2.40 it does where the object is the
  /// one that should have the version, and has no versions of any kind.
  func assertsUnversioned(in object: LinkMap) throws(LinkError) -> Bool {
    guard let library = version?.library, object.image.versionNeeds.isEmpty, object.image.versionDefinitions.isEmpty,
      object.object.knowsVersions, object.isNamed(library)
    else { return false }
    return try isDefined(in: object)
  }

  /// The index of the symbol that glibc would take.
  private func definition(in object: SharedObject) throws(ELF.MemoryFault) -> Int? {
    var found: Int?
    var versioned: [Int] = []
    try object.image.symbols.forEachSymbol(named: name, gnuHash: hash, shiftWidth: shiftWidth) { index in
      guard isCandidate(object.image.symbols.symbols[index]) else { return false }
      switch match(index, object) {
      case .yes:
        found = index
        return true
      case .versionedOnly: versioned.append(index)
      case .no: break
      }
      return false
    }
    if found == nil, versioned.count == 1 { found = versioned[0] }
    guard let found, isVisible(object.image.symbols.symbols[found]) else { return nil }
    return found
  }

  private func isCandidate(_ symbol: ELF.Symbol) -> Bool {
    if symbol.value == 0, symbol.section != ELF.SHN_ABS, symbol.type != ELF.STT_TLS { return false }
    if needsDefinition, symbol.isUndefined { return false }
    switch symbol.type {
    case ELF.STT_NOTYPE, ELF.STT_OBJECT, ELF.STT_FUNC, ELF.STT_COMMON, ELF.STT_TLS, ELF.STT_GNU_IFUNC: return true
    default: return false
    }
  }

  private func isVisible(_ symbol: ELF.Symbol) -> Bool {
    guard symbol.visibility != ELF.STV_HIDDEN, symbol.visibility != ELF.STV_INTERNAL else { return false }
    switch symbol.binding {
    case ELF.STB_GLOBAL, ELF.STB_WEAK, ELF.STB_GNU_UNIQUE: return true
    default: return false
    }
  }

  private enum Match { case yes, versionedOnly, no }

  private func match(_ index: Int, _ object: SharedObject) -> Match {
    guard index < object.image.symbols.versionIndices.count else { return .yes }
    let entry = object.image.symbols.versionIndices[index]
    let versionIndex = entry & 0x7fff
    let isHidden = entry & 0x8000 != 0
    guard let version else {
      if versionIndex < (asksForNewest ? 2 : 3) { return .yes }
      return isHidden ? .no : .versionedOnly
    }
    let own = object.image.versionName(versionIndex)
    if own == version.name { return .yes }
    return version.isHidden || own != nil || isHidden ? .no : .yes
  }
}
