/// The paragraphs on installing, bundling, packing and deploying.
extension Story {
  var packagingSentence: String {
    switch message.cause {
    case .addonNotPackaged:
      "\(capitalized(subject)) is not where it is looked for: it was never built or downloaded, was bundled away from its package, or was left out of what was deployed."
    case .prebuildMissing:
      "\(package ?? "The package") has no prebuilt binary for \(facts.platformNeeded ?? "this platform")\(nodeOfProcess), and none was compiled: what is installed is for other platforms or other versions of Node.js."
    case .engineNotPackaged:
      "Prisma's query engine for \(facts.platformNeeded.map { "\"\($0)\"" } ?? "the platform that runs") is not in what was deployed\(facts.platformFound.map { "; the client was generated for \"\($0)\"" } ?? ""): each platform and OpenSSL has an engine file of its own, which binaryTargets names and which has to be deployed beside the client."
    case .optionalDependencyMissing:
      "\(needed) is not installed: the package comes as one npm package for each platform, and npm left this one out – because it was installed on another platform, with --omit=optional, or with a lock file made on one (npm issue 4828)."
    case .optionalDependencyWrongPlatform: wrongPlatform
    case .tracedFileMissing:
      "\(traced) was left behind by the tool that chose which files to deploy (Next.js, Nitro, Vercel, ncc): it follows require and import, and this file is opened in another way or belongs to a package beside the one that was followed."
    case .bundlerNoLoader:
      "The bundler met \(message.path ?? "an addon (.node)") and has no loader for it: an addon is machine code and cannot become part of a JavaScript bundle."
    case .wrongPlatformLocal:
      "\(capitalized(subject)) is for another system or processor than this machine\(architectures): node_modules was copied from another machine or container, or Node.js itself was changed for one of another architecture."
    case .buildEnvironment:
      "\(package.map { "\($0) was" } ?? "Something was") to be compiled or run while installing, and the machine or image cannot do that: a compiler, Python, headers or an emulator is missing, or the sources do not fit this Node.js."
    case .sizeLimit: sizeLimit
    case .staleArtifact:
      "What runs is not what was meant to be deployed: files of two different installations or releases are together, or an older zip or layer is still in place."
    case .layerShadowing:
      "A library out of the package or a layer\(facts.library.map { ", \($0)," } ?? "") takes the place of the system's and is too old for \(facts.requiredBy ?? "what uses it"): it lacks \(facts.symbolVersions?.joined(separator: ", ") ?? "what is asked for")."
    case .symlinkDropped:
      "\(capitalized(subject)) is reached through a symbolic link, and the link got lost: many zip tools drop links or store them as text, which breaks pnpm's node_modules and libraries under several names."
    case .zipPaths:
      "The zip was made on Windows with backslashes in its names: Linux takes them for parts of file names, so that folders do not exist there."
    default:
      "This is not a matter of native binaries: no loader, and nothing that loads an addon, says so."
    }
  }

  private var nodeOfProcess: String {
    if let required = facts.moduleVersionRequired { return " with NODE_MODULE_VERSION \(required)" }
    return facts.node.map { " with Node.js \($0)" } ?? ""
  }

  private var needed: String {
    facts.packagesNeeded?.joined(separator: ", ") ?? package.map { "The platform package of \($0)" }
      ?? "A platform package"
  }

  private var traced: String {
    message.path ?? facts.sonames?.first ?? facts.packagesNeeded?.first ?? package.map { "A file of \($0)" } ?? "A file"
  }

  private var wrongPlatform: String {
    let found = facts.packagesFound?.first ?? facts.platformFound
    let wants = facts.packagesNeeded?.first ?? facts.platformNeeded
    if let found, found == wants {
      return
        "\(package ?? "The program") cannot run the program of \(found), although that is the package for this platform."
    }
    let there = found.map { "\($0) is installed" } ?? "It is installed for another platform"
    return
      "\(there), and \(wants ?? "another platform's package") is needed: node_modules was made on another system or architecture and copied, into an image, a zip, or between Windows and WSL."
  }

  private var architectures: String {
    guard let found = facts.architectureFound, let needed = facts.architectureNeeded else { return "" }
    return " (it is \(found), \(needed) is needed)"
  }

  private var sizeLimit: String {
    let limit = facts.limitBytes.map { " of \($0) bytes" } ?? ""
    let size = facts.bytes.map { " (it has \($0) bytes)" } ?? ""
    return
      "The package is larger than what is allowed\(limit)\(size): Lambda takes 50 MB as a direct upload and 250 MB unzipped, all layers included. Native binaries of other platforms are often a good part of it."
  }
}
