import Foundation
import Testing

@Suite("Rooms")
struct RoomsTests {
  /// DESIGN.md's table of rooms, from the bottom of the house to its top.
  static let rooms = [
    "NativeBinaries", "PackageFiles", "LambdaRuntimes", "LoadSimulation", "NodeModules", "Audit", "Explanations",
    "Packaging", "Builds", "Rehearsal", "Projects", "Deployment", "Reports", "airworthy",
  ]

  /// Targets of C, which are libraries to the rooms.
  static let libraries = ["CatalogData", "CLibrary", "CZlib", "CDeflate"]

  /// What a room imports, as the `import` lines of its files say.
  private struct Import: Hashable, CustomStringConvertible {
    var file: String
    var module: String
    var description: String { "\(file) imports \(module)" }
  }

  private static let sources = Airworthy.repository.appending(path: "Sources")

  private static func folder(_ room: String) -> String { sources.appending(path: room).path }

  private static func imports(of room: String) throws -> [Import] {
    let files = try #require(FileManager.default.enumerator(atPath: folder(room)))
    var found: [Import] = []
    for case let path as String in files where path.hasSuffix(".swift") {
      let text = try String(contentsOf: sources.appending(path: room + "/" + path), encoding: .utf8)
      found += modules(importedBy: text).map { Import(file: "\(room)/\(path)", module: $0) }
    }
    return found
  }

  /// `import M`, with attributes, an access level or a kind: `@testable public import struct M.Name`.
  static func modules(importedBy text: String) -> [String] {
    let line =
      /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:typealias|struct|class|enum|protocol|let|var|func)\s+)?(?<module>\w+)/
      .anchorsMatchLineEndings()
    return text.matches(of: line).map { String($0.output.module) }
  }

  @Test("The imports of a file are found in every form that Swift has")
  func parser() {
    let text = """
      import A
      #if os(Linux)
        import B
      #endif
      @preconcurrency import C
      @_spi(Inner) public import D
      import struct E.Name
      // import Nothing
      let text = "import Nothing"
      """
    #expect(Self.modules(importedBy: text) == ["A", "B", "C", "D", "E"])
  }

  @Test("Every folder of Sources is a room of the table or a C library")
  func folders() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.sources.path).filter { !$0.hasPrefix(".") }
    #expect(folders.filter { !(Self.rooms + Self.libraries).contains($0) } == [])
    #expect(Set(folders).isSuperset(of: ["NativeBinaries", "Audit", "airworthy"]))
  }

  @Test("A room imports only rooms below it", arguments: rooms)
  func order(_ room: String) throws {
    guard FileManager.default.fileExists(atPath: Self.folder(room)) else { return }
    let imports = try Self.imports(of: room)
    let above = Self.rooms.drop { $0 != room }
    #expect(imports.filter { above.contains($0.module) } == [])
  }

  @Test("No room imports airworthy")
  func program() throws {
    for room in Self.rooms.dropLast() where FileManager.default.fileExists(atPath: Self.folder(room)) {
      #expect(try Self.imports(of: room).filter { $0.module == "airworthy" } == [])
    }
  }

  @Test("NativeBinaries imports nothing")
  func nativeBinaries() throws { #expect(try Self.imports(of: "NativeBinaries") == []) }

  @Test("Only FoundationEssentials is imported where it exists", arguments: rooms)
  func foundation(_ room: String) throws {
    guard FileManager.default.fileExists(atPath: Self.folder(room)) else { return }
    let imports = try Self.imports(of: room)
    let essentials = Set(imports.filter { $0.module == "FoundationEssentials" }.map(\.file))
    #expect(imports.filter { $0.module == "Foundation" && !essentials.contains($0.file) } == [])
  }

  @Test("Package.swift declares no dependency that goes upwards")
  func manifest() throws {
    let manifest = try String(
      contentsOf: Airworthy.repository.appending(path: "Package.swift"), encoding: .utf8)
    let declarations = manifest.matches(
      of:
        /\.(?:executableTarget|target)\(\s*name: "(?<name>\w+)"(?<rest>(?:(?!\.(?:executableTarget|target|testTarget)\()[\s\S])*)/
    )
    #expect(declarations.contains { $0.output.name == "airworthy" })
    for declaration in declarations where Self.rooms.contains(String(declaration.output.name)) {
      let above = Self.rooms.drop { $0 != String(declaration.output.name) }
      let named = declaration.output.rest.matches(of: /"(?<name>\w+)"/).map { String($0.output.name) }
      #expect(named.filter { above.contains($0) } == [], "\(declaration.output.name)")
    }
  }
}
