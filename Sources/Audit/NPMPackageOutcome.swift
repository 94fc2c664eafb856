import NodeModules

extension AuditReport.NPMPackageOutcome {
  /// One record for each npm package that has addons, in path order.
  ///
  /// `selected` is the addon that the package would load, where exactly one is known to be; `outcome` and `message` are
  /// those of its load.
  static func all(of binaries: [AuditedBinary]) -> [Self] {
    let addons = binaries.filter { $0.load != nil && $0.npmPackage != nil }
    let groups = Dictionary(grouping: addons) { $0.mount + "/" + ($0.npmPackage?.path.description ?? "") }
    return groups.sorted { $0.key < $1.key }.compactMap { _, members in
      guard let package = members.first?.npmPackage else { return nil }
      let selected = members.filter { $0.role == .selected }
      let only = selected.count == 1 ? selected.first : nil
      let load = only?.load.map(AuditReport.LoadRecord.init)
      return Self(
        name: package.name, version: package.version, path: package.path.description, loader: nil,
        selected: only?.path.description, outcome: load?.outcome, message: load?.message,
        optional: OptionalAddons.fallback(of: package.name) == nil ? nil : true)
    }
  }
}
