import LambdaRuntimes
import NativeBinaries

/// The checks of glibc's `open_verify` on one candidate file, in its order, for a 64-bit little-endian process.
struct HeaderCheck {
  /// How glibc goes on.
  enum Result: Equatable {
    case accepted
    /// Another class: passed over, but remembered.
    case otherClass
    /// Passed over as if it were not there.
    case skipped(LoadFailure.SkippedCandidate.Reason)
    /// Ends the load; glibc's words.
    case refused(String)
  }

  private static let headerBytes = 64

  let glibc: GLibCVersion
  let machine: UInt16
  let kernel: [Int]
  /// Debian's ld.so passes over another machine's files before it minds their identification.
  let isDebian: Bool

  func check(_ binary: NativeBinary, byteCount: Int) -> Result {
    if byteCount < Self.headerBytes { return .refused("file too short") }
    guard case .elf(let image) = binary else { return .refused("invalid ELF header") }
    guard let header = image.header else {
      // The magic is there, but the class byte makes the header longer than the file; 64 bytes suffice for every class.
      return .refused("file too short")
    }
    if let reason = identError(header) {
      // The field as it stands, whatever byte order the identification claims.
      let stored = header.dataEncoding == 2 ? header.machine.byteSwapped : header.machine
      if isDebian, stored != machine, reason != .otherClass { return .skipped(.wrongMachine(header.machine)) }
      return reason
    }
    if header.version != 1 { return .refused("ELF file version does not match current one") }
    if header.machine != machine { return .skipped(.wrongMachine(header.machine)) }
    if header.type != ELF.ET_DYN, header.type != ELF.ET_EXEC {
      return .refused("only ET_DYN and ET_EXEC can be loaded")
    }
    if header.programHeaderEntrySize != 56 { return .refused("ELF file's phentsize not the expected size") }
    let (end, overflow) = header.programHeaderOffset.addingReportingOverflow(UInt64(header.programHeaderCount) * 56)
    if header.programHeaderOffset > Int64.max, !overflow { return .refused("cannot read file data: Invalid argument") }
    // The sum wraps, and ld.so takes what stands before the header for program headers: no PT_LOAD is there.
    if overflow, end <= 832 { return .accepted }
    if overflow || end > UInt64(byteCount) { return .refused("cannot read file data") }
    return noteCheck(image, byteCount: byteCount)
  }

  /// The identification, byte by byte; only class and wrong machine are no errors.
  private func identError(_ header: ELF.Header) -> Result? {
    if header.elfClass != 2 { return .otherClass }
    if header.dataEncoding != 1 { return .refused("ELF file data encoding not little-endian") }
    if header.identVersion != 1 { return .refused("ELF file version ident does not match current one") }
    if header.osABI != 0, header.osABI != 3 { return .refused("ELF file OS ABI invalid") }
    // ELFOSABI_GNU objects may have version 1 (unique symbols, indirect functions); sysdeps/gnu/ldsodefs.h.
    if header.abiVersion != 0, !(header.osABI == 3 && header.abiVersion < gnuABIVersions) {
      return .refused("ELF file ABI version invalid")
    }
    if header.padding.contains(where: { $0 != 0 }) { return .refused("nonzero padding in e_ident") }
    return nil
  }

  /// `LIBC_ABI_MAX`, one more than the newest ABI version that the loader takes: unique symbols, indirect functions (not
  /// on arm64) and, from 2.28 on, absolute symbols. Source: glibc's `libc-abis`.
  private var gnuABIVersions: UInt8 {
    (machine == ELF.EM_X86_64 ? 3 : 2) + (glibc < GLibCVersion(2, 28) ? 0 : 1)
  }

  /// The ABI tag's operating system and kernel; glibc 2.36 no longer looks at them.
  private func noteCheck(_ image: ELF.Image, byteCount: Int) -> Result {
    guard glibc < GLibCVersion(2, 36) else { return .accepted }
    for segment in image.programHeaders where segment.type == ELF.PT_NOTE && segment.fileByteCount >= 32 {
      let aligned =
        glibc < GLibCVersion(2, 27) ? segment.alignment >= 4 : segment.alignment == 4 || segment.alignment == 8
      guard aligned else { continue }
      let (end, overflow) = segment.offset.addingReportingOverflow(segment.fileByteCount)
      if overflow || end > UInt64(byteCount) { return .refused("cannot read file data") }
    }
    guard let tag = image.notes.abiTag else { return .accepted }
    let wanted = [tag.major, tag.minor, tag.patch].map { Int($0 & 0xff) }
    if tag.operatingSystem != 0 || kernel.lexicographicallyPrecedes(wanted) { return .skipped(.kernelTooOld) }
    return .accepted
  }
}
