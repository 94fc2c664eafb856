import Audit
import Reports
import Testing

@testable import NativeBinaries

struct InspectionTests {
  private var image: ELF.Image {
    var image = ELF.Image(byteCount: 4096)
    image.header = ELF.Header(
      elfClass: 2, dataEncoding: 1, identVersion: 1, osABI: 0, abiVersion: 0, padding: [], type: ELF.ET_DYN,
      machine: ELF.EM_AARCH64, version: 1, programHeaderOffset: 64, flags: 0, programHeaderEntrySize: 56,
      programHeaderCount: 1)
    image.hasDynamicSection = true
    image.needed = ["libstdc++.so.6", "libc.so.6"]
    image.runpath = "$ORIGIN/../lib"
    image.flags1 = 0x4000_0001
    image.versionNeeds = [
      ELF.VersionNeed(
        file: "libc.so.6",
        versions: [
          .init(name: "GLIBC_2.17", isWeak: false, index: 2), .init(name: "GLIBC_2.9", isWeak: false, index: 3),
        ]),
      ELF.VersionNeed(file: "libstdc++.so.6", versions: [.init(name: "GLIBCXX_3.4.21", isWeak: true, index: 4)]),
    ]
    image.stackFlags = 6
    image.registration.kind = .nodeAPI
    image.registration.nodeAPIVersion = 8
    return image
  }

  @Test("An ELF file's facts in text, under the specification's names")
  func text() {
    let expected = """
      path            a.node
      bytes           4096
      format          elf
      summary         ELF aarch64 (Linux, glibc)
      architectures   arm64
      os              linux
      libc            glibc
      kind            addon
      registration    node-api
      nodeApiVersion  8
      requires
        glibc  2.17
      elf
        class         ELFCLASS64
        data          little-endian
        osABI         0
        type          ET_DYN
        machine       183
        needed        libstdc++.so.6, libc.so.6
        runpath       $ORIGIN/../lib
        flags1        DF_1_NOW, 0x40000000
        versionNeeds
          - libc.so.6; versions GLIBC_2.17, GLIBC_2.9
          - libstdc++.so.6; versions GLIBCXX_3.4.21 (weak)
        stack         RW-

      """
    #expect(InspectionReport(path: "a.node", byteCount: 4096, binary: .elf(image)).text() == expected)
  }

  @Test("The same facts in JSON, with absent facts as absent keys")
  func json() throws {
    let json = try InspectionReport(path: "a.node", byteCount: 4096, binary: .elf(image)).json()
    #expect(json.contains(#""schema" : "airworthy/inspect/1""#))
    #expect(json.contains(#""runpath" : "$ORIGIN/../lib""#))
    #expect(!json.contains("soname") && !json.contains("null"))
  }

  @Test("A Git LFS pointer is told for what it is")
  func pointer() {
    let oid = String(repeating: "ab", count: 32)
    let bytes = Array("version https://git-lfs.github.com/spec/v1\noid sha256:\(oid)\nsize 12345\n".utf8)
    let binary = NativeBinary(parsing: bytes.span.bytes)
    let text = InspectionReport(path: "a.node", byteCount: bytes.count, binary: binary).text()
    #expect(text.contains("a Git LFS pointer") && text.contains(oid) && text.contains("12345"))
  }

  @Test("Every imported and exported name is in the JSON; text shows the first ones and says how many follow")
  func symbolNames() throws {
    var slice = MachO.Slice(offset: 0, byteCount: 64)
    slice.definedSymbols = [MachO.Symbol(name: "_napi_register_module_v1")]
    slice.undefinedSymbols = (1...26).map { MachO.Symbol(name: "_f\($0)", isWeak: $0 == 2) }
    var machO = MachO.Image(byteCount: 64)
    machO.slices = [slice]
    let apple = InspectionReport(path: "a", byteCount: 64, binary: .machO(machO))
    #expect(try apple.json().contains(#""_f26""#) && apple.json().contains(#""_f2 (weak)""#))
    #expect(try apple.json().contains(#""_napi_register_module_v1""#))
    #expect(apple.text().contains("2 more") && !apple.text().contains("_f25"))

    var pe = PE.Image(byteCount: 64)
    pe.imports = [PE.ImportedLibrary(name: "WS2_32.dll", functions: [.ordinal(115), .name("getaddrinfo")])]
    let windows = InspectionReport(path: "a", byteCount: 64, binary: .pe(pe))
    #expect(windows.text().contains("- WS2_32.dll; functions ordinal 115, getaddrinfo"))
  }

  @Test("WebAssembly, archives, DOS programs and cut headers are inspected without a crash")
  func others() throws {
    for start in ["\0asm\u{1}\0\0\0", "!<arch>\n", "MZ\u{0}\u{1}\u{2}", "\u{7f}ELF", "#!/bin/sh\n", ""] {
      let bytes = Array(start.utf8)
      let report = InspectionReport(
        path: "x", byteCount: bytes.count, binary: NativeBinary(parsing: bytes.span.bytes))
      #expect(try report.json().contains("\"bytes\" : \(bytes.count)") && !report.text().isEmpty)
    }
  }

  @Test("Foreign formats are named as their own systems name them")
  func summaries() {
    let machO: [UInt8] = [0xcf, 0xfa, 0xed, 0xfe, 12, 0, 0, 1] + [0, 0, 0, 0, 8] + [UInt8](repeating: 0, count: 51)
    #expect(summary(of: machO) == "Mach-O arm64 (macOS)")
    var universal: [UInt8] = [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2]
    for (cpu, offset) in [(7, 64), (12, 128)] as [(UInt8, UInt8)] {
      universal += [1, 0, 0, cpu, 0, 0, 0, 0, 0, 0, 0, offset, 0, 0, 0, 64, 0, 0, 0, 0]
    }
    universal += [UInt8](repeating: 0, count: 64 - universal.count)
    universal += [0xcf, 0xfa, 0xed, 0xfe, 7] + machO.dropFirst(5) + machO
    #expect(summary(of: universal) == "Mach-O universal x86_64 + arm64 (macOS)")
    var windows = [UInt8]("MZ".utf8) + [UInt8](repeating: 0, count: 58) + [64, 0, 0, 0]
    windows += [UInt8]("PE\0\0".utf8) + [0x64, 0x86] + [UInt8](repeating: 0, count: 18)
    #expect(summary(of: windows) == "PE x86_64 (Windows)")
    #expect(summary(of: Array("<!DOCTYPE html><html></html>".utf8)) == "an HTML page")
  }

  private func summary(of bytes: [UInt8]) -> String { BinaryFacts(NativeBinary(parsing: bytes.span.bytes)).summary }
}
