import NativeBinaries
import NodeModules
import PackageFiles

/// Finds a library in `lib/` of the function or of a layer that the target's own library of that name hides.
///
/// Why: `LD_LIBRARY_PATH` on Lambda names the system's directories before `/var/task/lib` and `/opt/lib`. A library of the same
/// name there is never loaded, whatever its version.
///
/// Mend: Leave it out, or let the addon find its own copy by a run path (`patchelf --set-rpath '$ORIGIN'`).
///
/// Example: lib/libz.so.1 is never loaded by its name: /lib64/libz.so.1 comes before it.
enum LibraryShadowed: Rule {
  static let id = "library-shadowed"
  static let severity = AuditReport.Severity.warning

  static func findings(for binary: AuditedBinary, in context: AuditContext) -> [AuditReport.Finding] {
    guard binary.facts?.kind == .library, binary.facts?.format == .elf, let folder = binary.path.parent else {
      return []
    }
    let place = folder.isRoot ? binary.mount : "\(binary.mount)/\(folder)"
    guard let position = context.libraryPath.firstIndex(of: place) else { return [] }
    let earlier = context.libraryPath[..<position].filter { !$0.hasPrefix("/var/task") && !$0.hasPrefix("/opt") }
    guard
      let hiding = earlier.map({ $0 + "/" + binary.fileName }).first(where: { context.files.resolve($0).located != nil }
      )
    else { return [] }
    return [
      finding(
        binary, "\(binary.path) is never loaded by its name: \(hiding) comes before it.",
        evidence: ["LD_LIBRARY_PATH: \(context.libraryPath.joined(separator: ":"))"],
        remedy: AuditReport.Remedy(
          summary: "Leave it out, or let the addon that needs it find it by a run path of its own:",
          commands: ["rm \(Remedies.argument(binary.path))"]))
    ]
  }
}
