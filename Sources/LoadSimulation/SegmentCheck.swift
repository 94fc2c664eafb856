import LambdaRuntimes
import NativeBinaries

/// The checks of glibc's `_dl_map_object_from_fd` and `_dl_map_segments` on an object whose header was accepted.
struct SegmentCheck {
  private static let page: UInt64 = 4096

  let glibc: GLibCVersion
  let machine: UInt16

  /// glibc's words, and whether it means the executable stack; `nil` when the object can be mapped.
  func refusal(of image: ELF.Image) -> (text: String, failure: (String) -> LoadFailure)? {
    if let text = loadCommandError(image) ?? dynamicError(image) {
      return (text, { LoadFailure.damaged(path: $0, reason: text) })
    }
    if needsExecutableStack(image), glibc >= GLibCVersion(2, 41) {
      // Since 2.41 dlopen no longer makes stacks executable; sysdeps: elf/dl-load.c.
      return (
        "cannot enable executable stack as shared object requires: Invalid argument",
        { .executableStack(path: $0) }
      )
    }
    return nil
  }

  /// A missing `PT_GNU_STACK` means an executable stack on x86-64 only (`DEFAULT_STACK_PERMS`).
  func needsExecutableStack(_ image: ELF.Image) -> Bool {
    (image.stackFlags ?? (machine == ELF.EM_X86_64 ? 7 : 6)) & 1 != 0
  }

  private func loadCommandError(_ image: ELF.Image) -> String? {
    let loads = image.programHeaders.filter { $0.type == ELF.PT_LOAD }
    for load in loads {
      let skew = load.virtualAddress &- load.offset
      if glibc < GLibCVersion(2, 35) {
        if load.alignment & (Self.page - 1) != 0 { return "ELF load command alignment not page-aligned" }
        if skew & (load.alignment &- 1) != 0 { return "ELF load command address/offset not properly aligned" }
      } else if skew & (Self.page - 1) != 0 {
        return "ELF load command address/offset not page-aligned"
      }
    }
    guard let first = loads.first, let last = loads.last else { return "object file has no loadable segments" }
    if image.header?.type != ELF.ET_DYN { return "cannot dynamically load executable" }
    let checksDynamicFirst = glibc >= GLibCVersion(2, 35)
    if checksDynamicFirst, lacksDynamicSection(image) { return "object file has no dynamic section" }
    let start = first.virtualAddress & ~(Self.page - 1)
    let end = last.virtualAddress &+ last.memoryByteCount
    // mmap refuses an empty, wrapped or impossibly large range.
    guard end > start, end - start < 1 << 47 else { return "failed to map segment from shared object" }
    // More zero-filled memory than any machine has; the kernel refuses it to a process that could write there.
    if loads.contains(where: {
      $0.memoryByteCount > $0.fileByteCount && $0.memoryByteCount - $0.fileByteCount >= 1 << 45
    }) {
      return "cannot map zero-fill pages"
    }
    if hasHoles(loads), last.virtualAddress & ~(Self.page - 1) < mapEnd(first) {
      return glibc < GLibCVersion(2, 35)
        ? "ELF load command address/offset not properly aligned" : "ELF load command address/offset not page-aligned"
    }
    return lacksDynamicSection(image) ? "object file has no dynamic section" : nil
  }

  private func lacksDynamicSection(_ image: ELF.Image) -> Bool {
    let sections = image.programHeaders.filter { $0.type == ELF.PT_DYNAMIC }
    if sections.isEmpty || sections.last?.virtualAddress == 0 { return true }
    let isEmpty = sections.contains { $0.fileByteCount == 0 }
    return glibc < GLibCVersion(2, 35) ? sections.allSatisfy { $0.fileByteCount == 0 } : isEmpty
  }

  private func mapEnd(_ load: ELF.ProgramHeader) -> UInt64 {
    (load.virtualAddress &+ load.fileByteCount &+ Self.page - 1) & ~(Self.page - 1)
  }

  private func hasHoles(_ loads: [ELF.ProgramHeader]) -> Bool {
    zip(loads, loads.dropFirst()).contains { mapEnd($0) != $1.virtualAddress & ~(Self.page - 1) }
  }

  private func dynamicError(_ image: ELF.Image) -> String? {
    if image.flags1 & ELF.DF_1_PIE != 0, glibc >= GLibCVersion(2, 30) {
      return "cannot dynamically load position-independent executable"
    }
    if image.flags1 & ELF.DF_1_NOOPEN != 0 { return "shared object cannot be dlopen()ed" }
    return nil
  }
}
