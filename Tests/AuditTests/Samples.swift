import LoadSimulation
import NativeBinaries
import NodeModules
import PackageFiles

@testable import Audit

extension AuditTarget {
  /// `nodejs20.x` as the catalog describes it.
  static func node20(_ architecture: String = "arm64") -> AuditTarget {
    var target = AuditTarget(runtimeID: "nodejs20.x", architecture: architecture, today: "2026-03-01")
    target.nodeVersion = "20.20.2"
    target.moduleVersion = 115
    target.nodeAPIMaximum = 9
    target.glibc = "2.34"
    target.glibcxx = "3.4.33"
    target.image = "public.ecr.aws/lambda/nodejs:20"
    target.deprecated = "2026-04-30"
    target.blockCreate = "2027-02-01"
    target.blockUpdate = "2027-03-03"
    target.alternatives = [
      alternative("nodejs16.x", 93, 8, "2.26", isCurrent: false), alternative("nodejs20.x", 115, 9, "2.34"),
      alternative("nodejs22.x", 127, 10, "2.34"), alternative("nodejs24.x", 137, 10, "2.34"),
    ]
    return target
  }

  static func node18() -> AuditTarget {
    var target = node20("x86_64")
    target.runtimeID = "nodejs18.x"
    target.nodeVersion = "18.20.8"
    target.moduleVersion = 108
    target.glibc = "2.26"
    target.glibcxx = "3.4.24"
    target.image = "public.ecr.aws/lambda/nodejs:18"
    return target
  }

  private static func alternative(
    _ id: String, _ moduleVersion: Int, _ nodeAPI: Int, _ glibc: String, isCurrent: Bool = true
  ) -> Alternative {
    Alternative(
      runtimeID: id, nodeVersion: nil, moduleVersion: moduleVersion, nodeAPIMaximum: nodeAPI, glibc: glibc,
      glibcxx: nil, isCurrent: isCurrent)
  }
}

extension BinaryFacts {
  static func elf(_ architecture: String = "arm64", libc: String = "glibc", kind: Kind = .addon) -> BinaryFacts {
    var facts = BinaryFacts(format: .elf)
    facts.architectures = [architecture]
    facts.os = "linux"
    facts.libc = libc
    facts.bits = 64
    facts.kind = kind
    return facts
  }

  static func machO(_ architectures: String..., kind: Kind = .addon) -> BinaryFacts {
    var facts = BinaryFacts(format: .macho)
    facts.architectures = architectures
    facts.os = "macos"
    facts.kind = kind
    return facts
  }

  static func text(_ text: String) -> BinaryFacts {
    let bytes = Array(text.utf8)
    var facts = BinaryFacts(format: .other)
    facts.lookAlike = LookAlike(head: bytes.span.bytes, byteCount: bytes.count)
    return facts
  }
}

extension AuditedBinary {
  /// An addon of the npm package `a` at `/var/task/node_modules/a/build/Release/a.node`.
  static func sample(
    _ facts: BinaryFacts? = .elf(), load: Load? = Load(outcome: .loads), role: BinaryRole = .selected,
    package: String = "a", permissions: UInt16? = 0o644, byteCount: Int = 50_000
  ) -> AuditedBinary {
    var package = NPMPackage(name: package, version: "1.2.3", path: TreePath(test: "node_modules/" + package))
    package.installScript = "node-gyp rebuild"
    return AuditedBinary(
      path: TreePath(test: "\(package.path)/build/Release/a.node"), mount: "/var/task",
      status: FileStatus(kind: .file, permissions: permissions, byteCount: byteCount), facts: facts,
      npmPackage: package, role: role, load: load)
  }

  static let samplePath = "/var/task/node_modules/a/build/Release/a.node"

  static func failing(
    _ failure: LoadFailure, message: String = "the message", facts: BinaryFacts? = .elf(), role: BinaryRole = .selected,
    package: String = "a", byteCount: Int = 50_000
  ) -> AuditedBinary {
    let load = Load(outcome: .throwsError(code: "ERR_DLOPEN_FAILED", message: message), failure: failure)
    return sample(facts, load: load, role: role, package: package, byteCount: byteCount)
  }
}

extension AuditContext {
  static func of(_ binaries: AuditedBinary..., target: AuditTarget = .node20()) -> AuditContext {
    var context = AuditContext(target: target, kind: .directory, binaries: binaries)
    context.npmPackages = Set(binaries.compactMap(\.npmPackage)).sorted { $0.path < $1.path }
    context.packageManager = PackageManager(kind: .npm)
    return context
  }
}
