import LoadSimulation
import NativeBinaries
import NodeModules
import PackageFiles

/// Finds a layer that was built for another runtime or architecture.
///
/// Why: `NODE_PATH` leads to `/opt/nodejs/node_modules` and to `/opt/nodejs/nodeNN/node_modules` of the runtime's own line only:
/// what stands in another line's folder is not found. A layer's addons have one architecture, whatever functions it is attached to.
///
/// Mend: Attach the layer's version for this runtime and architecture, or build it so.
///
/// Example: nodejs/node18/node_modules is not searched on nodejs20.x.
enum LayerMismatch: Rule {
  static let id = "layer-mismatch"
  static let severity = AuditReport.Severity.warning

  static func findings(in context: AuditContext) -> [AuditReport.Finding] {
    unsearchedFolders(context) + [architecture(context), moduleVersion(context)].compactMap(\.self)
  }

  private static func unsearchedFolders(_ context: AuditContext) -> [AuditReport.Finding] {
    guard let nodejs = context.files.resolve("/opt/nodejs").located, !context.modulePath.isEmpty else { return [] }
    return context.files.names(inDirectory: nodejs).compactMap { bytes in
      let name = String(decoding: bytes, as: UTF8.self)
      guard name.hasPrefix("node"), Int(name.dropFirst(4)) != nil else { return nil }
      let folder = "/opt/nodejs/\(name)/node_modules"
      guard context.files.resolve(folder).located != nil,
        !context.modulePath.contains(where: { $0 == folder || $0 == folder + "/" })
      else { return nil }
      var found = finding(
        path: "nodejs/\(name)/node_modules", "nodejs/\(name)/node_modules is not searched on \(context.target.name).",
        evidence: ["NODE_PATH: \(context.modulePath.joined(separator: ":"))"],
        remedy: AuditReport.Remedy(
          summary:
            "Build the layer for \(context.target.name), or put what suits every runtime into nodejs/node_modules.",
          commands: []))
      found.mount = "/opt"
      return found
    }
  }

  private static func addons(_ context: AuditContext) -> [AuditedBinary] {
    context.binaries.filter { $0.mount == "/opt" && $0.load != nil && $0.role != .unused }
  }

  /// Every addon of the layers is for another machine.
  private static func architecture(_ context: AuditContext) -> AuditReport.Finding? {
    let addons = addons(context)
    let machines = addons.compactMap { addon -> UInt16? in
      if case .wrongMachine(let path, let machine)? = addon.load?.failure, addon.isSelf(path) { machine } else { nil }
    }
    guard let machine = machines.first, machines.count == addons.count, machines.allSatisfy({ $0 == machine }) else {
      return nil
    }
    let name = ELF.architectureName(machine: machine)
    return whole(
      "The layers are built for \(name); the function runs on \(context.target.architecture).", addons, context)
  }

  /// Every addon of the layers was compiled for another line of Node.js.
  private static func moduleVersion(_ context: AuditContext) -> AuditReport.Finding? {
    let addons = addons(context)
    let built = addons.compactMap { addon -> Int? in
      if case .moduleVersion(let built, _)? = addon.load?.failure { built } else { nil }
    }
    guard let first = built.first, built.count == addons.count, built.allSatisfy({ $0 == first }),
      let required = context.target.moduleVersion
    else { return nil }
    return whole(
      "The layers are built for NODE_MODULE_VERSION \(first); \(context.target.name) has \(required).", addons, context)
  }

  private static func whole(
    _ message: String, _ addons: [AuditedBinary], _ context: AuditContext
  ) -> AuditReport.Finding {
    var found = finding(
      path: "nodejs", message, evidence: Text.firstLines(addons.map(\.deployedPath), limit: 4),
      remedy: AuditReport.Remedy(
        summary:
          "Attach the version of the layer for \(context.target.name) on \(context.target.architecture), or build it.",
        commands: []))
    found.mount = "/opt"
    return found
  }
}
