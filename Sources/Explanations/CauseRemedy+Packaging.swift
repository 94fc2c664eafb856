import Audit

/// What has to change in how a package is installed, bundled or put together.
extension CauseRemedy {
  var deployed: AuditReport.Remedy {
    let isBundled =
      story.message.cause == .bundlerNoLoader || story.message.remarks.contains { $0.contains("bundle") }
    guard isBundled else {
      return .init(
        summary:
          "Deploy the file with the package: install for Lambda's platform with install scripts on, and do not leave *.node out when bundling or packing:",
        commands: [platformInstall])
    }
    let name = story.package.map { " \($0)" } ?? " the native package"
    let bundle = story.package.map {
      "npx esbuild index.js --bundle --platform=node --outfile=dist/index.js --external:\($0)"
    }
    return .init(
      summary:
        "Keep\(name) out of the bundle (esbuild: --external; webpack: externals; CDK: nodeModules; serverless-esbuild: exclude) and deploy it in node_modules beside the bundle, installed for Lambda:",
      commands: [bundle, platformInstall].compactMap(\.self))
  }

  var traced: AuditReport.Remedy {
    .init(
      summary:
        "Tell the tracer of the files: in Next.js outputFileTracingIncludes with node_modules/\(story.package ?? "NAME")/** (and its platform packages), in Nitro traceInclude, with @vercel/nft or ncc as assets – or mark the package as external.",
      commands: [])
  }

  var engine: AuditReport.Remedy {
    let openssl = story.target.glibc == "2.34" ? "3.0.x" : "1.0.x"
    let isARM = story.target.architecture == "arm64"
    let wanted = isARM ? "linux-arm64-openssl-\(openssl)" : "rhel-openssl-\(openssl)"
    return .init(
      summary:
        "Add \"\(wanted)\" to binaryTargets in schema.prisma (Lambda's \(story.target.name) on \(story.target.architecture)), generate, and deploy node_modules/.prisma/client with it; Prisma 7, or engineType = \"client\", needs no engine:",
      commands: ["npx prisma generate"])
  }

  var permissions: AuditReport.Remedy {
    let isProgram = story.file.map { !$0.isAddon && !$0.isLibrary } ?? true
    return .init(
      summary:
        "Give everyone the right to read (and programs to run) before the zip is made – on Windows, make it in WSL or a container, where modes exist. On Lambda itself only a copy in /tmp can be changed.",
      commands: ["chmod -R a+rX ."] + (isProgram ? ["find . -type d -name bin -exec chmod -R a+rx {} +"] : []))
  }

  var unshadowed: AuditReport.Remedy {
    .init(
      summary:
        "Remove the bundled copy of \(story.facts.sonames?.first ?? "the library") from the package or layer – the system's is newer –, or bring one that is at least as new as what needs it.",
      commands: [])
  }

  var olderOrNewer: AuditReport.Remedy {
    let version = story.facts.nodeApiRequired.map { "Node-API \($0)" } ?? "the Node-API version that it asks for"
    return .init(
      summary:
        "Take a runtime whose Node.js has \(version) (airworthy targets lists them), or an older release of \(story.package ?? "the package").",
      commands: ["airworthy targets"])
  }

  var fetched: AuditReport.Remedy {
    .init(
      summary:
        "Get the file anew: remove node_modules, install again for Lambda's platform, and fetch Git LFS's files before packaging.",
      commands: ["rm -rf node_modules", remedies.inContainer("npm ci") ?? "npm ci"])
  }

  var builtThere: AuditReport.Remedy {
    let needsEmulator = story.message.remarks.contains { $0.contains("emulator") }
    let emulator = "docker run --privileged --rm tonistiigi/binfmt --install all"
    return .init(
      summary:
        "Install in Lambda's own build image, which has compilers and Python; for another processor than the host's, register an emulator first:",
      commands: (needsEmulator ? [emulator] : []) + [remedies.inContainer("npm ci") ?? "npm ci"])
  }

  private var platformInstall: String {
    guard let package = story.package, PlatformNames.families.contains(PlatformNames.parent(of: package)) else {
      return remedies.inContainer("npm ci") ?? "npm ci"
    }
    let name = PlatformNames.parent(of: package)
    return "npm install --os=linux --cpu=\(story.target.nodeArchitecture) --libc=glibc \(name)"
  }
}
