extension ELF.DynamicTables {
  /// How many records of one kind are read at most, in all; glibc's libraries have a few dozen. Records may share bytes, and
  /// each symbol's version is looked for among all of them.
  private static let recordLimit = 1 << 12

  mutating func readVersions(into image: inout ELF.Image, _ strings: ELF.StringBytes, _ file: RawSpan) {
    (image.versionNeeds, image.versionNeedsEnd) = readNeeds(strings, file)
    (image.versionDefinitions, image.versionDefinitionsEnd) = readDefinitions(strings, file)
    image.lacksVersionTable =
      dynamic[ELF.DT_VERSYM] == nil && !(image.versionNeeds.isEmpty && image.versionDefinitions.isEmpty)
  }

  /// `count` bytes of a record, `offset` bytes behind the first one of its table, wherever in memory that is; what reading
  /// them does to the loader where they are not all there.
  private mutating func record(
    _ tag: UInt64, _ offset: Int, count: Int, _ file: RawSpan
  ) -> Result<TableReader, ELF.MemoryFault> {
    guard let address = dynamic[tag] else { return .failure(.segmentation) }
    let part = memory.read(address &+ UInt64(offset), count: count, in: file)
    if part.bytes.count == count { return .success(TableReader(bytes: part.bytes, order: order)) }
    noteDamage(tag, address &+ UInt64(offset))
    return .failure(part.faults ? .bus : .segmentation)
  }

  private mutating func readNeeds(
    _ strings: ELF.StringBytes, _ file: RawSpan
  ) -> (needs: [ELF.VersionNeed], end: ELF.MemoryFault?) {
    var needs: [ELF.VersionNeed] = []
    if dynamic[ELF.DT_VERNEED] == nil { return (needs, nil) }
    var versionCount = 0
    var offset = 0
    while needs.count < Self.recordLimit {
      let reader: TableReader
      switch record(ELF.DT_VERNEED, offset, count: 16, file) {
      case .success(let found): reader = found
      case .failure(let fault): return (needs, fault)
      }
      var need = ELF.VersionNeed(
        file: string(Int(reader.integer(4, as: UInt32.self) ?? 0), in: strings), versions: [],
        recordVersion: reader.integer(0) ?? 1)
      var position = offset + Int(reader.integer(8, as: UInt32.self) ?? 0)
      // The loader follows the links and never looks at vn_cnt.
      while versionCount < Self.recordLimit {
        let reader: TableReader
        switch record(ELF.DT_VERNEED, position, count: 16, file) {
        case .success(let found): reader = found
        case .failure(let fault): return (needs + [need], fault)
        }
        versionCount += 1
        let text = string(Int(reader.integer(8, as: UInt32.self) ?? 0), in: strings)
        let isSound = reader.integer(0, as: UInt32.self) == ELF.SysVHashTable.hash(text.utf8)
        need.versions.append(
          .init(
            name: text, isWeak: (reader.integer(4, as: UInt16.self) ?? 0) & 2 != 0, index: reader.integer(6) ?? 0,
            hasSoundHash: isSound))
        let following = Int(reader.integer(12, as: UInt32.self) ?? 0)
        if following == 0 { break }
        position += following
      }
      needs.append(need)
      let next = Int(reader.integer(12, as: UInt32.self) ?? 0)
      if next == 0 { break }
      offset += next
    }
    return (needs, nil)
  }

  private mutating func readDefinitions(
    _ strings: ELF.StringBytes, _ file: RawSpan
  ) -> (definitions: [ELF.VersionDefinition], end: ELF.MemoryFault?) {
    var definitions: [ELF.VersionDefinition] = []
    if dynamic[ELF.DT_VERDEF] == nil { return (definitions, nil) }
    var offset = 0
    while definitions.count < Self.recordLimit {
      let reader: TableReader
      switch record(ELF.DT_VERDEF, offset, count: 20, file) {
      case .success(let found): reader = found
      case .failure(let fault): return (definitions, fault)
      }
      let flags: UInt16 = reader.integer(2) ?? 0
      let isBase = flags & 1 != 0
      var definition = ELF.VersionDefinition(
        name: "", index: (reader.integer(4, as: UInt16.self) ?? 0) & 0x7fff, isBase: isBase, isWeak: flags & 2 != 0)
      switch record(ELF.DT_VERDEF, offset + Int(reader.integer(12, as: UInt32.self) ?? 0), count: 4, file) {
      case .success(let auxiliary):
        definition.name = string(Int(auxiliary.integer(0, as: UInt32.self) ?? 0), in: strings)
      case .failure(let fault):
        // The loader does not read the name of the object itself.
        if !isBase { return (definitions, fault) }
      }
      definition.recordVersion = reader.integer(0) ?? 1
      definition.hasSoundHash =
        reader.integer(8, as: UInt32.self) == ELF.SysVHashTable.hash(definition.name.utf8)
      definitions.append(definition)
      let next = Int(reader.integer(16, as: UInt32.self) ?? 0)
      if next == 0 { break }
      offset += next
    }
    return (definitions, nil)
  }
}

extension ELF.Image {
  /// The name of a version index that symbols use, defined or needed here; `nil` for local (0), global (1) and the file's
  /// own base name.
  public func versionName(_ index: UInt16) -> String? {
    if let definition = versionDefinitions.first(where: { $0.index == index }) {
      return definition.isBase ? nil : definition.name
    }
    for need in versionNeeds {
      if let version = need.versions.first(where: { $0.index & 0x7fff == index }) { return version.name }
    }
    return nil
  }
}
