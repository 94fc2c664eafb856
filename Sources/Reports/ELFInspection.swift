import NativeBinaries

/// The facts of an ELF file under the names of the specification.
enum ELFInspection {
  static func facts(of image: ELF.Image) -> FactTable {
    var facts = FactTable()
    if let header = image.header { add(header, to: &facts) }
    facts.add("interpreter", image.interpreter)
    facts.add("soname", image.soname)
    facts.add("needed", image.needed)
    facts.add("rpath", image.rpath)
    facts.add("runpath", image.runpath)
    facts.add("flags", names(of: image.flags, flagNames))
    facts.add("flags1", names(of: image.flags1, flag1Names))
    facts.addIfTrue("hasInitializers", image.hasInitializers)
    facts.addIfTrue("hasNoDynamicSection", !image.hasDynamicSection)
    facts.add("versionNeeds", tables: image.versionNeeds.map(table))
    facts.add("versionDefinitions", image.versionDefinitions.map(\.name))
    add(image.notes, to: &facts)
    facts.add("stack", image.stackFlags.map(permissions))
    facts.add("threadLocalBytes", image.threadLocalStorage.map { Int(clamping: $0.memoryByteCount) })
    facts.add("definedSymbols", symbols(of: image) { !$0.isUndefined })
    facts.add("undefinedSymbols", symbols(of: image) { $0.isUndefined })
    add(image.relocations, to: &facts)
    facts.add("programHeaders", tables: image.programHeaders.map(table))
    return facts
  }

  private static func add(_ header: ELF.Header, to facts: inout FactTable) {
    facts.add("class", header.elfClass == 1 ? "ELFCLASS32" : header.elfClass == 2 ? "ELFCLASS64" : "\(header.elfClass)")
    facts.add(
      "data",
      header.dataEncoding == 1 ? "little-endian" : header.dataEncoding == 2 ? "big-endian" : "\(header.dataEncoding)")
    facts.add("osABI", Int(header.osABI))
    let types: [UInt16: String] = [
      ELF.ET_REL: "ET_REL", ELF.ET_EXEC: "ET_EXEC", ELF.ET_DYN: "ET_DYN", ELF.ET_CORE: "ET_CORE",
    ]
    facts.add("type", types[header.type] ?? String(header.type))
    facts.add("machine", Int(header.machine))
  }

  /// Dynamic symbols as `nm -D --with-symbol-versions` writes them; local ones, such as sections, are left out.
  private static func symbols(of image: ELF.Image, _ isWanted: (ELF.Symbol) -> Bool) -> [String] {
    let own = Set(image.versionDefinitions.map(\.index))
    return image.symbols.symbols.indices.dropFirst().compactMap { index in
      let symbol = image.symbols.symbols[index]
      guard symbol.binding != ELF.STB_LOCAL, isWanted(symbol) else { return nil }
      let name = image.symbols.name(index)
      // The symbol that stands for a version itself has no version to show.
      guard index < image.symbols.versionIndices.count,
        let version = image.versionName(image.symbols.versionIndices[index] & 0x7fff), version != name
      else { return symbol.isUndefined && symbol.isWeak ? name + " (weak)" : name }
      // A copy of another library's variable is defined here under that library's version.
      let versionIndex = image.symbols.versionIndices[index]
      let isDefault = !symbol.isUndefined && versionIndex & 0x8000 == 0 && own.contains(versionIndex)
      return name + (isDefault ? "@@" : "@") + version + (symbol.isUndefined && symbol.isWeak ? " (weak)" : "")
    }
  }

  private static func add(_ relocations: ELF.Relocations, to facts: inout FactTable) {
    guard relocations.count > 0 else { return }
    var table = FactTable()
    table.add("count", relocations.count)
    table.add("dataSymbols", relocations.data.count)
    table.add("jumpSlots", relocations.jumpSlots.count)
    table.addIfTrue("relr", relocations.usesRELR)
    table.addIfTrue("staticTLS", relocations.needsStaticTLS)
    facts.add("relocations", table.fact)
  }

  private static func add(_ notes: ELF.Notes, to facts: inout FactTable) {
    if let tag = notes.abiTag {
      let systems: [UInt32: String] = [0: "Linux", 1: "GNU", 2: "Solaris", 3: "FreeBSD"]
      let system = systems[tag.operatingSystem] ?? "system \(tag.operatingSystem)"
      facts.add("abiTag", "\(system) \(tag.major).\(tag.minor).\(tag.patch)")
    }
    facts.add("buildID", notes.buildID.map { FactTable.hexadecimal($0) })
    facts.add(
      "x86ISANeeded", notes.x86ISANeeded.map { isa in names(of: UInt64(isa), isaNames) }?.joined(separator: " "))
  }

  private static func table(_ need: ELF.VersionNeed) -> FactTable {
    var table = FactTable()
    table.add("file", need.file)
    table.add("versions", need.versions.map { $0.isWeak ? $0.name + " (weak)" : $0.name })
    return table
  }

  private static func table(_ header: ELF.ProgramHeader) -> FactTable {
    var table = FactTable()
    table.add("type", segmentNames[header.type] ?? FactTable.hexadecimal(header.type))
    table.add("flags", permissions(header.flags))
    table.add("offset", FactTable.hexadecimal(header.offset))
    table.add("address", FactTable.hexadecimal(header.virtualAddress))
    table.add("fileBytes", FactTable.hexadecimal(header.fileByteCount))
    table.add("memoryBytes", FactTable.hexadecimal(header.memoryByteCount))
    table.add("alignment", FactTable.hexadecimal(header.alignment))
    return table
  }

  /// `p_flags` as `readelf` writes them.
  private static func permissions(_ flags: UInt32) -> String {
    (flags & 4 != 0 ? "R" : "-") + (flags & 2 != 0 ? "W" : "-") + (flags & 1 != 0 ? "X" : "-")
  }

  private static func names(of flags: UInt64, _ names: [(UInt64, String)]) -> [String] {
    var rest = flags
    var result: [String] = []
    for (bit, name) in names where rest & bit != 0 {
      result.append(name)
      rest &= ~bit
    }
    return rest == 0 ? result : result + [FactTable.hexadecimal(rest)]
  }

  private static let flagNames: [(UInt64, String)] = [
    (1, "DF_ORIGIN"), (2, "DF_SYMBOLIC"), (4, "DF_TEXTREL"), (8, "DF_BIND_NOW"), (16, "DF_STATIC_TLS"),
  ]

  private static let flag1Names: [(UInt64, String)] = [
    (0x1, "DF_1_NOW"), (0x2, "DF_1_GLOBAL"), (0x4, "DF_1_GROUP"), (0x8, "DF_1_NODELETE"), (0x40, "DF_1_NOOPEN"),
    (0x80, "DF_1_ORIGIN"), (0x400, "DF_1_INTERPOSE"), (0x800, "DF_1_NODEFLIB"), (0x0800_0000, "DF_1_PIE"),
  ]

  private static let isaNames: [(UInt64, String)] = [
    (1, "x86-64"), (2, "x86-64-v2"), (4, "x86-64-v3"), (8, "x86-64-v4"),
  ]

  private static let segmentNames: [UInt32: String] = [
    ELF.PT_LOAD: "PT_LOAD", ELF.PT_DYNAMIC: "PT_DYNAMIC", ELF.PT_INTERP: "PT_INTERP", ELF.PT_NOTE: "PT_NOTE",
    ELF.PT_PHDR: "PT_PHDR", ELF.PT_TLS: "PT_TLS", ELF.PT_GNU_STACK: "PT_GNU_STACK", ELF.PT_GNU_RELRO: "PT_GNU_RELRO",
    ELF.PT_GNU_PROPERTY: "PT_GNU_PROPERTY", 0x6474_e550: "PT_GNU_EH_FRAME",
  ]
}
