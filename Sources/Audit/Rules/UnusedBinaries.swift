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

  /// One note for the function and one for its layers, however many npm packages carry such weight.
  static func findings(in context: AuditContext) -> [AuditReport.Finding] {
    Dictionary(grouping: context.binaries, by: \.mount).compactMap { mount, binaries in
      let unused = binaries.filter { $0.role == .unused }.sorted { $0.path < $1.path }
      guard !unused.isEmpty else { return nil }
      let owners = Set(unused.map { $0.npmPackage?.path })
      let only = owners.count == 1 ? unused.first?.npmPackage : nil
      let tuple = context.target.nodePlatform.tuple
      var found = finding(
        path: only?.path.description, npmPackage: only?.name,
        "\(count(unused.count, of: binaries.count)) loaded on \(tuple): \(weight(unused)) of weight.",
        evidence: owners.count == 1 ? files(unused) : packages(unused), remedy: remedy(unused, binaries))
      found.mount = mount
      return found
    }
  }

  private static func weight(_ binaries: [AuditedBinary]) -> String { Text.bytes(bytes(of: binaries)) }

  private static func bytes(of binaries: [AuditedBinary]) -> Int { binaries.reduce(0) { $0 + $1.status.byteCount } }

  private static func files(_ unused: [AuditedBinary]) -> [String] {
    let lines = unused.map { binary in
      "\(binary.path) (\(Text.bytes(binary.status.byteCount))): \(binary.roleReason ?? "nothing loads it")"
    }
    return Text.firstLines(lines, limit: 8)
  }

  /// A line for each npm package, the heaviest first.
  private static func packages(_ unused: [AuditedBinary]) -> [String] {
    let groups = Dictionary(grouping: unused) { $0.npmPackage?.path ?? $0.path.parent ?? .root }
    let heaviest = groups.sorted { a, b in
      let (first, second) = (bytes(of: a.value), bytes(of: b.value))
      return first == second ? a.key < b.key : first > second
    }
    let lines = heaviest.map { path, binaries -> String in
      let reasons = Set(binaries.compactMap(\.roleReason)).sorted()
      let count = binaries.count == 1 ? "1 binary" : "\(binaries.count) binaries"
      let place = path.isRoot ? "the package's own directory" : path.description
      return "\(place): \(count), \(weight(binaries)): " + Text.list(reasons, limit: 3)
    }
    return Text.firstLines(lines, limit: 8)
  }

  /// Removes the directories that hold nothing but unused binaries, and single files elsewhere.
  private static func remedy(_ unused: [AuditedBinary], _ all: [AuditedBinary]) -> AuditReport.Remedy {
    let used = all.filter { $0.role != .unused }.map(\.path)
    var targets: [TreePath] = []
    for binary in unused {
      let target = prunable(binary, used)
      if targets.last != target, !targets.contains(target) { targets.append(target) }
    }
    let chunks = stride(from: 0, to: targets.count, by: perCommand).map {
      targets[$0..<min($0 + perCommand, targets.count)]
    }
    return AuditReport.Remedy(
      summary: "Leave them out, in a copy of the directory that is packed for this target only:",
      commands: chunks.map { "rm -r " + $0.map(Remedies.argument).joined(separator: " ") })
  }

  private static let perCommand = 6

  /// The platform package or the platform's directory that holds the binary, where nothing in it is used.
  private static func prunable(_ binary: AuditedBinary, _ used: [TreePath]) -> TreePath {
    if let package = binary.npmPackage, package.isPlatformPackage, !used.contains(where: { $0.isInside(package.path) })
    {
      return package.path
    }
    guard let folder = binary.path.parent, !folder.isRoot, folder != binary.npmPackage?.path,
      case .foreign = PlatformTokens([String(decoding: folder.lastComponent, as: UTF8.self)]).match(neutral),
      !used.contains(where: { $0.isInside(folder) })
    else { return binary.path }
    return folder
  }

  /// A platform that no directory is named for, so that every platform's directory is a foreign one.
  private static let neutral: NodePlatform = {
    var platform = NodePlatform(architecture: "none", moduleVersion: nil, nodeAPIMaximum: nil, nodeMajor: nil)
    platform.platform = "none"
    return platform
  }()

  private static func count(_ unused: Int, of all: Int) -> String {
    if unused < all { return "\(unused) of \(all) binaries \(unused == 1 ? "is" : "are") not" }
    return all == 1 ? "Its only binary is not" : "None of its \(all) binaries is"
  }
}
