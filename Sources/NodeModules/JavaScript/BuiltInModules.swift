/// What Node.js's own modules and globals give to code that looks for its addon.
struct BuiltInModules {
  let process: NodeProcess
  /// The file that asks.
  let file: String

  private var platform: NodePlatform { process.platform }

  /// A member of a module, `path.sep`, or of a member of one, `process.versions.modules`.
  func member(_ name: String, of library: String) -> JavaScriptValue {
    switch (library, name) {
    case ("process", "platform"): return .string(platform.platform)
    case ("process", "arch"): return .string(platform.architecture)
    case ("process", "version"): return platform.nodeVersion.map { .string("v" + $0) } ?? .unknown
    case ("process", "execPath"): return .string(process.executable)
    case ("process", "report"): return .object(["getReport": .library("process.report", member: "getReport")])
    case ("process", "type"), ("process", "resourcesPath"), ("process", "browser"), ("process", "pkg"),
      ("process", "electron"), ("process", "isBun"):
      return .undefined
    case ("process.env", _): return process.variables[name].map { .string($0) } ?? .undefined
    case ("process.versions", _): return version(name)
    case ("process.config", "variables"): return .object(["arm_version": armVersion])
    case ("path", "sep"), ("path.posix", "sep"): return .string("/")
    case ("path", "posix"): return .library("path", member: nil)
    case ("path", "delimiter"): return .string(":")
    case ("os", "EOL"): return .string("\n")
    case ("fs", "promises"): return .unknown
    case ("import.meta", "url"): return .string("file://" + file)
    case ("import.meta", "dirname"): return .string(NodePath.directory(of: file))
    case ("import.meta", "filename"): return .string(file)
    default: return .library(library, member: name)
    }
  }

  private var armVersion: JavaScriptValue { platform.architecture == "arm64" ? .string("8") : .undefined }

  private func version(_ name: String) -> JavaScriptValue {
    switch name {
    case "node": platform.nodeVersion.map { .string($0) } ?? .unknown
    case "modules": platform.moduleVersion.map { .string(String($0)) } ?? .unknown
    case "napi": platform.nodeAPIMaximum.map { .string(String($0)) } ?? .unknown
    case "electron", "nw", "bun", "pkg", "webcontainer": .undefined
    default: .unknown
    }
  }

  /// A call of a module's function, or of a global one.
  func call(_ library: String, _ member: String?, _ arguments: [JavaScriptValue]) -> JavaScriptValue {
    let first = arguments.first?.string
    switch (library, member) {
    case ("path", "join"): return joined(arguments)
    case ("path", "resolve"): return resolved(arguments)
    case ("path", "dirname"): return first.map { .string(NodePath.directory(of: $0)) } ?? .unknown
    case ("path", "basename"):
      guard let first else { return .unknown }
      let name = NodePath.name(of: first)
      guard arguments.count > 1, let suffix = arguments[1].string, name.hasSuffix(suffix) else { return .string(name) }
      return .string(String(name.dropLast(suffix.count)))
    case ("path", "extname"): return first.map { .string(NodePath.suffix(of: $0)) } ?? .unknown
    case ("path", "normalize"): return first.map { .string(Self.cleaned($0)) } ?? .unknown
    case ("fs", "existsSync"):
      return first.map { .bool(process.exists(NodePath.resolve(process.workingDirectory, $0))) } ?? .unknown
    case ("fs", "readdirSync"):
      return first.map { directory in .array(process.names(in: directory).map { .string($0) }) } ?? .unknown
    case ("os", "platform"): return .string(platform.platform)
    case ("os", "arch"): return .string(platform.architecture)
    case ("os", "type"): return .string("Linux")
    case ("os", "endianness"): return .string("LE")
    case ("process", "cwd"): return .string(process.workingDirectory)
    case ("process.report", "getReport"): return report
    case ("url", "fileURLToPath"):
      if case .object(let members)? = arguments.first, let url = members["href"]?.string {
        return Self.path(ofURL: url)
      }
      return first.map(Self.path(ofURL:)) ?? .unknown
    case ("module", "createRequire"): return .require
    case ("String", nil): return arguments.first?.text.map { .string($0) } ?? .unknown
    case ("Boolean", nil): return arguments.first?.truth.map { .bool($0) } ?? .unknown
    case ("Number", nil), ("parseInt", nil), ("Number", "parseInt"): return number(arguments.first)
    case ("Array", "isArray"):
      if case .array? = arguments.first { return .bool(true) }
      return arguments.first == .unknown ? .unknown : .bool(false)
    default: return .unknown
    }
  }

  private var report: JavaScriptValue {
    guard platform.libc == "glibc" else { return .object(["header": .object([:]), "sharedObjects": .array([])]) }
    let version = platform.glibcVersion.map { JavaScriptValue.string($0) } ?? .string("2.34")
    return .object(["header": .object(["glibcVersionRuntime": version]), "sharedObjects": .array([])])
  }

  private func number(_ value: JavaScriptValue?) -> JavaScriptValue {
    switch value {
    case .number?: return value ?? .unknown
    case .string(let text)?:
      let digits = text.prefix { $0.isASCII && $0.isNumber }
      return Double(digits).map { .number($0) } ?? .number(.nan)
    default: return .unknown
    }
  }

  private func joined(_ arguments: [JavaScriptValue]) -> JavaScriptValue {
    let parts = arguments.map(\.string)
    guard !parts.contains(nil) else { return .unknown }
    return .string(Self.cleaned(parts.compactMap(\.self).filter { !$0.isEmpty }.joined(separator: "/")))
  }

  private func resolved(_ arguments: [JavaScriptValue]) -> JavaScriptValue {
    var path = process.workingDirectory
    for argument in arguments {
      guard let part = argument.string else { return .unknown }
      path = NodePath.resolve(path, part)
    }
    return .string(path)
  }

  /// `path.normalize`: a relative path keeps its leading `..`.
  private static func cleaned(_ path: String) -> String {
    if path.hasPrefix("/") { return NodePath.normalize(path) }
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
    }
    return parts.isEmpty ? "." : parts.joined(separator: "/")
  }

  private static func path(ofURL url: String) -> JavaScriptValue {
    url.hasPrefix("file://") ? .string(String(url.dropFirst(7))) : .string(url)
  }
}
