import LambdaRuntimes

/// An assertion of ld.so on which it ends the process with status 127.
///
/// The lines are those of the upstream releases (glibc's git tags 2.17 to 2.41); a distribution's patches can move them.
enum LoaderAssertion {
  /// A versioned symbol was found in the library that should have the version, which has no versions at all.
  case versionedSymbolInUnversionedLibrary
  /// A library whose versions are asked for is not among those needed.
  case versionedLibraryNotNeeded
  /// `DT_RELAENT` is not the size of a relocation.
  case relocationEntrySize
  /// `DT_PLTREL` is not `DT_RELA`.
  case jumpSlotTableKind
  /// One of the first `DT_RELACOUNT` relocations is not relative; x86-64 only.
  case relativeRelocationType

  /// What ld.so prints.
  func message(_ glibc: GLibCVersion) -> String {
    let (file, function, text) = site(glibc)
    let line = line(glibc).map { "\($0): " } ?? ""
    return "Inconsistency detected by ld.so: \(file): \(line)\(function): Assertion `\(text)' failed!"
  }

  func error(_ glibc: GLibCVersion, path: String) -> LinkError {
    .exit(127, message: message(glibc), .damaged(path: path, reason: site(glibc).text))
  }

  private func site(_ glibc: GLibCVersion) -> (file: String, function: String, text: String) {
    switch self {
    case .versionedSymbolInUnversionedLibrary:
      ("dl-lookup.c", "check_match", "version->filename == NULL || ! _dl_name_match_p (version->filename, map)")
    case .versionedLibraryNotNeeded: ("dl-version.c", "_dl_check_map_versions", "needed != NULL")
    case .relocationEntrySize:
      ("get-dynamic-info.h", "elf_get_dynamic_info", "info[DT_RELAENT]->d_un.d_val == sizeof (ElfW(Rela))")
    case .jumpSlotTableKind: ("get-dynamic-info.h", "elf_get_dynamic_info", "info[DT_PLTREL]->d_un.d_val == DT_RELA")
    case .relativeRelocationType:
      (
        "../sysdeps/x86_64/dl-machine.h", "elf_machine_rela_relative",
        "ELFW(R_TYPE) (reloc->r_info) == R_X86_64_RELATIVE"
      )
    }
  }

  /// The line by minor version: each number holds from its version on.
  private func line(_ glibc: GLibCVersion) -> Int? {
    let table: [(since: Int, line: Int)]
    switch self {
    case .versionedSymbolInUnversionedLibrary:
      table = [(17, 167), (26, 127), (27, 110), (28, 111), (32, 105), (35, 106), (36, 107), (39, 106)]
    case .versionedLibraryNotNeeded: table = [(17, 224), (27, 205), (35, 204)]
    case .relocationEntrySize: table = [(17, 120), (26, 132), (28, 131), (33, 126), (35, 110), (36, 123)]
    case .jumpSlotTableKind: table = [(17, 112), (26, 124), (28, 123), (33, 118), (35, 102), (36, 115)]
    case .relativeRelocationType:
      table = [
        (17, 474), (26, 558), (27, 540), (28, 538), (30, 540), (31, 541), (33, 546), (34, 542), (35, 534), (36, 487),
        (39, 503), (40, 493), (41, 498),
      ]
    }
    return table.last { $0.since <= glibc.minor }?.line
  }
}
