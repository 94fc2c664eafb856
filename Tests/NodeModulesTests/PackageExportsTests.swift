import PackageFiles
import Testing

@testable import NodeModules

@Suite("The targets of exports are found in lists and conditions")
struct PackageExportsTests {
  private let exports = PackageExports(conditions: ["node", "require"])

  @Test("Of a list the first target that can be counts")
  func lists() {
    let value = JSONValue.array([.string("not-relative"), .array([]), .string("./a.js"), .string("./b.js")])
    #expect(exports.target(of: ".", in: value) == "./a.js")
    #expect(exports.target(of: ".", in: .array([.array([.string("x")])])) == nil)
  }

  @Test("Lists in lists cost no more than their number", .timeLimit(.minutes(1)))
  func nested() {
    var value = JSONValue.string("./x.js")
    for _ in 0..<400 { value = .array([value]) }
    #expect(exports.target(of: ".", in: value) == "./x.js")
  }

  @Test("Each star of the target becomes what the star of the key stood for", .timeLimit(.minutes(1)))
  func stars() {
    func target(_ stars: Int, _ match: Int) -> String? {
      let value = JSONValue.object([
        .init("./*", .string("./" + String(repeating: "*/", count: stars) + "a.js"))
      ])
      return exports.target(of: "./" + String(repeating: "x", count: match), in: value)
    }
    #expect(target(1, 3) == "./xxx/a.js")
    #expect(target(2, 1) == "./x/x/a.js")
    #expect(target(1, 4096)?.utf8.count == 4096 + 7)
    // Else this would be a path of two hundred gigabytes.
    #expect(target(1 << 20, 200_000) == nil)
  }
}
