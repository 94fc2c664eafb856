import Audit
import NativeBinaries

/// The facts of one file, in the order in which people read them; text and JSON are two forms of it.
indirect enum Fact: Encodable, Hashable, Sendable {
  case text(String)
  case number(Int)
  case flag(Bool)
  case list([Fact])
  case table([Entry])

  struct Entry: Hashable, Sendable {
    var key: String
    var value: Fact
  }

  func encode(to encoder: any Encoder) throws {
    switch self {
    case .text(let text):
      var container = encoder.singleValueContainer()
      try container.encode(text)
    case .number(let number):
      var container = encoder.singleValueContainer()
      try container.encode(number)
    case .flag(let flag):
      var container = encoder.singleValueContainer()
      try container.encode(flag)
    case .list(let facts):
      var container = encoder.singleValueContainer()
      try container.encode(facts)
    case .table(let entries):
      var container = encoder.container(keyedBy: Key.self)
      for entry in entries { try container.encode(entry.value, forKey: Key(stringValue: entry.key)) }
    }
  }

  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}

/// Facts being collected: what is absent leaves no key.
struct FactTable {
  private(set) var entries: [Fact.Entry] = []

  var fact: Fact { .table(entries) }

  mutating func add(_ key: String, _ value: Fact?) {
    if let value { entries.append(Fact.Entry(key: key, value: value)) }
  }

  mutating func add(_ key: String, _ text: String?) { add(key, text.map { .text($0) }) }

  mutating func add(_ key: String, _ number: Int?) { add(key, number.map { .number($0) }) }

  /// An empty list is an absent fact.
  mutating func add(_ key: String, _ texts: [String]) {
    if !texts.isEmpty { add(key, .list(texts.map { .text($0) })) }
  }

  mutating func add(_ key: String, tables: [FactTable]) {
    if !tables.isEmpty { add(key, .list(tables.map(\.fact))) }
  }

  mutating func addIfTrue(_ key: String, _ flag: Bool) {
    if flag { add(key, .flag(true)) }
  }

  /// An address, a set of flags or the like, in base 16.
  static func hexadecimal(_ value: some BinaryInteger) -> String { "0x" + String(value, radix: 16) }

  static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

/// What `airworthy inspect FILE` prints: the facts of one file, without any target.
public struct InspectionReport: Sendable {
  private var facts: FactTable

  /// - Parameters:
  ///   - path: as the user gave it.
  ///   - byteCount: the file's length in bytes.
  public init(path: String, byteCount: Int, binary: NativeBinary) {
    facts = FactTable()
    facts.add("schema", "airworthy/inspect/1")
    facts.add("path", path)
    facts.add("bytes", byteCount)
    let common = BinaryFacts(binary)
    facts.add("format", common.format.rawValue)
    facts.add("summary", common.summary)
    facts.add("architectures", common.architectures)
    facts.add("os", common.os)
    facts.add("libc", common.libc)
    facts.add("kind", common.kind?.rawValue)
    Self.addRegistration(common.registration, to: &facts)
    Self.addRequirements(common.requires, to: &facts)
    switch binary {
    case .elf(let image): facts.add("elf", ELFInspection.facts(of: image).fact)
    case .machO(let image): facts.add("macho", ForeignInspection.facts(of: image).fact)
    case .pe(let image): facts.add("pe", ForeignInspection.facts(of: image).fact)
    case .archive(let archive): facts.add("ar", ForeignInspection.facts(of: archive).fact)
    case .webAssembly(let module): facts.add("wasm", ForeignInspection.facts(of: module).fact)
    case .other(let lookAlike): facts.add("other", ForeignInspection.facts(of: lookAlike).fact)
    }
    facts.add("damage", common.damage)
  }

  public func json() throws -> String { try JSONReport.encode(facts.fact) }

  /// One fact on each line, nested ones indented.
  public func text(style: TextStyle = TextStyle()) -> String {
    var page = TextPage(style: style)
    Self.write(facts.entries.filter { $0.key != "schema" }, indent: 0, on: &page)
    return page.text
  }

  private static func write(_ entries: [Fact.Entry], indent: Int, on page: inout TextPage) {
    let column = (entries.map(\.key.count).max() ?? 0) + indent + 2
    for entry in entries {
      let label = String(repeating: " ", count: indent) + entry.key
      switch entry.value {
      case .text(let text): page.paragraph(text, label: label, indent: column)
      case .number(let number): page.paragraph(String(number), label: label, indent: column)
      case .flag(let flag): page.paragraph(flag ? "yes" : "no", label: label, indent: column)
      case .list(let items): write(items, label: label, column: column, indent: indent, on: &page)
      case .table(let nested):
        page.line(label, paint: .bold)
        write(nested, indent: indent + 2, on: &page)
      }
    }
  }

  private static func write(_ items: [Fact], label: String, column: Int, indent: Int, on page: inout TextPage) {
    if items.contains(where: { if case .table = $0 { true } else { false } }) {
      page.line(label, paint: .bold)
      for item in items { page.paragraph("- " + inline(item), indent: indent + 2) }
      return
    }
    page.paragraph(inline(items), label: label, indent: column)
  }

  private static let longestTextList = 24

  /// A library can have thousands of symbols; people look at a few, programs take the JSON.
  private static func inline(_ items: [Fact]) -> String {
    let rest =
      items.count > longestTextList ? ["and \(items.count - longestTextList) more (all with --format json)"] : []
    return (items.prefix(longestTextList).map { inline($0) } + rest).joined(separator: ", ")
  }

  /// A nested fact in one line: `libc.so.6: GLIBC_2.2.5, GLIBC_2.34`.
  private static func inline(_ fact: Fact) -> String {
    switch fact {
    case .text(let text): return text
    case .number(let number): return String(number)
    case .flag(let flag): return flag ? "yes" : "no"
    case .list(let items): return inline(items)
    case .table(let entries):
      return entries.enumerated().map { index, entry in
        index == 0 ? inline(entry.value) : "\(entry.key) \(inline(entry.value))"
      }.joined(separator: "; ")
    }
  }

  private static func addRegistration(_ registration: AddonRegistration, to facts: inout FactTable) {
    guard registration.kind != .none else { return }
    facts.add("registration", registration.kind.rawValue)
    facts.add("moduleVersion", registration.moduleVersion)
    facts.add("nodeApiVersion", registration.nodeAPIVersion)
    facts.addIfTrue("registersInConstructor", registration.usesConstructor)
    facts.addIfTrue("usesV8Interface", registration.usesV8Interface)
  }

  private static func addRequirements(_ requires: AuditReport.Requirements, to facts: inout FactTable) {
    guard !requires.isEmpty else { return }
    var table = FactTable()
    table.add("glibc", requires.glibc)
    table.add("glibcxx", requires.glibcxx)
    table.add("cxxabi", requires.cxxabi)
    table.add("gcc", requires.gcc)
    facts.add("requires", table.fact)
  }
}
