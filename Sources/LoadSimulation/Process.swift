import LambdaRuntimes
import NativeBinaries

/// The objects of one process while an addon is being opened.
struct Process {
  let linker: DynamicLinker
  let search: LibrarySearch
  /// In the order of glibc's list: Node.js first.
  var objects: [LinkMap] = []
  /// What was asked for since the addon, for the report.
  var opened: [OpenedObject] = []
  var uncertainties: [String] = []
  private var staticTLSUsed = 0

  init(linker: DynamicLinker, search: LibrarySearch) {
    self.linker = linker
    self.search = search
  }

  /// `_dl_map_object` for the path given to `dlopen`.
  mutating func openRoot(_ path: String) throws(LinkError) -> Int {
    var trace = LibrarySearch.Trace()
    // Tokens stand for what they do in Node.js, which asks.
    var caller = objects[0]
    caller.path = linker.environment.nodeExecutable
    let place = search.expandTokens(path, caller) ?? ""
    guard let file = try search.open(place, &trace) else { throw notFound(path, neededBy: path, trace) }
    opened.append(OpenedObject(name: path, path: path, via: .direct, neededBy: nil))
    return try map(file, path: path, name: path, loader: nil)
  }

  /// The error for a name that nothing answers to.
  private func notFound(_ name: String, neededBy: String, _ trace: LibrarySearch.Trace) -> LinkError {
    if trace.sawOtherClass {
      let path = trace.skipped.first { $0.reason == .wrongClass }?.path ?? name
      return .message(object: name, text: "wrong ELF class: ELFCLASS32", .wrongClass(path: path, name: name))
    }
    let text = "cannot open shared object file: \(trace.error)"
    guard name == neededBy else {
      return .message(
        object: name, text: text, .missingLibrary(name: name, neededBy: neededBy, skipped: trace.skipped))
    }
    switch trace.skipped.first?.reason {
    case .wrongMachine(let machine):
      return .message(object: name, text: text, .wrongMachine(path: name, machine: machine))
    case .kernelTooOld: return .message(object: name, text: text, .kernelTooOld(path: name))
    case .unreadable: return .message(object: name, text: text, .permissionDenied(path: name))
    case .wrongClass, nil: return .message(object: name, text: text, .fileMissing(path: name))
    }
  }

  /// `_dl_map_object_from_fd`: the object's index, new or the one that the same file already has.
  private mutating func map(
    _ file: ObjectFiles.File, path: String, name: String, loader: Int?
  ) throws(LinkError) -> Int {
    if let known = objects.firstIndex(where: { $0.identity == file.identity }) {
      objects[known].names.insert(name)
      return known
    }
    guard let object = file.object else {
      throw .message(object: name, text: "invalid ELF header", .notELF(path: path))
    }
    let check = SegmentCheck(glibc: linker.glibc, machine: linker.machine)
    if object.isWholeFile {
      if let refusal = try check.refusal(of: object.image, path) {
        if refusal.isAfterMapping { try Self.touch(object.image, in: .mapping, path) }
        throw .message(object: name, text: refusal.text, refusal.failure(path))
      }
      try Self.touch(object.image, in: .mapping, path)
      try checkDynamicSection(object.image, path)
    }
    objects.append(
      LinkMap(path: path, names: [name], loader: loader, object: object, identity: file.identity, isPreloaded: false))
    return objects.count - 1
  }

  /// `elf_get_dynamic_info`: it relocates the section in place, then asserts; and `_dl_setup_hash`.
  private func checkDynamicSection(_ image: ELF.Image, _ path: String) throws(LinkError) {
    let tags = image.tableTags
    if !tags.isInWritableMemory, tags.claimsToBeWritable || linker.glibc < GLibCVersion(2, 35) {
      throw .fault(.segmentation, path, "its dynamic section lies in memory that cannot be written")
    }
    if let tag = tags.jumpSlotTable, tag != 7 {
      throw LoaderAssertion.jumpSlotTableKind.error(linker.glibc, path: path)
    }
    if tags.hasRelocations, tags.relocationByteCount != 24 {
      // Without the entry the assertion itself follows a null pointer.
      if tags.relocationByteCount == nil { throw .fault(.segmentation, path, "it has DT_RELA without DT_RELAENT") }
      throw LoaderAssertion.relocationEntrySize.error(linker.glibc, path: path)
    }
    if tags.hasPackedRelocations, tags.packedRelocationByteCount != 8, linker.glibc >= GLibCVersion(2, 36) {
      if tags.packedRelocationByteCount == nil {
        throw .fault(.segmentation, path, "it has DT_RELR without DT_RELRENT")
      }
      throw LoaderAssertion.packedRelocationEntrySize.error(linker.glibc, path: path)
    }
    if !tags.hasSoundBloomCount { throw LoaderAssertion.bloomCount.error(linker.glibc, path: path) }
  }

  /// `_dl_map_object_deps`: every dependency of the object at `root`, breadth first; the search list with `root` first.
  mutating func loadDependencies(of root: Int) throws(LinkError) -> [Int] {
    var list = [root]
    var position = 0
    while position < list.count {
      let index = list[position]
      try Self.touch(objects[index].image, in: .dependencies, objects[index].path)
      for dependency in objects[index].image.dependencies {
        guard let found = try load(dependency, for: index) else { continue }
        objects[index].dependencies.append(found)
        if let place = list.firstIndex(of: found) {
          if dependency.kind != .needed, place > position {
            list.remove(at: place)
            list.insert(found, at: position)
            position += 1
          }
        } else if dependency.kind == .needed {
          list.append(found)
        } else {
          // A filter's object comes before the one that names it and is looked through for dependencies in its turn.
          list.insert(found, at: position)
          position += 1
          list = try appendDependencies(of: found, to: list)
        }
      }
      position += 1
    }
    if list[0] != root, linker.glibc < GLibCVersion(2, 32) {
      throw LoaderAssertion.searchListBegins.error(linker.glibc, path: objects[root].path)
    }
    return list
  }

  private mutating func appendDependencies(of index: Int, to list: [Int]) throws(LinkError) -> [Int] {
    var list = list
    for dependency in objects[index].image.dependencies {
      guard let found = try load(dependency, for: index) else { continue }
      objects[index].dependencies.append(found)
      if !list.contains(found) { list.append(found) }
    }
    return list
  }

  /// Opens one dependency; `nil` for an auxiliary object that is not there.
  private mutating func load(_ dependency: ELF.Image.Dependency, for loader: Int) throws(LinkError) -> Int? {
    do {
      return try load(name: dependency.name, for: loader)
    } catch {
      guard case .message(let object, let text, let failure) = error else { throw error }
      if dependency.kind == .auxiliary { return nil }
      guard let bytes = dependency.undecodableName, object == dependency.name else { throw error }
      throw .message(object: UndecodableText.string(bytes), text: text, failure)
    }
  }

  private mutating func load(name unexpanded: String, for loader: Int) throws(LinkError) -> Int {
    let name = search.expandTokens(unexpanded, objects[loader]) ?? ""
    let neededBy = objects[loader].path
    if let known = objects.firstIndex(where: { $0.answers(to: name) }) {
      objects[known].names.insert(name)
      opened.append(
        OpenedObject(name: name, path: objects[known].path, via: .alreadyLoaded, neededBy: neededBy))
      return known
    }
    var trace = LibrarySearch.Trace()
    let found: LibrarySearch.Found?
    if name.contains("/") {
      found = try search.open(name, &trace).map { .init(path: name, file: $0, via: .direct) }
    } else {
      found = try search.find(name, for: loader, among: objects, &trace)
    }
    guard let found else {
      opened.append(OpenedObject(name: name, path: nil, via: .notFound, neededBy: neededBy))
      throw notFound(name, neededBy: neededBy, trace)
    }
    opened.append(OpenedObject(name: name, path: found.path, via: found.via, neededBy: neededBy))
    return try map(found.file, path: found.path, name: name, loader: loader)
  }
}

extension Process {
  /// `_dl_check_map_versions` for every object that the addon brought, in search-list order.
  mutating func checkVersions(_ order: [Int]) throws(LinkError) {
    for index in order where !objects[index].isPreloaded {
      try Self.touch(objects[index].image, in: .versions, objects[index].path)
      if let record = objects[index].image.versionNeeds.first?.recordVersion, record != 1 {
        let text = "unsupported version \(record) of Verneed record"
        throw .message(
          object: objects[index].path, text: text, .damaged(path: objects[index].path, reason: text))
      }
      for need in objects[index].image.versionNeeds { try check(need, of: index) }
      try follow(objects[index].image.versionNeedsEnd, objects[index].path)
      try checkRelativeRelocations(objects[index])
      try follow(objects[index].image.versionDefinitionsEnd, objects[index].path)
      if objects[index].image.lacksVersionTable {
        throw .fault(.segmentation, objects[index].path, "it has versions without DT_VERSYM")
      }
    }
  }

  /// What a link between records does that leads out of the object, once what stands before it was looked at.
  private func follow(_ end: ELF.MemoryFault?, _ path: String) throws(LinkError) {
    if let end { throw .fault(end, path, "its version records lead out of its segments") }
  }

  /// Since 2.36 an object that uses `DT_RELR` and libc has to ask for `GLIBC_ABI_DT_RELR`.
  private func checkRelativeRelocations(_ object: LinkMap) throws(LinkError) {
    let image = object.image
    guard linker.glibc >= GLibCVersion(2, 36), image.relocations.usesRELR, !image.versionNeeds.isEmpty,
      image.needed.contains(where: { $0.hasPrefix("libc.so.") }),
      !image.versionNeeds.contains(where: { $0.versions.contains { $0.name == "GLIBC_ABI_DT_RELR" } })
    else { return }
    let text = "DT_RELR without GLIBC_ABI_DT_RELR dependency"
    throw .message(object: object.path, text: text, .damaged(path: object.path, reason: text))
  }

  /// Ends the process where a phase touches what the file does not have or points nowhere.
  static func touch(_ image: ELF.Image, in phase: ELF.Image.LoadPhases, _ path: String) throws(LinkError) {
    if image.faults.contains(phase) { throw .fault(.bus, path, "") }
    guard image.segmentationFaults.contains(phase) else { return }
    let reason =
      phase == .unwinding
      ? "PT_PHDR names an address outside its segments" : "its dynamic section points outside its segments"
    throw .fault(.segmentation, path, reason)
  }

  private mutating func check(_ need: ELF.VersionNeed, of index: Int) throws(LinkError) {
    let requirer = objects[index].path
    guard
      let library = objects.first(where: {
        $0.isNamed(need.file)
      })
    else {
      throw LoaderAssertion.versionedLibraryNotNeeded.error(linker.glibc, path: requirer)
    }
    guard library.object.knowsVersions else {
      let text =
        "The symbol versions of \(library.path) are not known: whether it has those that \(requirer) needs was not checked."
      if !uncertainties.contains(text) { uncertainties.append(text) }
      return
    }
    let defined = library.image.versionDefinitions
    // A library without any version information satisfies every version.
    if defined.isEmpty { return }
    for version in need.versions {
      let match = defined.firstIndex { version.hasSoundHash && $0.hasSoundHash && $0.name == version.name }
      // The records are gone through up to the one that is looked for.
      if let foreign = defined[..<(match.map { $0 + 1 } ?? defined.count)].first(where: { $0.recordVersion != 1 }) {
        let text = "unsupported version \(foreign.recordVersion) of Verdef record"
        throw .message(object: library.path, text: text, .damaged(path: library.path, reason: text))
      }
      if match == nil { try follow(library.image.versionDefinitionsEnd, library.path) }
      if match != nil || version.isWeak { continue }
      throw .message(
        object: library.path, text: "version `\(version.name)' not found (required by \(requirer))",
        .versionMissing(library: library.path, version: version.name, requiredBy: requirer))
    }
  }

  /// `dl_isa_level_check`: from the last object of the list to the first.
  func checkISALevels(_ order: [Int]) throws(LinkError) {
    guard linker.machine == ELF.EM_X86_64, linker.glibc >= GLibCVersion(2, 33) else { return }
    let available = UInt32((1 << linker.environment.isaLevel) - 1)
    for index in order.reversed() where !objects[index].isPreloaded {
      guard let needed = objects[index].image.notes.x86ISANeeded, needed & ~available != 0 else { continue }
      let path = objects[index].path
      throw .message(object: path, text: "CPU ISA level is lower than required", .isaLevel(path: path))
    }
  }

  /// What this glibc relocates.
  func relocations(of object: LinkMap) -> ELF.Relocations {
    guard linker.glibc < GLibCVersion(2, 36) else { return object.image.relocations }
    return object.image.earlierRelocations ?? object.image.relocations
  }

  /// Constructors run object by object; what they do is not known, only whether their code is there.
  func runConstructors(_ order: [Int], _ symbols: inout SymbolResolution) throws(LinkError) {
    if linker.glibc >= GLibCVersion(2, 35) {
      // `_dl_find_object_update`
      for index in order { try Self.touch(objects[index].image, in: .unwinding, objects[index].path) }
    }
    for index in order {
      try Self.touch(objects[index].image, in: .initialization, objects[index].path)
      var isBroken = relocations(of: objects[index]).constructorsAreUnrelocated
      if !isBroken { isBroken = try symbols.callsNothing(in: index) }
      if isBroken {
        let reason = "the address of a constructor is not relocated"
        throw .fault(.segmentation, objects[index].path, reason)
      }
    }
  }
}
