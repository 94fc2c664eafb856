import LambdaRuntimes
import NativeBinaries

/// Node.js's `process.dlopen`: what it does with an object that the dynamic linker has opened, or says when it has not.
///
/// Source: `src/node_binding.cc` (`DLOpen`) and `src/node_api.cc`, as measured with Node.js 18 to 24.
public struct NodeHost: Sendable {
  public let linker: DynamicLinker

  public init(linker: DynamicLinker) { self.linker = linker }

  private var node: ExecutionEnvironment.NodeFacts { linker.environment.node }

  /// `process.dlopen(module, path)` with the default flags, `RTLD_LAZY`.
  public func load(_ path: String) -> Load {
    let result = linker.open(path)
    var load: Load
    if let error = result.error {
      load = Load(outcome: outcome(of: error), failure: error.failure)
    } else {
      load = register(path, result)
      if isClosed(load) { load = closed(load, result) }
    }
    load.objects = result.opened
    load.lazySymbols = result.lazySymbols
    load.uncertainties += result.uncertainties
    if let note = RunTimeBehaviour.note(of: result.objects) { load.uncertainties.append(note) }
    return load
  }

  /// Whether Node.js closes the addon before it throws.
  private func isClosed(_ load: Load) -> Bool {
    guard case .throwsError = load.outcome else { return false }
    return switch load.failure {
    case .notSelfRegistered, .moduleVersion, .noEntryPoint: true
    default: false
    }
  }

  /// The destructors of what the addon brought run before the error is thrown.
  private func closed(_ load: Load, _ result: LinkResult) -> Load {
    func stays(_ index: Int) -> Bool { result.objects[index].image.flags1 & ELF.DF_1_NODELETE != 0 }
    if result.root.map(stays) ?? true { return load }
    let objects = result.initializationOrder.reversed().filter { !stays($0) }.map { result.objects[$0] }
    do {
      for object in objects { try Process.touch(object.image, in: .finalization, object.path) }
    } catch {
      return Load(outcome: outcome(of: error), failure: error.failure)
    }
    var load = load
    if let note = RunTimeBehaviour.note(ofClosing: objects) { load.uncertainties.append(note) }
    return load
  }

  private func outcome(of error: LinkError) -> Load.Outcome {
    switch error {
    case .message: thrown(by: Load.message(of: error))
    case .crash(let signal, _): .crashes(signal: signal, exit: nil, message: nil)
    case .exit(let status, let message, _): .crashes(signal: nil, exit: status, message: message)
    case .undecided(let reason): .unknown(reason)
    }
  }

  /// What becomes of the loader's message.
  private func thrown(by message: String) -> Load.Outcome {
    guard has(.hasDlopenErrorCode), !has(.quotesDlopenErrors) else {
      return .throwsError(code: dlopenCode, message: decoded(message))
    }
    // As a format without arguments only `%%` is allowed.
    let text = message.split(separator: "%%", omittingEmptySubsequences: false)
    if text.contains(where: { $0.contains("%") }) { return .crashes(signal: "SIGABRT", exit: nil, message: nil) }
    return .throwsError(code: dlopenCode, message: decoded(text.joined(separator: "%")))
  }

  private func has(_ behaviour: NodeReleases.Behaviour) -> Bool {
    // An unknown release behaves as the current ones do.
    node.version.map { NodeReleases.builtIn.has(behaviour, $0) } ?? true
  }

  /// Node.js before 22 takes the bytes of `dlerror` for Latin-1: what is not ASCII in a path appears garbled.
  /// Source: measured on 18.4, 18.18 and 20.18 against 22.20 and 24.19.
  private func decoded(_ message: String) -> String {
    if message.utf8.allSatisfy({ $0 < 0x80 }) { return message }
    guard let version = node.version, version.major < 22 else {
      return String(
        String.UnicodeScalarView(message.unicodeScalars.map { UndecodableText.byte($0) == nil ? $0 : "\u{fffd}" }))
    }
    let bytes = message.unicodeScalars.flatMap { scalar in
      UndecodableText.byte(scalar).map { [$0] } ?? Array(String(scalar).utf8)
    }
    return String(String.UnicodeScalarView(bytes.map { UnicodeScalar($0) }))
  }

  private var dlopenCode: String? { has(.hasDlopenErrorCode) ? "ERR_DLOPEN_FAILED" : nil }

  private func register(_ path: String, _ result: LinkResult) -> Load {
    guard let root = result.root else { return Load(outcome: .loads) }
    let scope = result.scope.map { result.objects[$0] }
    let started = result.initializationOrder.map { result.objects[$0] }
    do {
      try Process.touch(result.objects[root].image, in: .registration, path)
      return try register(path, scope, started)
    } catch {
      return Load(outcome: outcome(of: error), failure: error.failure)
    }
  }

  /// - Parameter started: the objects whose constructors ran, in that order.
  private func register(_ path: String, _ scope: [LinkMap], _ started: [LinkMap]) throws(LinkError) -> Load {
    // The last one to register stays.
    for object in started.reversed() where object.image.registration.usesConstructor {
      switch object.image.registration.constructors {
      case .register(nil): continue
      case .register(let module?): return try registered(module, path, scope)
      case .undecided:
        if let load = try registered(object.image.registration, path, scope) { return load }
      }
      break
    }
    if has(.findsRegistrationBySymbol) {
      if try isDefined("node_register_module_v", version: node.moduleVersion, scope) { return Load(outcome: .loads) }
      if try isDefined("napi_register_module_v1", scope) { return try nodeAPI(scope) }
    }
    let name = has(.namesModuleThatDidNotRegister) ? ": '\(path)'." : "."
    return thrown("Module did not self-register" + name, .notSelfRegistered)
  }

  /// After a constructor has handed over its structure: the rest of `DLOpen`.
  private func registered(_ module: AddonRegistration.Module, _ path: String, _ scope: [LinkMap]) throws(LinkError)
    -> Load
  {
    guard let required = node.moduleVersion else {
      return Load(outcome: .unknown("the module version of the target's Node.js is not known"))
    }
    let isMismatch = module.version != -1 && module.version != required
    if isMismatch, try isDefined("node_register_module_v", version: required, scope) { return Load(outcome: .loads) }
    if module.isNodeAPI, !module.hasFunction, module.flags & AddonRegistration.Module.NM_F_BUILTIN == 0 {
      // `napi_module_register_by_symbol` throws a plain Error.
      let message = "Module has no declared entry point."
      return Load(outcome: .throwsError(code: nil, message: message), failure: .noEntryPoint)
    }
    if !isMismatch, module.flags & AddonRegistration.Module.NM_F_BUILTIN != 0 {
      let failure = LoadFailure.damaged(path: path, reason: "its node_module has the flag of built-in modules")
      return Load(outcome: .crashes(signal: "SIGABRT", exit: nil, message: nil), failure: failure)
    }
    if !isMismatch, module.hasFunction || module.hasContextFunction { return Load(outcome: .loads) }
    if module.flags & AddonRegistration.Module.NM_F_DELETEME != 0 {
      // Node.js closes the addon and then deletes the structure, which was part of it.
      let failure = LoadFailure.damaged(path: path, reason: "its node_module has the flag that makes Node.js delete it")
      return Load(outcome: .crashes(signal: "SIGSEGV", exit: nil, message: nil), failure: failure)
    }
    return isMismatch
      ? mismatch(path, built: module.version, required) : thrown("Module has no declared entry point.", .noEntryPoint)
  }

  /// After a constructor has handed over a structure that was looked for in the data.
  ///
  /// `nil` where no structure was found but the addon can register otherwise: then the function is probably never called.
  private func registered(_ registration: AddonRegistration, _ path: String, _ scope: [LinkMap]) throws(LinkError)
    -> Load?
  {
    guard registration.callsNodeModuleRegister else { return Load(outcome: .loads) }
    guard let required = node.moduleVersion else {
      return Load(outcome: .unknown("the module version of the target's Node.js is not known"))
    }
    guard let built = registration.moduleVersion else {
      if registration.definesNodeAPIEntryPoint || !registration.registeredVersions.isEmpty { return nil }
      return Load(outcome: .unknown("the module version of \(path) could not be read from its data"))
    }
    if built == required, !registration.hasEntryPoint {
      return thrown("Module has no declared entry point.", .noEntryPoint)
    }
    if built == required { return Load(outcome: .loads) }
    if try isDefined("node_register_module_v", version: required, scope) { return Load(outcome: .loads) }
    return mismatch(path, built: built, required)
  }

  private func mismatch(_ path: String, built: Int, _ required: Int) -> Load {
    guard has(.explainsModuleVersion) else {
      return thrown(
        "Module version mismatch. Expected \(required), got \(built).", .moduleVersion(built: built, required: required)
      )
    }
    let message = """
      The module '\(path)'
      was compiled against a different Node.js version using
      NODE_MODULE_VERSION \(built). This version of Node.js requires
      NODE_MODULE_VERSION \(required). Please try re-compiling or re-installing
      the module (for instance, using `npm rebuild` or `npm install`).
      """
    return thrown(message, .moduleVersion(built: built, required: required))
  }

  private func nodeAPI(_ scope: [LinkMap]) throws(LinkError) -> Load {
    // Node.js asks for the version by name as well: it may come from another object than the entry point.
    let definer = try provider(of: "node_api_module_get_api_version_v1", scope)
    let provider = definer ?? scope[0]
    let asked = definer != nil
    guard let built = asked ? provider.image.registration.nodeAPIVersion : AddonRegistration.defaultNodeAPIVersion
    else {
      return Load(
        outcome: .unknown("the Node-API version compiled into \(provider.path) could not be read from its code"))
    }
    guard let version = node.version else { return Load(outcome: .loads) }
    switch NodeReleases.builtIn.outcome(ofNodeAPI: built, on: version) {
    case .accepted: return Load(outcome: .loads)
    case .crashes(let supported):
      return Load(
        outcome: .crashes(signal: "SIGSEGV", exit: nil, message: nil),
        failure: .nodeAPITooNew(built: built, supported: supported))
    case .refused(let supported):
      let message =
        "\(provider.path) requires Node-API version \(built), but this version of Node.js only supports version \(supported) add-ons."
      return thrown(message, .nodeAPITooNew(built: built, supported: supported))
    }
  }

  /// What becomes of a text of Node.js's own, which has 1,023 bytes of room where it is still a format.
  /// Source: measured on 18.4 against 18.18 and later.
  private func thrown(_ message: String, _ failure: LoadFailure) -> Load {
    if !has(.hasDlopenErrorCode) || has(.quotesDlopenErrors) {
      return Load(outcome: .throwsError(code: dlopenCode, message: decoded(message)), failure: failure)
    }
    let room = 1023
    let text = message.utf8.count > room ? String(decoding: message.utf8.prefix(room), as: UTF8.self) : message
    return Load(outcome: thrown(by: text), failure: failure)
  }

  /// `dlsym` on the addon's handle: the addon, then its dependencies breadth first.
  private func isDefined(_ name: String, version: Int? = nil, _ scope: [LinkMap]) throws(LinkError) -> Bool {
    let full = name + (version.map(String.init) ?? "")
    return try provider(of: full, scope) != nil
  }

  private func provider(of name: String, _ scope: [LinkMap]) throws(LinkError) -> LinkMap? {
    var lookup = SymbolLookup(name: ArraySlice(name.utf8), version: nil, needsDefinition: true, glibc: linker.glibc)
    lookup.asksForNewest = true
    for object in scope where try lookup.isDefined(in: object) { return object }
    return nil
  }
}

extension Load {
  /// The text of `dlerror`, or what the loader printed.
  static func message(of error: LinkError) -> String {
    switch error {
    case .message(let object, let text, _): "\(object): \(text)"
    case .crash(let signal, _): signal
    case .exit(_, let message, _): message
    case .undecided(let reason): reason
    }
  }
}
