import NativeBinaries

extension BinaryFacts {
  /// The facts of an ELF file.
  public init(_ image: ELF.Image) {
    self.init(format: .elf)
    damage = image.damage.map(\.description)
    registration = image.registration
    needed = image.needed
    requires = AuditReport.Requirements(image.versionNeeds)
    guard let header = image.header else { return }
    // A file that is cut off before its dynamic section does not say what it needs.
    if image.hasDynamicSection || image.interpreter != nil || image.damage.isEmpty { libc = Self.libc(of: image) }
    architectures = [ELF.architectureName(machine: header.machine)]
    bits = header.elfClass == 1 ? 32 : header.elfClass == 2 ? 64 : nil
    os = Self.system(of: image, header)
    kind = Self.kind(of: image, header)
  }

  /// From `EI_OSABI` and the ABI tag; 0 (System V) and 3 (GNU) are what Linux's own tools write.
  private static func system(of image: ELF.Image, _ header: ELF.Header) -> String {
    switch header.osABI {
    case 2: return "netbsd"
    case 6: return "solaris"
    case 9: return "freebsd"
    case 12: return "openbsd"
    default: break
    }
    if image.needed.contains("liblog.so") || image.interpreter?.hasPrefix("/system/bin/linker") == true {
      return "android"
    }
    switch image.notes.abiTag?.operatingSystem {
    case 2: return "solaris"
    case 3: return "freebsd"
    default: return "linux"
    }
  }

  private static func libc(of image: ELF.Image) -> String {
    if let interpreter = image.interpreter {
      if interpreter.contains("/ld-musl-") { return "musl" }
      if interpreter.contains("/ld-linux") { return "glibc" }
    }
    let names = image.needed
    if names.contains(where: { $0.hasPrefix("libc.musl-") }) { return "musl" }
    // Alpine's linker writes `libc.musl-ARCH.so.1`, every other musl toolchain `libc.so`; so do Android's and the BSDs'.
    if names.contains("libc.so") { return names.contains("liblog.so") ? "none" : "musl" }
    if names.contains("libc.so.6") { return "glibc" }
    let versions = image.versionNeeds.lazy.flatMap(\.versions)
    return versions.contains { $0.name.hasPrefix("GLIBC_") } ? "glibc" : "none"
  }

  private static func kind(of image: ELF.Image, _ header: ELF.Header) -> Kind {
    switch header.type {
    case ELF.ET_REL, ELF.ET_CORE: return .object
    case ELF.ET_EXEC: return .executable
    default: break
    }
    if image.registration.kind != .none { return .addon }
    // DF_1_PIE marks position-independent executables of newer linkers; libraries that can also be run, as libc.so.6,
    // have an interpreter and a soname.
    let isPIE = image.flags1 & 0x0800_0000 != 0
    return isPIE || image.interpreter != nil && image.soname == nil ? .executable : .library
  }
}

extension AuditReport.Requirements {
  public var isEmpty: Bool { glibc == nil && glibcxx == nil && cxxabi == nil && gcc == nil }

  /// The highest version of each family in `needs`, weak ones left out: their absence is no error.
  public init(_ needs: [ELF.VersionNeed]) {
    let versions = needs.flatMap(\.versions).filter { !$0.isWeak }.map(\.name)
    func highest(_ prefix: String) -> String? {
      versions.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
        .filter { $0.first?.isNumber == true }.max { SymbolVersion($0) < SymbolVersion($1) }
    }
    self.init(
      glibc: highest("GLIBC_"), glibcxx: highest("GLIBCXX_"), cxxabi: highest("CXXABI_"), gcc: highest("GCC_"))
  }
}
