import NativeBinaries

/// A Mach-O library of one architecture, put together from its parts.
struct MachOSample {
  var cpuType = MachO.CPU_TYPE_ARM64
  var cpuSubtype: UInt32 = 0
  var fileType: UInt32 = 6
  var is64Bit = true
  var order = ByteOrder.little
  /// Name, `n_type`, `n_desc`, value.
  var symbols: [(name: String, type: UInt8, description: UInt16, value: UInt64)] = []
  var exportTrie: [UInt8]?
  /// Binding opcodes, put into `LC_DYLD_INFO_ONLY`.
  var bindings: [UInt8]?
  var chainedFixups: [UInt8]?
  var commands: [[UInt8]] = []
  /// Machine code, at the file offset and address difference `codeOffset` from the image's base.
  var code: [UInt8] = []

  static let codeOffset = 0x800
  static let base: UInt64 = 0x1_0000

  var bytes: [UInt8] {
    var tables = ByteLayout(order: order)
    tables.pad(to: Self.codeOffset)
    tables.bytes += code
    var commands = [segment] + commands
    var strings = ByteLayout()
    strings.add(" ", paddedTo: 2)
    let symbolOffset = tables.bytes.count
    for symbol in symbols {
      tables.add(UInt32(strings.bytes.count))
      tables.add(symbol.type, 1)
      tables.add(symbol.description)
      tables.addWord(symbol.value, is64Bit: is64Bit)
      strings.add(symbol.name + "\0")
    }
    commands.append(
      command(0x2, [symbolOffset, symbols.count, tables.bytes.count, strings.bytes.count].map { UInt32($0) }))
    tables.bytes += strings.bytes
    if let bindings {
      let fields = [0, 0, tables.bytes.count, bindings.count, 0, 0, 0, 0, 0, 0]
      commands.append(command(0x8000_0022, fields.map { UInt32($0) }))
      tables.bytes += bindings
    }
    for case (let kind, let table?) in [(0x8000_0033, exportTrie), (0x8000_0034, chainedFixups)] as [(UInt32, [UInt8]?)]
    {
      commands.append(command(kind, [UInt32(tables.bytes.count), UInt32(table.count)]))
      tables.bytes += table
    }
    var file = ByteLayout(order: order)
    file.add(is64Bit ? 0xfeed_facf : 0xfeed_face as UInt32, cpuType, cpuSubtype, fileType)
    file.add(UInt32(commands.count), UInt32(commands.joined().count), 0x85)
    if is64Bit { file.add(0 as UInt32) }
    file.bytes += commands.joined()
    return file.bytes + tables.bytes.dropFirst(file.bytes.count)
  }

  func command(_ kind: UInt32, _ fields: [UInt32], text: String? = nil) -> [UInt8] {
    var layout = ByteLayout(order: order)
    let textByteCount = text.map { ($0.utf8.count + 8) & ~7 } ?? 0
    layout.add(kind, UInt32(8 + fields.count * 4 + textByteCount))
    for field in fields { layout.add(field) }
    if let text { layout.add(text, paddedTo: textByteCount) }
    return layout.bytes
  }

  func dylib(_ kind: UInt32, _ name: String, current: UInt32 = 0x1_0203, compatibility: UInt32 = 0x1_0000) -> [UInt8] {
    command(kind, [24, 2, current, compatibility], text: name)
  }

  private var segment: [UInt8] {
    var layout = ByteLayout(order: order)
    layout.add(is64Bit ? 0x19 : 0x1 as UInt32, is64Bit ? 72 : 56)
    layout.add("__TEXT", paddedTo: 16)
    layout.addWord(Self.base, is64Bit: is64Bit)
    layout.addWord(0x1000, is64Bit: is64Bit)
    layout.addWord(0, is64Bit: is64Bit)
    layout.addWord(UInt64(Self.codeOffset + code.count), is64Bit: is64Bit)
    layout.add(7 as UInt32, 5, 0, 0)
    return layout.bytes
  }

  /// A library with one of everything that is read.
  static func complete(
    cpuType: UInt32 = MachO.CPU_TYPE_ARM64, cpuSubtype: UInt32 = 0, is64Bit: Bool = true, order: ByteOrder = .little
  ) -> MachOSample {
    var sample = MachOSample(cpuType: cpuType, cpuSubtype: cpuSubtype, is64Bit: is64Bit, order: order)
    sample.commands = [
      sample.dylib(0xd, "@rpath/libsample.1.dylib"),
      sample.dylib(0xc, "/usr/lib/libSystem.B.dylib", current: 0x053c_0000),
      sample.dylib(0x8000_0018, "/usr/lib/libweak.dylib"),
      sample.dylib(0x8000_001f, "@loader_path/libre.dylib"),
      sample.dylib(0x20, "liblazy.dylib"),
      sample.dylib(0x8000_0023, "libup.dylib"),
      sample.command(0x8000_001c, [12], text: "@loader_path/../lib"),
      sample.command(0x1b, [0x0302_0100, 0x0706_0504, 0x0b0a_0908, 0x0f0e_0d0c]),
      sample.command(0x32, [1, 0x000b_0000, 0x000c_0301, 0]),
      sample.command(0x1d, [0x100, 16]),
    ]
    sample.symbols = [
      ("_defined", 0x0f, 0, base + 4), ("_weak_definition", 0x0f, 0x80, base + 8), ("_local", 0x0e, 0, base + 12),
      ("_private", 0x1f, 0, base + 16), ("_debug", 0x24, 0, base + 20),
      ("_undefined", 0x01, 0x0100, 0), ("_weak_reference", 0x01, 0x0240, 0), ("_common", 0x01, 0, 8),
    ]
    return sample
  }

  /// A universal file of the samples, each slice at a multiple of 4096.
  static func universal(_ slices: [(cpuType: UInt32, cpuSubtype: UInt32, bytes: [UInt8])], is64Bit: Bool = false)
    -> [UInt8]
  {
    var file = ByteLayout(order: .big)
    file.add(is64Bit ? 0xcafe_babf : 0xcafe_babe as UInt32, UInt32(slices.count))
    var offset = 4096
    for slice in slices {
      file.add(slice.cpuType, slice.cpuSubtype)
      file.addWord(UInt64(offset), is64Bit: is64Bit)
      file.addWord(UInt64(slice.bytes.count), is64Bit: is64Bit)
      file.add(12 as UInt32)
      if is64Bit { file.add(0 as UInt32) }
      offset += (slice.bytes.count + 4095) & ~4095
    }
    for slice in slices {
      file.pad(to: (file.bytes.count + 4095) & ~4095)
      file.bytes += slice.bytes
    }
    return file.bytes
  }
}
