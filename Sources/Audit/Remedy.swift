import NodeModules
import PackageFiles

/// The shortest commands that mend something for a target.
///
/// Every command can be run as it stands in the directory that holds the `package.json`. Names out of the package go into
/// a command only when they are valid npm names, because a manifest can say anything.
struct Remedies {
  var target: AuditTarget
  var packageManager: PackageManager?
  var parents: [TreePath: NPMPackage]

  /// Installs the dependencies anew where Lambda's own Node.js and libraries are.
  ///
  /// `node_modules` is removed first: install scripts such as node-pre-gyp's leave an existing binary in place, so that
  /// `npm rebuild` would mend nothing.
  func reinstall(compiling: Bool) -> AuditReport.Remedy {
    let place = "in the directory of the package.json"
    guard let image = target.image else {
      return AuditReport.Remedy(
        summary: "Install the dependencies anew \(place), on Linux \(target.nodeArchitecture)\(glibcLimit):",
        commands: [installCommand])
    }
    let summary = "Install the dependencies anew in Lambda's own image, \(place):"
    return AuditReport.Remedy(summary: summary, commands: [container(image, installCommand, compiling: compiling)])
  }

  /// What fits the npm package that owns a binary built for something else.
  func install(for package: NPMPackage?) -> AuditReport.Remedy {
    if let package, let replacement = necessaryReplacement(of: package) ?? platformPackage(for: package) {
      return replacement
    }
    if let package, !package.isInNodeModules, !isCompiledAtInstallation(package) {
      return AuditReport.Remedy(
        summary:
          "Build or download it for \(target.nodePlatform.tuple) (Linux\(target.glibc.map { ", glibc \($0) or older" } ?? "")), and put it in its place.",
        commands: [])
    }
    return reinstall(compiling: package.map(isCompiledAtInstallation) ?? false)
  }

  /// Adds the target's platform packages; `nil` where the npm package has none.
  ///
  /// Source: npm's `--os`, `--cpu` since 10.1 and `--libc` since 10.3; pnpm's since 10.14, `supportedArchitectures` before; Yarn's
  /// `supportedArchitectures`; Bun's `--os`, `--cpu` since 1.2.
  func platformPackage(for package: NPMPackage) -> AuditReport.Remedy? {
    guard let parent = parents[package.path] ?? (hasPlatformPackages(package) ? package : nil), parent.hasValidName
    else {
      return nil
    }
    let version = parent.commandVersion.map { "@" + $0 } ?? ""
    let cpu = target.nodeArchitecture
    let tuple = target.nodePlatform.tuple
    switch packageManager?.kind {
    case .npm, nil:
      return AuditReport.Remedy(
        summary: "Let npm (10.3 or later) add \(parent.name)'s package for \(tuple):",
        commands: ["npm install --os=linux --cpu=\(cpu) --libc=glibc \(parent.name)\(version)"])
    case .pnpm:
      return AuditReport.Remedy(
        summary: "Let pnpm (10.14 or later) install the packages for \(tuple):",
        commands: ["pnpm install --os=linux --cpu=\(cpu) --libc=glibc --force"])
    case .yarn where packageManager?.lockVersion != 1:
      return AuditReport.Remedy(
        summary: "Let Yarn install the packages for \(tuple) too:",
        commands: [
          "yarn config set supportedArchitectures --json '{\"os\":[\"linux\"],\"cpu\":[\"\(cpu)\"],\"libc\":[\"glibc\"]}'",
          "yarn install",
        ])
    case .yarn: return nil
    case .bun:
      return AuditReport.Remedy(
        summary: "Let Bun (1.2 or later) install the packages for \(tuple):",
        commands: ["bun install --os=linux --cpu=\(cpu)"])
    }
  }

  /// Writes the lock file anew, with the packages of every platform.
  func repairLock(_ package: NPMPackage) -> AuditReport.Remedy {
    AuditReport.Remedy(
      summary:
        "Write the lock file anew without node_modules beside it, then install for \(target.nodePlatform.tuple):",
      commands: [
        "rm -rf node_modules package-lock.json",
        "npm install --os=linux --cpu=\(target.nodeArchitecture) --libc=glibc",
      ])
  }

  /// Lets pnpm run one package's install script.
  func allowScript(of package: NPMPackage) -> AuditReport.Remedy {
    let command = "npm pkg set --json 'pnpm.onlyBuiltDependencies=[\"\(package.name)\"]'"
    let reinstall = reinstall(compiling: true)
    return AuditReport.Remedy(
      summary: "Allow \(package.name)'s install script in package.json, and install anew in Lambda's own image:",
      commands: [command] + reinstall.commands)
  }

  /// Compiles one npm package against the target's own libraries; `nil` where it has no sources to compile.
  func compile(_ package: NPMPackage?) -> AuditReport.Remedy? {
    guard let package, isCompiledAtInstallation(package), package.hasValidName, let image = target.image else {
      return nil
    }
    let command = "npm rebuild \(package.name)"
    return AuditReport.Remedy(
      summary: "Compile \(package.name) against Lambda's own libraries, in the directory of the package.json:",
      commands: [
        container(image, command, compiling: true, environment: ["npm_config_build_from_source=true"])
      ])
  }

  /// `docker run` of one shell command in the target's image, with the current directory as `/var/task`.
  ///
  /// The image's entry point is the Lambda runtime; an empty one leaves the command as it is. Its own package manager,
  /// microdnf on Amazon Linux 2023 and yum on Amazon Linux 2, provides what node-gyp needs.
  func container(_ image: String, _ command: String, compiling: Bool, environment: [String] = []) -> String {
    let run = "docker run --rm --platform \(target.dockerPlatform) --entrypoint \"\""
    let variables = environment.map { " -e " + $0 }.joined()
    let start = "\(run)\(variables) -v \"$PWD\":/var/task -w /var/task \(image)"
    guard compiling else {
      return command.containsBytes(of: " && ") ? "\(start) sh -c '\(command)'" : "\(start) \(command)"
    }
    return "\(start) sh -c '\(systemInstall("gcc-c++ make python3")) && \(command)'"
  }

  func systemInstall(_ packages: String) -> String {
    "\(target.hasYum ? "yum" : "microdnf") install -y \(packages)"
  }

  private var glibcLimit: String { target.glibc.map { " with glibc \($0) or older" } ?? "" }

  /// Installs exactly what the lock file says, into an empty `node_modules`.
  private var installCommand: String {
    switch packageManager?.kind {
    case .npm: return "npm ci"
    case .pnpm: return "rm -rf node_modules && npx --yes pnpm@\(pnpmTag) install --frozen-lockfile"
    case .yarn where packageManager?.lockVersion == 1:
      return "rm -rf node_modules && npx --yes yarn@1 install --frozen-lockfile"
    case .yarn:
      // Yarn keeps what it built, and for which platform it does not ask.
      let state = ".yarn/unplugged .yarn/build-state.yml .yarn/install-state.gz"
      return "rm -rf node_modules \(state) && npx --yes corepack yarn install --immutable"
    case .bun: return "rm -rf node_modules && npx --yes bun install --frozen-lockfile"
    case nil: return "rm -rf node_modules && npm install"
    }
  }

  /// The newest pnpm that reads the lock file as it is.
  private var pnpmTag: String {
    switch packageManager?.lockVersion {
    case .some(5): "latest-7"
    case .some(6): "latest-8"
    // pnpm 10 reads the same lock file as 9, but runs no install script that the project does not allow.
    default: "latest-9"
    }
  }

  /// Whether its install script compiles, or can.
  func isCompiledAtInstallation(_ package: NPMPackage) -> Bool {
    if package.gypfile == true { return true }
    if let script = package.installScript {
      return ["gyp", "cmake", "prebuild", "install-from"].contains { script.contains($0) }
    }
    let builders = ["bindings", "nan", "node-addon-api", "node-gyp-build", "prebuild-install"]
    return package.gypfile != false && !package.dependencies.isDisjoint(with: builders)
  }

  private func hasPlatformPackages(_ package: NPMPackage) -> Bool {
    package.optionalDependencies.contains(where: PlatformTokens.isPlatformPackage)
  }
}

extension Remedies {
  /// Takes away a build that stands before the right binary.
  static func remove(_ binary: AuditedBinary) -> AuditReport.Remedy {
    let folder = binary.path.parent ?? .root
    let isBuild = ["Release", "Debug"].contains(String(decoding: folder.lastComponent, as: UTF8.self))
    let target = isBuild ? folder : binary.path
    return AuditReport.Remedy(
      summary: "Leave it out of the package, so that the fitting one is taken:",
      commands: ["rm -r \(argument(target))"])
  }

  /// A path as an argument of a command that is run in the package's directory.
  static func argument(_ path: TreePath) -> String {
    let text = path.description
    return quoted(text.first == "-" ? "./" + text : text)
  }

  /// The runtimes that fulfil `isEnough` and can be recommended, as a list for a sentence; `nil` where there is none.
  func runtimes(where isEnough: (AuditTarget.Alternative) -> Bool) -> String? {
    let names = target.alternatives.filter { $0.isCurrent && $0.runtimeID != target.runtimeID && isEnough($0) }
      .map(\.runtimeID)
    return names.isEmpty ? nil : names.joined(separator: ", ")
  }

  /// `text` as one word of a POSIX shell.
  static func quoted(_ text: String) -> String {
    let isPlain =
      !text.isEmpty && text.first != "-"
      && text.allSatisfy { character in
        character.isASCII && (character.isLetter || character.isNumber || "@%+=:,./_-".contains(character))
      }
    return isPlain
      ? text : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
