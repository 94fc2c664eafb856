import LambdaRuntimes
import NativeBinaries

/// Relocation with `RTLD_LAZY`: glibc's `_dl_relocate_object` for every object that the addon brought.
struct SymbolResolution {
  let process: Process
  /// The addon's search list.
  let order: [Int]
  /// Node.js and what it loaded.
  private let global: [Int]
  /// Whether every object of the scope has a known symbol table, so that a symbol nobody has is certainly missing.
  private let isComplete: Bool

  init(process: Process, order: [Int]) {
    self.process = process
    self.order = order
    self.global = process.objects.indices.filter { process.objects[$0].isPreloaded }
    self.isComplete = (global + order).allSatisfy { process.objects[$0].object.knowsSymbols }
  }

  /// The jump slots that cannot resolve; throws glibc's error for what must resolve at load.
  func relocate() throws(LinkError) -> [LazySymbol] {
    var lazy: [LazySymbol] = []
    var freeTLS = process.linker.freeStaticTLS
    var placed: Set<Int> = []
    for index in relocationOrder() {
      let object = process.objects[index]
      guard object.object.isWholeFile else { continue }
      try Process.touch(object.image, in: .relocation, object.path)
      try checkTypes(object)
      for reference in object.image.relocations.data where try isMissing(reference, of: index, isJumpSlot: false) {
        throw undefined(reference, object)
      }
      try placeStaticTLS(index, &freeTLS, &placed)
      lazy += try resolveJumpSlots(index)
    }
    return lazy
  }

  /// Dependencies before their dependents (`l_initfini` from its end).
  private func relocationOrder() -> [Int] {
    var visited: Set<Int> = []
    var sorted: [Int] = []
    // An explicit stack: a chain of dependencies may be as long as a hostile package likes.
    for root in order.reversed() where visited.insert(root).inserted {
      var stack = [(node: root, next: 0)]
      while let (node, next) = stack.last {
        let dependencies = process.objects[node].dependencies
        if next < dependencies.count {
          stack[stack.count - 1].next += 1
          let dependency = dependencies[dependencies.count - 1 - next]
          if visited.insert(dependency).inserted { stack.append((dependency, 0)) }
        } else {
          sorted.append(node)
          stack.removeLast()
        }
      }
    }
    return sorted.filter { !process.objects[$0].isPreloaded }
  }

  private func checkTypes(_ object: LinkMap) throws(LinkError) {
    if object.image.relocations.hasForeignRelative, process.linker.machine == ELF.EM_X86_64 {
      throw LoaderAssertion.relativeRelocationType.error(process.linker.glibc, path: object.path)
    }
    guard let unknown = object.image.relocations.unknownType else { return }
    var digits = String(unknown.type, radix: 16)
    if unknown.type > 0xff { digits = String(repeating: "0", count: max(0, 8 - digits.count)) + digits }
    if digits.count == 1 { digits = "0" + digits }
    let text = "unexpected \(unknown.isJumpSlot ? "PLT reloc" : "reloc") type 0x\(digits)"
    throw .message(object: object.path, text: text, .damaged(path: object.path, reason: text))
  }

  private func resolveJumpSlots(_ index: Int) throws(LinkError) -> [LazySymbol] {
    let object = process.objects[index]
    let bindsNow = object.bindsNow
    var lazy: [LazySymbol] = []
    for reference in object.image.relocations.jumpSlots where try isMissing(reference, of: index, isJumpSlot: true) {
      if bindsNow { throw undefined(reference, object) }
      let name = object.image.symbols.name(reference.symbol)
      lazy.append(LazySymbol(name: name, version: version(of: reference.symbol, in: object)?.name, object: object.path))
    }
    return lazy
  }

  private func undefined(_ reference: ELF.Relocations.Reference, _ object: LinkMap) -> LinkError {
    let name = object.image.symbols.name(reference.symbol)
    let version = version(of: reference.symbol, in: object)?.name
    let text = "undefined symbol: \(name)" + (version.map { ", version \($0)" } ?? "")
    return .message(
      object: object.path, text: text, .undefinedSymbol(name: name, version: version, object: object.path))
  }

  /// Whether glibc would report the symbol as undefined.
  private func isMissing(
    _ reference: ELF.Relocations.Reference, of index: Int, isJumpSlot: Bool
  ) throws(LinkError) -> Bool {
    let object = process.objects[index]
    let bindsNow = object.bindsNow
    let table = object.image.symbols
    let symbol = table.symbols[reference.symbol]
    // Local and hidden symbols are the object's own; weak references may stay empty.
    if symbol.binding == ELF.STB_LOCAL || symbol.visibility == ELF.STV_HIDDEN || symbol.visibility == ELF.STV_INTERNAL {
      return false
    }
    if symbol.isWeak { return false }
    let name = table.nameBytes(reference.symbol)
    let version = version(of: reference.symbol, in: object)
    let lookup = SymbolLookup(name: name, version: version, needsDefinition: reference.needsDefinition)
    if object.image.flags & ELF.DF_SYMBOLIC != 0, lookup.isDefined(in: object) { return false }
    for place in global where !(reference.isCopy && place == 0) && lookup.isDefined(in: process.objects[place]) {
      return false
    }
    for place in order where lookup.isDefined(in: process.objects[place]) {
      if bindsNow || !isJumpSlot, process.linker.glibc < GLibCVersion(2, 41),
        lookup.assertsUnversioned(in: process.objects[place])
      {
        throw LoaderAssertion.versionedSymbolInUnversionedLibrary.error(process.linker.glibc, path: object.path)
      }
      return false
    }
    return isComplete || isCertainlyMissing(name)
  }

  /// In an environment of the catalog only Node-API functions are known by name: nothing but Node.js exports them.
  private func isCertainlyMissing(_ name: ArraySlice<UInt8>) -> Bool {
    guard let known = process.linker.environment.node.nodeAPISymbols,
      name.starts(with: "napi_".utf8) || name.starts(with: "node_api_".utf8)
    else { return false }
    return !known.contains(String(decoding: name, as: UTF8.self))
  }

  private func version(of symbol: Int, in object: LinkMap) -> SymbolLookup.Version? {
    SymbolLookup.Version(of: symbol, in: object.image)
  }

  /// Initial-exec TLS of an object that was opened late must fit into what is left of the static block.
  private func placeStaticTLS(_ index: Int, _ free: inout Int, _ placed: inout Set<Int>) throws(LinkError) {
    let object = process.objects[index]
    var owners: [Int] = object.image.relocations.needsStaticTLS ? [index] : []
    for symbol in object.image.relocations.staticTLSSymbols {
      let lookup = SymbolLookup(
        name: object.image.symbols.nameBytes(symbol), version: version(of: symbol, in: object), needsDefinition: true)
      if let owner = (global + order).first(where: { lookup.isDefined(in: process.objects[$0]) }) {
        owners.append(owner)
      }
    }
    for owner in owners where !process.objects[owner].isPreloaded && placed.insert(owner).inserted {
      guard let storage = process.objects[owner].image.threadLocalStorage else { continue }
      let align = Int(clamping: max(1, storage.alignment))
      let size = Int(clamping: storage.memoryByteCount)
      guard align <= 64, size <= free, (free - size) / align * align >= 0 else {
        let path = process.objects[owner].path
        throw .message(object: path, text: "cannot allocate memory in static TLS block", .staticTLS(path: path))
      }
      free = (free - size) / align * align
    }
  }

  /// What the relocation could not decide.
  func uncertainties() -> [String] {
    if isComplete { return [] }
    return order.contains { !process.objects[$0].isPreloaded && process.objects[$0].object.isWholeFile }
      ? [
        "Functions and data that the addon expects of Node.js and of the image's libraries were not looked up by name."
      ] : []
  }
}
