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
    facts.callsNodeModuleRegister = callsModuleRegister
    facts.callsNodeAPIModuleRegister = callsNodeAPIModuleRegister
    facts.definesNodeAPIEntryPoint = definesNodeAPIInitializer
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
