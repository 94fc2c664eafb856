import PackageFiles
import Testing

@testable import NodeModules

/// One tree, one target, and what the loader of one package makes of them.
struct LoaderCase: Sendable, CustomTestStringConvertible {
  /// What holds.
  var name: String
  var package: String
  var version: String?
  /// Further fields of the package's manifest.
  var manifest = ""
  /// By path: absolute, from `node_modules` down where it begins with `~`, or else inside the package.
  var files: [String: String]
  var platform = LoaderWorld.x64
  var variables: [String: String] = [:]
  var expected: Expected
  /// Every attempt in order, in the notation of `files`; `nil` where the case is about something else.
  var attempts: [String]?

  enum Expected: Sendable, Hashable {
    /// The path, in the notation of `files`.
    case found(String)
    /// The whole message.
    case fails(String)
    case goesWithout
    case exits(String)
    case crash(String)
    case unknown
  }

  var testDescription: String { "\(package) \(version ?? ""): \(name)" }

  private static let modules = "/var/task/node_modules/"

  private func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    return path.hasPrefix("~") ? Self.modules + path.dropFirst() : "\(Self.modules)\(package)/\(path)"
  }

  /// Marks of places in expected messages: `$HOME` is the package's directory, `$MODULES` the one it stands in.
  private func filled(_ text: String) -> String {
    text.replacing("$HOME", with: Self.modules + package).replacing("$MODULES", with: "/var/task/node_modules")
  }

  func check() throws {
    var world = LoaderWorld(platform: platform, variables: variables)
    var fields = ["\"name\": \"\(package)\""]
    if let version { fields.append("\"version\": \"\(version)\"") }
    if !manifest.isEmpty { fields.append(manifest) }
    world.files[String(absolute("package.json").dropFirst())] = "{\(fields.joined(separator: ", "))}"
    for (path, text) in files { world.files[String(absolute(path).dropFirst())] = filled(text) }
    let found = try #require(world.find(package))
    #expect(found.loader != nil, "no loader is for it")
    switch expected {
    case .found(let path): #expect(found.result == .found(absolute(path)))
    case .fails(let text):
      guard case .fails(let error) = found.result else {
        Issue.record("\(found)")
        return
      }
      #expect(error.message == filled(text))
    case .goesWithout:
      guard case .goesWithout = found.result else {
        Issue.record("\(found)")
        return
      }
    case .exits(let text): #expect(found.end == .crash(signal: nil, exit: 1, message: filled(text)))
    case .crash(let signal): #expect(found.end == .crash(signal: signal, exit: nil, message: nil))
    case .unknown:
      guard case .unknown = found.result else {
        Issue.record("\(found)")
        return
      }
    }
    guard let attempts else { return }
    let wanted = attempts.map { attempt in
      let words = attempt.split(separator: " ", maxSplits: 1).map(String.init)
      let isBare = words[1].hasPrefix("=")
      return "\(words[0]) \(isBare ? String(words[1].dropFirst()) : absolute(words[1]))"
    }
    #expect(found.attempts == wanted)
  }
}

extension [String: String] {
  /// A platform package beside the package under test: its manifest and its main file.
  static func installed(
    _ name: String, _ main: String = "index.node", _ text: String = "ok", version: String = "1.0.0"
  ) -> [String: String] {
    [
      "~\(name)/package.json": "{\"name\": \"\(name)\", \"version\": \"\(version)\", \"main\": \"\(main)\"}",
      "~\(name)/\(main)": text,
    ]
  }

  static func + (a: [String: String], b: [String: String]) -> [String: String] { a.merging(b) { $1 } }
}
