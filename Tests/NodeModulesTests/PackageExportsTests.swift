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
}
