import LoadSimulation

extension AuditReport.Binary {
  /// The record of one audited binary.
  public init(_ binary: AuditedBinary) {
    let facts = binary.facts
    self.init(
      path: binary.path.description, mount: binary.mount, linkTarget: binary.linkTarget,
      format: facts?.format.rawValue ?? "other", architectures: facts?.architectures.nonEmpty, os: facts?.os,
      libc: facts?.libc, kind: facts?.kind?.rawValue ?? (binary.load == nil ? nil : "addon"))
    if facts?.kind == .addon || binary.load != nil {
      registration = facts?.registration.kind.rawValue
      moduleVersion = facts?.registration.moduleVersion
      nodeApiVersion = facts?.registration.nodeAPIVersion
    }
    requires = facts.flatMap { $0.requires == .init() ? nil : $0.requires }
    needed = facts.flatMap { Self.needed($0, binary) }
    npmPackage = binary.npmPackage.map { .init(name: $0.name, version: $0.version, path: $0.path.description) }
    role = binary.role.rawValue
    load = binary.load.map(AuditReport.LoadRecord.init)
  }

  /// What it needs, with the place where each was found as far as the load got.
  private static func needed(_ facts: BinaryFacts, _ binary: AuditedBinary) -> [AuditReport.Needed]? {
    if facts.needed.isEmpty { return nil }
    return facts.needed.map { name in
      let object = binary.load?.objects.first { $0.name == name && $0.neededBy == binary.deployedPath }
      return AuditReport.Needed(name: name, resolved: object?.path, via: object?.via.rawValue)
    }
  }
}

extension AuditReport.LoadRecord {
  public init(_ load: Load) {
    switch load.outcome {
    case .loads: self.init(outcome: "loads")
    case .throwsError(let code, let message):
      self.init(outcome: "throws", code: code, message: message.firstLine)
    case .crashes(let signal, let exit, let message):
      self.init(outcome: "crashes", message: message?.firstLine, signal: signal, exit: exit)
    case .unknown(let what): self.init(outcome: "unknown", message: what)
    }
    if !load.lazySymbols.isEmpty { lazySymbols = load.lazySymbols.map(AuditReport.LazySymbolRecord.init) }
    if !load.uncertainties.isEmpty { notes = load.uncertainties }
  }
}

extension AuditReport.LazySymbolRecord {
  init(_ symbol: LazySymbol) {
    self.init(
      name: symbol.name, version: symbol.version, demangled: Demangling.readable(symbol.name), object: symbol.object,
      meaning: "exit 127 at the first call")
  }
}

extension String {
  fileprivate var firstLine: String { String(prefix { !$0.isNewline }) }
}

extension Array {
  fileprivate var nonEmpty: Self? { isEmpty ? nil : self }
}
