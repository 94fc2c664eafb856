import LambdaRuntimes
import NativeBinaries

/// The checks of glibc's `_dl_map_object_from_fd` and `_dl_map_segments` on an object whose header was accepted.
struct SegmentCheck {
  private static let page: UInt64 = 4096

  let glibc: GLibCVersion
  let machine: UInt16

  /// glibc's words, and whether it says them when the segments have been mapped and filled; `nil` when the object can be mapped. Throws where chance
  /// decides.
  func refusal(
    of image: ELF.Image, _ path: String
  ) throws(LinkError) -> (text: String, isAfterMapping: Bool, failure: (String) -> LoadFailure)? {
    var text = loadCommandError(image)
    var isAfterMapping = false
    if text == nil {
      try checkRoom(for: image, path)
      text = try segmentError(image, path)
      isAfterMapping = text == nil
      if text == nil { text = lacksDynamicSection(image) ? "object file has no dynamic section" : dynamicError(image) }
    }
    if let text { return (text, isAfterMapping, { LoadFailure.damaged(path: $0, reason: text) }) }
    if needsExecutableStack(image), glibc >= GLibCVersion(2, 41) {
      // Since 2.41 dlopen no longer makes stacks executable; sysdeps: elf/dl-load.c.
      return (
        "cannot enable executable stack as shared object requires: Invalid argument", true,
        { .executableStack(path: $0) }
      )
    }
    return nil
  }

  /// A missing `PT_GNU_STACK` means an executable stack on x86-64 only (`DEFAULT_STACK_PERMS`).
  func needsExecutableStack(_ image: ELF.Image) -> Bool {
    (image.stackFlags ?? (machine == ELF.EM_X86_64 ? 7 : 6)) & 1 != 0
  }

  /// What is wrong before anything is mapped, or when the whole object's room is asked for.
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
    guard end > start, end - start < Self.userSpace, room(loads, end - start).map({ $0 < Self.userSpace }) ?? false,
      canBeMapped(first, byteCount: end - start)
    else { return "failed to map segment from shared object" }
    return nil
  }

  /// V8 takes memory at random addresses below 2^46: whether half of all addresses, or more, are still free in one piece is
  /// another matter in each process. Measured: of 40 loads of an object that spans 2^46 bytes, 2 to 10 fail.
  private func checkRoom(for image: ELF.Image, _ path: String) throws(LinkError) {
    let loads = image.programHeaders.filter { $0.type == ELF.PT_LOAD }
    guard machine == ELF.EM_X86_64, let first = loads.first, let last = loads.last,
      let room = room(loads, last.virtualAddress &+ last.memoryByteCount &- (first.virtualAddress & ~(Self.page - 1))),
      room > Self.certainRoom
    else { return }
    throw .undecided(
      "\(path) asks for \(room >> 40) TB of addresses in one piece; whether they are free there, chance decides")
  }

  private func segmentError(_ image: ELF.Image, _ path: String) throws(LinkError) -> String? {
    let loads = image.programHeaders.filter { $0.type == ELF.PT_LOAD }
    guard let first = loads.first, let last = loads.last else { return nil }
    let start = first.virtualAddress & ~(Self.page - 1)
    let end = last.virtualAddress &+ last.memoryByteCount
    if hasHoles(loads), last.virtualAddress & ~(Self.page - 1) < mapEnd(first) {
      return glibc < GLibCVersion(2, 36)
        ? "cannot change memory protections" : "ELF load command address/offset not page-aligned"
    }
    for (index, load) in loads.enumerated() {
      // The first one's mapping was that of the whole room.
      if index > 0, let mapped = filePages(of: load) {
        let byteCount = mapped.upperBound - mapped.lowerBound
        if isOutOfReach(mapped, start..<end) || !canBeMapped(load, byteCount: byteCount) {
          return "failed to map segment from shared object"
        }
        try checkMemory(load, byteCount: byteCount, path)
        try checkNeighbours(mapped, start..<end, isFile: true, path)
      }
      if let zeros = zeros(of: load, start..<end) {
        let byteCount = zeros.upperBound - zeros.lowerBound
        if isOutOfReach(zeros, start..<end) || isTooMuchMemory(load, byteCount) { return "cannot map zero-fill pages" }
        try checkMemory(load, byteCount: byteCount, path)
        try checkNeighbours(zeros, start..<end, isFile: false, path)
      }
    }
    return nil
  }

  /// The addresses that a segment's part of the file is mapped to; `nil` for none, as where their sum wraps.
  private func filePages(of load: ELF.ProgramHeader) -> Range<UInt64>? {
    let (start, end) = (load.virtualAddress & ~(Self.page - 1), mapEnd(load))
    return start < end ? start..<end : nil
  }

  /// Whether the kernel maps so much of the file from a segment's offset, wherever that is.
  private func canBeMapped(_ load: ELF.ProgramHeader, byteCount: UInt64) -> Bool {
    guard byteCount < Self.longestFile - Self.page else { return false }
    let pages = (byteCount + Self.page - 1) & ~(Self.page - 1)
    // `file_mmap_ok`: no byte may lie beyond the longest file; and memory of the process's own has to be there.
    return load.offset & ~(Self.page - 1) <= Self.longestFile - pages && !isTooMuchMemory(load, pages)
  }

  private func isTooMuchMemory(_ load: ELF.ProgramHeader, _ byteCount: UInt64) -> Bool {
    load.flags & 2 != 0 && byteCount >= Self.mostMemory
  }

  /// What no function on Lambda has, a larger machine may have.
  private func checkMemory(_ load: ELF.ProgramHeader, byteCount: UInt64, _ path: String) throws(LinkError) {
    guard load.flags & 2 != 0, byteCount > Self.lambdaMemory else { return }
    throw .undecided(
      "a segment of \(path) asks for \(byteCount >> 30) GB of memory that can be written: more than a function on Lambda can have, where its load "
        + "fails; a larger machine may have it")
  }

  /// Whether addresses that are asked for beside the object's `own` are no addresses of a process in any case. On x86-64 that
  /// is with 4-level page tables; with 5-level ones the kernel maps them up to 2^56, and the process ends.
  private func isOutOfReach(_ wanted: Range<UInt64>, _ own: Range<UInt64>) -> Bool {
    let byteCount = wanted.upperBound - wanted.lowerBound
    let start = Int64(bitPattern: wanted.lowerBound &- own.lowerBound)
    let end = machine == ELF.EM_X86_64 ? Self.userSpace : Self.widestUserSpace
    guard byteCount < end, start > -Int64(end), start < Int64(end) else { return true }
    return machine == ELF.EM_X86_64 && Self.reach(of: wanted, own) >= Self.libraryAddresses
  }

  /// The addresses that the object takes: since 2.35 the loader reserves what it takes to align it as the largest `p_align`
  /// asks. `nil` for more than there can be.
  private func room(_ loads: [ELF.ProgramHeader], _ byteCount: UInt64) -> UInt64? {
    let alignment = loads.map(\.alignment).filter { $0 & ($0 &- 1) == 0 }.max() ?? 0
    guard glibc >= GLibCVersion(2, 35), alignment > Self.page else { return byteCount }
    let (room, overflow) = max(byteCount, alignment).addingReportingOverflow(alignment)
    return overflow ? nil : room
  }

  /// The zeros behind a segment's data, with the arithmetic of `_dl_map_segments`: sums wrap, and then there are none.
  private func zeros(of load: ELF.ProgramHeader, _ own: Range<UInt64>) -> Range<UInt64>? {
    let dataEnd = load.virtualAddress &+ load.fileByteCount
    let end = load.virtualAddress &+ load.memoryByteCount
    // Where the kernel would put an object of this length; exact enough to tell what wraps.
    let extent = own.upperBound - own.lowerBound
    let base = Self.userSpace - (1 << 40) - min(extent, 1 << 46) &- own.lowerBound
    return end > dataEnd && base &+ end > base &+ dataEnd ? dataEnd..<end : nil
  }

  /// What becomes of the process when so many addresses are mapped beside the object's own: behind it lie other libraries and
  /// the loader itself. Throws where it ends there, or where chance decides.
  ///
  /// Measured: of 12 loads of an object that reaches 2^39 bytes behind itself, 4 to 6 end in the message, the others by SIGSEGV.
  private func checkNeighbours(
    _ mapped: Range<UInt64>, _ own: Range<UInt64>, isFile: Bool, _ path: String
  ) throws(LinkError) {
    let reach = Self.reach(of: mapped, own)
    guard reach >= Self.neighbourhood else { return }
    if reach > Self.certainReach || machine != ELF.EM_X86_64 {
      throw .undecided(
        "a segment of \(path) reaches \(reach >> 30) GB behind the object; whether that still are addresses of the process, "
          + "chance decides: its load fails or ends in SIGSEGV")
    }
    // Measured: 2.31 reads there what the file does not have, 2.36 and 2.41 run into what cannot be executed.
    let isPastFile = isFile && glibc < GLibCVersion(2, 34)
    throw .fault(isPastFile ? .bus : .segmentation, path, "a segment covers what lies behind the object")
  }

  /// How far addresses reach behind the object, in bytes; negative where they do not. Neither range is longer than user space,
  /// nor further from the other.
  private static func reach(of mapped: Range<UInt64>, _ own: Range<UInt64>) -> Int64 {
    let start = Int64(bitPattern: mapped.lowerBound &- own.lowerBound)
    return start + Int64(mapped.upperBound - mapped.lowerBound) - Int64(own.upperBound - own.lowerBound)
  }

  /// `_dl_protect_relro`: of a range that reaches beyond the object, the kernel protects what it finds up to the first hole,
  /// and then refuses. What other libraries or Node.js's own threads have put there decides. Measured: of 40 loads of an object
  /// whose range is 2^40 bytes, none to 5 end in the message, the others by SIGSEGV.
  func checkProtection(of image: ELF.Image, _ path: String) throws(LinkError) {
    guard let relro = image.programHeaders.last(where: { $0.type == ELF.PT_GNU_RELRO }),
      let last = image.programHeaders.last(where: { $0.type == ELF.PT_LOAD })
    else { return }
    // Whole pages only, both ends rounded down.
    let end = (relro.virtualAddress &+ relro.memoryByteCount) & ~(Self.page - 1)
    let (own, overflow) = (last.virtualAddress &+ last.memoryByteCount).addingReportingOverflow(Self.page - 1)
    guard !overflow, end != relro.virtualAddress & ~(Self.page - 1), end > own & ~(Self.page - 1) else { return }
    if relro.virtualAddress > own, relro.virtualAddress - own >= Self.neighbourhood {
      let text = "cannot apply additional memory protection after relocation: Cannot allocate memory"
      throw .message(object: path, text: text, .damaged(path: path, reason: text))
    }
    throw .undecided(
      "PT_GNU_RELRO of \(path) reaches beyond the object's own memory; whether its load succeeds, fails or ends in SIGSEGV "
        + "depends on what the process has mapped there")
  }

  /// As far behind an object libc.so.6 lies for certain, in bytes; nearer by, chance decides what is there.
  private static let neighbourhood: Int64 = 1 << 30
  /// As far behind an object a process without 5-level page tables has addresses for certain: what the kernel's chance
  /// leaves for its stack.
  private static let certainReach: Int64 = 1 << 34
  /// The part of a process's addresses, at their end, that the kernel chooses from for libraries: 2^28 pages (`mmap_rnd_bits`)
  /// and what the stack takes.
  private static let libraryAddresses: Int64 = (1 << 40) + (1 << 36)
  /// More than a machine's memory: the kernel refuses it at once (`overcommit_memory` 0).
  private static let mostMemory: UInt64 = 1 << 35
  /// The most memory that a function can have; see the quotas of AWS Lambda.
  private static let lambdaMemory: UInt64 = 10_240 << 20
  /// `MAX_LFS_FILESIZE`.
  private static let longestFile = UInt64(Int64.max)
  /// The end of a process's addresses on x86-64.
  private static let userSpace: UInt64 = 1 << 47
  /// The same on any processor: 64-bit Arm with addresses of 52 bits.
  private static let widestUserSpace: UInt64 = 1 << 52
  /// The half above what V8 chooses from, less what the kernel's own chance (1 TB) and the libraries take of it.
  private static let certainRoom: UInt64 = (1 << 46) - (1 << 41)

  private func lacksDynamicSection(_ image: ELF.Image) -> Bool {
    let sections = image.programHeaders.filter { $0.type == ELF.PT_DYNAMIC }
    if sections.isEmpty || sections.last?.virtualAddress == 0 { return true }
    let isEmpty = sections.contains { $0.fileByteCount == 0 }
    return glibc < GLibCVersion(2, 35) ? sections.allSatisfy { $0.fileByteCount == 0 } : isEmpty
  }

  private func mapEnd(_ load: ELF.ProgramHeader) -> UInt64 {
    (load.virtualAddress &+ load.fileByteCount &+ Self.page &- 1) & ~(Self.page - 1)
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
