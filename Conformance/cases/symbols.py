"""Symbols that are there, are not there, or are there under another name, version or visibility."""
from workshop import NODE_API

EXPORT = '__attribute__((visibility("default")))'
CALL = "extern int mx_missing(void); int f(void) { return mx_missing(); }\n"
DATA = "extern int mx_missing; int *f(void) { return &mx_missing; }\n"
POINTER = "extern int mx_missing(void); int (*f)(void) = mx_missing;\n"
WEAK = "extern int mx_missing(void) __attribute__((weak)); int f(void) { return mx_missing ? mx_missing() : 0; }\n"
THREAD = "extern __thread int mx_missing; int f(void) { return mx_missing; }\n"


def make(w):
    missing(w)
    in_node(w)
    in_dependencies(w)
    kinds(w)
    relocations(w)


def missing(w):
    for name, source in {"call": CALL, "data": DATA, "pointer": POINTER, "weak": WEAK, "thread": THREAD}.items():
        w.case("missing-symbol", name, w.addon(NODE_API + source))
        w.case("missing-symbol", f"{name}-now", w.addon(NODE_API + source, "-z", "now"))
        w.case("missing-symbol", f"{name}-sysv-hash", w.addon(NODE_API + source, "--hash-style=sysv"))
        w.case("missing-symbol", f"{name}-stripped", w.addon(NODE_API + source, "--strip-all"))
    w.case("missing-symbol", "call-no-plt", w.addon(NODE_API + CALL, compile_flags=("-fno-plt",)))
    w.case("missing-symbol", "call-norelro", w.addon(NODE_API + CALL, "-z", "norelro"))
    w.case("missing-symbol", "call-relr", w.addon(NODE_API + CALL, "--pack-dyn-relocs=relr"))
    several = "".join(f"extern int mx_{name}(void); int f_{name}(void) {{ return mx_{name}(); }}\n" for name in ("zebra", "apple", "mango"))
    w.case("missing-symbol", "several-calls", w.addon(NODE_API + several))
    w.case("missing-symbol", "several-calls-now", w.addon(NODE_API + several, "-z", "now"))
    several = "".join(f"extern int mx_{name}; int *f_{name}(void) {{ return &mx_{name}; }}\n" for name in ("zebra", "apple", "mango"))
    w.case("missing-symbol", "several-data", w.addon(NODE_API + several))
    w.case("missing-symbol", "several-data-no-combreloc", w.addon(NODE_API + several, "-z", "nocombreloc"))
    w.case("missing-symbol", "call-and-data", w.addon(NODE_API + CALL + "extern int mx_data; int *g(void) { return &mx_data; }\n"))
    w.case("missing-symbol", "call-and-data-now", w.addon(NODE_API + CALL + "extern int mx_data; int *g(void) { return &mx_data; }\n", "-z", "now"))
    w.case("missing-symbol", "long-name", w.addon(NODE_API + DATA.replace("mx_missing", "mx_" + "long_" * 200)))
    w.case("missing-symbol", "cpp-name", w.addon("struct Thing { static int count(const char *); };\nint f() { return Thing::count(\"\"); }\n"
                                                 'extern "C" ' + NODE_API, "-z", "now", language="c++"))
    w.case("missing-symbol", "called-by-constructor", w.addon(
        NODE_API + "extern int mx_missing(void); int x; __attribute__((constructor)) static void start(void) { x = mx_missing(); }\n"), beyond=True)
    w.case("missing-symbol", "called-by-entry-point", w.addon(
        f"extern int mx_missing(void); {EXPORT} void *napi_register_module_v1(void *env, void *exports) {{ return mx_missing() ? exports : 0; }}\n"),
        beyond=True)
    for flag in ("DF_BIND_NOW", "DF_1_NOW"):  # each alone: linkers set both
        from elf import DT_FLAGS, DT_FLAGS_1, Image
        image = Image(w.addon(NODE_API + CALL, "-z", "now"))
        w.case("missing-symbol", f"call-only-{flag}", image.with_tag(DT_FLAGS_1 if flag == "DF_BIND_NOW" else DT_FLAGS, 0))
    w.case("missing-symbol", "call-neither-flag", image.with_tag(DT_FLAGS, 0).with_tag(DT_FLAGS_1, 0))


def in_node(w):
    """What some releases of Node.js export and others do not."""
    functions = ["napi_create_function", "node_api_create_syntax_error", "node_api_symbol_for", "node_api_get_module_file_name",
                 "node_api_create_external_string_latin1", "node_api_create_property_key_utf16", "node_api_create_buffer_from_arraybuffer",
                 "node_api_create_property_key_latin1", "node_api_post_finalizer", "node_api_create_object_with_properties",
                 "node_api_set_prototype", "napi_wrong_name", "uv_run", "uv_thread_detach", "uv_utf16_to_wtf8", "SSL_new", "SSL_get_all_async_fds",
                 "EVP_CIPHER_get_type", "ENGINE_init", "inflate", "deflate", "ares_init", "nghttp2_version", "u_init", "main", "node_module_register",
                 "_ZN2v87Isolate10GetCurrentEv", "_ZN2v88internal35IsolateFromNeverReadOnlySpaceObjectEm", "_ZN2v811HandleScopeC1EPNS_7IsolateE",
                 "_ZN2v820EscapableHandleScopeC1EPNS_7IsolateE", "_ZN2v86Object3SetENS_5LocalINS_7ContextEEENS1_INS_5ValueEEES5_",
                 "_ZN4node11AtExitEPNS_11EnvironmentEPFvPvES2_", "_ZN4node19GetCurrentEventLoopEPN2v87IsolateE",
                 "_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE9_M_createERmm"]
    for name in functions:
        short = name if len(name) < 60 else name[:60]
        source = NODE_API + f"extern int {name}(); int f(void) {{ return {name}(); }}\n"
        w.case("node-symbol", f"{short}-now", w.addon(source, "-z", "now"))
        w.case("node-symbol", f"{short}-lazy", w.addon(source))
    for name in ("_ZTVN2v86PlatformE", "_ZTIN2v820ArrayBufferAllocatorE", "_ZTVN2v811ArrayBuffer9AllocatorE", "_ZTVN4node21MultiIsolatePlatformE", "environ", "stdout",
                 "_ZTVN10__cxxabiv117__class_type_infoE", "_ZSt4cout"):
        w.case("node-symbol", f"data-{name}", w.addon(NODE_API + f"extern char {name}; char *f(void) {{ return &{name}; }}\n"))
    w.case("node-symbol", "unlinked-libc", w.addon(NODE_API + "extern void *malloc(unsigned long); void *f(void) { return malloc(1); }\n", "-z", "now"))
    w.case("node-symbol", "unlinked-zlib", w.addon(NODE_API + "extern int gzopen(); int f(void) { return gzopen(); }\n", "-z", "now"))
    w.case("node-symbol", "unlinked-libuuid", w.addon(NODE_API + "extern int uuid_generate(); int f(void) { return uuid_generate(); }\n", "-z", "now"))
    w.case("node-symbol", "own-copy-of-node-name", w.addon(NODE_API + f"{EXPORT} int napi_create_function(void) {{ return 1; }}\nint f(void) {{ return napi_create_function(); }}\n", "-z", "now"))


def in_dependencies(w):
    use = NODE_API + "extern int mx_symbol; int *f(void) { return &mx_symbol; }\n"
    definitions = {"default": "int mx_symbol = 1;", "hidden": '__attribute__((visibility("hidden"))) int mx_symbol = 1; int other;',
                   "protected": '__attribute__((visibility("protected"))) int mx_symbol = 1;', "weak": "__attribute__((weak)) int mx_symbol = 1;",
                   "static": "static int mx_symbol = 1; int *other(void) { return &mx_symbol; }", "absent": "int other;",
                   "undefined": "extern int mx_symbol; int *g(void) { return &mx_symbol; }", "common": "int mx_symbol;",
                   "thread": "__thread int mx_symbol = 1;", "function": "int mx_symbol(void) { return 1; }"}
    promise = w.library("libmx-defines.so", "int mx_symbol = 1;")
    for name, source in definitions.items():
        for style in ("gnu", "sysv"):
            addon = w.addon(use, "-rpath", "$ORIGIN", libraries=(promise,))
            folder = w.case("dependency-symbol", f"{name}-{style}", addon)
            w.write(folder / "libmx-defines.so", w.library("libmx-defines.so", source, f"--hash-style={style}"))
    # Defined only two levels down, and in a library that nobody needs.
    deep = w.library("libmx-deep.so", "int mx_symbol = 1;")
    middle = w.library("libmx-middle.so", "int other;", "-rpath", "$ORIGIN", libraries=(deep,))
    folder = w.case("dependency-symbol", "two-levels-down", w.addon(use, "-rpath", "$ORIGIN", libraries=(middle,)))
    w.write(folder / "libmx-middle.so", middle)
    w.write(folder / "libmx-deep.so", deep)
    folder = w.case("dependency-symbol", "not-in-scope", w.addon(use))
    w.write(folder / "libmx-deep.so", deep)
    # The dependency itself lacks something: it is relocated before the addon.
    for name, source in {"call": "extern int mx_inner(void); int g(void) { return mx_inner(); }", "data": "extern int mx_inner; int *g(void) { return &mx_inner; }"}.items():
        for now in (False, True):
            library = w.library("libmx-lacks.so", source, *(("-z", "now") if now else ()))
            flags = ("-rpath", "$ORIGIN")
            folder = w.case("dependency-symbol", f"lacks-{name}{'-now' if now else ''}", w.addon(NODE_API, *flags, libraries=(library,)))
            w.write(folder / "libmx-lacks.so", library)
            folder = w.case("dependency-symbol", f"both-lack-{name}{'-now' if now else ''}", w.addon(use, *flags, libraries=(library,)))
            w.write(folder / "libmx-lacks.so", library)
    library = w.library("libmx-lacks.so", "extern int mx_inner(void); int g(void) { return mx_inner(); }")
    folder = w.case("dependency-symbol", "lazy-dependency-of-now-addon", w.addon(NODE_API, "-z", "now", "-rpath", "$ORIGIN", libraries=(library,)))
    w.write(folder / "libmx-lacks.so", library)
    library = w.library("libmx-back.so", "extern int mx_callback; int *g(void) { return &mx_callback; }")
    folder = w.case("dependency-symbol", "defined-by-addon", w.addon(NODE_API + "int mx_callback = 1;", "-rpath", "$ORIGIN", libraries=(library,)))
    w.write(folder / "libmx-back.so", library)
    first, second = (w.library(f"libmx-{name}.so", f"extern int mx_{name}; int *g_{name}(void) {{ return &mx_{name}; }}") for name in ("first", "second"))
    for name, order in {"first-second": (first, second), "second-first": (second, first)}.items():
        folder = w.case("dependency-symbol", f"two-lack-{name}", w.addon(NODE_API, "-rpath", "$ORIGIN", libraries=order))
        w.write(folder / "libmx-first.so", first)
        w.write(folder / "libmx-second.so", second)


def kinds(w):
    resolver = "static int real(void) { return 1; }\nstatic void *choose(void) { return real; }\n"
    w.case("symbol-kind", "own-ifunc", w.addon(NODE_API + resolver + EXPORT + ' int mx_fast(void) __attribute__((ifunc("choose")));\nint f(void) { return mx_fast(); }\n'))
    w.case("symbol-kind", "local-ifunc", w.addon(NODE_API + resolver + 'static int mx_fast(void) __attribute__((ifunc("choose")));\nint f(void) { return mx_fast(); }\nvoid *p = mx_fast;\n'))
    for name, suffix in {"symbolic": ("-Bsymbolic",), "symbolic-functions": ("-Bsymbolic-functions",), "export-all": ("--export-dynamic",), "exclude-libs": ("--exclude-libs=ALL",)}.items():
        w.case("symbol-kind", name, w.addon(NODE_API + "int mx_own = 1; int *f(void) { return &mx_own; }\n", *suffix))
    w.case("symbol-kind", "unique", w.shared((w.object(NODE_API), w.assembly(
        ".data\n.globl mx_unique\n.type mx_unique,%gnu_unique_object\n.size mx_unique,8\nmx_unique: .quad 0\n.globl mx_pointer\nmx_pointer: .quad mx_unique\n"))))
    w.case("symbol-kind", "absolute", w.shared((w.object(NODE_API), w.assembly(".globl mx_absolute\n.set mx_absolute, 42\n.data\n.globl mx_pointer\nmx_pointer: .quad mx_absolute\n"))))
    w.case("symbol-kind", "zero-absolute", w.shared((w.object(NODE_API), w.assembly(".globl mx_zero\n.set mx_zero, 0\n.data\n.globl mx_pointer\nmx_pointer: .quad mx_zero\n"))))
    w.case("symbol-kind", "version-scripted", w.addon(NODE_API + "int mx_own = 1; int *f(void) { return &mx_own; }\n",
                                                      version_script="V1 { global: napi_register_module_v1; mx_own; local: *; };"))
    w.case("symbol-kind", "linker-made", w.addon(NODE_API + "extern char __bss_start, _end; char *f(void) { return &_end; }\n"))
    w.case("symbol-kind", "tls-get-addr", w.addon(NODE_API + "__thread int mx_own; int *f(void) { return &mx_own; }\n"))


def relocations(w):
    from elf import DT_JMPREL, DT_RELA, DT_RELAENT, DT_SYMENT, Image
    import struct
    image = Image(w.addon(NODE_API + "int mx_own = 1; int *pointer = &mx_own; static int s; int *relative = &s;\n"))
    table = image.file_offset(image.tag(DT_RELA))
    for kind in (*range(43), 200, 0xFFFFFFFF) if w.x86 else (0, 256, 257, 258, 259, 500, *range(1024, 1034), 0xFFFFFFFF):
        for index, name in ((0, "first"), (1, "second")):
            w.case("relocation", f"type-{kind}-{name}", image.patched(table + 24 * index + 8, struct.pack("<I", kind)))
    w.case("relocation", "offset-outside", image.patched(table, struct.pack("<Q", 0x7FFFFFFF0000)))
    w.case("relocation", "symbol-outside", image.patched(table + 24 + 12, struct.pack("<I", 0xFFFFFF)))
    w.case("relocation", "entry-size-16", image.with_tag(DT_RELAENT, 16))
    w.case("relocation", "symbol-entry-size-16", image.with_tag(DT_SYMENT, 16))
    lazy = Image(w.addon(NODE_API + CALL))
    table = lazy.file_offset(lazy.tag(DT_JMPREL))
    w.case("relocation", "jump-slot-type-200", lazy.patched(table + 8, struct.pack("<I", 200)))
    for name, flags in {"text": ("-z", "notext"), "relr": ("--pack-dyn-relocs=relr",), "android": ("--pack-dyn-relocs=android",), "no-combreloc": ("-z", "nocombreloc"),
                        "rel": ("-z", "rel")}.items():
        source = NODE_API + "static int s; int *relative[200] = { [0 ... 199] = &s };\n" + "extern int environ; int *e = &environ;\n"
        if name == "rel" and not w.x86:
            continue
        w.case("relocation", f"packing-{name}", w.addon(source, *flags))
    w.case("relocation", "text-relocation", w.shared((w.object(NODE_API), w.assembly(".text\n.globl mx_text\nmx_text: .quad mx_elsewhere\n.data\n.globl mx_elsewhere\nmx_elsewhere: .quad 0\n")), "-z", "notext"))
    w.case("relocation", "text-relocation-missing", w.shared((w.object(NODE_API), w.assembly(".text\n.globl mx_text\nmx_text: .quad mx_missing\n")), "-z", "notext"))
    libc = w.stub("libc.so.6", {"malloc": w.base_version, "mx_relr": "GLIBC_ABI_DT_RELR"})
    source = NODE_API + "static int s; int *relative[200] = { [0 ... 199] = &s };\nextern void *malloc(unsigned long); void *f(void) { return malloc(1); }\n"
    w.case("relocation", "relr-with-libc", w.addon(source, "--pack-dyn-relocs=relr", libraries=(libc,)))
