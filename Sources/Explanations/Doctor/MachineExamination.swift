#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Asks this machine's tools what they are, all at once; none may take longer than the time allowed.
public struct MachineExamination: Sendable {
  var timeout: Duration

  public init(timeout: Duration = .seconds(10)) { self.timeout = timeout }

  public func machine() async -> LocalMachine {
    async let node = run("node", ["-e", Self.script])
    async let npm = npm()
    async let libc = libc()
    async let managers = versions(of: [("pnpm", ["--version"]), ("yarn", ["--version"]), ("bun", ["--version"])])
    async let containers = containers()
    async let tools = versions(of: [
      ("zig", ["version"]), ("aws", ["--version"]), ("python3", ["--version"]), ("make", ["--version"]),
      ("c++", ["--version"]),
    ])
    let answer = await node
    let kernel = Self.kernel
    var machine = LocalMachine(
      system: kernel.system, machine: kernel.machine, libc: await libc, node: answer.output.flatMap(Self.node),
      nodeProblem: nil, npm: await npm, packageManagers: await managers, containers: await containers,
      tools: await tools)
    if machine.node == nil { machine.nodeProblem = answer.problem ?? "it does not answer as Node.js does" }
    // node knows the C library that it runs on better than the tools in PATH do.
    if let glibc = machine.node?.glibc { machine.libc = .init(name: "glibc", version: glibc) }
    return machine
  }

  private func run(_ name: String, _ arguments: [String]) async -> ToolRun {
    await ToolRun.run(name, arguments, timeout: timeout)
  }

  /// For every Node.js since 4: old ones know neither `?.` nor `process.report`.
  private static let script = """
    var g; try { process.report.excludeNetwork = true; var r = process.report.getReport(); \
    g = (typeof r === 'string' ? JSON.parse(r) : r).header.glibcVersionRuntime } catch (e) {} \
    console.log(JSON.stringify({ version: process.versions.node, platform: process.platform, arch: process.arch, \
    modules: process.versions.modules, napi: process.versions.napi, glibc: g, path: process.execPath }))
    """

  private struct NodeAnswer: Decodable {
    let version, platform, arch: String
    let modules, napi, glibc, path: String?
  }

  private static func node(_ text: String) -> LocalMachine.Node? {
    guard let answer = try? JSONDecoder().decode(NodeAnswer.self, from: Data(text.utf8)) else { return nil }
    return LocalMachine.Node(
      version: answer.version, platform: answer.platform, arch: answer.arch,
      moduleVersion: answer.modules.flatMap { Int($0) },
      nodeApi: answer.napi.flatMap { Int($0) }, glibc: answer.glibc, path: answer.path)
  }

  private static var kernel: (system: String, machine: String) {
    var names = utsname()
    guard uname(&names) == 0 else { return ("unknown", "unknown") }
    return ("\(text(names.sysname)) \(text(names.release))", text(names.machine))
  }

  /// A field of `utsname`: characters up to a NUL.
  private static func text<Field>(_ field: Field) -> String {
    withUnsafeBytes(of: field) { bytes in String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
  }
}

extension MachineExamination {
  private static let settings = [
    "os", "cpu", "libc", "ignore-scripts", "omit", "include", "optional", "platform", "arch", "target_platform",
    "target_arch", "build-from-source", "node-linker", "package-lock", "install-strategy",
  ]

  private func npm() async -> LocalMachine.NPM? {
    async let version = run("npm", ["--version"])
    async let answer = run("npm", ["config", "get"] + Self.settings)
    guard let version = Self.firstVersion(in: await version.output ?? "") else { return nil }
    return LocalMachine.NPM(version: version, settings: Self.settings(in: await answer.output ?? ""))
  }

  /// `key = value` for each; what is not set is `null`, `undefined` or empty.
  static func settings(in text: String) -> [String: String] {
    var found: [String: String] = [:]
    for line in text.split(whereSeparator: \.isNewline) {
      let parts = line.split(separator: "=", maxSplits: 1).map { $0.filter { !$0.isWhitespace && $0 != "\"" } }
      guard parts.count == 2, settings.contains(parts[0]), !["", "null", "undefined"].contains(parts[1]) else {
        continue
      }
      if defaults[parts[0]] != parts[1] { found[parts[0]] = parts[1] }
    }
    return found
  }

  private static let defaults = [
    "ignore-scripts": "false", "package-lock": "true", "install-strategy": "hoisted", "optional": "true",
  ]

  /// glibc's `getconf`, or `ldd`, which musl has too and which says its name on standard error.
  private func libc() async -> LocalMachine.CLibrary? {
    async let configuration = run("getconf", ["GNU_LIBC_VERSION"])
    async let loader = run("ldd", ["--version"])
    if let text = await configuration.output, text.hasPrefix("glibc ") {
      return .init(name: "glibc", version: Self.firstVersion(in: text))
    }
    switch await loader {
    case .succeeded(let text) where text.contains("GNU libc") || text.contains("GLIBC"):
      return .init(name: "glibc", version: Self.firstVersion(in: text))
    case .succeeded(let text) where text.contains("musl"), .failed(_, let text) where text.contains("musl"):
      return .init(name: "musl", version: Self.firstVersion(in: text))
    default: return nil
    }
  }

  private func versions(of tools: [(name: String, arguments: [String])]) async -> [LocalMachine.Tool] {
    await withTaskGroup(of: (Int, LocalMachine.Tool).self) { group in
      for (index, tool) in tools.enumerated() {
        group.addTask {
          let answer = await run(tool.name, tool.arguments)
          let version = answer.output.flatMap(Self.firstVersion)
          let problem = answer.problem ?? (version == nil ? "does not tell its version" : nil)
          return (index, .init(name: tool.name, version: version, isReachable: nil, problem: problem))
        }
      }
      var found: [(Int, LocalMachine.Tool)] = []
      for await one in group { found.append(one) }
      return found.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  /// An engine that is installed need not answer: the daemon may be stopped, or not be this user's.
  private func containers() async -> [LocalMachine.Tool] {
    var engines = await versions(of: [("docker", ["--version"]), ("podman", ["--version"]), ("finch", ["--version"])])
    for index in engines.indices where engines[index].version != nil {
      let answer = await run(engines[index].name, ["ps", "--quiet"])
      engines[index].isReachable = answer.output != nil
      engines[index].problem = answer.problem
    }
    return engines
  }

  /// The first dotted number in the text: `20.10.5` of `Docker version 20.10.5+dfsg1, build 55c4c88`.
  static func firstVersion(in text: String) -> String? {
    for word in text.split(whereSeparator: { $0.isWhitespace || "(),/v".contains($0) }) {
      let digits = word.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      if digits.contains("."), digits.first != ".", digits.last != "." { return String(digits) }
    }
    return nil
  }
}
