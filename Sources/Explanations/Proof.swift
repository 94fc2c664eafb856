import Audit
import PackageFiles

/// Looks for the file of a diagnosis in a package and says what `check` makes of it there.
struct Proof {
  private let package: AuditedPackage
  /// One for each architecture that the function can have, the likelier first.
  private let reports: [AuditReport]
  private let candidates: [TargetRequest.Resolved]
  private let isArchitectureGiven: Bool

  /// Throws what `Audit` throws.
  init(_ package: AuditedPackage, _ targets: TargetChoice) throws {
    self.package = package
    isArchitectureGiven = targets.isArchitectureGiven
    candidates = targets.all()
    reports = try Audit(package).reports(for: candidates, with: [])
  }

  /// The diagnosis with what the package shows; one that it contradicts becomes the stale package, with the log's cause
  /// as its first alternative.
  func proved(_ diagnosis: Diagnosis) -> Diagnosis {
    guard !diagnosis.cause.rules.isEmpty || diagnosis.path != nil, let first = reports.first else { return diagnosis }
    let place = PackagePlace(diagnosis, in: first, package)
    for (index, report) in reports.enumerated() {
      guard let finding = matching(diagnosis, place, report) else { continue }
      return confirmed(diagnosis, by: finding, report, isOtherArchitecture: index > 0)
    }
    if diagnosis.cause == .wrongArch, !isArchitectureGiven, let binary = place.binary,
      let architecture = binary.architectures?.first, binary.architectures?.count == 1
    {
      return ofOtherArchitecture(diagnosis, binary, architecture)
    }
    return contradicted(diagnosis, place, first)
  }

  /// The file is right for one architecture, and the message says that it ran on the other.
  private func ofOtherArchitecture(
    _ diagnosis: Diagnosis, _ binary: AuditReport.Binary, _ architecture: String
  ) -> Diagnosis {
    var proved = diagnosis
    let other = architecture == "x86_64" ? "arm64" : "x86_64"
    proved.confidence = .high
    proved.evidence.append(
      .init(line: nil, text: "In the package, \(binary.mount)/\(binary.path) is for \(architecture)."))
    proved.explanation +=
      " The package's file is for \(architecture): the function that failed runs on \(other). Change the function's architecture to \(architecture), or install for \(other)."
    proved.facts.architectureFound = architecture
    proved.facts.architectureNeeded = other
    if let target = candidates.first(where: { $0.target.architecture == other })?.target {
      var message = Message(diagnosis.cause, .root, path: diagnosis.path)
      message.npmPackage = diagnosis.npmPackage
      proved.remedy = CauseRemedy(Story(message: message, facts: proved.facts, target: target)).remedy
    }
    return proved
  }

  /// The finding of a rule for the cause about the place, or about whatever it can be about.
  private func matching(_ diagnosis: Diagnosis, _ place: PackagePlace, _ report: AuditReport) -> AuditReport.Finding? {
    let ofRules = report.findings.filter { diagnosis.cause.rules.contains($0.rule) }
    if let binary = place.binary { return ofRules.first { $0.path == binary.path && $0.mount == binary.mount } }
    if diagnosis.path != nil, place.isNamed { return ofRules.first { finding in place.isOwner(of: finding) } }
    let words = (diagnosis.facts.sonames ?? []) + (diagnosis.facts.symbols ?? [])
    return ofRules.first { finding in
      let isOfPackage = diagnosis.npmPackage != nil && finding.npmPackage == diagnosis.npmPackage
      return words.isEmpty
        ? isOfPackage || diagnosis.npmPackage == nil
        : words.contains { finding.message.contains($0) || finding.evidence.contains { $0.contains(words[0]) } }
    }
  }

  private func confirmed(
    _ diagnosis: Diagnosis, by finding: AuditReport.Finding, _ report: AuditReport, isOtherArchitecture: Bool
  ) -> Diagnosis {
    var proved = diagnosis
    proved.confidence = .high
    proved.npmPackage = finding.npmPackage ?? proved.npmPackage
    let where_ = "\(package.main.path) on \(report.target.runtime ?? "the target") \(report.target.architecture)"
    let path = finding.path.map { "\($0): " } ?? ""
    proved.evidence.append(
      .init(line: nil, text: "In the package, \(where_): \(path)\(finding.message) [\(finding.rule)]"))
    for line in finding.evidence.prefix(3) { proved.evidence.append(.init(line: nil, text: line)) }
    if let remedy = finding.remedy { proved.remedy = remedy }
    let other =
      isOtherArchitecture
      ? " It is so on \(report.target.architecture) only: that is the architecture of the function that failed." : ""
    proved.explanation += " The package proves it: \(finding.message)\(other)"
    proved.alternatives.removeAll { $0.cause == .staleArtifact }
    return proved
  }

  /// The file is there and right, or it is not there at all.
  private func contradicted(_ diagnosis: Diagnosis, _ place: PackagePlace, _ report: AuditReport) -> Diagnosis {
    let target = "\(report.target.runtime ?? "the target") \(report.target.architecture)"
    guard let binary = place.binary else { return absent(diagnosis, place, target) }
    let name = "\(binary.mount)/\(binary.path)"
    let others = report.findings.filter { $0.path == binary.path && $0.mount == binary.mount && $0.severity == .error }
    if let other = others.first {
      var changed = diagnosis
      changed.evidence.append(
        .init(
          line: nil, text: "In the package, \(name) has another fault on \(target): \(other.message) [\(other.rule)]"))
      changed.explanation +=
        " The file in the package fails on \(target) for another reason: \(other.message) Either the package is not what was deployed, or the function's target is another."
      return changed
    }
    guard binary.load == nil || binary.load?.outcome == "loads" else { return diagnosis }
    return stale(diagnosis, name, target)
  }

  private func stale(_ diagnosis: Diagnosis, _ name: String, _ target: String) -> Diagnosis {
    var stale = diagnosis
    stale.cause = .staleArtifact
    stale.confidence = diagnosis.cause == .permissionLost || diagnosis.cause == .doubleLoad ? .medium : .high
    stale.evidence.append(.init(line: nil, text: "In the package, \(name) loads on \(target)."))
    stale.explanation =
      "This package's file is right; what is deployed is not this package. The log tells of \(diagnosis.cause.rawValue), and \(name) in \(package.main.path) loads on \(target): an older zip or layer is still deployed, another alias or version was called, or the function's runtime or architecture is not \(target)."
    stale.remedy = CauseRemedy.stale
    stale.alternatives =
      [
        .init(
          diagnosis.cause,
          decidedBy:
            "aws lambda get-function-configuration --function-name NAME --query '[CodeSha256,Runtime,Architectures]', beside openssl dgst -sha256 -binary function.zip | base64"
        )
      ]
      + diagnosis.alternatives.filter { $0.cause != .staleArtifact }
    return stale
  }

  private func absent(_ diagnosis: Diagnosis, _ place: PackagePlace, _ target: String) -> Diagnosis {
    guard place.isNamed, let path = diagnosis.path else { return diagnosis }
    var changed = diagnosis
    let isAbout = [Cause.addonNotPackaged, .tracedFileMissing, .engineNotPackaged, .prebuildMissing].contains(
      diagnosis.cause)
    changed.evidence.append(
      .init(
        line: nil, text: "\(package.main.path) has no \(place.wanted)." + (place.near.map { " It has \($0)." } ?? "")))
    if isAbout {
      changed.confidence = .high
      changed.explanation += " The package proves it: it has no \(place.wanted)."
    } else if diagnosis.cause == .wrongArch {
      // The other reading of glibc's message: here the file really is missing.
      changed.cause = .addonNotPackaged
      changed.alternatives =
        [.init(.wrongArch, decidedBy: "file of what is deployed")]
        + diagnosis.alternatives.filter { $0.cause != .addonNotPackaged }
      changed.explanation =
        "\(path) is really missing: the package has no \(place.wanted). (glibc says the same of a file for another processor.)"
      changed.confidence = .medium
    } else {
      changed.explanation +=
        " The package has no \(place.wanted): it is not what was deployed, or the file came from a layer that was not given."
    }
    return changed
  }
}
