import NativeBinaries
import Testing

enum WebAssemblySample {
  static let preamble: [UInt8] = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]

  static func section(_ id: UInt8, _ contents: [UInt8]) -> [UInt8] { [id, UInt8(contents.count)] + contents }
  static func name(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }

  /// Imports and exports of every kind.
  static let module: [UInt8] =
    preamble
    + section(
      2,
      [7] + name("env") + name("f") + [0, 0x80, 0x01]
        + name("env") + name("t") + [1, 0x70, 0x01, 1, 2]
        + name("env") + name("refs") + [1, 0x63, 0x80, 0x01, 0x00, 3]
        + name("env") + name("m") + [2, 0x00, 1]
        + name("env") + name("shared") + [2, 0x03, 1, 0x80, 0x02]
        + name("env") + name("g") + [3, 0x7f, 0] + name("env") + name("e") + [4, 0, 0])
    + section(7, [2] + name("run") + [0, 1] + name("memory") + [2, 0]) + section(0, name("name") + [1, 2, 3])
}

@Suite struct WebAssemblyTests {
  func parse(_ bytes: [UInt8]) -> WebAssembly.Module { WebAssembly.Module(parsing: bytes.span.bytes) }

  @Test("A core module gives its sections, and its imports and exports by kind")
  func module() {
    let module = parse(WebAssemblySample.module)
    #expect(module.damage == [])
    #expect(module.version == 1)
    #expect(module.layer == .module)
    #expect(module.sections.map(\.id) == [2, 7, 0])
    #expect(module.sections.map(\.byteCount).reduce(6, +) + 8 == WebAssemblySample.module.count)
    #expect(module.customSectionNames == ["name"])
    #expect(module.imports.map(\.name) == ["f", "t", "refs", "m", "shared", "g", "e"])
    #expect(module.imports.allSatisfy { $0.module == "env" })
    #expect(
      module.imports.map(\.kind.description) == ["function", "table", "table", "memory", "memory", "global", "tag"])
    #expect(module.exports.map(\.name) == ["run", "memory"])
    #expect(module.exports.map(\.kind) == [.function, .memory])
  }

  @Test("A component is told from a module by its layer; sections of the same id mean other things there")
  func component() {
    let component = parse([0x00, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0] + WebAssemblySample.section(2, [0xff]))
    #expect(component.layer == .component)
    #expect(component.version == 13)
    #expect(component.sections.map(\.id) == [2])
    #expect(component.damage == [])
  }

  @Test("What is before the damage is kept")
  func damaged() {
    let cut = parse(
      WebAssemblySample.preamble + WebAssemblySample.section(0, WebAssemblySample.name("first")) + [7, 100, 1, 1])
    #expect(cut.customSectionNames == ["first"])
    #expect(cut.sections.map(\.byteCount) == [6, 100])
    #expect(cut.damage == [ParseError(.truncated, at: 16)])
    // A count of 2^32 - 1 imports in a section without any.
    let count = parse(WebAssemblySample.preamble + WebAssemblySample.section(2, [0xff, 0xff, 0xff, 0xff, 0x0f]))
    #expect(count.damage == [ParseError(.truncated, at: 15)])
    // A size of more than 64 bits.
    let size = parse(WebAssemblySample.preamble + [1] + [UInt8](repeating: 0xff, count: 10) + [0x01])
    #expect(size.damage == [ParseError(.invalid("an integer of more than 64 bits"), at: 9)])
  }
}
