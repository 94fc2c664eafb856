import Testing

@testable import PackageFiles

@Suite("A path has one form, whatever way it is written")
struct TreePathTests {
  /// Every text of at most `count` of these characters.
  private static func texts(_ alphabet: [UInt8], upTo count: Int) -> [[UInt8]] {
    var all: [[UInt8]] = [[]]
    var longest = all
    for _ in 0..<count {
      longest = longest.flatMap { text in alphabet.map { text + [$0] } }
      all += longest
    }
    return all
  }

  private static let texts = texts(Array("ab./".utf8) + [0], upTo: 6)

  /// The rule as it is documented: empty components and `.` are dropped.
  private func cleaned(_ text: [UInt8]) -> [[UInt8]]? {
    let components = text.split(separator: UInt8(ascii: "/")).map(Array.init).filter { $0 != Array(".".utf8) }
    return components.contains { $0 == Array("..".utf8) || $0.contains(0) } ? nil : components
  }

  private func joined(_ components: [[UInt8]]) -> [UInt8] { Array(components.joined(separator: "/".utf8)) }

  @Test("Empty components and dots are dropped, and nothing leads up or has a NUL")
  func cleaning() {
    for text in Self.texts {
      let expected = cleaned(text).map(joined)
      if TreePath(bytes: text)?.bytes != expected { Issue.record("\(text)") }
      // Not contiguous.
      if TreePath(bytes: text.lazy.map { $0 })?.bytes != expected { Issue.record("lazy \(text)") }
    }
  }

  @Test("A relative path leads below its directory or nowhere")
  func descending() throws {
    for home in ["", "x", "x/y"] {
      let directory = try #require(TreePath(home))
      for text in Self.texts {
        var components: [[UInt8]]? = []
        for part in text.split(separator: UInt8(ascii: "/")).map(Array.init) where part != Array(".".utf8) {
          if part == Array("..".utf8) {
            components = components.flatMap { $0.isEmpty ? nil : Array($0.dropLast()) }
          } else {
            components = part.contains(0) ? nil : components.map { $0 + [part] }
          }
        }
        let expected = components.map { joined((home.isEmpty ? [] : [Array(home.utf8)]) + $0) }
        let found = directory.descending(String(decoding: text, as: UTF8.self))?.bytes
        if found != expected { Issue.record("\(home) \(text)") }
      }
    }
  }

  @Test("What is below a directory is below it by whole components")
  func below() {
    #expect(("a/b" as TreePath).isBelow("a") && ("a" as TreePath).isBelow(.root) && ("a/b/c" as TreePath).isBelow("a"))
    #expect(!("a" as TreePath).isBelow("a") && !("ab/c" as TreePath).isBelow("a") && !TreePath.root.isBelow(.root))
  }
}
