import NativeBinaries
import Testing

@Suite struct LookAlikeTests {
  func kind(_ bytes: [UInt8], byteCount: Int? = nil) -> LookAlike.Kind {
    LookAlike(head: bytes.span.bytes, byteCount: byteCount ?? bytes.count).kind
  }

  func kind(_ text: String, byteCount: Int? = nil) -> LookAlike.Kind { kind(Array(text.utf8), byteCount: byteCount) }

  @Test("A Git LFS pointer gives the object's digest and length, as far as the head shows them")
  func gitLFS() {
    let oid = String(repeating: "4d7a", count: 16)
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:\(oid)\nsize 12345\n"
    #expect(kind(pointer) == .gitLFSPointer(oid: oid, byteCount: 12345))
    #expect(kind(String(pointer.prefix(42)), byteCount: 130) == .gitLFSPointer(oid: nil, byteCount: nil))
    #expect(LookAlike(head: Array(pointer.utf8).span.bytes, byteCount: 130).description == "a Git LFS pointer")
  }

  @Test(
    "An HTML page is known behind white space, comments and a byte order mark, in any case",
    arguments: [
      "<!DOCTYPE html>\n<p>", "<html lang='en'>", "\u{feff}\n  <HTML>", "<!-- > saved -->\n<!doctype HTML>",
      "<?xml version='1.0'?><html>", "<head><title>404</title>",
    ])
  func html(text: String) { #expect(kind(text) == .html) }

  @Test(
    "A link stored as a plain file is one line without an end, shaped as a path",
    arguments: ["libfoo.so.1", "../lib/x.node", "/usr/lib64/libc.so.6", "dir/name"])
  func linkTarget(text: String) {
    #expect(kind(text) == .linkTargetText(text))
    #expect(kind(text + "\n") == .text)
    // The head does not show the whole file.
    #expect(kind(text, byteCount: 5000) == .text)
  }

  @Test(
    "A word, a number and a web address are no link targets",
    arguments: ["node", "1.2.3", "https://example.org/x", "a b/c"])
  func noLinkTarget(text: String) { #expect(kind(text) == .text) }

  @Test("A script gives its interpreter line")
  func script() {
    #expect(kind("#!/usr/bin/env node\nrequire('x')\n") == .script(interpreter: "/usr/bin/env node"))
    #expect(kind("#! /bin/sh -e\r\n") == .script(interpreter: "/bin/sh -e"))
  }

  @Test("JSON is told from other texts by how it starts")
  func json() {
    #expect(kind("{\n  \"name\": \"x\"}") == .json)
    #expect(kind("[1, 2]") == .json)
    #expect(kind("{}") == .json)
    #expect(kind("{ return 1 }") == .text)
    #expect(kind("[x]\ny=1\n") == .text)
  }

  @Test(
    "Compressed and compiled files are known by their magic",
    arguments: [
      ([0x1f, 0x8b, 0x08, 0], .gzip), ([0x50, 0x4b, 3, 4], .zip), ([0x50, 0x4b, 5, 6], .zip),
      ([0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 52], .javaClass), ([0x42, 0x43, 0xc0, 0xde], .bitcode),
      ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], .xz), ([0x28, 0xb5, 0x2f, 0xfd], .zstd),
      (Array("BZh9".utf8) + [0x31, 0x41, 0x59, 0x26, 0x53, 0x59], .bzip2),
    ] as [([UInt8], LookAlike.Kind)])
  func magics(head: [UInt8], expected: LookAlike.Kind) {
    #expect(kind(head + [0, 0, 0]) == expected)
  }

  @Test("Texts may end inside a character where the head is cut, and nowhere else")
  func text() {
    let cut = Array("Grüße, and more".utf8.prefix(3))
    #expect(kind(cut, byteCount: 100) == .text)
    #expect(kind(cut) == .unknown)
    #expect(kind([0x41, 0xff, 0x42, 0x42, 0x42, 0x42], byteCount: 100) == .unknown)
    #expect(kind([0x41, 0x00, 0x42]) == .unknown)
    #expect(kind("BZhx is a text\n") == .text)
    #expect(kind([]) == .empty)
    #expect(kind([], byteCount: 10) == .unknown)
  }
}
