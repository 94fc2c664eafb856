import NodeModules
import Reports
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The list of loaders and their documentation are read from their files here and nowhere else: the test compares, and writes the
/// two generated files instead where `AIRWORTHY_GENERATE_LOADERS` is set, as `Scripts/generate-loaders` does.
struct LoaderDocumentationTests {
  private static let root = URL(filePath: #filePath).appending(path: "../../../..").standardized
  private static let loaders = root.appending(path: "Sources/NodeModules/Loaders")
  private static let generated = loaders.appending(path: "Loaders.generated.swift")
  private static let page = root.appending(path: "Documentation/Loaders.md")

  @Test("Every loader is listed and documented by its own file, and the generated files say the same")
  func upToDate() throws {
    let found = try Self.found()
    let documented = found.map(\.documentation)
    if ProcessInfo.processInfo.environment["AIRWORTHY_GENERATE_LOADERS"] != nil {
      try Data(Self.source(found).utf8).write(to: Self.generated)
      try Data(LoadersReport.markdown(documented).utf8).write(to: Self.page)
      return
    }
    #expect(try Self.text(of: Self.generated) == Self.source(found), "Run Scripts/generate-loaders")
    #expect(LoaderDocumentation.all == documented, "Run Scripts/generate-loaders")
    #expect(try Self.text(of: Self.page) == LoadersReport.markdown(documented))
    #expect(Set(documented.map(\.id)).count == documented.count)
    for loader in documented {
      #expect(
        ![loader.id, loader.summary, loader.convention, loader.precedence, loader.source].contains(""), "\(loader.id)")
      #expect(loader.id.allSatisfy { $0 == "-" || $0.isNumber || $0.isLowercase }, "\(loader.id)")
    }
  }

  private struct Found {
    var type: String
    var documentation: LoaderDocumentation
  }

  /// Named packages first, then kinds of packages, libraries and layouts, each by id.
  private static func found() throws -> [Found] {
    let names = try FileManager.default.contentsOfDirectory(atPath: loaders.path).sorted()
    let found = try names.flatMap { try Self.found(in: text(of: loaders.appending(path: $0))) }
    let order = LoaderDocumentation.Kind.allCases
    func rank(_ one: Found) -> Int { order.firstIndex(of: one.documentation.kind) ?? order.count }
    return found.sorted { a, b in
      rank(a) == rank(b) ? a.documentation.id < b.documentation.id : rank(a) < rank(b)
    }
  }

  private static func text(of file: URL) throws -> String {
    String(decoding: try Data(contentsOf: file), as: UTF8.self)
  }

  /// The loader of a file; none in one that only helps.
  private static func found(in source: String) -> [Found] {
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let words = line.split(separator: " ").filter { $0 != "public" }
      guard words.count == 4, words[0] == "enum", words[1].hasSuffix(":"), words[3] == "{",
        ["PackageLoader", "LibraryLoader", "InstalledLayout"].contains(words[2])
      else { continue }
      let isGeneric = lines.contains { $0.contains("static let isForNamedPackages = false") }
      let kind: LoaderDocumentation.Kind =
        words[2] == "LibraryLoader" ? .library : words[2] == "InstalledLayout" ? .layout : isGeneric ? .generic : .named
      let comment = lines[..<index].reversed().prefix { $0.hasPrefix("///") }.reversed()
      let paragraphs = comment.map { $0.dropFirst(3).drop { $0 == " " } }
        .split(separator: "").map { $0.joined(separator: " ") }
      func labelled(_ label: String) -> String {
        paragraphs.first { $0.hasPrefix(label + ": ") }.map { String($0.dropFirst(label.count + 2)) } ?? ""
      }
      let id = lines.first { $0.contains("static let id = ") }?.split(separator: "\"").dropFirst().first ?? ""
      let documentation = LoaderDocumentation(
        id: String(id), kind: kind, summary: paragraphs.first ?? "", convention: labelled("Convention"),
        precedence: labelled("Precedence"), source: labelled("Source"))
      return [Found(type: String(words[1].dropLast()), documentation: documentation)]
    }
    return []
  }

  private static func source(_ found: [Found]) -> String {
    func types(_ kinds: LoaderDocumentation.Kind...) -> String {
      found.filter { kinds.contains($0.documentation.kind) }.map { "    \($0.type).self,\n" }.joined()
    }
    let elements = found.map { loader in
      let text = loader.documentation
      return """
            LoaderDocumentation(
              id: \(literal(text.id)), kind: .\(text.kind.rawValue),
              summary: \(literal(text.summary)),
              convention: \(literal(text.convention)),
              precedence: \(literal(text.precedence)),
              source: \(literal(text.source))),

        """
    }
    return """
      // Generated from the loaders' files by Scripts/generate-loaders; do not edit.
      // swift-format-ignore-file

      /// Every loader.
      enum Loaders {
        /// Those of named packages first, then by id.
        static let packages: [any PackageLoader.Type] = [
      \(types(.named, .generic))  ]

        static let libraries: [any LibraryLoader.Type] = [
      \(types(.library))  ]

        static let layouts: [any InstalledLayout.Type] = [
      \(types(.layout))  ]
      }

      extension LoaderDocumentation {
        /// Every loader's documentation, in the order of `Loaders`.
        public static let all: [LoaderDocumentation] = [
      \(elements.joined())  ]
      }

      """
  }

  private static func literal(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}
