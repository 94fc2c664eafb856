import Audit
import PackageFiles

/// Where in a package, or its layers, the file of a log stands.
struct PackagePlace {
  /// What the audit knows of it; `nil` where it is not there, or is no binary.
  private(set) var binary: AuditReport.Binary?
  /// The path to look for, below its mount.
  private(set) var wanted = ""
  /// Whether the log named a file that has a place in packages.
  private(set) var isNamed = false
  /// A binary of the same name elsewhere.
  private(set) var near: String?
  private let npmPackage: String?

  init(_ diagnosis: Diagnosis, in report: AuditReport, _ package: AuditedPackage) {
    npmPackage = diagnosis.npmPackage
    guard let path = diagnosis.path ?? diagnosis.facts.requiredBy else { return }
    let file = FileName(path)
    let (mount, rest) = Self.split(file)
    wanted = rest.joined(separator: "/")
    isNamed = rest.count > 1 || file.isAddon
    binary = Self.best(for: rest, mount, report.binaries)
    near = report.binaries.first { $0.path != wanted && FileName($0.path).base == file.base }.map {
      "\($0.mount)/\($0.path)"
    }
  }

  func isOwner(of finding: AuditReport.Finding) -> Bool {
    guard let path = finding.path else { return finding.npmPackage == npmPackage }
    return wanted.hasPrefix(path) || finding.npmPackage == npmPackage && npmPackage != nil
  }

  /// The mount that the path names, and what is below it; a path of another machine from its `node_modules` on.
  private static func split(_ file: FileName) -> (mount: String?, rest: [String]) {
    let names = file.components.filter { $0 != "." && $0 != ".." }
    if file.text.hasPrefix("/var/task/") { return ("/var/task", Array(names.dropFirst(2))) }
    if file.text.hasPrefix("/opt/") { return ("/opt", Array(names.dropFirst())) }
    if let start = names.firstIndex(of: "node_modules") { return (nil, Array(names[start...])) }
    return (nil, names)
  }

  /// The same path; else the one with the longest common end, from the npm package's folder on.
  private static func best(for names: [String], _ mount: String?, _ binaries: [AuditReport.Binary]) -> AuditReport
    .Binary?
  {
    let wanted = names.joined(separator: "/")
    if let same = binaries.first(where: { $0.path == wanted && (mount == nil || $0.mount == mount) }) { return same }
    guard !names.isEmpty else { return nil }
    let least = min(names.count, max(2, names.count - (names.lastIndex(of: "node_modules") ?? 0) - 1))
    let candidates = binaries.map { binary in
      (
        binary: binary,
        common: zip(FileName(binary.path).components.reversed(), names.reversed()).prefix { $0 == $1 }.count
      )
    }
    return candidates.filter { $0.common >= least }.max { $0.common < $1.common }?.binary
  }
}
