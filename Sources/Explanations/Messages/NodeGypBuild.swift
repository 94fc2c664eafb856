/// node-gyp-build and its relatives, which choose among prebuilt files.
enum NodeGypBuild: MessageFamily {
  static let patterns: [Pattern] = [
    Pattern("no native build was found for", none),
    Pattern("could not find native build for", none),
    Pattern("failed to find binding for ") { hit in
      Message(.prebuildMissing, .package).with {
        $0.npmPackage = hit.word(); $0.subject = hit.word()
      }.or(.addonNotPackaged, "ls of the paths that it tried")
    },
    Pattern("cannot find addon ") { hit in
      let from = hit.rest(limit: 1200).between("imported from ", [" ", "\n"]).map {
        $0.filter { $0 != "'" && $0 != "\"" }
      }
      return Message(.prebuildMissing, .package, .medium, path: from).or(
        .addonNotPackaged, "ls prebuilds/ in the package where it was installed")
    },
    Pattern("no compatible zeromq.js addon found") { _ in
      Message(.prebuildMissing, .package, .medium).with { $0.npmPackage = "zeromq" }.or(
        .glibcTooNew, "airworthy check . (each of its addons)")
    },
    Pattern("no precompiled module found for ") { hit in
      Message(.prebuildMissing, .package).with { $0.facts.platformNeeded = hit.word() }
    },
    Pattern("could not find a binding for your current environment", nodeSass),
    Pattern("does not yet support your current environment") { _ in
      Message(.prebuildMissing, .package).with { $0.npmPackage = "node-sass" }
        .or(.abiMismatch, "node -p process.versions.modules, and the releases that node-sass supports")
    },
    Pattern("missing binding ") { hit in
      Message(.prebuildMissing, .wrapper, path: hit.word()).or(.abiMismatch, "ls of the folder above")
    },
    Pattern("fibers.node' is missing") { hit in
      Message(.prebuildMissing, .package, path: hit.subject().map { $0 + "/fibers.node" }).with {
        $0.npmPackage = "fibers"
      }
    },
    Pattern("missing binary. see message above") { _ in
      Message(.prebuildMissing, .package, .medium).with { $0.npmPackage = "fibers" }
        .or(.abiMismatch, "ls node_modules/fibers/bin (linux-x64-115-glibc: 115 is the module version)")
    },
    Pattern("error: bindings not found") { _ in
      Message(.optionalDependencyMissing, .package, .medium).with { $0.npmPackage = "@swc/core" }
        .or(.optionalDependencyWrongPlatform, "ls node_modules/@swc")
    },
    Pattern("the \"id\" argument must be of type string. received undefined") { hit in
      // `require(undefined)`: the platform's package is there, and none of its files fits.
      let start = hit.line.lowerBound
      guard hit.passage.text(start..<start + 4000).contains("node-gyp-build") else { return nil }
      return Message(.optionalDependencyWrongPlatform, .package, .medium)
        .or(.prebuildMissing, "ls of the platform's package beside it")
    },
    Pattern("failed to load grpc binary module", grpc),
    Pattern("cannot load a node-oracledb binary") { hit in
      Message(.prebuildMissing, .wrapper, .medium).with {
        $0.npmPackage = "oracledb"; $0.facts.node = nil
      }.or(.addonNotPackaged, "ls node_modules/oracledb/build/Release")
    },
  ]

  /// `No native build was found for platform=linux arch=x64 runtime=node abi=127 uv=1 libc=glibc node=22.11.0 loaded from: DIR`.
  private static func none(_ hit: Hit) -> Message? {
    let rest = hit.following(900)
    // Node.js shows the line of source that threw, which has the phrase without what follows it.
    let start = rest.trimmingBlanks
    guard start.isEmpty || start.hasPrefix("platform=") || start.hasPrefix("runtime=") else { return nil }
    let ends: Set<Character> = [" ", ",", "\"", "'", "\n"]
    let from = rest.between("loaded from: ", ["\"", "'", "\n"]).map { String($0.split(separator: " ").first ?? "") }
    let directory = from ?? rest.between("loading from: ", ends)
    let isBundled =
      rest.contains("webpack=true")
      || directory.map { !FileName($0).components.contains("node_modules") && FileName($0).isAbsolute } ?? false
    let message = Message(isBundled ? .addonNotPackaged : .prebuildMissing, .package, path: directory).with {
      $0.facts.node = rest.between("node=", ends) ?? rest.between("nodeVersion=", ends)
      $0.facts.libc = rest.between("libc=", ends).flatMap { ["glibc", "musl"].contains($0) ? $0 : nil }
      $0.facts.setModuleVersions(built: nil, required: rest.between("abi=", ends).flatMap { Int($0) })
      if let platform = rest.between("platform=", ends), let architecture = rest.between("arch=", ends) {
        $0.facts.platformNeeded = "\(platform)-\(architecture)"
        $0.facts.architectureNeeded = Platforms.architecture(architecture)
      }
      if isBundled {
        $0.remarks.append(
          "The loader looked beside the bundle, where its prebuilds folder is not: the code was bundled and the addon left behind."
        )
      }
      if rest.contains("electron=") {
        $0.remarks.append("It runs in Electron, whose builds are others than those of Node.js.")
      }
    }
    let look = "ls \(Glibc.shown(directory))/prebuilds \(Glibc.shown(directory))/build/Release"
    return isBundled
      ? message.or(.prebuildMissing, look)
      : message.or(.addonNotPackaged, look).or(
        .buildEnvironment, "npm rebuild --foreground-scripts (was it ever compiled?)")
  }

  /// node-sass lists what it has: `OS X 64-bit with Node.js 18.x`.
  private static func nodeSass(_ hit: Hit) -> Message? {
    let rest = hit.following(700)
    let needed = rest.prefix(80).description
    let found = rest.after("following environments:").map(String.init) ?? ""
    let samePlatform = found.has("linux") && needed.has("linux")
    return Message(samePlatform ? .abiMismatch : .prebuildMissing, .package).with {
      $0.npmPackage = "node-sass"
      $0.facts.node = needed.between("Node.js ", [" ", "\n"]).flatMap {
        $0.split(separator: ".").first.map { "\($0).0.0" }
      }
    }.or(samePlatform ? .prebuildMissing : .abiMismatch, "ls node_modules/node-sass/vendor")
  }

  /// grpc says both: `Expected directory: node-v64-linux-x64-glibc`, `Found: [node-v57-linux-x64-glibc, …]`.
  private static func grpc(_ hit: Hit) -> Message? {
    let rest = hit.following(900)
    let needed = rest.between("directory: ", [" ", "\n", "\""]) ?? ""
    let list = rest.between("found: [", ["]", "\n"]) ?? ""
    let found = list.split(separator: ",").map { String($0).trimmingBlanks }
    // One for this platform and another Node.js says more than those for other platforms.
    let same = found.first { Platforms.tuple(of: $0) == Platforms.tuple(of: needed) }
    let shown = same ?? found.first ?? ""
    let versions = (found: Platforms.moduleVersion(of: shown), needed: Platforms.moduleVersion(of: needed))
    let isOther = same != nil && versions.found != nil && versions.found != versions.needed
    return Message(isOther ? .abiMismatch : .prebuildMissing, .package).with {
      $0.npmPackage = "grpc"
      $0.facts.setModuleVersions(built: versions.found, required: versions.needed)
      $0.facts.platformFound = Platforms.tuple(of: shown)
      $0.facts.platformNeeded = Platforms.tuple(of: needed)
    }.or(isOther ? .prebuildMissing : .foreignFormat, "ls node_modules/grpc/src/node/extension_binary")
  }
}
