extension ELF.DynamicTables {
  /// How many records of one kind are read at most, in all; glibc's libraries have a few dozen. Records may share bytes, and
  /// each symbol's version is looked for among all of them.
  private static let recordLimit = 1 << 12

  mutating func readVersions(into image: inout ELF.Image, _ strings: ELF.StringBytes, _ file: RawSpan) {
    image.versionNeeds = readNeeds(strings, file)
    image.versionDefinitions = readDefinitions(strings, file)
    image.lacksVersionTable =
      dynamic[ELF.DT_VERSYM] == nil && !(image.versionNeeds.isEmpty && image.versionDefinitions.isEmpty)
  }

  /// The records behind `tag`: the rest of the segment, since neither table says how long it is.
  private mutating func records(_ tag: UInt64, _ file: RawSpan) -> TableReader? {
    guard let address = dynamic[tag] else { return nil }
    return table(tag, count: min(max(memory.availableBytes(at: address), 16), 1 << 22), phase: .versions, file)
  }

  /// What following a link to a record, `offset` bytes behind the first one of its table, does to the loader.
  private mutating func markLink(_ tag: UInt64, to offset: Int) {
    guard let address = dynamic[tag] else { return }
    switch memory.readingFault(at: address &+ UInt64(offset)) {
    case .bus: faults.insert(.versions)
    case .segmentation: segmentationFaults.insert(.versions)
    case nil: return
    }
  }

  private mutating func readNeeds(_ strings: ELF.StringBytes, _ file: RawSpan) -> [ELF.VersionNeed] {
    guard let reader = records(ELF.DT_VERNEED, file) else { return [] }
    var needs: [ELF.VersionNeed] = []
    var versionCount = 0
    var offset = 0
    while needs.count < Self.recordLimit {
      guard let name: UInt32 = reader.integer(offset + 4), let auxiliary: UInt32 = reader.integer(offset + 8),
        let next: UInt32 = reader.integer(offset + 12)
      else {
        markLink(ELF.DT_VERNEED, to: offset)
        break
      }
      var versions: [ELF.VersionNeed.Version] = []
      var position = offset + Int(auxiliary)
      // The loader follows the links and never looks at vn_cnt.
      while versionCount < Self.recordLimit {
        guard let flags: UInt16 = reader.integer(position + 4), let index: UInt16 = reader.integer(position + 6),
          let version: UInt32 = reader.integer(position + 8), let following: UInt32 = reader.integer(position + 12)
        else {
          markLink(ELF.DT_VERNEED, to: position)
          break
        }
        versionCount += 1
        let text = string(Int(version), in: strings)
        let isSound = reader.integer(position, as: UInt32.self) == ELF.SysVHashTable.hash(text.utf8)
        versions.append(.init(name: text, isWeak: flags & 2 != 0, index: index, hasSoundHash: isSound))
        if following == 0 { break }
        position += Int(following)
      }
      needs.append(
        ELF.VersionNeed(
          file: string(Int(name), in: strings), versions: versions, recordVersion: reader.integer(offset) ?? 1))
      if next == 0 { break }
      offset += Int(next)
    }
    return needs
  }

  private mutating func readDefinitions(_ strings: ELF.StringBytes, _ file: RawSpan) -> [ELF.VersionDefinition] {
    guard let reader = records(ELF.DT_VERDEF, file) else { return [] }
    var definitions: [ELF.VersionDefinition] = []
    var offset = 0
    while definitions.count < Self.recordLimit {
      guard let flags: UInt16 = reader.integer(offset + 2), let index: UInt16 = reader.integer(offset + 4),
        let auxiliary: UInt32 = reader.integer(offset + 12), let next: UInt32 = reader.integer(offset + 16)
      else {
        markLink(ELF.DT_VERDEF, to: offset)
        break
      }
      let isBase = flags & 1 != 0
      let name: UInt32? = reader.integer(offset + Int(auxiliary))
      if name == nil, !isBase {
        // The loader does not read the name of the object itself.
        markLink(ELF.DT_VERDEF, to: offset + Int(auxiliary))
        break
      }
      var definition = ELF.VersionDefinition(
        name: name.map { string(Int($0), in: strings) } ?? "", index: index & 0x7fff, isBase: isBase,
        isWeak: flags & 2 != 0)
      definition.recordVersion = reader.integer(offset) ?? 1
      definition.hasSoundHash =
        reader.integer(offset + 8, as: UInt32.self) == ELF.SysVHashTable.hash(definition.name.utf8)
      definitions.append(definition)
      if next == 0 { break }
      offset += Int(next)
    }
    return definitions
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
