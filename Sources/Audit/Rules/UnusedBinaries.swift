import NodeModules
import PackageFiles

/// Finds binaries that nothing on the target loads.
///
/// Why: Binaries for other platforms do no harm, but they count towards Lambda's size limit and lengthen cold starts.
///
/// Mend: Leave them out when packaging.
///
/// Example: 7 of 8 binaries are not loaded on linux-arm64: 1.4 MB of weight.
enum UnusedBinaries: Rule {
  static let id = "unused-binaries"
  static let severity = AuditReport.Severity.note

  static func findings(in context: AuditContext) -> [AuditReport.Finding] {
    let groups = Dictionary(grouping: context.binaries) { binary in
      Owner(mount: binary.mount, path: binary.npmPackage?.path)
    }
    return groups.compactMap { owner, binaries in
      let unused = binaries.filter { $0.role == .unused }
      guard let first = unused.first else { return nil }
      let weight = Text.bytes(unused.reduce(0) { $0 + $1.status.byteCount })
      let lines = unused.sorted { $0.path < $1.path }.map { binary in
        "\(binary.path) (\(Text.bytes(binary.status.byteCount))): \(binary.roleReason ?? "nothing loads it")"
      }
      return finding(
        path: owner.path?.description, npmPackage: first.npmPackage?.name,
        "\(count(unused.count, of: binaries.count)) loaded on \(context.target.nodePlatform.tuple): \(weight) of weight.",
        evidence: Text.firstLines(lines, limit: 8))
    }
  }

  private struct Owner: Hashable {
    var mount: String
    var path: TreePath?
  }

  private static func count(_ unused: Int, of all: Int) -> String {
    if unused < all { return "\(unused) of \(all) binaries \(unused == 1 ? "is" : "are") not" }
    return all == 1 ? "Its only binary is not" : "None of its \(all) binaries is"
  }
}
