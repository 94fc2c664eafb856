/// Errors of every day that no native binary causes: said plainly, where nothing else was found.
enum Unrelated: MessageFamily {
  static let patterns: [Pattern] =
    named.map { phrase, remark in
      Pattern(phrase) { _ in Message(.otherNotNative, .unrelated, .medium).with { $0.remarks.append(remark) } }
    } + generic.map { phrase in Pattern(phrase) { hit in error(hit, phrase) } }

  private static let named: [(String, String)] = [
    ("task timed out after", "The function took longer than its timeout."),
    ("heap out of memory", "Node.js ran out of memory: give the function more."),
    ("runtime.outofmemory", "The function ran out of memory: give it more."),
    ("signal: killed", "The process was killed, most often for want of memory."),
    ("runtime.handlernotfound", "The handler's name does not fit the exports of its module."),
    ("is undefined or not exported", "The handler's name does not fit the exports of its module."),
    ("runtime.usercodesyntaxerror", "The function's code has a syntax error for this Node.js."),
    ("runtime.malformedhandlername", "The handler's name is not of the form FILE.EXPORT."),
    ("err_require_esm", "A CommonJS module requires an ES module."),
    ("require() of es module", "A CommonJS module requires an ES module."),
    ("cannot use import statement outside a module", "An ES module is loaded as CommonJS."),
    ("unable to import module", "The handler's module, or one that it requires, cannot be loaded."),
    ("accessdenied", "AWS refuses a call: permissions of the role."),
    ("is not authorized to perform", "AWS refuses a call: permissions of the role."),
    ("econnrefused", "A server that the code calls does not answer."),
    ("etimedout", "A server that the code calls does not answer."),
    ("enotfound ", "A name that the code looks up does not exist."),
    ("too many requests", "A service limits the rate of calls."),
    ("throttlingexception", "AWS limits the rate of calls."), ("enospc: no space", "The disk, or /tmp, is full."),
    ("certificate has expired", "A certificate has expired."),
    ("runtime.nodejs.unhandled", "Code of the function threw."),
    ("unhandledpromiserejection", "Code of the function threw."),
  ]

  private static let generic = [
    "syntaxerror: ", "referenceerror: ", "typeerror: ", "rangeerror: ", "assertionerror", "is not a function",
    "is not defined", "cannot read propert", "uncaught exception", "\"errormessage\"", "errormessage:", "error: ",
    "exception: ",
  ]

  /// Anything that has the form of an error and is none of the messages above – unless an addon was being loaded.
  private static func error(_ hit: Hit, _ phrase: String) -> Message? {
    if hit.isAround(.addonStack) { return nil }
    return Message(.otherNotNative, .unrelated, .low).with {
      $0.remarks.append(
        "Nothing in the text is a message of a loader, of Node.js about an addon, or of a native package.")
    }
  }
}
