import ELFAssembler
import Foundation

/// A root file system of three made-up files, `rootfs/`, and a function with addons for it, `function/`.
enum SyntheticRoot {
  static let nodeAPI = ["napi_create_function", "napi_set_named_property"]

  static func write(to scratch: Scratch) async throws {
    try writeNode(to: scratch)
    try scratch.file("rootfs/lib64/ld-linux-x86-64.so.2", loader().bytes())
    try scratch.file("rootfs/lib64/libc.so.6", library().bytes())
    for (name, addon) in addons { try scratch.file("function/\(name).node", addon.bytes()) }
    try scratch.file(
      "function/macos.node", try await Examples.bytes("macos-ref-ffi/node_modules/ref/build/Release/binding.node"))
  }

  /// A Node.js whose version and module version stand in its data, as in a real one.
  static func writeNode(to scratch: Scratch) throws {
    var node = ELFAssembler(soname: nil, needed: ["libc.so.6"], symbols: nodeAPI.map { .defined($0) })
    node.interpreter = "/lib64/ld-linux-x86-64.so.2"
    node.data = Array("\0node.js/v20.18.0\0node_register_module_v115\0".utf8)
    try scratch.file("rootfs/var/lang/bin/node", node.bytes())
  }

  /// glibc's loader with its directories and its banner.
  private static func loader() -> ELFAssembler {
    var loader = ELFAssembler(
      soname: "ld-linux-x86-64.so.2", symbols: [.defined("__tls_get_addr", version: "GLIBC_2.3")])
    loader.data = Array(
      "\0/lib64/\0/usr/lib64/\0\0GNU C Library (GNU libc) stable release version 2.34.\n\0".utf8)
    return loader
  }

  private static func library() -> ELFAssembler {
    ELFAssembler(
      soname: "libc.so.6",
      symbols: [
        .defined("malloc", version: "GLIBC_2.2.5"), .defined("memfd_create", version: "GLIBC_2.27"),
        .defined("dlopen", version: "GLIBC_2.34"),
      ])
  }

  private static let addons: [(name: String, addon: ELFAssembler)] = [
    ("loads", addon([.undefined("napi_create_function"), libc("dlopen", "GLIBC_2.34")])),
    ("too-new-glibc", addon([libc("__isoc23_strtol", "GLIBC_2.38")])),
    ("missing-library", addon([], needed: ["libvips-cpp.so.42", "libc.so.6"])),
    ("undefined-symbol", addon([.undefined("napi_no_such_function", .data)])),
    ("lazy-symbol", addon([.undefined("napi_no_such_function", .jumpSlot)])),
    ("weak-symbol", addon([.undefined("napi_no_such_function", .data, isWeak: true)])),
    ("does-not-register", ELFAssembler(soname: nil, needed: ["libc.so.6"], symbols: [.defined("nothing")])),
  ]

  private static func addon(_ imports: [ELFAssembler.Symbol], needed: [String] = ["libc.so.6"]) -> ELFAssembler {
    ELFAssembler(soname: nil, needed: needed, symbols: imports + [.defined("napi_register_module_v1")])
  }

  private static func libc(_ name: String, _ version: String) -> ELFAssembler.Symbol {
    .undefined(name, .data, version: (library: "libc.so.6", name: version))
  }
}
