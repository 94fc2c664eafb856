import LambdaRuntimes

/// What a log says of its process wherever it says it: the runtime, the version of Node.js, the code of the error.
enum LogContext {
  /// Looked for together with the messages.
  static let phrases = [
    "nodejs1", "nodejs2", "nodejs4", "nodejs6", "nodejs8", "node.js v", "err_dlopen_failed", "module_not_found",
    "runtime version: nodejs:",
  ]

  private static let first = Messages.patterns.count + Messages.surroundings.count

  static func facts(of passage: Passage, hits: [(phrase: Int, offset: Int)]) -> LogFacts {
    var facts = LogFacts()
    for (phrase, offset) in hits where phrase >= first {
      let text = phrases[phrase - first]
      let behind = passage.text(offset..<min(passage.bytes.count, offset + text.utf8.count + 16))
      switch phrase - first {
      case 0..<5: facts.runtime = facts.runtime ?? runtime(behind)
      case 5: facts.node = facts.node ?? version(String(behind.dropFirst(9)))
      case 6: facts.code = facts.code ?? "ERR_DLOPEN_FAILED"
      case 7: facts.code = facts.code ?? "MODULE_NOT_FOUND"
      default:
        facts.runtime =
          facts.runtime ?? runtime("nodejs" + behind.dropFirst(text.utf8.count).prefix { $0 != "." } + ".x")
      }
    }
    return facts
  }

  /// `nodejs20.x`, where the catalog has it.
  private static func runtime(_ text: String) -> String? {
    let name = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") }.lowercased()
    for runtime in Catalog.builtIn.runtimes where name == runtime.id || name.hasPrefix(runtime.id) { return runtime.id }
    return nil
  }

  private static func version(_ text: String) -> String? {
    let digits = text.prefix { ("0"..."9").contains($0) || $0 == "." }
    return NodeVersion(digits.hasSuffix(".") ? digits.dropLast() : digits)?.description
  }
}
