"""Symbol versions that the environment's libraries have, or do not have yet."""
import struct

from elf import DT_NEEDED, DT_VERNEED, DT_VERSYM, PT_LOAD, Image
from workshop import NODE_API

GLIBC = [f"GLIBC_2.{n}" for n in range(2, 43)] + ["GLIBC_2.2.5", "GLIBC_2.2.6", "GLIBC_2.3.4", "GLIBC_3.0", "GLIBC_PRIVATE", "GLIBC_ABI_DT_RELR"]
GLIBCXX = [f"GLIBCXX_3.4.{n}" for n in (9, 11, 14, 18, 20, 21, 22, 24, 25, 26, 28, 29, 30, 31, 32, 33, 34, 35)] + ["GLIBCXX_3.4", "GLIBCXX_LDBL_3.4"]
CXXABI = [f"CXXABI_1.3.{n}" for n in (3, 5, 8, 9, 11, 12, 13, 14, 15, 16)] + ["CXXABI_1.3", "CXXABI_TM_1", "CXXABI_FLOAT128"]
GCC = ["GCC_3.0", "GCC_3.3", "GCC_4.2.0", "GCC_4.3.0", "GCC_4.5.0", "GCC_7.0.0", "GCC_12.0.0", "GCC_13.0.0", "GCC_14.0.0", "GCC_99"]
OTHERS = {"libm.so.6": ["GLIBC_2.17", "GLIBC_2.27", "GLIBC_2.29", "GLIBC_2.35", "GLIBC_2.38", "GLIBC_2.41"],
          "libpthread.so.0": ["GLIBC_2.17", "GLIBC_2.30", "GLIBC_2.31", "GLIBC_2.34"], "libdl.so.2": ["GLIBC_2.17", "GLIBC_2.34"],
          "librt.so.1": ["GLIBC_2.17", "GLIBC_2.34"], "libz.so.1": ["ZLIB_1.2.0", "ZLIB_1.2.9", "ZLIB_1.2.12", "ZLIB_2.0"],
          "libuuid.so.1": ["UUID_1.0", "UUID_2.36", "UUID_2.40", "UUID_9"], "libresolv.so.2": ["GLIBC_2.17"], "libutil.so.1": ["GLIBC_2.17"]}


def needs(w, soname, version, symbol="mx_versioned", data=False, flags=()):
    library = w.stub(soname, {("data:" if data else "") + symbol: version})
    use = f"extern int {symbol}; int *f(void) {{ return &{symbol}; }}" if data else f"extern int {symbol}(void); int f(void) {{ return {symbol}(); }}"
    return w.addon(NODE_API + use, *flags, libraries=(library,))


def make(w):
    for version in GLIBC:
        w.case("glibc-version", version, needs(w, "libc.so.6", version))
    for version in ("GLIBC_2.17", "GLIBC_2.34", "GLIBC_2.38"):
        w.case("glibc-version", f"{version}-data", needs(w, "libc.so.6", version, data=True))
        w.case("glibc-version", f"{version}-now", needs(w, "libc.so.6", version, flags=("-z", "now")))
    for version in GLIBCXX + CXXABI:
        w.case("libstdcxx-version", version, needs(w, "libstdc++.so.6", version))
    for version in GCC:
        w.case("libgcc-version", version, needs(w, "libgcc_s.so.1", version))
    for soname, versions in OTHERS.items():
        for version in versions:
            w.case("library-version", f"{soname}-{version}", needs(w, soname, version))
    real_functions(w)
    several(w)
    weak_and_broken(w)
    own_libraries(w)


def real_functions(w):
    """Functions of glibc and libstdc++ with the version that brought them, and with one that never did."""
    for symbol, version in {"strlen": w.base_version, "memcpy": "GLIBC_2.14" if w.x86 else "GLIBC_2.17", "fcntl64": "GLIBC_2.28", "pthread_create": "GLIBC_2.34",
                            "stat": "GLIBC_2.33", "__libc_start_main": "GLIBC_2.34", "dlopen": "GLIBC_2.34", "__isoc23_strtol": "GLIBC_2.38", "arc4random": "GLIBC_2.36",
                            "strlcpy": "GLIBC_2.38", "gettid": "GLIBC_2.30", "getrandom": "GLIBC_2.25", "_dl_find_object": "GLIBC_2.35", "quick_exit": "GLIBC_2.24"}.items():
        w.case("function-version", f"{symbol}-{version}", needs(w, "libc.so.6", version, symbol, flags=("-z", "now")))
    for symbol, version in {"strlen": "GLIBC_2.28", "memcpy": "GLIBC_2.3", "fcntl64": "GLIBC_2.30", "mx_nothing": w.base_version}.items():
        for flags in ((), ("-z", "now")):
            w.case("function-version", f"{symbol}-wrongly-{version}{'-now' if flags else ''}", needs(w, "libc.so.6", version, symbol, flags=flags))
    w.case("function-version", "data-wrongly-versioned", needs(w, "libc.so.6", "GLIBC_2.28" if w.x86 else "GLIBC_2.29", "stdout", data=True))
    w.case("function-version", "unversioned-libc", w.addon(NODE_API + "extern int strlen(char *); int f(void) { return strlen(\"\"); }", "-z", "now", libraries=(w.stub("libc.so.6", {"strlen": None}),)))
    w.case("function-version", "operator-new", needs(w, "libstdc++.so.6", "GLIBCXX_3.4", "_Znwm", flags=("-z", "now")))
    w.case("function-version", "cxx11-string", needs(w, "libstdc++.so.6", "GLIBCXX_3.4.21", "_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE9_M_createERmm", flags=("-z", "now")))
    w.case("function-version", "throw-bad-array", needs(w, "libstdc++.so.6", "GLIBCXX_3.4.29", "_ZSt28__throw_bad_array_new_lengthv", flags=("-z", "now")))


def several(w):
    """The first missing version counts: by the order of libraries, then of versions."""
    call = "".join(f"extern int mx_{n}(void); int f{n}(void) {{ return mx_{n}(); }}\n" for n in "abc")
    libraries = (w.stub("libc.so.6", {"mx_a": "GLIBC_2.39", "mx_b": "GLIBC_2.38", "mx_c": "GLIBC_2.42"}),)
    w.case("several-versions", "one-library", w.addon(NODE_API + call, libraries=libraries))
    c, stdcxx, m = w.stub("libc.so.6", {"mx_a": "GLIBC_2.42"}), w.stub("libstdc++.so.6", {"mx_b": "GLIBCXX_3.4.99"}), w.stub("libm.so.6", {"mx_c": "GLIBC_2.43"})
    for name, order in {"c-first": (c, stdcxx, m), "stdcxx-first": (stdcxx, m, c), "m-first": (m, c, stdcxx)}.items():
        w.case("several-versions", name, w.addon(NODE_API + call, libraries=order))
    w.case("several-versions", "and-missing-library", w.addon(NODE_API + call, libraries=(c, w.library("libmx-absent.so", "int mx_b(void){return 0;}int mx_c(void){return 0;}"))))
    w.case("several-versions", "and-missing-symbol", w.addon(NODE_API + call + "extern int mx_d; int *d(void) { return &mx_d; }", libraries=(c, stdcxx, m)))
    # A dependency asks for more than the addon does.
    inner = w.library("libmx-modern.so", "extern int mx_a(void); int g(void) { return mx_a(); }", libraries=(w.stub("libc.so.6", {"mx_a": "GLIBC_2.42"}),))
    folder = w.case("several-versions", "in-dependency", w.addon(NODE_API, "-rpath", "$ORIGIN", libraries=(inner,)))
    w.write(folder / "libmx-modern.so", inner)
    outer = w.addon(NODE_API + "extern int mx_z(void); int z(void) { return mx_z(); }", "-rpath", "$ORIGIN", libraries=(inner, w.stub("libc.so.6", {"mx_z": "GLIBC_2.43"})))
    folder = w.case("several-versions", "in-both", outer)
    w.write(folder / "libmx-modern.so", inner)


def weak_and_broken(w):
    def record(version="GLIBC_2.42", symbol="mx_versioned", flags=()):
        """An addon with one verneed record: (image, offset of the record, offset of its auxiliary entry)."""
        image = Image(needs(w, "libc.so.6", version, symbol, flags=flags))
        table = image.file_offset(image.tag(DT_VERNEED))
        return image, table, table + struct.unpack_from("<I", image.data, table + 8)[0]

    for name, flags in {"": (), "-now": ("-z", "now")}.items():
        image, table, entry = record(flags=flags)
        w.case("version-record", f"weak{name}", image.patched(entry + 4, struct.pack("<H", 2)))
        w.case("version-record", f"base-flag{name}", image.patched(entry + 4, struct.pack("<H", 1)))
        image, table, entry = record(w.base_version, "strlen", flags)
        w.case("version-record", f"weak-but-there{name}", image.patched(entry + 4, struct.pack("<H", 2)))
    image, table, entry = record()
    far = struct.pack("<I", 0xFF000000)
    w.case("version-record", "missing-and-next-version-far", image.patched(entry + 12, far))
    w.case("version-record", "missing-and-next-need-far", image.patched(table + 12, far))
    w.case("version-record", "vn-version-2-and-next-version-far", image.patched(table, struct.pack("<H", 2)).patched(entry + 12, far))
    good, its_table, its_next = record(w.base_version, "strlen")
    w.case("version-record", "there-and-next-version-far", good.patched(its_next + 12, far))
    for count in (4, 8, 12, 16):
        # The next record begins on the last bytes of the segment's last page; what lies behind it, chance decides.
        last = good.segments(PT_LOAD)[-1]
        end = (good.segment(last, "p_vaddr") + good.segment(last, "p_memsz") + 4095) // 4096 * 4096
        w.case("version-record", f"next-version-{count}-before-the-end",
               good.patched(its_next + 12, struct.pack("<I", end - count - good.tag(DT_VERNEED) - (its_next - its_table))), beyond=count < 16)
    for version in (0, 2, 65535):
        w.case("version-record", f"vn-version-{version}", image.patched(table, struct.pack("<H", version)))
    known, _, its_entry = record("GLIBC_2.17")
    w.case("version-record", "wrong-hash", known.patched(its_entry, struct.pack("<I", 1)))
    w.case("version-record", "vn-cnt-0", image.patched(table + 2, struct.pack("<H", 0)))
    w.case("version-record", "vn-aux-0", image.patched(table + 8, struct.pack("<I", 0)))
    w.case("version-record", "vna-other-0", image.patched(entry + 6, struct.pack("<H", 0)))
    w.case("version-record", "vna-other-huge", image.patched(entry + 6, struct.pack("<H", 0x7FF0)))
    w.case("version-record", "without-needed", image.with_tag(DT_NEEDED, new_tag=0x6FFFFEF0))
    w.case("version-record", "without-versym", image.with_tag(DT_VERSYM, new_tag=0x6FFFFEF0))
    w.case("version-record", "without-verneed", image.with_tag(DT_VERNEED, new_tag=0x6FFFFEF0))
    w.case("version-record", "symbol-with-unknown-index", Image(needs(w, "libc.so.6", w.base_version, "strlen", flags=("-z", "now"))).with_tag(DT_VERNEED, new_tag=0x6FFFFEF0))


def own_libraries(w):
    """Versions between a library and an addon of the same package."""
    def pair(name, promised, real, flags=("-z", "now")):
        promise = w.shared((w.object("int mx_own(void) { return 1; }"),), soname="libmx-own.so", version_script=promised)
        library = w.shared((w.object("int mx_own(void) { return 1; } int mx_other(void) { return 2; }"),), soname="libmx-own.so", version_script=real)
        addon = w.addon(NODE_API + "extern int mx_own(void); int f(void) { return mx_own(); }", "-rpath", "$ORIGIN", *flags, libraries=(promise,))
        folder = w.case("own-versions", name, addon)
        w.write(folder / "libmx-own.so", library)
    one, two = "OWN_1 { global: mx_own; };", "OWN_2 { global: mx_own; };"
    both = "OWN_1 { global: mx_own; }; OWN_2 { } OWN_1;"
    for suffix, flags in {"": ("-z", "now"), "-lazy": ()}.items():
        pair(f"same{suffix}", one, one, flags)
        pair(f"newer-lacks-old{suffix}", one, two, flags)
        pair(f"keeps-old{suffix}", one, both, flags)
        pair(f"unversioned-library{suffix}", one, None, flags)
        pair(f"unversioned-addon{suffix}", None, one, flags)
        pair(f"local-now{suffix}", one, "OWN_1 { global: mx_other; local: *; };", flags)
