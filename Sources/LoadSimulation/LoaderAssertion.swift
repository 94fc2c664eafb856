import LambdaRuntimes

/// An assertion of ld.so on which it ends the process with status 127.
///
/// The lines are those of the upstream releases (glibc's git tags 2.17 to 2.41); a distribution's patches can move them. Those of
/// 2.31 are Debian 11's (2.31-13+deb11u), as measured: its patches add six lines to `dl-machine.h`.
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
  /// The GNU hash table's count of bloom words is no power of two.
  case bloomCount
  /// `DT_RELRENT` is not the size of a word.
  case packedRelocationEntrySize
  /// A filter's object stands before the one that was opened; until 2.31.
  case searchListBegins

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
    case .bloomCount:
      (
        glibc < GLibCVersion(2, 35) ? "dl-lookup.c" : "dl-setup_hash.c", "_dl_setup_hash",
        "(bitmask_nwords & (bitmask_nwords - 1)) == 0"
      )
    case .packedRelocationEntrySize:
      ("get-dynamic-info.h", "elf_get_dynamic_info", "info[DT_RELRENT]->d_un.d_val == sizeof (ElfW(Relr))")
    case .searchListBegins: ("dl-deps.c", "_dl_map_object_deps", "map->l_searchlist.r_list[0] == map")
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
        (17, 474), (26, 558), (27, 540), (28, 538), (30, 540), (31, 547), (32, 541), (33, 546), (34, 542), (35, 534),
        (36, 487),
        (39, 503), (40, 493), (41, 498),
      ]
    case .bloomCount: table = [(17, 877), (26, 971), (28, 948), (31, 972), (32, 966), (35, 36)]
    case .packedRelocationEntrySize: table = [(36, 130)]
    case .searchListBegins: table = [(17, 590), (26, 574), (28, 553)]
    }
    return table.last { $0.since <= glibc.minor }?.line
  }
}
