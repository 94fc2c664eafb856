/// What an addon's constructors hand to `node_module_register` and `napi_module_register`, worked out from their code.
struct ConstructorRegistration {
  typealias Module = AddonRegistration.Module

  /// The structure that was registered last, as it stands when all constructors have run; `nil` where none was.
  private(set) var module: Module?
  /// Whether every constructor could be followed to its end.
  private(set) var isComplete = true

  /// Runs through the constructors in `code`; `nil` where something is registered that is not known.
  init?(_ code: inout CodeEvaluation, _ tables: ELF.DynamicTables) {
    var last: (structure: UInt64, isNodeAPI: Bool)?
    let array = tables.dynamic[ELF.DT_INIT_ARRAY]
    let arrayCount = array == nil ? 0 : min(Int(clamping: (tables.dynamic[ELF.DT_INIT_ARRAYSZ] ?? 0) / 8), 1 << 12)
    // `DT_INIT`, then `DT_INIT_ARRAY` in order.
    for index in -1..<arrayCount {
      if code.isExhausted {
        isComplete = false
        break
      }
      let entry = index < 0 ? tables.dynamic[ELF.DT_INIT] : code.load((array ?? 0) &+ UInt64(index) * 8, count: 8)
      guard let function = entry else { continue }
      let count = code.calls.count
      do {
        _ = try code.call(function, machine: tables.machine)
      } catch {
        isComplete = false
      }
      for call in code.calls[count...] where call.name.hasSuffix("_module_register") {
        guard call.name == "node_module_register" || call.name == "napi_module_register" else { continue }
        guard let structure = call.argument else { return nil }
        if let module = Self.module(code, structure, isNodeAPI: call.name == "napi_module_register") {
          // Structures of Node.js's own go on another list.
          if module.flags & Module.NM_F_INTERNAL == 0 { last = (structure, module.isNodeAPI) }
        } else {
          return nil
        }
      }
    }
    if let last {
      guard let found = Self.module(code, last.structure, isNodeAPI: last.isNodeAPI) else { return nil }
      module = found
    }
  }

  /// The fields of a structure; `nil` where one is unknown. `node_module`: 0 `nm_version`, 4 `nm_flags`, 24 and 32 the
  /// functions; `napi_module`: 4 `nm_flags`, 16 `nm_register_func`. Offsets in bytes.
  private static func module(_ code: CodeEvaluation, _ address: UInt64, isNodeAPI: Bool) -> Module? {
    guard let version = code.load(address, count: 4), let flags = code.load(address &+ 4, count: 4) else { return nil }
    let bits = UInt32(truncatingIfNeeded: flags)
    if isNodeAPI {
      guard let function = code.load(address &+ 16, count: 8) else { return nil }
      return Module(isNodeAPI: true, version: -1, flags: bits, hasFunction: function != 0, hasContextFunction: true)
    }
    guard let function = code.load(address &+ 24, count: 8), let inContext = code.load(address &+ 32, count: 8)
    else { return nil }
    return Module(
      isNodeAPI: false, version: Int(Int32(truncatingIfNeeded: version)), flags: bits, hasFunction: function != 0,
      hasContextFunction: inContext != 0)
  }
}

extension CodeEvaluation {
  /// The object as it is after relocation; `nil` for a machine whose code is not known here, and for very large files.
  init?(of image: ELF.Image, tables: ELF.DynamicTables, file: RawSpan, _ effort: ParsingEffort) {
    guard tables.is64Bit, tables.order == .little, file.byteCount <= Self.largestFile,
      tables.machine == ELF.EM_X86_64 || tables.machine == ELF.EM_AARCH64
    else { return nil }
    let bytes = file.withUnsafeBytes { Array($0) }
    self.init(
      file: ELF.MappedFile(memory: tables.memory, bytes: bytes, order: .little), symbols: image.symbols,
      longestEvaluation: effort.followedInstructions)
    for (table, _) in tables.relocationTables(file) where table.hasAddends {
      for index in 0..<table.count {
        let relocation = table[index]
        let addend = UInt64(bitPattern: relocation.addend ?? 0)
        switch ELF.RelocationClass.classify(relocation.type, machine: tables.machine) {
        case .relative: relocate(relocation.offset, symbol: nil, plus: addend)
        case .symbolic, .jumpSlot: relocate(relocation.offset, symbol: relocation.symbol, plus: addend)
        case .none: continue
        default: forget(relocation.offset)
        }
      }
    }
    // What DT_RELR relocates holds its value already: the object is evaluated at address 0.
  }
}
