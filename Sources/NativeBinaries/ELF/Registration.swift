extension AddonRegistration {
  /// Works out from symbols, code and data what Node.js would find in a mapped addon.
  ///
  /// Source: `process.dlopen` in Node.js's `src/node_binding.cc` and the registration macros of `node.h` and `node_api.h`.
  init(of image: ELF.Image, tables: ELF.DynamicTables, in file: RawSpan, _ effort: ParsingEffort) {
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
    if definesNodeAPI || callsNodeAPIRegister { nodeAPIVersion = Self.defaultNodeAPIVersion }
    if let address = apiVersionFunction {
      let code = tables.memory.read(address, count: ConstantFunction.byteCount, in: file).bytes
      nodeAPIVersion = ConstantFunction.value(code.span.bytes, machine: image.header?.machine ?? 0)
    }
    if callsNodeRegister || callsNodeAPIRegister || apiVersionFunction != nil && nodeAPIVersion == nil {
      evaluate(image, tables, file, apiVersionFunction: nodeAPIVersion == nil ? apiVersionFunction : nil, effort)
    }
    if callsNodeRegister {
      kind = .v8
      if case .register(let module?) = constructors, !module.isNodeAPI {
        moduleVersion = module.version
        hasEntryPoint = module.hasFunction || module.hasContextFunction
      } else {
        let module = NodeModuleScan(tables: tables, file: file)?.module(in: file)
        moduleVersion = module?.version ?? registeredVersions.first
        hasEntryPoint = module?.hasEntryPoint ?? true
      }
    } else if definesNodeAPI || callsNodeAPIRegister {
      // With symbols for some module versions too, it still loads in every Node.js that has the Node-API version.
      kind = .nodeAPI
    } else if !registeredVersions.isEmpty {
      kind = .v8
      moduleVersion = registeredVersions.first
    }
    definesNodeAPIEntryPoint = definesNodeAPI
    definesNodeAPIVersion = apiVersionFunction != nil
    callsNodeModuleRegister = callsNodeRegister
    callsNodeAPIModuleRegister = callsNodeAPIRegister
  }

  /// Follows the constructors, and then the function that answers with a Node-API version.
  private mutating func evaluate(
    _ image: ELF.Image, _ tables: ELF.DynamicTables, _ file: RawSpan, apiVersionFunction: UInt64?,
    _ effort: ParsingEffort
  ) {
    guard var code = CodeEvaluation(of: image, tables: tables, file: file, effort) else { return }
    if let run = ConstructorRegistration(&code, tables), run.isComplete || run.module != nil {
      constructors = .register(run.module)
    }
    if let apiVersionFunction, let result = try? code.call(apiVersionFunction, machine: tables.machine) {
      nodeAPIVersion = Int(Int32(truncatingIfNeeded: result))
    }
  }

  /// `NAPI_VERSION_EXPERIMENTAL`: never too new.
  public static let experimentalNodeAPIVersion = 2_147_483_647
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
