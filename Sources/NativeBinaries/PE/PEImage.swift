extension PE.Image {
  // IMAGE_DIRECTORY_ENTRY_*
  private static let exportDirectory = 0
  private static let importDirectory = 1
  private static let delayImportDirectory = 13

  /// Reads the facts of a whole file; what cannot be read is listed in `damage`.
  public init(parsing file: RawSpan) {
    self.init(byteCount: file.byteCount)
    do throws(ParseError) {
      try readHeaders(file)
    } catch {
      damage.append(error)
    }
    guard let optionalHeader else { return }
    for section in sections where section.isInFile && Int(section.offset) + Int(section.fileByteCount) > byteCount {
      damage.append(ParseError(.truncated, at: min(Int(section.offset), byteCount)))
    }
    let memory = PEMemory(sections: sections, headersByteCount: optionalHeader.headersByteCount, byteCount: byteCount)
    var names = NameBudget(fileByteCount: byteCount)
    if let directory = directory(Self.exportDirectory) {
      do throws(ParseError) {
        try readExports(file, memory, directory, &names)
      } catch {
        damage.append(error)
      }
    }
    var reader = PEImportReader(memory: memory, isPE32Plus: optionalHeader.isPE32Plus, names: names)
    if let directory = directory(Self.importDirectory) {
      do throws(ParseError) {
        try reader.readImports(file, directory, into: &imports)
      } catch {
        damage.append(error)
      }
    }
    if let directory = directory(Self.delayImportDirectory) {
      do throws(ParseError) {
        try reader.readDelayImports(file, directory, imageBase: optionalHeader.imageBase, into: &delayImports)
      } catch {
        damage.append(error)
      }
    }
    readRegistration(file, memory)
  }

  private func directory(_ index: Int) -> PE.DataDirectory? {
    guard let directories = optionalHeader?.directories, index < directories.count else { return nil }
    return directories[index].address == 0 ? nil : directories[index]
  }

  private mutating func readHeaders(_ file: RawSpan) throws(ParseError) {
    let start = Int(try file.integer(at: 0x3c, as: UInt32.self))
    guard start <= file.byteCount - 4 else {
      throw ParseError(.invalid("a DOS header that names no PE header inside the file"), at: 0)
    }
    guard file.matches("PE\0\0", at: start) else { throw ParseError(.invalid("no PE header"), at: start) }
    let header = PE.Header(
      machine: try file.integer(at: start + 4), sectionCount: try file.integer(at: start + 6),
      timestamp: try file.integer(at: start + 8), optionalHeaderByteCount: try file.integer(at: start + 20),
      characteristics: try file.integer(at: start + 22))
    self.header = header
    let optionalStart = start + 24
    guard header.optionalHeaderByteCount > 0 else { return }
    optionalHeader = try PE.OptionalHeader(
      parsing: file, at: optionalStart, byteCount: Int(header.optionalHeaderByteCount))
    let table = optionalStart + Int(header.optionalHeaderByteCount)
    for index in 0..<Int(header.sectionCount) {
      sections.append(try PE.Section(parsing: file, at: table + index * 40))
    }
  }

  /// What Node.js would find: exported functions, and what is imported from the program `node.exe`.
  private mutating func readRegistration(_ file: RawSpan, _ memory: PEMemory) {
    var symbols = RegistrationSymbols()
    var versionFunction: UInt32?
    for export in exports {
      symbols.define(export.name[...])
      if export.name == RegistrationSymbols.nodeAPIVersionFunction { versionFunction = export.address }
    }
    for library in imports + delayImports where ["node.exe", "iojs.exe"].contains(library.name.lowercased()) {
      for case .name(let name) in library.functions { symbols.require(name[...]) }
    }
    registration = symbols.registration(
      compiledVersion: versionFunction.flatMap { constant(file, memory, returnedAt: $0) })
  }

  private func constant(_ file: RawSpan, _ memory: PEMemory, returnedAt address: UInt32) -> Int? {
    guard var code = memory.range(at: address) else { return nil }
    switch header?.machine {
    case PE.IMAGE_FILE_MACHINE_ARM64: return ConstantFunction.valueARM64(file.extracting(code))
    case PE.IMAGE_FILE_MACHINE_AMD64, PE.IMAGE_FILE_MACHINE_I386:
      // Incremental linking puts a `jmp rel32` in front of every function.
      if (try? file.integer(at: code.lowerBound, as: UInt8.self)) == 0xe9,
        let distance: UInt32 = try? file.integer(at: code.lowerBound + 1)
      {
        guard let target = memory.range(at: address &+ 5 &+ distance) else { return nil }
        code = target
      }
      return ConstantFunction.valueX86(file.extracting(code))
    default: return nil
    }
  }
}

extension PE.OptionalHeader {
  init(parsing file: RawSpan, at start: Int, byteCount: Int) throws(ParseError) {
    let magic: UInt16 = try file.integer(at: start)
    guard magic == 0x10b || magic == 0x20b else {
      throw ParseError(.invalid("an optional header of unknown kind"), at: start)
    }
    isPE32Plus = magic == 0x20b
    imageBase =
      isPE32Plus ? try file.integer(at: start + 24) : UInt64(try file.integer(at: start + 28, as: UInt32.self))
    headersByteCount = try file.integer(at: start + 60)
    subsystem = try file.integer(at: start + 68)
    dllCharacteristics = try file.integer(at: start + 70)
    let table = isPE32Plus ? 112 : 96
    let claimed: UInt32 = try file.integer(at: start + table - 4)
    // The loader knows 16 directories, and none that the header's own size has no room for.
    let count = min(Int(min(claimed, 16)), max(byteCount - table, 0) / 8)
    directories = []
    for index in 0..<count {
      directories.append(
        PE.DataDirectory(
          address: try file.integer(at: start + table + index * 8),
          byteCount: try file.integer(at: start + table + index * 8 + 4)))
    }
  }
}

extension PE.Section {
  init(parsing file: RawSpan, at start: Int) throws(ParseError) {
    name = String(decoding: try file.bytes(start, count: 8).prefix { $0 != 0 }, as: UTF8.self)
    virtualByteCount = try file.integer(at: start + 8)
    virtualAddress = try file.integer(at: start + 12)
    fileByteCount = try file.integer(at: start + 16)
    offset = try file.integer(at: start + 20)
    characteristics = try file.integer(at: start + 36)
  }
}
