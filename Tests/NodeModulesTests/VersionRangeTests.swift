import Testing

@testable import NodeModules

/// Source: node-semver's README, "Ranges".
struct VersionRangeTests {
  @Test(
    "A range contains what node-semver says",
    arguments: [
      ("^18.17.0 || ^20.3.0 || >=21.0.0", "18.17.0", true), ("^18.17.0 || ^20.3.0 || >=21.0.0", "18.16.1", false),
      ("^18.17.0 || ^20.3.0 || >=21.0.0", "19.9.0", false), ("^18.17.0 || ^20.3.0 || >=21.0.0", "24.1.0", true),
      (">=20.9.0", "20.9.0", true), (">=20.9.0", "20.8.9", false), ("20", "20.1.2", true), ("20.x", "21.0.0", false),
      ("*", "1.0.0", true), ("", "1.0.0", true), ("~1.2", "1.2.9", true), ("~1.2", "1.3.0", false),
      ("^0.2.3", "0.3.0", false),
      ("^0.0.3", "0.0.4", false), ("1.2 - 2", "2.9.9", true), ("1.2 - 2", "3.0.0", false), (">1.2", "1.2.5", false),
      (">= 14", "14.0.0", true), ("<=1.2", "1.2.9", true), (">=16 <21", "21.0.0", false),
    ])
  func contains(_ range: String, _ version: String, _ isInside: Bool) throws {
    #expect(try #require(VersionRange(range)).contains(try #require(PackageVersion(version))) == isInside)
  }

  @Test("What is no range is none", arguments: ["abc", ">=a.b", "1.2.3 >"])
  func invalid(_ text: String) { #expect(VersionRange(text) == nil) }
}
