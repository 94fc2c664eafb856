import ELFAssembler
import LambdaRuntimes
import NativeBinaries
import PackageFiles
import Testing

@testable import LoadSimulation

@Suite struct OpeningTests {
  /// Where the first program header of a kind stands in a 64-bit file.
  private func programHeader(_ type: UInt32, in bytes: [UInt8]) -> Int? {
    stride(from: 64, to: 64 + 56 * Int(bytes[56]), by: 56).first { header in
      (0..<4).allSatisfy { bytes[header + $0] == UInt8(truncatingIfNeeded: type >> (8 * UInt32($0))) }
    }
  }

  private func put(_ value: UInt64, at offset: Int, in bytes: inout [UInt8]) {
    for byte in 0..<8 { bytes[offset + byte] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(byte))) }
  }

  @Test("A link between version records that leaves the object ends the process behind the errors that stand before it")
  func versionLinks() throws {
    func outcome(_ version: String, nextAt place: Int) throws -> Load.Outcome {
      var bytes = addon([.undefined("puts", version: ("libc.so.6", version))]).bytes()
      let tag: [UInt8] = [0xfe, 0xff, 0xff, 0x6f, 0, 0, 0, 0]
      let entry = try #require((0..<bytes.count - 16).first { Array(bytes[$0..<$0 + 8]) == tag })
      let record = (0..<4).reduce(0) { $0 | Int(bytes[entry + 8 + $1]) << (8 * $1) }
      // The record of a library is 16 bytes long, and that of its first version stands behind it.
      for byte in 0..<4 { bytes[record + place + byte] = byte == 3 ? 0xff : 0 }
      return World().load(bytes).outcome
    }
    let crash = Load.Outcome.crashes(signal: "SIGSEGV", exit: nil, message: nil)
    for place in [12, 28] {
      #expect(try outcome("GLIBC_2.2.5", nextAt: place) == crash)
      #expect(
        try outcome("GLIBC_2.99", nextAt: place)
          == thrown("/lib64/libc.so.6: version `GLIBC_2.99' not found (required by /var/task/addon.node)"))
    }
  }

  @Test("A sound Node-API addon loads")
  func loads() {
    #expect(World().load(addon()).outcome == .loads)
  }

  @Test("A wrong machine is reported as a missing file, as glibc does")
  func wrongMachine() {
    var arm = addon()
    arm.machine = 183
    let load = World().load(arm)
    #expect(load.outcome == thrown("/var/task/addon.node: cannot open shared object file: No such file or directory"))
    #expect(load.failure == .wrongMachine(path: "/var/task/addon.node", machine: 183))
  }

  @Test(
    "What is no ELF file for this process is refused in glibc's words",
    arguments: [
      ([UInt8](), "file too short"),
      (Array("version https://git-lfs.github.com/spec/v1\n".utf8), "file too short"),
      (Array(repeating: UInt8(ascii: "<"), count: 64), "invalid ELF header"),
      ([0xcf, 0xfa, 0xed, 0xfe] + Array(repeating: 0, count: 100), "invalid ELF header"),
    ])
  func noELF(bytes: [UInt8], text: String) {
    #expect(World().load(bytes).outcome == thrown("/var/task/addon.node: \(text)"))
  }

  @Test("Damage in the header is refused in the order of glibc's checks")
  func header() {
    func message(_ change: (inout [UInt8]) -> Void) -> Load.Outcome {
      var bytes = addon().bytes()
      change(&bytes)
      return World().load(bytes).outcome
    }
    let path = "/var/task/addon.node"
    #expect(message { $0[4] = 1 } == thrown("\(path): wrong ELF class: ELFCLASS32"))
    #expect(message { $0[5] = 2 } == thrown("\(path): ELF file data encoding not little-endian"))
    #expect(message { $0[6] = 0 } == thrown("\(path): ELF file version ident does not match current one"))
    #expect(message { $0[7] = 9 } == thrown("\(path): ELF file OS ABI invalid"))
    #expect(message { $0[7] = 3 } == .loads)
    #expect(message { $0[8] = 9 } == thrown("\(path): ELF file ABI version invalid"))
    #expect(message { $0[12] = 1 } == thrown("\(path): nonzero padding in e_ident"))
    #expect(message { $0[20] = 2 } == thrown("\(path): ELF file version does not match current one"))
    #expect(message { $0[16] = 1 } == thrown("\(path): only ET_DYN and ET_EXEC can be loaded"))
    #expect(message { $0[16] = 2 } == thrown("\(path): cannot dynamically load executable"))
    #expect(message { $0[54] = 57 } == thrown("\(path): ELF file's phentsize not the expected size"))
    #expect(message { $0[56] = 0 } == thrown("\(path): object file has no loadable segments"))
    #expect(message { $0 = Array($0.prefix(100)) } == thrown("\(path): cannot read file data"))
  }

  @Test("A file that others may not read, a link to nowhere and a directory")
  func places() {
    var world = World()
    world.task.files["closed.node"] = addon().bytes()
    world.task.permissions["closed.node"] = 0o640
    world.task.links["broken.node"] = "nowhere"
    world.task.files["folder.node/inside"] = []
    #expect(
      world.load(path: "closed.node").outcome
        == thrown("/var/task/closed.node: cannot open shared object file: Permission denied"))
    #expect(
      world.load(path: "broken.node").outcome
        == thrown("/var/task/broken.node: cannot open shared object file: No such file or directory"))
    #expect(
      world.load(path: "folder.node").outcome
        == thrown("/var/task/folder.node: cannot read file data: Is a directory"))
  }

  @Test("Whether half of all addresses are free in one piece is left to chance; all of them never are")
  func room() throws {
    var bytes = addon().bytes()
    let header = try #require(
      Array(stride(from: 64, to: 64 + 56 * Int(bytes[56]), by: 56)).last { Array(bytes[$0..<$0 + 4]) == [1, 0, 0, 0] })
    // Memory that can be written has to be there.
    bytes[header + 4] = 5
    func outcome(byteCount: UInt64) -> Load.Outcome {
      put(byteCount, at: header + 40, in: &bytes)
      return World().load(bytes).outcome
    }
    for byteCount in [1 << 46, (1 << 46) + (1 << 45)] as [UInt64] {
      guard case .unknown(let why) = outcome(byteCount: byteCount) else {
        Issue.record("chance is said to decide")
        continue
      }
      #expect(why.contains("/var/task/addon.node asks for") && why.contains("TB of addresses in one piece"))
    }
    let refused = "/var/task/addon.node: failed to map segment from shared object"
    #expect(outcome(byteCount: 1 << 47) == thrown(refused))
    if case .unknown = outcome(byteCount: 1 << 44) { Issue.record("there is always room for that") }
  }

  @Test("A segment that reaches far behind the object is refused, ends the process or is left to chance")
  func reach() throws {
    let bytes = addon().bytes()
    let load = try #require(programHeader(ELF.PT_LOAD, in: bytes))
    let stack = try #require(programHeader(ELF.PT_GNU_STACK, in: bytes))
    /// The whole file's segment, and one behind it whose length in the file, in memory, offset and flags are given.
    func outcome(
      file: UInt64 = 0, memory: UInt64 = 0, address: UInt64 = 0x10_0000, offset: UInt64 = 0, flags: UInt64 = 5,
      first: UInt64? = nil,
      glibc: GLibCVersion = GLibCVersion(2, 36)
    ) -> Load.Outcome {
      var bytes = bytes
      var fields: [(Int, UInt64)] = [
        (stack, 1 | flags << 32), (stack + 8, offset), (stack + 16, address), (stack + 32, file),
        (stack + 40, memory), (stack + 48, 4096),
      ]
      if let first { fields.append((load + 40, first)) }
      for (at, value) in fields {
        put(value, at: at, in: &bytes)
      }
      var world = World()
      world.glibc = glibc
      return world.load(bytes).outcome
    }
    #expect(outcome() == .loads)
    #expect(outcome(file: 4096, memory: 4096) == .loads)
    let notMapped = thrown("/var/task/addon.node: failed to map segment from shared object")
    let notFilled = thrown("/var/task/addon.node: cannot map zero-fill pages")
    // More than addresses, than memory, than a file can have.
    #expect(outcome(file: 1 << 63) == notMapped)
    #expect(outcome(file: 1 << 41) == notMapped)
    #expect(outcome(file: 1 << 36, flags: 6) == notMapped)
    #expect(outcome(file: 4096, offset: 1 << 63) == notMapped)
    #expect(outcome(first: 1 << 41) == notFilled)
    // The fuzzer's finding: an address below the first one's, as far away as a number can be.
    for address in [1 << 63, (1 << 63) - 4096, UInt64.max - 4095] as [UInt64] {
      _ = outcome(file: 1 << 46, memory: 1 << 46, address: address)
      _ = outcome(file: 4096, memory: UInt64.max, address: address, first: 1 << 33)
    }
    // A sum that wraps maps nothing.
    #expect(outcome(file: UInt64.max - 0x8_0000) == .loads)
    let crash = Load.Outcome.crashes(signal: "SIGSEGV", exit: nil, message: nil)
    #expect(outcome(file: 1 << 33) == crash)
    #expect(outcome(file: 1 << 33, glibc: GLibCVersion(2, 31)) == .crashes(signal: "SIGBUS", exit: nil, message: nil))
    #expect(outcome(first: 1 << 33) == crash)
    // What comes behind that in the loader is not reached.
    #expect(outcome(file: 1 << 33, glibc: GLibCVersion(2, 41)) == crash)
    // Whose end is the last page of all.
    #expect(outcome(file: 0 &- 4096 &- 0x10_0000) == notMapped)
    guard case .unknown(let memory) = outcome(file: 1 << 34, flags: 6) else {
      return #expect(Bool(false), "a larger machine may have that")
    }
    #expect(memory.contains("asks for 16 GB of memory"))
    guard case .unknown(let why) = outcome(file: 1 << 39) else {
      return #expect(Bool(false), "chance is said to decide")
    }
    #expect(why.contains("reaches 512 GB behind the object"))
  }

  @Test("The address that PT_PHDR names is read by glibc 2.35 and later, up to PT_GNU_EH_FRAME")
  func programHeadersInMemory() throws {
    let bytes = addon().bytes()
    let stack = try #require(programHeader(ELF.PT_GNU_STACK, in: bytes))
    func outcome(_ address: UInt64, _ glibc: GLibCVersion) -> Load.Outcome {
      var bytes = bytes
      for (at, value) in [(stack, 6 | 4 << 32), (stack + 16, address)] {
        put(value, at: at, in: &bytes)
      }
      var world = World()
      world.glibc = glibc
      return world.load(bytes).outcome
    }
    for (address, crashes) in [(0, false), (64, false), (1, false), (1 << 34, true), (0xff << 56, true)]
      as [(UInt64, Bool)]
    {
      #expect(outcome(address, GLibCVersion(2, 34)) == .loads)
      #expect(
        outcome(address, GLibCVersion(2, 35))
          == (crashes ? .crashes(signal: "SIGSEGV", exit: nil, message: nil) : .loads))
    }
  }

  @Test("PT_GNU_RELRO that leaves the object is decided only where certainly nothing lies behind it")
  func relro() throws {
    var bytes = addon().bytes()
    let header = try #require(programHeader(ELF.PT_GNU_STACK, in: bytes))
    func outcome(address: UInt64, byteCount: UInt64) -> Load.Outcome {
      for (at, value) in [
        (header, 0x4_6474_e552), (header + 16, address), (header + 32, byteCount), (header + 40, byteCount),
      ] {
        put(value, at: at, in: &bytes)
      }
      return World().load(bytes).outcome
    }
    #expect(outcome(address: 0, byteCount: 0) == .loads)
    #expect(outcome(address: 0, byteCount: 4096) == .loads)
    #expect(outcome(address: 0x1000_0000, byteCount: 240) == .loads)
    for byteCount in [1 << 14, 1 << 40] as [UInt64] {
      guard case .unknown(let why) = outcome(address: 0, byteCount: byteCount) else {
        Issue.record("chance is said to decide")
        continue
      }
      #expect(why.contains("PT_GNU_RELRO of /var/task/addon.node"))
    }
    #expect(
      outcome(address: 1 << 40, byteCount: 4096)
        == thrown(
          "/var/task/addon.node: cannot apply additional memory protection after relocation: Cannot allocate memory"))
  }

  @Test("A file whose segments end past its end dies with SIGBUS, without a word")
  func truncated() {
    var whole = addon()
    whole.data = Array(repeating: 1, count: 5 * 4096)
    let load = World().load(Array(whole.bytes().prefix(4096)))
    #expect(load.outcome == .crashes(signal: "SIGBUS", exit: nil, message: nil))
  }

  @Test("An executable stack is refused from glibc 2.41 on, and so is a missing stack header on x86-64")
  func executableStack() {
    var executable = addon()
    executable.stackFlags = 7
    var missing = addon()
    missing.stackFlags = nil
    var world = World()
    #expect(world.load(executable).outcome == .loads)
    world.glibc = GLibCVersion(2, 41)
    let text = "cannot enable executable stack as shared object requires: Invalid argument"
    #expect(world.load(executable).outcome == thrown("/var/task/addon.node: \(text)"))
    #expect(world.load(missing).outcome == thrown("/var/task/addon.node: \(text)"))
  }

  @Test("An ABI tag for a newer kernel hides the file, until glibc 2.36 stops looking")
  func abiTag() {
    var tagged = addon()
    tagged.note = (1, [0, 0, 0, 0, 99, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 4)
    var world = World()
    #expect(
      world.load(tagged).outcome
        == thrown("/var/task/addon.node: cannot open shared object file: No such file or directory"))
    world.glibc = GLibCVersion(2, 36)
    #expect(world.load(tagged).outcome == .loads)
  }

  @Test("A CPU that lacks the ISA level is named from glibc 2.33 on")
  func isaLevel() {
    var demanding = addon()
    demanding.note = (5, [0x02, 0x80, 0, 0xc0, 4, 0, 0, 0, 0x08, 0, 0, 0, 0, 0, 0, 0], 8)
    var world = World()
    #expect(world.load(demanding).outcome == thrown("/var/task/addon.node: CPU ISA level is lower than required"))
    world.glibc = GLibCVersion(2, 31)
    #expect(world.load(demanding).outcome == .loads)
  }
}
