/// What Node.js itself says of an addon: `src/node_binding.cc`, `src/node_api.cc`, its module loaders.
enum NodeJS: MessageFamily {
  static let patterns: [Pattern] = [
    Pattern("node_module_version", moduleVersion),
    Pattern("was compiled against a different node.js version", compiled),
    Pattern("module version mismatch", oldMismatch),
    Pattern("did not self-register", selfRegister),
    Pattern("module has no declared entry point") { hit in
      Message(.abiMismatch, .root, .medium).or(.damagedFile, "airworthy inspect FILE")
    },
    // Node.js 0.10 looks for a symbol that is named after the file.
    Pattern("_module not found") { hit in
      hit.lineText.has("symbol")
        ? Message(.abiMismatch, .root, .medium).or(.damagedFile, "airworthy inspect FILE") : nil
    },
    Pattern("requires node-api version", nodeAPI),
    Pattern("api version of this node instance is", preGypNodeAPI),
    Pattern("unknown file extension", fileExtension),
    Pattern("loading addons is disabled") { hit in
      Message(.otherNotNative, .root).with {
        $0.remarks.append(
          "Node.js was started with --no-addons, or with --permission without --allow-addons: the addon was not even looked at."
        )
      }
    },
  ]

  /// Both numbers, in one message over four lines.
  private static func moduleVersion(_ hit: Hit) -> Message? {
    let before = hit.preceding(400)
    let after = hit.following(200)
    guard let number = after.prefix(8).description.firstNumber, number < 10_000 else { return nil }
    if before.suffix(60).description.has("requires") {
      let first = before.ranges(of: "NODE_MODULE_VERSION").last.flatMap { String(before[$0.upperBound...]).firstNumber }
      return message(built: first, required: number, hit)
    }
    guard before.has("compiled against") || after.has("node.js requires") || after.has("requires node_module") else {
      return nil
    }
    let second = after.after("node_module_version").flatMap { String($0.prefix(8)).firstNumber }
    return message(built: number, required: second, hit)
  }

  private static func compiled(_ hit: Hit) -> Message? {
    // With its numbers the message is read above.
    hit.following(80).has("node_module_version") ? nil : message(built: nil, required: nil, hit)
  }

  private static func message(built: Int?, required: Int?, _ hit: Hit) -> Message {
    let path = modulePath(hit)
    return Message(.abiMismatch, .root, path: path).with {
      $0.facts.setModuleVersions(built: built, required: required)
      if built != nil, $0.facts.nodeBuilt == nil || hit.isAround(.electron) {
        $0.remarks.append(
          "NODE_MODULE_VERSION \(built ?? 0) belongs to \($0.facts.nodeBuilt.map { "Node.js \($0) or to " } ?? "")a release of Electron: an addon rebuilt for Electron does not load in Node.js, nor the other way round."
        )
      }
      if required != nil, $0.facts.nodeRequired == nil {
        $0.remarks.append(
          "NODE_MODULE_VERSION \(required ?? 0) is none of a release of Node.js: Electron, or a development build, wanted to load it."
        )
      }
    }
  }

  /// `The module '…'` before the phrase.
  private static func modulePath(_ hit: Hit) -> String? {
    let before = hit.preceding(1300)
    let starts = ["The module ", "the module "].compactMap { before.ranges(of: $0).last?.upperBound }
    guard let start = starts.max() else { return nil }
    let rest = before[start...]
    let quote = rest.first
    guard quote == "'" || quote == "\"" else { return rest.split(separator: " ").first.map(String.init) }
    return String(rest.dropFirst().prefix { $0 != quote })
  }

  /// Node.js 6 and older: `Module version mismatch. Expected 48, got 57.`
  private static func oldMismatch(_ hit: Hit) -> Message? {
    let rest = hit.following(60)
    let required = rest.after("expected").flatMap { String($0).firstNumber }
    let built = rest.after("got").flatMap { String($0).firstNumber }
    return Message(.abiMismatch, .root).with { $0.facts.setModuleVersions(built: built, required: required) }
  }

  /// Two causes look alike here; what is around tells which is likelier.
  private static func selfRegister(_ hit: Hit) -> Message? {
    let quoted = hit.quoted(within: 8)
    let file = FileName(quoted ?? "")
    // Lambda loads an addon once, in the main thread of a new process. A second time is what workers and dev servers do.
    let isAgain = hit.isAround(.reloading) || file.isLocal && !hit.isAround(.electron)
    let abi = "node -p process.versions.modules, and airworthy inspect \(Glibc.shown(quoted)) (moduleVersion)"
    let again = "node -e 'require(process.argv[1])' \(Glibc.shown(quoted)) (loads alone, in a new process)"
    let message = Message(isAgain ? .doubleLoad : .abiMismatch, .root, .medium, path: quoted).with {
      $0.remarks.append(
        "Two causes give this message: the file registers for another NODE_MODULE_VERSION (or is no addon at all), or it was loaded before in this process, in another thread or after its modules were reset, and cannot be loaded twice."
      )
    }
    let other = isAgain ? message.or(.abiMismatch, abi) : message.or(.doubleLoad, again)
    return other.or(.damagedFile, "airworthy inspect \(Glibc.shown(quoted)) (kind: library, registration: none)")
  }

  /// `FILE requires Node-API version 10, but this version of Node.js only supports version 9 add-ons.`
  private static func nodeAPI(_ hit: Hit) -> Message? {
    let rest = hit.following(120)
    return Message(.napiTooNew, .root, path: Glibc.named(hit)).with {
      $0.facts.nodeApiRequired = rest.firstNumber
      $0.facts.nodeApiSupported = rest.after("supports version").flatMap { String($0).firstNumber }
    }
  }

  /// node-pre-gyp: `The Node-API version of this Node instance is 9. This module supports Node-API version(s) 10.`
  private static func preGypNodeAPI(_ hit: Hit) -> Message? {
    let rest = hit.following(200)
    return Message(.napiTooNew, .package).with {
      $0.facts.nodeApiSupported = rest.firstNumber
      $0.facts.nodeApiRequired = rest.after("version(s)").flatMap { String($0).firstNumber }
    }
  }

  /// `import` of an addon: `Unknown file extension ".node" for FILE`.
  private static func fileExtension(_ hit: Hit) -> Message? {
    guard hit.quoted(within: 4) == ".node" else {
      return Message(.otherNotNative, .unrelated, .medium).with {
        $0.remarks.append("Node.js was asked to import a kind of file that it does not run by itself.")
      }
    }
    let path = hit.rest(limit: 1100).after("for ").map { String($0.prefix { !"'\"".contains($0) }).trimmingBlanks }
    return Message(.bundlerNoLoader, .root, path: path).with {
      $0.remarks.append(
        "An ES module imports the addon; Node.js takes addons by require only (createRequire), unless --experimental-addon-modules is on."
      )
    }
  }
}
