import Testing

@testable import PackageFiles

struct JSONReaderTests {
  private static let names = ["name", "version", "dependencies", "", "schlüssel"]

  private func members(_ text: String) throws -> [JSONValue?]? {
    let bytes = Array(text.utf8)
    return try JSONReader.members(of: bytes.span.bytes, called: NameTable(Self.names))
  }

  @Test(
    "The members that are looked for have the values that the whole document gives them",
    arguments: [
      "{}", #"{"name": "a", "version": 7}"#, "\u{feff} { \"name\" : null } ",
      #"{"name": 1, "other": {"name": 2}, "name": [3, {"name": 4}], "version": true}"#,
      #"{"n\u0061me": "escaped", "version\u0000": 1, "": "empty", "schl\u00fcssel": "ü"}"#,
      #"{"dependencies": {"a": "1", "a": "2"}, "names": 1, "nam": 2, "Name": 3}"#,
      #"{"other": "a \" quoted } brace", "version": "1.0.0"}"#,
    ])
  func members(text: String) throws {
    let bytes = Array(text.utf8)
    let whole = try JSONReader.parse(bytes.span.bytes)
    let found = try #require(try members(text))
    #expect(found == Self.names.map { whole[$0] })
  }

  @Test(
    "A document that is no object has no members, and one that is no JSON is refused",
    arguments: ["[]", "7", "\"name\""])
  func others(text: String) throws {
    #expect(try members(text) == nil)
    for broken in [
      text + "}", "{\"name\": \(text)", "{\"name\" \(text)}", "{\"x\": \(text) \"name\": 1}", "{name: \(text)}", "",
    ] {
      #expect(throws: JSONReader.Failure.self) { try members(broken) }
    }
  }

  @Test("A table finds each of its names and nothing else")
  func table() {
    let names = ["nan", "bindings", "node-gyp", "", "x", "nannannan", "n\u{e9}", "@mapbox/node-pre-gyp", "bindingz"]
    let table = NameTable(names)
    #expect(table.count == names.count && names.allSatisfy(table.contains))
    for other in ["nam", "na", "nann", "Bindings", "binding", "y", "node-gyp ", "@mapbox/node-pre-gyq", "n\u{e8}"] {
      #expect(!table.contains(other), "\(other)")
    }
    #expect(!NameTable([]).contains("") && !NameTable([]).contains("a"))
    for (position, name) in names.enumerated() {
      #expect(Array(name.utf8).withUnsafeBytes { table.position(of: $0) } == position)
    }
  }
}
