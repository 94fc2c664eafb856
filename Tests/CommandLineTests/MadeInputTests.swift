import ELFAssembler
import Foundation
import Testing

@Suite("Bad input gives a clear line or a finding, and the exit status that belongs to it")
struct MadeInputTests {
  /// The tests below that compare with a golden file.
  static let goldenNames = [
    "made-damaged-elf", "made-directory-as-file", "made-empty-directory", "made-empty-zip", "made-encrypted-entry",
    "made-encrypted-entry-json", "made-not-a-zip", "made-tarball", "made-truncated-zip", "made-no-loader",
    "made-look-alikes", "made-no-binaries", "made-hostile-name", "made-layer-recognised",
    "made-captured-environment-of-other-schema", "made-other-nodes-symbols", "made-other-nodes-symbols-json",
  ]

  private func expect(_ name: String, _ line: String, in scratch: Scratch) async throws -> Airworthy.Outcome {
    let arguments = line.split(separator: " ").map(String.init)
    let outcome = try await Airworthy.run(arguments, in: scratch.directory)
    try Golden.expect(outcome, of: arguments, is: name)
    #expect(!(outcome.output + outcome.errors).contains("\u{1b}"))
    return outcome
  }

  @Test("A directory without a file is missing input")
  func emptyDirectory() async throws {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(
      at: scratch.directory.appending(path: "empty/node_modules"), withIntermediateDirectories: true)
    #expect(try await expect("made-empty-directory", "check empty", in: scratch).status == 66)
  }

  @Test("Where few files may be open at once, a check opens no more and says the same")
  func fewOpenFiles() async throws {
    let scratch = try Scratch()
    for (tree, files) in [("even", 6), ("odd", 7), ("layer", 7)] {
      for file in 0..<files { try scratch.file("\(tree)/\(file).js") }
      // The more directories wait above, the more are held open.
      for level in 0..<9 {
        let above = (["a"] + (0..<level).map { _ in "d" }).joined(separator: "/")
        for name in ["", "x/", "y/"] {
          for file in 0..<7 { try scratch.file("\(tree)/\(above)/\(name)\(file).js") }
          try scratch.file("\(tree)/b/\(above)/\(name)index.js")
        }
      }
    }
    for package in ["even", "odd"] {
      let arguments = ["check", package, "--layer", "layer"]
      let free = try await Airworthy.run(arguments, in: scratch.directory)
      #expect(free.output.contains(" files, ") && !free.output.contains("unreadable"))
      #expect(try await Airworthy.run(arguments, in: scratch.directory, openFiles: 12) == free)
    }
  }

  @Test("A zip without an entry is missing input")
  func emptyZip() async throws {
    let scratch = try Scratch()
    try scratch.file("empty.zip", Array("PK\u{5}\u{6}".utf8) + Array(repeating: 0, count: 18))
    #expect(try await expect("made-empty-zip", "check empty.zip", in: scratch).status == 66)
  }

  @Test("A file that is no zip is damaged input, whatever its name")
  func notAZip() async throws {
    let scratch = try Scratch()
    try scratch.file("function.zip", "exports.handler = async () => {}\n".utf8)
    #expect(try await expect("made-not-a-zip", "check function.zip", in: scratch).status == 65)
  }

  @Test("A gzipped tarball is named as what it is")
  func tarball() async throws {
    let scratch = try Scratch()
    try scratch.file("function.tgz", [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3] + Array(repeating: 0, count: 32))
    #expect(try await expect("made-tarball", "check function.tgz", in: scratch).status == 65)
  }

  @Test("A zip that was cut off is damaged input, wherever the cut is")
  func truncatedZip() async throws {
    let whole = try await Examples.bytes("musl-build.zip")
    let scratch = try Scratch()
    try scratch.file("function.zip", whole.prefix(whole.count / 2))
    #expect(try await expect("made-truncated-zip", "check function.zip", in: scratch).status == 65)
    for count in [1, 4, 100, whole.count - 22, whole.count - 1] {
      try scratch.file("function.zip", whole.prefix(count))
      let outcome = try await Airworthy.run(["check", "function.zip"], in: scratch.directory)
      #expect(outcome.status == 65, "\(count) bytes: \(outcome.errors)")
      #expect(outcome.errors.split(separator: "\n").count == 1)
    }
  }

  @Test("An encrypted entry is a finding, and the rest of the zip is still checked")
  func encryptedEntry() async throws {
    let scratch = try Scratch()
    let zip = try await Examples.bytes("airworthy.zip")
    try scratch.file(
      "function.zip", Self.encrypting("node_modules/checksum/prebuilds/linux-x64/checksum.node", in: zip))
    let outcome = try await expect("made-encrypted-entry", "check function.zip \(GoldenTests.node20)", in: scratch)
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("encrypted-entry") && outcome.output.contains("darwin-arm64/checksum.node"))
    _ = try await expect(
      "made-encrypted-entry-json", "check function.zip \(GoldenTests.node20) --format json", in: scratch)
  }

  /// Sets the flag for encryption of one entry, in the central directory and in its local header (APPNOTE 4.4.4).
  private static func encrypting(_ name: String, in zip: [UInt8]) -> [UInt8] {
    var bytes = zip
    for (signature, flags, header) in [([0x50, 0x4b, 1, 2] as [UInt8], 8, 46), ([0x50, 0x4b, 3, 4], 6, 30)] {
      for start in zip.indices
      where zip[start...].starts(with: signature) && zip.dropFirst(start + header).starts(with: name.utf8) {
        bytes[start + flags] |= 1
      }
    }
    return bytes
  }

  @Test("Damaged addons are findings")
  func damagedELF() async throws {
    let scratch = try Scratch()
    let addon = try await Examples.bytes("too-new-glibc/node_modules/checksum/build/Release/checksum.node")
    try scratch.file("function/index.js", "require('./cut.node')\n".utf8)
    try scratch.file("function/cut.node", addon.prefix(60))
    try scratch.file("function/header.node", addon.prefix(700))
    #expect(try await expect("made-damaged-elf", "check function \(GoldenTests.node20)", in: scratch).status == 1)
  }

  @Test("What pretends to be an addon is named as what it is")
  func lookAlikes() async throws {
    let scratch = try Scratch()
    try scratch.file("function/empty.node")
    try scratch.file(
      "function/pointer.node",
      "version https://git-lfs.github.com/spec/v1\noid sha256:\(String(repeating: "0", count: 64))\nsize 4096\n".utf8)
    try scratch.file("function/page.node", "<!DOCTYPE html>\n<title>404</title>\n".utf8)
    try FileManager.default.createSymbolicLink(
      atPath: scratch.directory.appending(path: "function/broken.node").path, withDestinationPath: "../nowhere.node")
    #expect(try await expect("made-look-alikes", "check function \(GoldenTests.node20)", in: scratch).status == 1)
  }

  @Test("A package without native binaries is airworthy")
  func noBinaries() async throws {
    let scratch = try Scratch()
    try scratch.file("function/index.mjs", "export const handler = async () => 'ok'\n".utf8)
    let outcome = try await expect(
      "made-no-binaries", "check function --runtime nodejs24.x --arch arm64 \(GoldenTests.today)", in: scratch)
    #expect(outcome.status == 0)
  }

  @Test("A name that commands a terminal does not reach it")
  func hostileName() async throws {
    let scratch = try Scratch()
    try scratch.file("function/\u{1b}[2Jred\u{202e}.node", "no binary".utf8)
    _ = try await expect("made-hostile-name", "check function \(GoldenTests.node20)", in: scratch)
  }

  @Test("A layer is recognised by its nodejs directory")
  func layer() async throws {
    let scratch = try Scratch()
    let addon = try await Examples.bytes("airworthy/node_modules/checksum/prebuilds/linux-x64/checksum.node")
    try scratch.file("layer/nodejs/node_modules/checksum/checksum.node", addon)
    try scratch.file("layer/nodejs/node_modules/checksum/package.json", #"{"name":"checksum","version":"3.0.0"}"#.utf8)
    let outcome = try await expect(
      "made-layer-recognised", "check layer --runtime nodejs24.x --arch x86_64 \(GoldenTests.today) --format json",
      in: scratch)
    #expect(outcome.output.contains(#""kind" : "layer""#) && outcome.output.contains(#""mount" : "/opt""#))
  }

  @Test("A root file system without its loader is missing input")
  func noLoader() async throws {
    let scratch = try Scratch()
    try SyntheticRoot.writeNode(to: scratch)
    let outcome = try await expect("made-no-loader", "capture --sysroot rootfs -o captured.json", in: scratch)
    #expect(outcome.status == 66)
    #expect(try scratch.names() == ["rootfs"], "nothing is written")
  }

  @Test("A captured environment of another schema is damaged input")
  func otherSchema() async throws {
    let scratch = try Scratch()
    try await SyntheticRoot.write(to: scratch)
    _ = try await Airworthy.run(["capture", "--sysroot", "rootfs", "-o", "captured.json"], in: scratch.directory)
    let text = try scratch.text("captured.json").replacing("airworthy/environment/1", with: "airworthy/environment/99")
    try scratch.file("captured.json", text.utf8)
    let outcome = try await expect(
      "made-captured-environment-of-other-schema", "check rootfs --environment captured.json", in: scratch)
    #expect(outcome.status == 65)
  }

  @Test("A device or a directory is no binary to inspect")
  func directoryAsFile() async throws {
    let scratch = try Scratch()
    #expect(try await expect("made-directory-as-file", "inspect .", in: scratch).status == 66)
  }

  @Test(
    "Symbols of another Node.js are named, demangled and explained: at load for data, at the first call for functions")
  func otherNodesSymbols() async throws {
    let scratch = try Scratch()
    func addon(_ name: String, _ symbols: [ELFAssembler.Symbol]) throws {
      var addon = ELFAssembler(soname: nil, needed: ["libc.so.6"], symbols: [.defined("napi_register_module_v1")])
      addon.symbols += symbols
      try scratch.file("function/node_modules/\(name)/build/Release/\(name).node", addon.bytes())
      try scratch.file(
        "function/node_modules/\(name)/package.json", Array(#"{"name":"\#(name)","version":"1.0.0"}"#.utf8))
    }
    try addon("data", [.undefined("_ZTVN2v818EmbedderHeapTracerE", .data)])
    try addon(
      "functions",
      [
        .undefined("_ZN2v813WasmStreaming9SetClientESt10shared_ptrINS0_6ClientEE"), .undefined("uv_none"),
        .undefined("node_api_create_buffer_from_arraybuffer"),
      ])
    let line = "check function --runtime nodejs20.x --today 2026-11-24"
    #expect(try await expect("made-other-nodes-symbols", line, in: scratch).status == 1)
    #expect(try await expect("made-other-nodes-symbols-json", line + " --format json", in: scratch).status == 1)
  }
}
