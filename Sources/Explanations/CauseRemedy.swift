import Audit
import NodeModules

/// What mends a cause, for one npm package and one target: the remedies of `check`'s rules where there is one.
struct CauseRemedy {
  private let story: Story
  private let remedies: RemediesByName

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
    switch story.message.cause {
    case .foreignFormat, .wrongArch, .wrongClass, .muslOnGlibc, .prebuildMissing, .optionalDependencyWrongPlatform:
      return withAdvisory(remedies.install)
    case .addonNotPackaged, .tracedFileMissing, .bundlerNoLoader, .engineNotPackaged, .symlinkDropped, .zipPaths,
      .permissionLost, .sizeLimit, .staleArtifact, .layerShadowing:
      return packaging
    case .glibcTooNew: return remedies.newerLibrary(glibc: highest("GLIBC_"))
    case .libstdcxxTooNew: return remedies.newerLibrary(glibc: nil)
    case .missingLibrary: return library
    case .abiMismatch: return withAdvisory(remedies.compile)
    default: return other
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
    guard let advisory = remedies.advisory, !remedy.summary.hasPrefix("Replace") else { return remedy }
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

extension CauseRemedy {
  /// What has to change in how the package is put together.
  fileprivate var packaging: AuditReport.Remedy {
    let package = story.package
    let unbundled = "esbuild --bundle --external:\(package ?? "NAME")"
    switch story.message.cause {
    case .addonNotPackaged where story.message.remarks.contains { $0.contains("bundle") }, .bundlerNoLoader:
      let name = package.map { " \($0)" } ?? " the native package"
      return .init(
        summary:
          "Keep\(name) out of the bundle (esbuild: --external; webpack: externals; CDK: nodeModules; serverless-esbuild: exclude) and deploy it in node_modules beside the bundle, installed for Lambda:",
        commands: package == nil ? [] : [unbundled + " --platform=node index.js", platformInstall(package)])
    case .tracedFileMissing:
      return .init(
        summary:
          "Tell the tracer of the files: in Next.js outputFileTracingIncludes with node_modules/\(package ?? "NAME")/** (and its platform packages), in Nitro traceInclude, with @vercel/nft or ncc as assets – or mark the package as external.",
        commands: [])
    case .engineNotPackaged: return engine
    case .symlinkDropped:
      return .init(
        summary: "Store links as links, or have none (pnpm: node-linker=hoisted):",
        commands: ["zip --symlinks -r function.zip ."])
    case .zipPaths:
      return .init(
        summary:
          "Make the zip with a tool that writes forward slashes: zip, 7-Zip, or the tar of Windows 10 and later:",
        commands: ["tar -a -c -f function.zip *"])
    case .permissionLost:
      return .init(
        summary:
          "Give everyone the right to read (and programs to run) before the zip is made – on Windows, make it in WSL or a container, where modes exist. On Lambda itself only a copy in /tmp can be changed.",
        commands: ["chmod -R a+rX ."] + (isProgram ? ["find . -type d -name bin -exec chmod -R a+rx {} +"] : []))
    case .sizeLimit:
      return .init(
        summary:
          "Leave out what Lambda does not need: development dependencies, binaries of other platforms, source maps; above 50 MB upload through S3, above 250 MB unzipped deploy an image. airworthy check lists what takes the space:",
        commands: ["npm prune --omit=dev", "airworthy check ."])
    case .staleArtifact:
      return Self.stale
    case .layerShadowing:
      return .init(
        summary:
          "Remove the bundled copy of \(story.facts.sonames?.first ?? "the library") from the package or layer – the system's is newer –, or bring one that is at least as new as what needs it.",
        commands: [])
    default:
      return .init(
        summary:
          "Deploy the file with the package: install for Lambda's platform with install scripts on, and do not leave *.node out when bundling or packing:",
        commands: [platformInstall(package)])
    }
  }

  /// For a package that is right, and is not what runs.
  static var stale: AuditReport.Remedy {
    .init(
      summary:
        "Install from nothing, make the package anew, publish the layer anew, and deploy that very file; then compare what is deployed with it:",
      commands: ["rm -rf node_modules && npm ci", "openssl dgst -sha256 -binary function.zip | base64"])
  }

  private var isProgram: Bool { story.file.map { !$0.isAddon && !$0.isLibrary } ?? true }

  private func platformInstall(_ package: String?) -> String {
    guard let package, PlatformNames.families.contains(PlatformNames.parent(of: package)) else {
      return remedies.inContainer("npm ci") ?? "npm ci"
    }
    return
      "npm install --os=linux --cpu=\(story.target.nodeArchitecture) --libc=glibc \(PlatformNames.parent(of: package))"
  }

  private var engine: AuditReport.Remedy {
    let openssl = story.target.glibc == "2.34" ? "3.0.x" : "1.0.x"
    let wanted = story.target.architecture == "arm64" ? "linux-arm64-openssl-\(openssl)" : "rhel-openssl-\(openssl)"
    return .init(
      summary:
        "Add \"\(wanted)\" to binaryTargets in schema.prisma (Lambda's \(story.target.name) on \(story.target.architecture)), generate, and deploy node_modules/.prisma/client with it; Prisma 7, or engineType = \"client\", needs no engine:",
      commands: ["npx prisma generate"])
  }

  /// What nothing in a package mends.
  fileprivate var other: AuditReport.Remedy {
    switch story.message.cause {
    case .damagedFile:
      return .init(
        summary:
          "Get the file anew: remove node_modules, install again for Lambda's platform, and fetch Git LFS's files before packaging.",
        commands: ["rm -rf node_modules", remedies.inContainer("npm ci") ?? "npm ci"])
    case .glibcOnMusl:
      return .init(
        summary:
          "Use an image with glibc (node:22-slim instead of node:22-alpine), or install inside the Alpine image, so that musl's binaries are chosen or compiled:",
        commands: ["rm -rf node_modules && npm ci"])
    case .undefinedSymbol, .libraryVersion: return remedies.compile
    case .napiTooNew:
      return .init(
        summary:
          "Take a runtime whose Node.js has \(story.facts.nodeApiRequired.map { "Node-API \($0)" } ?? "the Node-API version that it asks for") (airworthy targets lists them), or an older release of \(story.package ?? "the package").",
        commands: ["airworthy targets"])
    case .staticTLS:
      return .init(
        summary:
          "Load the library first, before others have used up the room: start Node.js with it in LD_PRELOAD, or require the package before every other. glibc 2.32 and later have more room (glibc.rtld.optional_static_tls).",
        commands: [])
    case .noexecMount:
      return .init(
        summary:
          "Put the file where programs may run: /var/task, /opt or /tmp on Lambda; elsewhere a file system that is not mounted noexec.",
        commands: ["mount | grep noexec"])
    case .cpuMicroarch:
      return .init(
        summary:
          "Choose a processor that has what the binary was compiled for (for a virtual machine the CPU type host; Lambda has AVX2), or build it for a plain one:",
        commands: ["grep -m1 flags /proc/cpuinfo"])
    case .optionalDependencyMissing: return withAdvisory(remedies.install)
    case .buildEnvironment:
      return .init(
        summary:
          "Install in Lambda's own build image, which has compilers and Python; for another processor than the host's, register an emulator first:",
        commands: ["docker run --privileged --rm tonistiigi/binfmt --install all"].filter { _ in
          story.message.remarks.contains { $0.contains("emulator") }
        } + [remedies.inContainer("npm ci") ?? "npm ci"])
    default:
      return .init(
        summary:
          "Native binaries have no part in this; look at the code, the configuration or the service that the message names.",
        commands: [])
    }
  }
}

/// npm packages that come as one package for each platform.
enum PlatformNames {
  static let families: Set<String> = [
    "sharp", "esbuild", "rollup", "@swc/core", "lightningcss", "@parcel/watcher", "@node-rs/bcrypt", "@node-rs/argon2",
    "@napi-rs/canvas", "koffi", "ffi-rs", "turbo", "@tailwindcss/oxide", "@rspack/binding", "@resvg/resvg-js",
    "@next/swc",
    "sass-embedded", "@biomejs/biome", "@napi-rs/keyring", "snappy", "skia-canvas", "rolldown", "@tailwindcss/cli",
    "oxlint",
  ]

  static func isPlatformPackage(_ name: String) -> Bool { PlatformTokens.isPlatformPackage(name) }

  /// The package that has `name` among its optional dependencies, by the ways in which such packages are named.
  static func parent(of name: String) -> String {
    guard isPlatformPackage(name) else { return name == "@img" ? "sharp" : name }
    let parts = name.split(separator: "/").map(String.init)
    let last = parts.last ?? name
    var stem: [Substring] = []
    for word in last.split(separator: "-") {
      let tokens = PlatformTokens([String(word)])
      if !tokens.platforms.isEmpty || !tokens.architectures.isEmpty { break }
      stem.append(word)
    }
    let plain = stem.joined(separator: "-")
    guard let scope = parts.first, scope.hasPrefix("@") else { return plain.isEmpty ? name : plain }
    if scope == "@img" { return "sharp" }
    if plain.isEmpty { return String(scope.dropFirst()) }
    if scope.dropFirst() == plain { return plain }
    return "\(scope)/\(plain)"
  }
}
