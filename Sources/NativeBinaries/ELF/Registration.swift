extension AddonRegistration {
  /// Works out from symbols, code and data what Node.js would find in a mapped addon.
  ///
  /// Source: `process.dlopen` in Node.js's `src/node_binding.cc` and the registration macros of `node.h` and `node_api.h`.
  init(of image: ELF.Image, tables: ELF.DynamicTables, in file: RawSpan) {
    self.init()
    var apiVersionFunction: UInt64?
    var definesNodeAPI = false
    var callsNodeRegister = false
    var callsNodeAPIRegister = false
    for (index, symbol) in image.symbols.symbols.enumerated().dropFirst() {
      let name = image.symbols.nameBytes(index)
      guard let first = name.first, first == UInt8(ascii: "n") || first == UInt8(ascii: "_") else { continue }
      if symbol.isUndefined {
        if name.elementsEqual("node_module_register".utf8) { callsNodeRegister = true }
        if name.elementsEqual("napi_module_register".utf8) { callsNodeAPIRegister = true }
        if Self.isNodeInterface(name) { usesV8Interface = true }
      } else if name.elementsEqual("napi_register_module_v1".utf8) {
        definesNodeAPI = true
      } else if name.elementsEqual("node_api_module_get_api_version_v1".utf8) {
        apiVersionFunction = symbol.value
      } else if let version = Self.moduleVersion(inSymbol: name) {
        registeredVersions.append(version)
      }
    }
    if callsNodeRegister || !registeredVersions.isEmpty {
      kind = .v8
      if callsNodeRegister {
        moduleVersion = NodeModuleScan(tables: tables, file: file)?.moduleVersion(in: file)
      }
      if moduleVersion == nil { moduleVersion = registeredVersions.first }
    } else if definesNodeAPI || callsNodeAPIRegister {
      kind = .nodeAPI
      nodeAPIVersion = Self.defaultNodeAPIVersion
      if definesNodeAPI, let address = apiVersionFunction {
        nodeAPIVersion = ConstantFunction.value(
          at: address, machine: image.header?.machine ?? 0, memory: tables.memory, in: file)
      }
    }
    definesNodeAPIEntryPoint = definesNodeAPI
    callsNodeModuleRegister = callsNodeRegister
    callsNodeAPIModuleRegister = callsNodeAPIRegister
  }

  /// `NODE_API_DEFAULT_MODULE_API_VERSION`.
  public static let defaultNodeAPIVersion = 8

  /// The N of `node_register_module_vN`.
  private static func moduleVersion(inSymbol name: ArraySlice<UInt8>) -> Int? {
    let prefix = "node_register_module_v".utf8
    guard name.starts(with: prefix) else { return nil }
    return Int(String(decoding: name.dropFirst(prefix.count), as: UTF8.self))
  }

  /// Names of V8's and Node.js's C++ interface, as the Itanium ABI mangles them.
  private static func isNodeInterface(_ name: ArraySlice<UInt8>) -> Bool {
    name.starts(with: "_ZN2v8".utf8) || name.starts(with: "_ZNK2v8".utf8) || name.starts(with: "_ZN4node".utf8)
  }
}

/// Functions that do nothing but return an integer constant, as compilers emit them.
enum ConstantFunction {
  static func value(at address: UInt64, machine: UInt16, memory: ELF.Memory, in file: RawSpan) -> Int? {
    let code = memory.read(address, count: 64, in: file).bytes
    switch machine {
    case ELF.EM_X86_64: return x86_64(code)
    case ELF.EM_AARCH64: return aarch64(TableReader(bytes: code, order: .little))
    default: return nil
    }
  }

  /// Follows stack frame set-up, constant loads into `eax` and the return; anything else is not a constant function.
  private static func x86_64(_ code: [UInt8]) -> Int? {
    let skipped: [[UInt8]] = [
      [0xf3, 0x0f, 0x1e, 0xfa], [0x55], [0x48, 0x89, 0xe5], [0x5d], [0xc9], [0x90], [0x66, 0x90],
      [0x0f, 0x1f, 0x00], [0x0f, 0x1f, 0x40, 0x00],
    ]
    var position = 0
    var value: Int?
    while position < code.count {
      let rest = code[position...]
      if rest.first == 0xc3 || rest.starts(with: [0xf3, 0xc3]) { return value }
      if rest.first == 0xb8, let constant: UInt32 = TableReader(bytes: code, order: .little).integer(position + 1) {
        value = Int(Int32(bitPattern: constant))
        position += 5
      } else if rest.count >= 3, rest.first == 0x6a, rest[position + 2] == 0x58 {
        value = Int(Int8(bitPattern: rest[position + 1]))
        position += 3
      } else if rest.starts(with: [0x31, 0xc0]) {
        value = 0
        position += 2
      } else if let known = skipped.first(where: { rest.starts(with: $0) }) {
        position += known.count
      } else {
        return nil
      }
    }
    return nil
  }

  private static func aarch64(_ code: TableReader) -> Int? {
    var value: UInt32?
    for index in 0..<code.bytes.count / 4 {
      guard let word: UInt32 = code.integer(index * 4) else { return nil }
      let immediate = (word >> 5) & 0xffff
      switch word & 0xffe0_001f {
      case 0x5280_0000: value = immediate  // movz w0
      case 0x52a0_0000: value = immediate << 16  // movz w0, lsl 16
      case 0x1280_0000: value = ~immediate  // movn w0
      case 0x12a0_0000: value = ~(immediate << 16)  // movn w0, lsl 16
      case 0x7280_0000: value = ((value ?? 0) & 0xffff_0000) | immediate  // movk w0
      case 0x72a0_0000: value = ((value ?? 0) & 0xffff) | immediate << 16  // movk w0, lsl 16
      default:
        switch word {
        case 0xd65f_03c0: return value.map { Int(Int32(bitPattern: $0)) }  // ret
        case 0xd503_245f, 0xd503_233f, 0xd503_23bf, 0xd503_201f: continue  // bti c, paciasp, autiasp, nop
        case 0xa9bf_7bfd, 0x9100_03fd, 0xa8c1_7bfd: continue  // stp/ldp x29, x30; mov x29, sp
        default: return nil
        }
      }
    }
    return nil
  }
}
