import LambdaRuntimes
import NativeBinaries

/// Relocation with `RTLD_LAZY`: glibc's `_dl_relocate_object` for every object that the addon brought.
struct SymbolResolution {
  let process: Process
  /// The addon's search list.
  let order: [Int]
  /// Node.js and what it loaded.
  private let global: [Int]
  /// The objects of the scope whose symbols are not known, or not all: a symbol that nobody has may be there.
  private let unknown: [Int]
  /// What the relocation could not decide, or decided by facts of another release.
  private(set) var notes: [String] = []
  private var assumed: [String] = []

  init(process: Process, order: [Int]) {
    self.process = process
    self.order = order
    self.global = process.objects.indices.filter { process.objects[$0].isPreloaded }
    self.unknown = (global + order).filter { !process.objects[$0].object.knowsSymbols }
  }

  /// The jump slots that cannot resolve; throws glibc's error for what must resolve at load.
  ///
  /// - Parameter objects: in the order in which they are relocated.
  mutating func relocate(_ objects: [Int]) throws(LinkError) -> [LazySymbol] {
    defer { noteAssumptions() }
    var lazy: [LazySymbol] = []
    var storage = process.linker.staticTLS
    for index in objects {
      let object = process.objects[index]
      guard object.object.isWholeFile else { continue }
      try Process.touch(object.image, in: .relocation, object.path)
      for reference in process.relocations(of: object).data {
        if !isOwn(reference, object), try isMissing(reference, of: index, isJumpSlot: false) {
          throw undefined(reference, object)
        }
        if reference.storage != .any { try placeStaticTLS(reference, of: index, &storage) }
      }
      lazy += try resolveJumpSlots(index)
      try finish(object)
      try SegmentCheck(glibc: process.linker.glibc, machine: process.linker.machine)
        .checkProtection(of: object.image, object.path)
    }
    return lazy
  }

  private func isOwn(_ reference: ELF.Relocations.Reference, _ object: LinkMap) -> Bool {
    reference.storage != .any && object.image.symbols.symbols[reference.symbol].binding == ELF.STB_LOCAL
  }

  /// Whether a constructor of the object is a weak symbol that nobody defines.
  mutating func callsNothing(in index: Int) throws(LinkError) -> Bool {
    for reference in process.relocations(of: process.objects[index]).weakConstructors
    where try isMissing(reference, of: index, isJumpSlot: false, evenIfWeak: true) {
      return true
    }
    return false
  }

  /// What ends the walk over the object's relocations before their end.
  private func finish(_ object: LinkMap) throws(LinkError) {
    switch process.relocations(of: object).ending {
    case nil: return
    case .fault(let fault): throw .fault(fault, object.path, "its relocations lead out of its segments")
    case .foreignRelative:
      throw LoaderAssertion.relativeRelocationType.error(process.linker.glibc, path: object.path)
    case .unknownType(let type, let isJumpSlot):
      var digits = String(type, radix: 16)
      if type > 0xff { digits = String(repeating: "0", count: max(0, 8 - digits.count)) + digits }
      if digits.count == 1 { digits = "0" + digits }
      let text = "unexpected \(isJumpSlot ? "PLT reloc" : "reloc") type 0x\(digits)"
      throw .message(object: object.path, text: text, .damaged(path: object.path, reason: text))
    }
  }

  private mutating func resolveJumpSlots(_ index: Int) throws(LinkError) -> [LazySymbol] {
    let object = process.objects[index]
    let bindsNow = object.bindsNow
    var lazy: [LazySymbol] = []
    for reference in process.relocations(of: object).jumpSlots
    where try isMissing(reference, of: index, isJumpSlot: true) {
      if bindsNow { throw undefined(reference, object) }
      noteRelease()
      let name = object.image.symbols.name(reference.symbol)
      lazy.append(LazySymbol(name: name, version: version(of: reference.symbol, in: object)?.name, object: object.path))
    }
    return lazy
  }

  private mutating func undefined(_ reference: ELF.Relocations.Reference, _ object: LinkMap) -> LinkError {
    noteRelease()
    let name = object.image.symbols.name(reference.symbol)
    let version = version(of: reference.symbol, in: object)?.name
    let spelling = UndecodableText.string(Array(object.image.symbols.nameBytes(reference.symbol)))
    let text = "undefined symbol: \(spelling)" + (version.map { ", version \($0)" } ?? "")
    return .message(
      object: object.path, text: text, .undefinedSymbol(name: name, version: version, object: object.path))
  }

  /// Whether glibc would report the symbol as undefined.
  private mutating func isMissing(
    _ reference: ELF.Relocations.Reference, of index: Int, isJumpSlot: Bool, evenIfWeak: Bool = false
  ) throws(LinkError) -> Bool {
    // Borrowed: a copy of a link map counts references, for each symbol and each place.
    let all = process.objects
    let objects = all.span
    let object = objects[index].object
    let symbol = object.image.symbols.symbols[reference.symbol]
    // Local and hidden symbols are the object's own; weak references may stay empty.
    if symbol.binding == ELF.STB_LOCAL || symbol.visibility == ELF.STV_HIDDEN || symbol.visibility == ELF.STV_INTERNAL {
      return false
    }
    if symbol.isWeak, !evenIfWeak { return false }
    let name = object.image.symbols.nameBytes(reference.symbol)
    let lookup = SymbolLookup(
      name: name, version: SymbolLookup.Version(of: reference.symbol, in: object),
      needsDefinition: reference.needsDefinition, glibc: process.linker.glibc)
    if object.image.flags & ELF.DF_SYMBOLIC != 0, try lookup.isDefined(in: objects[index]) {
      return false
    }
    for place in global where !(reference.isCopy && place == 0) {
      if try lookup.isDefined(in: objects[place]) { return false }
    }
    for place in order where try lookup.isDefined(in: objects[place]) {
      if objects[index].bindsNow || !isJumpSlot, process.linker.glibc < GLibCVersion(2, 41),
        try lookup.assertsUnversioned(in: objects[place])
      {
        throw LoaderAssertion.versionedSymbolInUnversionedLibrary.error(process.linker.glibc, path: objects[index].path)
      }
      return false
    }
    if unknown.isEmpty || isNodesOwn(name) { return true }
    assumed.append(String(decoding: name, as: UTF8.self))
    return false
  }

  /// Nothing but Node.js defines the name, and what Node.js defines is known: no unknown library matters.
  private func isNodesOwn(_ name: ArraySlice<UInt8>) -> Bool {
    guard case .listed(let exports) = process.linker.environment.node.executable.exports else { return false }
    return exports.isNodesOwn(name)
  }

  private func version(of symbol: Int, in object: LinkMap) -> SymbolLookup.Version? {
    SymbolLookup.Version(of: symbol, in: object.object)
  }

  /// Initial-exec TLS of an object that was opened late must fit into what is left of the static block.
  private func placeStaticTLS(
    _ reference: ELF.Relocations.Reference, of index: Int, _ block: inout StaticTLS
  ) throws(LinkError) {
    let object = process.objects[index]
    var owner: Int? = isOwn(reference, object) ? index : nil
    if owner == nil {
      let lookup = SymbolLookup(
        name: object.image.symbols.nameBytes(reference.symbol), version: version(of: reference.symbol, in: object),
        needsDefinition: true, glibc: process.linker.glibc)
      for place in global + order where owner == nil {
        if try lookup.isDefined(in: process.objects[place]) { owner = place }
      }
    }
    guard let owner else { return }
    let path = process.objects[owner].path
    guard let storage = process.objects[owner].image.threadLocalStorage else {
      // Whatever has no storage has no alignment, by which x86-64's `_dl_try_allocate_static_tls` divides.
      if process.linker.machine != ELF.EM_X86_64 || !process.objects[owner].object.knowsSymbols { return }
      throw .crash(signal: "SIGFPE", .damaged(path: object.path, reason: "\(path) has no TLS, and is asked for some"))
    }
    guard !process.objects[owner].isPreloaded else { return }
    // What a descriptor asks for may lie elsewhere too.
    if !block.place(owner, storage, isOptional: reference.storage == .describable), reference.storage == .inStaticBlock
    {
      throw .message(object: path, text: "cannot allocate memory in static TLS block", .staticTLS(path: path))
    }
  }

  /// Says that a missing symbol was judged by another release of Node.js, once.
  private mutating func noteRelease() {
    guard case .listed(let exports) = process.linker.environment.node.executable.exports,
      let measured = exports.measuredOn, let version = process.linker.environment.node.version
    else { return }
    let note =
      "What Node.js \(version) exports was judged by Node.js \(measured), the nearest release that was measured."
    if !notes.contains(note) { notes.append(note) }
  }

  private mutating func noteAssumptions() {
    guard let first = assumed.first else { return }
    let names = Set(assumed).count == 1 ? first : "\(first) and \(Set(assumed).count - 1) more"
    let places = unknown.map { process.objects[$0].path.isEmpty ? "Node.js" : process.objects[$0].path }
    notes.append(
      "No object whose symbols are known defines \(names); taken to be in \(places.joined(separator: ", ")), whose are not."
    )
  }
}
