import NativeBinaries

/// The facts of Mach-O, PE, `ar` and WebAssembly files and of look-alikes, under the names of their specifications.
enum ForeignInspection {
  static func facts(of image: MachO.Image) -> FactTable {
    var facts = FactTable()
    facts.addIfTrue("universal", image.isUniversal)
    for (index, slice) in image.slices.enumerated() {
      facts.add(image.slices.count == 1 ? "slice" : "slice\(index + 1)", table(slice).fact)
    }
    return facts
  }

  private static func table(_ slice: MachO.Slice) -> FactTable {
    var facts = FactTable()
    facts.add("architecture", slice.architectureName)
    facts.add("type", slice.fileType?.description ?? slice.foreignFormat?.rawValue)
    facts.add("offset", slice.offset)
    facts.add("bytes", slice.byteCount)
    facts.add("platforms", slice.builds.map { "\($0.platform) \($0.minimumOS) (SDK \($0.sdk))" })
    facts.add("installName", slice.installName)
    facts.add("dylibs", slice.dylibs.map { $0.kind == .regular ? $0.name : "\($0.name) (\($0.kind.rawValue))" })
    facts.add("rpaths", slice.rpaths)
    facts.add("uuid", slice.uuid.map { FactTable.hexadecimal($0) })
    facts.addIfTrue("codeSigned", slice.hasCodeSignature)
    facts.add("definedSymbols", slice.definedSymbols.map(\.name))
    facts.add("undefinedSymbols", slice.undefinedSymbols.map { $0.isWeak ? "\($0.name) (weak)" : $0.name })
    return facts
  }

  static func facts(of image: PE.Image) -> FactTable {
    var facts = FactTable()
    facts.add("architecture", image.architectureName)
    facts.add("type", image.header == nil ? "DOS program" : image.isDLL ? "DLL" : "program")
    facts.add("optionalHeader", image.optionalHeader.map { $0.isPE32Plus ? "PE32+" : "PE32" })
    facts.add("subsystem", image.optionalHeader?.subsystemName)
    facts.add("name", image.exportName)
    facts.add("imports", tables: image.imports.map(table))
    facts.add("delayImports", tables: image.delayImports.map(table))
    facts.add("exports", image.exports.map(\.name))
    facts.add("sections", image.sections.map(\.name))
    return facts
  }

  private static func table(_ library: PE.ImportedLibrary) -> FactTable {
    var table = FactTable()
    table.add("library", library.name)
    table.add(
      "functions",
      library.functions.map { function in
        switch function {
        case .name(let name): name
        case .ordinal(let number): "ordinal \(number)"
        }
      })
    return table
  }

  static func facts(of archive: StaticArchive) -> FactTable {
    var facts = FactTable()
    facts.addIfTrue("thin", archive.isThin)
    facts.addIfTrue("symbolIndex", archive.hasSymbolIndex)
    facts.add(
      "members",
      tables: archive.members.map { member in
        var table = FactTable()
        table.add("name", member.name)
        table.add("bytes", member.byteCount)
        table.add("format", member.format?.rawValue)
        return table
      })
    return facts
  }

  static func facts(of module: WebAssembly.Module) -> FactTable {
    var facts = FactTable()
    facts.add("version", module.version.map { Int($0) })
    facts.add("layer", layer(module.layer))
    facts.add("imports", module.imports.map { "\($0.module).\($0.name) (\($0.kind))" })
    facts.add("exports", module.exports.map { "\($0.name) (\($0.kind))" })
    facts.add("customSections", module.customSectionNames)
    return facts
  }

  private static func layer(_ layer: WebAssembly.Module.Layer) -> String {
    switch layer {
    case .module: "module"
    case .component: "component"
    case .unknown(let number): "layer \(number)"
    }
  }

  static func facts(of lookAlike: LookAlike) -> FactTable {
    var facts = FactTable()
    facts.add("is", lookAlike.description)
    switch lookAlike.kind {
    case .gitLFSPointer(let oid, let byteCount):
      facts.add("objectSHA256", oid)
      facts.add("objectBytes", byteCount)
    case .linkTargetText(let target): facts.add("target", target)
    case .script(let interpreter): facts.add("interpreter", interpreter)
    default: break
    }
    return facts
  }
}
