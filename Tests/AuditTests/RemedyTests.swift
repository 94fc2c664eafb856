import LoadSimulation
import NodeModules
import PackageFiles
import Testing

@testable import Audit

struct RemedyTests {
  private func commands(_ binary: AuditedBinary, _ change: (inout AuditContext) -> Void = { _ in }) -> [String]? {
    var context = AuditContext.of(binary)
    change(&context)
    return Rules.findings(in: context).first { $0.severity != .note }?.remedy?.commands
  }

  private let foreign = AuditedBinary.failing(.notELF(path: AuditedBinary.samplePath), facts: .machO("arm64"))

  private let run = "docker run --rm --platform linux/arm64 --entrypoint \"\" -v \"$PWD\":/var/task -w /var/task"

  @Test("A compiled addon is installed anew in Lambda's image, with a compiler")
  func compiled() {
    let install = "public.ecr.aws/lambda/nodejs:20 sh -c 'microdnf install -y gcc-c++ make python3 && npm ci'"
    #expect(commands(foreign) == ["\(run) \(install)"])
  }

  @Test("Amazon Linux 2 has yum, and x86_64 is Docker's amd64")
  func amazonLinux2() {
    let command = commands(foreign) { $0.target = .node18() }?.first
    #expect(command?.contains("--platform linux/amd64") == true)
    #expect(command?.contains("nodejs:18 sh -c 'yum install -y gcc-c++ make python3 && npm ci'") == true)
  }

  @Test("What is never compiled needs no compiler")
  func downloaded() {
    var binary = foreign
    binary.npmPackage?.installScript = nil
    #expect(commands(binary) == ["\(run) public.ecr.aws/lambda/nodejs:20 npm ci"])
  }

  @Test(
    "Each package manager installs from its own lock file, into an empty node_modules",
    arguments: [
      (PackageManager(kind: .pnpm, lockVersion: 9), "npx --yes pnpm@latest-9 install --frozen-lockfile"),
      (PackageManager(kind: .pnpm, lockVersion: 6), "npx --yes pnpm@latest-8 install --frozen-lockfile"),
      (PackageManager(kind: .yarn, lockVersion: 1), "npx --yes yarn@1 install --frozen-lockfile"),
      (PackageManager(kind: .bun), "npx --yes bun install --frozen-lockfile"), (nil, "npm install"),
    ])
  func packageManagers(manager: PackageManager?, install: String) {
    var binary = foreign
    binary.npmPackage?.installScript = nil
    let command = commands(binary) { $0.packageManager = manager }
    #expect(command == ["\(run) public.ecr.aws/lambda/nodejs:20 sh -c 'rm -rf node_modules && \(install)'"])
  }

  @Test("Yarn Berry's own state is removed with node_modules")
  func yarnBerry() {
    let command = commands(foreign) { $0.packageManager = PackageManager(kind: .yarn, lockVersion: 2) }?.first
    #expect(command?.contains("rm -rf node_modules .yarn/unplugged") == true)
    #expect(command?.hasSuffix("npx --yes corepack yarn install --immutable'") == true)
  }

  @Test("Without an image there is no container command")
  func noImage() {
    #expect(commands(foreign) { $0.target.image = nil } == ["npm ci"])
  }

  @Test("npm adds the platform package where there is one")
  func platformPackage() {
    var binary = foreign
    binary.npmPackage?.optionalDependencies = ["@img/sharp-linux-arm64"]
    #expect(commands(binary) == ["npm install --os=linux --cpu=arm64 --libc=glibc a@1.2.3"])
    #expect(
      commands(binary) { $0.packageManager = PackageManager(kind: .yarn, lockVersion: 1) }?.first?.contains("docker")
        == true)
  }

  @Test("A hostile name or version never reaches a command")
  func hostileNames() {
    var binary = foreign
    binary.npmPackage?.optionalDependencies = ["x-linux-arm64"]
    binary.npmPackage?.version = "1'; id; '"
    #expect(commands(binary) == ["npm install --os=linux --cpu=arm64 --libc=glibc a"])
    binary.npmPackage?.name = "a'; id; '"
    #expect(commands(binary)?.joined().contains("id;") == false)
  }

  @Test("A package that this Node.js cannot build is replaced, not rebuilt")
  func abandoned() throws {
    let path = "/var/task/node_modules/ref/build/Release/a.node"
    let ref = AuditedBinary.failing(.notELF(path: path), facts: .machO("arm64"), package: "ref")
    let findings = Rules.findings(in: .of(ref))
    #expect(findings.map(\.rule) == ["abandoned-package", "foreign-format"])
    #expect(
      findings.allSatisfy {
        $0.remedy?.commands == [
          "npm uninstall ref", "npm install --os=linux --cpu=arm64 --libc=glibc koffi",
        ]
      })
    let error = try #require(findings.last)
    #expect(error.message == "Mach-O arm64 (macOS). Lambda needs ELF aarch64 (Linux, glibc ≤ 2.34).")
    // The advisory stands once, in the finding of its own.
    let said = findings.filter {
      ($0.evidence + [$0.message]).contains { $0.contains("abandoned (last change in 2019)") }
    }
    #expect(said.map(\.rule) == ["abandoned-package"])
  }

  @Test("A too new glibc is mended by compiling; where nothing can be compiled, no command is invented")
  func tooNew() throws {
    let failure = LoadFailure.versionMissing(
      library: "/lib64/libc.so.6", version: "GLIBC_2.28", requiredBy: AuditedBinary.samplePath)
    var binary = AuditedBinary.failing(failure)
    let rebuild = commands(binary)?.first
    #expect(rebuild?.contains("-e npm_config_build_from_source=true") == true)
    #expect(rebuild?.hasSuffix("&& npm rebuild a'") == true)
    binary.npmPackage?.installScript = nil
    let remedy = try #require(Rules.findings(in: .of(binary, target: .node18())).first?.remedy)
    #expect(remedy.commands.isEmpty)
    #expect(remedy.summary.contains("nodejs20.x, nodejs22.x, nodejs24.x") && !remedy.summary.contains("nodejs16.x"))
  }

  @Test("A Git LFS pointer is fetched, not rebuilt")
  func gitLFS() {
    let pointer =
      "version https://git-lfs.github.com/spec/v1\noid sha256:\(String(repeating: "0", count: 64))\nsize 1\n"
    let binary = AuditedBinary.failing(.notELF(path: AuditedBinary.samplePath), facts: .text(pointer))
    #expect(commands(binary) == ["git lfs pull"])
  }

  @Test("A library that Amazon Linux has is copied into lib/")
  func systemLibrary() {
    let failure = LoadFailure.missingLibrary(name: "libgomp.so.1", neededBy: AuditedBinary.samplePath, skipped: [])
    let copy = "microdnf install -y libgomp && mkdir -p lib && cp -L /usr/lib64/libgomp.so.1 lib/"
    #expect(commands(.failing(failure)) == ["\(run) public.ecr.aws/lambda/nodejs:20 sh -c '\(copy)'"])
  }

  @Test("A path in a command is one word of the shell")
  func quoting() {
    #expect(Remedies.quoted("a/b-c.node") == "a/b-c.node")
    #expect(Remedies.quoted("a b") == "'a b'" && Remedies.quoted("$(id)") == "'$(id)'")
    #expect(Remedies.quoted("it's") == #"'it'\''s'"# && Remedies.quoted("-rf") == "'-rf'")
    #expect(Remedies.quoted("") == "''")
  }
}
