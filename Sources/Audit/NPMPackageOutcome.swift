import NodeModules
import PackageFiles

extension AuditReport.NPMPackageOutcome {
  /// One record for each npm package, in path order; those that are not native with their name and version only.
  ///
  /// - Parameter mounts: where the trees stand, as `/var/task` and `/opt`.
  static func all(_ packages: [AuditedNPMPackage], _ binaries: [AuditedBinary], mounts: [String]) -> [Self] {
    let addons = Dictionary(grouping: binaries.filter { $0.load != nil && $0.npmPackage != nil }) { binary in
      binary.mount + "/" + (binary.npmPackage?.path.description ?? "")
    }
    return ConcurrentMap.map(packages) { package in
      var record = Self(
        name: package.package.name, version: package.package.version,
        path: package.package.path.isRoot ? "." : package.package.path.description)
      record.mount = package.mount
      record.os = package.package.os.nonEmpty
      record.cpu = package.package.cpu.nonEmpty
      record.libc = package.package.libc.nonEmpty
      record.native = package.installed.isNative
      record.nativeBecause = package.installed.nativeReasons.nonEmpty
      if let selection = package.selection {
        record.describe(selection, in: package.mount, mounts)
      } else if package.installed.isNative {
        record.describe(addons[package.mount + "/" + package.package.path.description] ?? [])
      }
      if let fallback = package.fallback { (record.optional, record.fallback) = (true, fallback) }
      return record
    }
  }

  /// Where no loader is known: the addon that the names single out.
  private mutating func describe(_ addons: [AuditedBinary]) {
    let selected = addons.filter { $0.role == .selected }
    guard selected.count == 1, let only = selected.first else { return }
    self.selected = only.path.description
    let load = only.load.map(AuditReport.LoadRecord.init)
    outcome = load?.outcome
    message = load?.message
  }

  private mutating func describe(_ selection: AddonSelection, in home: String, _ mounts: [String]) {
    loader = selection.loader
    attempts = selection.attempts.map { AuditReport.Attempt($0, in: mounts) }
    if let path = selection.selected {
      let place = AuditReport.Attempt.place(of: path, in: mounts)
      selected = place.path
      if let mount = place.mount, mount != home { selectedMount = mount }
    }
    switch selection.outcome {
    case .loads: outcome = "loads"
    case .throwsError(let error):
      outcome = "throws"
      message = error.message
    case .crashes(let signal, let exit, let text):
      outcome = "crashes"
      (message, self.signal, self.exit) = (text, signal, exit)
    case .goesWithout, .opensNothing: outcome = "loads"
    case .unknown(let what):
      outcome = "unknown"
      message = what
    }
  }
}

extension AuditReport.Attempt {
  init(_ attempt: AddonSearch.Attempt, in mounts: [String]) {
    let place = Self.place(of: attempt.path, in: mounts)
    self.init(
      path: place.path, mount: place.mount, outcome: attempt.outcome.rawValue,
      message: attempt.error.map { String($0.message.prefix { !$0.isNewline }) })
  }

  /// A path under its mount; a request that leads nowhere as it is.
  static func place(of path: String, in mounts: [String]) -> (path: String, mount: String?) {
    for mount in mounts where path.hasPrefix(mount + "/") {
      return (String(path.dropFirst(mount.count + 1)), mount)
    }
    return path.hasPrefix("/") ? (String(path.dropFirst()), "/") : (path, nil)
  }
}

extension Array {
  fileprivate var nonEmpty: Self? { isEmpty ? nil : self }
}
