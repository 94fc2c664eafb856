import NativeBinaries

/// A DLL of one section, put together from its parts.
struct PESample {
  enum Function {
    case name(String)
    case ordinal(UInt16)
  }

  var machine = PE.IMAGE_FILE_MACHINE_AMD64
  var isPE32Plus = true
  var imports: [(library: String, functions: [Function])] = []
  var delayImports: [(library: String, functions: [Function])] = []
  /// Whether delay imports hold addresses instead of relative ones, as Visual C++ 6 wrote them.
  var usesOldDelayImports = false
  /// Names and either code or the function that they forward to.
  var exports: [(name: String, code: [UInt8], forwarder: String?)] = []

  static let peOffset = 0x80
  static let sectionAddress = 0x1000
  static let sectionOffset = 0x400
  static let imageBase: UInt64 = 0x1000_0000

  var bytes: [UInt8] {
    var section = ByteLayout()
    let importTable = addDirectory(imports, to: &section, entryByteCount: 20, isDelay: false)
    let delayTable = addDirectory(delayImports, to: &section, entryByteCount: 32, isDelay: true)
    let exportTable = addExports(to: &section)
    section.pad(to: (section.bytes.count + 511) & ~511)

    var file = ByteLayout()
    file.add("MZ")
    file.pad(to: 0x3c)
    file.add(UInt32(Self.peOffset))
    file.pad(to: Self.peOffset)
    file.add("PE\0\0")
    file.add(machine, 1)
    file.add(0x6000_0000 as UInt32, 0, 0)
    file.add(UInt16(isPE32Plus ? 240 : 224), 0x2022)
    let optional = file.bytes.count
    file.add(isPE32Plus ? 0x20b : 0x10b as UInt16)
    file.pad(to: optional + (isPE32Plus ? 24 : 28))
    file.addWord(Self.imageBase, is64Bit: isPE32Plus)
    file.add(0x1000 as UInt32, 0x200)
    file.pad(to: optional + 60)
    file.add(UInt32(Self.sectionOffset), 0)
    file.add(3 as UInt16, 0x0160)
    file.pad(to: optional + (isPE32Plus ? 108 : 92))
    file.add(16 as UInt32)
    for index in 0..<16 {
      let table = index == 0 ? exportTable : index == 1 ? importTable : index == 13 ? delayTable : 0..<0
      file.add(UInt32(table.isEmpty ? 0 : table.lowerBound), UInt32(table.count))
    }
    file.add(".rdata", paddedTo: 8)
    file.add(UInt32(section.bytes.count), UInt32(Self.sectionAddress), UInt32(section.bytes.count))
    file.add(UInt32(Self.sectionOffset), 0, 0, 0, 0x4000_0040)
    file.pad(to: Self.sectionOffset)
    return file.bytes + section.bytes
  }

  /// Import or delay import descriptors, and behind them their tables; gives where the descriptors are.
  private func addDirectory(
    _ libraries: [(library: String, functions: [Function])], to section: inout ByteLayout, entryByteCount: Int,
    isDelay: Bool
  ) -> Range<Int> {
    guard !libraries.isEmpty else { return 0..<0 }
    let base = isDelay && usesOldDelayImports ? UInt32(Self.imageBase) : 0
    let directory = section.bytes.count
    section.pad(to: directory + entryByteCount * (libraries.count + 1))
    for (index, library) in libraries.enumerated() {
      let name = UInt32(Self.sectionAddress + section.bytes.count) + base
      section.add(library.library + "\0")
      var thunks: [UInt64] = []
      for function in library.functions {
        switch function {
        case .ordinal(let ordinal): thunks.append(UInt64(ordinal) | 1 << (isPE32Plus ? 63 : 31))
        case .name(let text):
          thunks.append(UInt64(Self.sectionAddress + section.bytes.count) + UInt64(base))
          section.add(7 as UInt16)
          section.add(text + "\0")
        }
      }
      let table = UInt32(Self.sectionAddress + section.bytes.count) + base
      for thunk in thunks + [0] { section.addWord(thunk, is64Bit: isPE32Plus) }
      let entry = directory + index * entryByteCount
      if isDelay {
        section.set(usesOldDelayImports ? 0 : 1 as UInt32, at: entry)
        section.set(name, at: entry + 4)
        section.set(table, at: entry + 16)
      } else {
        section.set(table, at: entry)
        section.set(name, at: entry + 12)
        section.set(table, at: entry + 16)
      }
    }
    let start = Self.sectionAddress + directory
    return start..<start + entryByteCount * (libraries.count + 1)
  }

  private func addExports(to section: inout ByteLayout) -> Range<Int> {
    guard !exports.isEmpty else { return 0..<0 }
    let address = { (section: ByteLayout) in UInt32(Self.sectionAddress + section.bytes.count) }
    var functions: [UInt32] = []
    for export in exports {
      functions.append(address(section))
      section.bytes += export.code
    }
    let directory = section.bytes.count
    section.pad(to: directory + 40)
    section.set(address(section), at: directory + 12)
    section.add("sample.node\0")
    var names: [UInt32] = []
    for (index, export) in exports.enumerated() {
      names.append(address(section))
      section.add(export.name + "\0")
      if let forwarder = export.forwarder {
        functions[index] = address(section)
        section.add(forwarder + "\0")
      }
    }
    section.set(1 as UInt32, at: directory + 16)
    section.set(UInt32(functions.count), at: directory + 20)
    section.set(UInt32(names.count), at: directory + 24)
    section.set(address(section), at: directory + 28)
    for function in functions { section.add(function) }
    section.set(address(section), at: directory + 32)
    for name in names { section.add(name) }
    section.set(address(section), at: directory + 36)
    for index in names.indices { section.add(UInt16(index)) }
    return Self.sectionAddress + directory..<Self.sectionAddress + section.bytes.count
  }

  /// A DLL with one of everything that is read.
  static func complete(machine: UInt16 = PE.IMAGE_FILE_MACHINE_AMD64, isPE32Plus: Bool = true) -> PESample {
    var sample = PESample(machine: machine, isPE32Plus: isPE32Plus)
    sample.imports = [
      ("KERNEL32.dll", [.name("GetLastError"), .ordinal(42)]), ("node.exe", [.name("napi_create_object")]),
    ]
    sample.delayImports = [("late.dll", [.name("called_late")])]
    sample.exports = [
      ("napi_register_module_v1", [0xc3], nil), ("passed_on", [], "NTDLL.RtlAllocateHeap"),
    ]
    return sample
  }
}
