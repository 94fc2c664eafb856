import CLibrary

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// C++ names as people write them.
enum Demangling {
  /// The declaration behind an Itanium-mangled name; `nil` for any other name.
  ///
  /// The C++ runtime's own demangler is used; names of more than 4 kB are left alone.
  static func readable(_ name: String) -> String? {
    guard name.hasPrefix("_Z"), name.utf8.count <= 4096, let text = airworthy_demangle(name) else { return nil }
    defer { free(text) }
    return String(cString: text)
  }
}
