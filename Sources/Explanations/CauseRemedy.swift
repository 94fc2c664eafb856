import Audit
import NodeModules

/// What mends a cause, for one npm package and one target: the remedies of `check`'s rules where there is one.
struct CauseRemedy {
  let story: Story
  let remedies: RemediesByName

  init(_ story: Story) {
    self.story = story
    let name = story.package.map(Self.family)
    let platforms =
      story.package.map { PlatformNames.isPlatformPackage($0) || PlatformNames.families.contains($0) } ?? false
      || !(story.facts.packagesNeeded ?? []).isEmpty
    remedies = RemediesByName(
      name, target: story.target, hasPlatformPackages: platforms,
      isCompiled: name.map { Self.compiled.contains($0) || !platforms && NativePackages.names.contains($0) } ?? false)
  }

  /// The package that asks for a platform package: `sharp` of `@img/sharp-linux-x64`.
  private static func family(_ name: String) -> String { PlatformNames.parent(of: name) }

  private static let compiled: Set<String> = ["bcrypt", "sqlite3", "better-sqlite3", "canvas", "re2", "node-expat"]

  var remedy: AuditReport.Remedy {
    if isLocal, let local { return local }
    if let fixed = Self.fixed[story.message.cause] { return fixed }
    switch story.message.cause {
    case .foreignFormat, .wrongArch, .wrongClass, .muslOnGlibc, .prebuildMissing, .optionalDependencyWrongPlatform:
      return withAdvisory(remedies.install)
    case .optionalDependencyMissing: return withAdvisory(remedies.install)
    case .addonNotPackaged, .bundlerNoLoader: return deployed
    case .tracedFileMissing: return traced
    case .engineNotPackaged: return engine
    case .permissionLost: return permissions
    case .layerShadowing: return unshadowed
    case .glibcTooNew: return remedies.newerLibrary(glibc: highest("GLIBC_"))
    case .libstdcxxTooNew: return remedies.newerLibrary(glibc: nil)
    case .missingLibrary: return library
    case .abiMismatch: return withAdvisory(remedies.compile)
    case .undefinedSymbol, .libraryVersion: return remedies.compile
    case .napiTooNew: return olderOrNewer
    case .damagedFile: return fetched
    case .buildEnvironment: return builtThere
    default: return Self.unrelated
    }
  }

  /// The failure is on this machine and not on Lambda.
  private var isLocal: Bool {
    if story.message.cause == .wrongPlatformLocal || story.message.cause == .doubleLoad { return true }
    let named = story.file?.isLocal ?? false
    return named
      && [.abiMismatch, .optionalDependencyMissing, .optionalDependencyWrongPlatform, .foreignFormat].contains(
        story.message.cause)
      && !(story.file?.text.hasPrefix("/home/") ?? false)
  }

  private var local: AuditReport.Remedy? {
    switch story.message.cause {
    case .doubleLoad:
      return .init(
        summary:
          "Load the addon once: require it in the main thread only, keep it out of what the dev server or test runner loads again (for serverless-offline: without worker threads), or take a release of the package that is context-aware. On Lambda, in a new process, the same file loads.",
        commands: story.package.map { ["npm view \($0) version"] } ?? [])
    case .wrongPlatformLocal, .foreignFormat, .optionalDependencyMissing, .optionalDependencyWrongPlatform:
      return .init(
        summary:
          "On this machine, install anew what it is to run, and never copy node_modules between machines; for Lambda, install separately for its platform:",
        commands: ["rm -rf node_modules && npm ci"])
    default:
      return .init(
        summary:
          "Rebuild for the Node.js that runs here, or switch to the one it was built for; for Lambda, install separately with the runtime's Node.js:",
        commands: [story.package.map { "npm rebuild \($0)" } ?? "npm rebuild"])
    }
  }

  /// Names the replacement of a package that should not be used any more.
  private func withAdvisory(_ remedy: AuditReport.Remedy) -> AuditReport.Remedy {
    guard let advisory = remedies.advisory, advisory.kind == .abandoned, !remedy.summary.hasPrefix("Replace") else {
      return remedy
    }
    let names = advisory.replacements.map { replacement in
      switch replacement {
      case .npm(let name): name
      case .builtIn(let name): name
      }
    }
    var changed = remedy
    let end = remedy.summary.hasSuffix(":") ? "" : " "
    changed.summary =
      "\(advisory.package) is \(advisory.status): better move to \(names.joined(separator: " or ")). Until then: \(remedy.summary)\(end)"
    return changed
  }

  private var library: AuditReport.Remedy {
    let soname = story.facts.sonames?.first ?? "the library"
    if soname.hasPrefix("libvips") {
      return .init(
        summary:
          "Install sharp with its libvips package for \(story.target.nodePlatform.tuple), and deploy all of node_modules/@img (and vendor/ of sharp before 0.33):",
        commands: ["npm install --os=linux --cpu=\(story.target.nodeArchitecture) --libc=glibc sharp"])
    }
    return remedies.library(soname)
  }

  func highest(_ prefix: String) -> String? {
    let versions = (story.facts.symbolVersions ?? []).filter { $0.hasPrefix(prefix) }.map {
      String($0.dropFirst(prefix.utf8.count))
    }
    return versions.max { left, right in
      left.split(separator: ".").map { Int($0) ?? 0 }.lexicographicallyPrecedes(
        right.split(separator: ".").map { Int($0) ?? 0 })
    }
  }
}
