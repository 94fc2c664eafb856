/// Collects what a foreign addon's symbols say about how it registers with Node.js.
///
/// Names are C names, without the underscore that Mach-O puts before them. The order of precedence is that of Node.js'
/// `process.dlopen`: what a constructor registered, then `node_register_module_vN`, then `napi_register_module_v1`.
struct RegistrationSymbols {
  static let nodeAPIVersionFunction = "node_api_module_get_api_version_v1"

  private var registeredVersions: [Int] = []
  private var definesNodeAPIInitializer = false
  private(set) var definesNodeAPIVersion = false
  private var callsModuleRegister = false
  private var callsNodeAPIModuleRegister = false
  private var usesV8Interface = false

  mutating func define(_ name: Substring) {
    guard name.utf8.first == UInt8(ascii: "n") else { return }
    if name == "napi_register_module_v1" {
      definesNodeAPIInitializer = true
    } else if name == Self.nodeAPIVersionFunction {
      definesNodeAPIVersion = true
    } else if name.hasPrefix("node_register_module_v"), let version = Int(name.dropFirst(22)), version >= 0 {
      registeredVersions.append(version)
    }
  }

  mutating func require(_ name: Substring) {
    switch name.utf8.first {
    case UInt8(ascii: "n"):
      if name == "node_module_register" { callsModuleRegister = true }
      if name == "napi_module_register" { callsNodeAPIModuleRegister = true }
    case UInt8(ascii: "_"):
      if name.hasPrefix("_ZN2v8") || name.hasPrefix("_ZNK2v8") || name.hasPrefix("_ZN4node") { usesV8Interface = true }
    case UInt8(ascii: "?"):
      // Microsoft's mangling closes the scope of a name with `@@`, outermost namespace last.
      if !usesV8Interface, name.contains("@v8@@") || name.contains("@node@@") { usesV8Interface = true }
    default: break
    }
  }

  /// The facts, once every symbol has been seen.
  ///
  /// - Parameter compiledVersion: what `node_api_module_get_api_version_v1` returns, where it is defined and could be read.
  func registration(compiledVersion: Int?) -> AddonRegistration {
    var facts = AddonRegistration()
    facts.registeredVersions = registeredVersions.sorted()
    facts.usesConstructor = callsModuleRegister || callsNodeAPIModuleRegister
    facts.usesV8Interface = usesV8Interface
    if callsNodeAPIModuleRegister {
      facts.kind = .nodeAPI
    } else if callsModuleRegister {
      facts.kind = .v8
    } else if definesNodeAPIInitializer {
      facts.kind = .nodeAPI
    } else if !registeredVersions.isEmpty {
      facts.kind = .v8
    }
    switch facts.kind {
    case .nodeAPI: facts.nodeAPIVersion = definesNodeAPIVersion ? compiledVersion : 8
    case .v8: facts.moduleVersion = registeredVersions.count == 1 ? registeredVersions.first : nil
    case .none: break
    }
    return facts
  }
}

/// The constant that a function of the shape `return N` returns, read from its machine code.
///
/// `node_api_module_get_api_version_v1` is such a function; compilers give it one of a few shapes.
enum ConstantFunction {
  /// `mov eax, N; ret`, also behind `endbr64` and with a frame pointer around it.
  static func valueX86(_ code: RawSpan) -> Int? {
    var offset = 0
    if hasBytes([0xf3, 0x0f, 0x1e, 0xfa], in: code, at: offset) { offset += 4 }
    var framed = 0
    if hasBytes([0x55, 0x48, 0x89, 0xe5], in: code, at: offset) { framed = 4 }
    if hasBytes([0x55, 0x89, 0xe5], in: code, at: offset) { framed = 3 }
    offset += framed
    guard hasBytes([0xb8], in: code, at: offset), let value: Int32 = try? code.integer(at: offset + 1) else {
      return nil
    }
    guard hasBytes(framed > 0 ? [0x5d, 0xc3] : [0xc3], in: code, at: offset + 5) else { return nil }
    return Int(value)
  }

  /// `mov w0, #N; ret`, also behind `bti c`.
  static func valueARM64(_ code: RawSpan) -> Int? {
    var offset = 0
    if instruction(in: code, at: 0) == 0xd503_245f { offset = 4 }
    guard let move = instruction(in: code, at: offset), instruction(in: code, at: offset + 4) == 0xd65f_03c0 else {
      return nil
    }
    // NAPI_VERSION_EXPERIMENTAL, 0x7fffffff, takes `movn w0, #0x8000, lsl #16` or `orr w0, wzr, #0x7fffffff`.
    if move == 0x12b0_0000 || move == 0x3200_7be0 { return 0x7fff_ffff }
    return move & 0xffe0_001f == 0x5280_0000 ? Int(move >> 5 & 0xffff) : nil
  }

  private static func instruction(in code: RawSpan, at offset: Int) -> UInt32? {
    try? code.integer(at: offset, order: .little)
  }

  private static func hasBytes(_ bytes: [UInt8], in code: RawSpan, at offset: Int) -> Bool {
    (try? code.bytes(offset, count: bytes.count)) == bytes
  }
}
