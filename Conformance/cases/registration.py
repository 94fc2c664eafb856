"""How an addon introduces itself to Node.js: Node-API, V8-bound structures, symbols by module version, or not at all."""
from workshop import NODE_API

EXPORT = '__attribute__((visibility("default")))'
CONSTRUCTOR = "__attribute__((constructor))"
STRUCT = """
struct node_module { int version; unsigned flags; void *handle; const char *file; void *init; void *context_init; const char *name; void *priv; void *link; };
extern void node_module_register(void *);
static void init(void *exports, void *module, void *priv) {}
static void context_init(void *exports, void *module, void *context, void *priv) {}
"""
NAPI_STRUCT = """
struct napi_module { int version; unsigned flags; const char *file; void *init; const char *name; void *priv; void *reserved[4]; };
extern void napi_module_register(void *);
static void *init(void *env, void *exports) { return exports; }
static struct napi_module module = { 1, 0, "addon.c", init, "addon", 0, {0} };
"""


def structure(version, functions="init, 0", flags=0, name="module"):
    return (f'static struct node_module {name} = {{ {version}, {flags}, 0, "addon.c", {functions}, "addon", 0, 0 }};\n'
            f"{CONSTRUCTOR} static void register_{name}(void) {{ node_module_register(&{name}); }}\n")


def api_version(value):
    return f"{EXPORT} int node_api_module_get_api_version_v1(void) {{ return {value}; }}\n"


def by_version(number):
    return f"{EXPORT} void node_register_module_v{number}(void *exports, void *module, void *context) {{}}\n"


def make(w):
    node_api(w)
    node_api_by_constructor(w)
    bound_to_v8(w)
    structure_forms(w)
    mixed(w)
    places(w)


def node_api(w):
    w.case("node-api", "entry-point-only", w.addon())
    for value in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 99, 2147483647, -1, -2147483648):
        w.case("node-api", f"version-{value}", w.addon(NODE_API + api_version(value)))
    for name, flags in {"O0": ("-O0",), "Os": ("-Os",), "frame-pointer": ("-fno-omit-frame-pointer",),
                        "stack-protector": ("-O0", "-fstack-protector-all")}.items():
        libraries = (w.stub("libc.so.6", {"__stack_chk_fail": {"x86_64": "GLIBC_2.4", "arm64": "GLIBC_2.17"}[w.architecture]}),)
        source = NODE_API + api_version(10)
        w.case("node-api", f"version-10-{name}", w.addon(source, "--as-needed", compile_flags=flags, libraries=libraries))
    branch = ("-fcf-protection=full",) if w.x86 else ("-mbranch-protection=standard",)
    for value in (8, 10):
        w.case("node-api", f"version-{value}-branch-protection", w.addon(NODE_API + api_version(value), compile_flags=branch))
        w.case("node-api", f"version-{value}-from-variable",
               w.addon(NODE_API + f"static volatile int version = {value};\n" + api_version("version")))
        w.case("node-api", f"version-{value}-from-call",
               w.addon(NODE_API + f"__attribute__((noinline)) int other(void) {{ __asm__(\"\"); return {value}; }}\n"
                       + api_version("other()")))
        w.case("node-api", f"version-{value}-cpp", w.addon('extern "C" {\n' + NODE_API + api_version(value) + "}\n", language="c++"))
    w.case("node-api", "version-10-hidden", w.addon(NODE_API + api_version(10).replace("default", "hidden")))
    w.case("node-api", "version-10-stripped", w.addon(NODE_API + api_version(10), "--strip-all"))
    w.case("node-api", "returns-null", w.addon(NODE_API.replace("return exports", "return 0")))
    w.case("node-api", "version-8-without-entry-point", w.addon(api_version(8)))
    w.case("node-api", "version-99-without-entry-point", w.addon(api_version(99)))


def node_api_by_constructor(w):
    register = f"{CONSTRUCTOR} static void start(void) {{ napi_module_register(&module); }}\n"
    w.case("node-api-constructor", "plain", w.addon(NAPI_STRUCT + register))
    for version in (-1, 0, 2, 108, 115):
        w.case("node-api-constructor", f"nm-version-{version}", w.addon(NAPI_STRUCT.replace("{ 1, 0", f"{{ {version}, 0") + register))
    w.case("node-api-constructor", "without-init", w.addon(NAPI_STRUCT.replace("c\", init", "c\", 0") + register))
    for value in (8, 10, 99):
        w.case("node-api-constructor", f"and-version-{value}", w.addon(NAPI_STRUCT + register + api_version(value)))
    w.case("node-api-constructor", "and-entry-point", w.addon(NAPI_STRUCT + register + NODE_API))
    w.case("node-api-constructor", "and-entry-point-version-99", w.addon(NAPI_STRUCT + register + NODE_API + api_version(99)))


def bound_to_v8(w):
    for version in (46, 64, 83, 93, 102, 108, 111, 115, 120, 127, 131, 137, 141, 147, 0, 1, -1, -2, 2147483647):
        w.case("v8", f"abi-{version}", w.addon(STRUCT + structure(version)))
    for version in (108, 115, 127, 137):
        w.case("v8", f"context-aware-abi-{version}", w.addon(STRUCT + structure(version, "0, context_init")))
        w.case("v8", f"without-functions-abi-{version}", w.addon(STRUCT + structure(version, "0, 0")))
        w.case("v8", f"internal-flags-abi-{version}", w.addon(STRUCT + structure(version, flags=4)))
        w.case("v8", f"builtin-flags-abi-{version}", w.addon(STRUCT + structure(version, flags=1)))
        w.case("v8", f"linked-flags-abi-{version}", w.addon(STRUCT + structure(version, flags=2)))
        w.case("v8", f"deleteme-abi-{version}", w.addon(STRUCT + structure(version, flags=8)))
        w.case("v8-symbol", f"v{version}", w.addon(by_version(version)))
        w.case("v8-symbol", f"v{version}-and-node-api", w.addon(by_version(version) + NODE_API))
        w.case("v8-symbol", f"v{version}-and-version-99", w.addon(by_version(version) + NODE_API + api_version(99)))
    w.case("v8-symbol", "all-four", w.addon("".join(by_version(n) for n in (108, 115, 127, 137))))
    w.case("v8-symbol", "none-of-them", w.addon(by_version(72)))


def structure_forms(w):
    """One structure in the forms that compilers and linkers give it: the module version must be found in all."""
    compile_flags = {"O0": ("-O0",), "Os": ("-Os",), "no-plt": ("-fno-plt",), "data-sections": ("-fdata-sections", "-ffunction-sections"),
                     "frame-pointer": ("-fno-omit-frame-pointer",),
                     "branch-protection": ("-fcf-protection=full",) if w.x86 else ("-mbranch-protection=standard",)}
    link_flags = {"stripped": ("--strip-all",), "relr": ("--pack-dyn-relocs=relr",), "now": ("-z", "now"), "separate-code": ("-z", "separate-code"),
                  "symbolic": ("-Bsymbolic",), "large-pages": ("-z", "max-page-size=0x200000"), "gc": ("--gc-sections",),
                  "rosegment": ("--no-rosegment",), "android-relr": ("--pack-dyn-relocs=android+relr", "--use-android-relr-tags")}
    for version in (108, 115):
        source = STRUCT + structure(version)
        for name, flags in compile_flags.items():
            w.case("v8-forms", f"{name}-{version}", w.addon(source, compile_flags=flags))
            w.case("v8-forms", f"{name}-stripped-{version}", w.addon(source, "--strip-all", compile_flags=flags))
        for name, flags in link_flags.items():
            w.case("v8-forms", f"link-{name}-{version}", w.addon(source, *flags))
        w.case("v8-forms", f"two-structures-{version}", w.addon(STRUCT + structure(127) + structure(version, name="second")))
        w.case("v8-forms", f"exported-structure-{version}", w.addon(source.replace("static struct node_module module", "struct node_module module")))
        w.case("v8-forms", f"in-array-{version}", w.addon(
            STRUCT + f'static struct node_module modules[3] = {{ {{ 64 }}, {{ {version}, 0, 0, "a", init, 0, "addon", 0, 0 }} }};\n'
            f"{CONSTRUCTOR} static void start(void) {{ node_module_register(&modules[1]); }}\n"))
        w.case("v8-forms", f"filled-at-run-time-{version}", w.addon(
            STRUCT + "static struct node_module module;\n"
            f"{CONSTRUCTOR} static void start(void) {{ module.version = {version}; module.init = init; node_module_register(&module); }}\n"))
        w.case("v8-forms", f"through-helper-{version}", w.addon(
            STRUCT + "__attribute__((noinline)) static void helper(void *m) { __asm__(\"\"); node_module_register(m); }\n"
            + structure(version).replace("{ node_module_register(", "{ helper(")))
        w.case("v8-forms", f"conditional-{version}", w.addon(
            STRUCT + "volatile int always = 1;\n" + structure(version).replace("{ node_module_register(", "{ if (always) node_module_register(")))
        w.case("v8-forms", f"never-{version}", w.addon(
            STRUCT + "volatile int never = 0;\n" + structure(version).replace("{ node_module_register(", "{ if (never) node_module_register(")))
        w.case("v8-forms", f"dt-init-{version}", w.addon(
            STRUCT + structure(version).replace(CONSTRUCTOR + " static", EXPORT).replace("register_module", "start"), "-init", "start"))
        w.case("v8-forms", f"cpp-object-{version}", w.addon(
            'extern "C" void node_module_register(void *);\nstatic void init(void *, void *, void *) {}\n'
            "struct node_module { int version; unsigned flags; void *handle; const char *file; void (*init)(void *, void *, void *); void *c; const char *name; void *priv; void *link; };\n"
            f'static node_module module = {{ {version}, 0, nullptr, "addon.cc", init, nullptr, "addon", nullptr, nullptr }};\n'
            "struct Registrar { Registrar() { node_module_register(&module); } };\nstatic Registrar registrar;\n", language="c++"))


def mixed(w):
    for version in (108, 115, 127, 137):
        w.case("mixed", f"structure-{version}-and-node-api", w.addon(STRUCT + structure(version) + NODE_API))
        w.case("mixed", f"structure-{version}-and-version-99", w.addon(STRUCT + structure(version) + NODE_API + api_version(99)))
        for symbol in (108, 115, 127, 137):
            w.case("mixed", f"structure-{version}-and-symbol-{symbol}", w.addon(STRUCT + structure(version) + by_version(symbol)))
    w.case("mixed", "structure-64-context-aware-and-symbol-115", w.addon(STRUCT + structure(64, "0, context_init") + by_version(115)))
    w.case("mixed", "constructor-without-registration", w.addon(f"int x;\n{CONSTRUCTOR} static void start(void) {{ x = 1; }}\n"))


def places(w):
    """Entry points that are not plain exported functions of the addon itself."""
    w.case("entry-point", "none", w.addon("int mx_nothing;"))
    w.case("entry-point", "empty-object", w.addon(""))
    w.case("entry-point", "hidden", w.addon(NODE_API.replace("default", "hidden")))
    w.case("entry-point", "protected", w.addon(NODE_API.replace("default", "protected")))
    w.case("entry-point", "weak", w.addon(NODE_API.replace('visibility("default")', 'visibility("default"), weak')))
    w.case("entry-point", "undefined", w.addon("extern void *napi_register_module_v1(void *, void *); void *f(void) { return napi_register_module_v1(0, 0); }"))
    w.case("entry-point", "weak-undefined", w.addon(
        "extern void *napi_register_module_v1(void *, void *) __attribute__((weak)); void *f(void) { return napi_register_module_v1; }"))
    w.case("entry-point", "indirect-function", w.addon(
        "static void *real(void *env, void *exports) { return exports; }\nstatic void *choose(void) { return real; }\n"
        + EXPORT + ' void *napi_register_module_v1(void *env, void *exports) __attribute__((ifunc("choose")));\n'))
    w.case("entry-point", "versioned", w.addon(version_script="ADDON_1.0 { global: napi_register_module_v1; local: *; };"))
    w.case("entry-point", "unique", w.shared((w.assembly(
        ".globl napi_register_module_v1\n.type napi_register_module_v1,%gnu_unique_object\nnapi_register_module_v1:\n"
        + ("mov %rsi, %rax\nret\n" if w.x86 else "mov x0, x1\nret\n")),)))
    w.case("entry-point", "similar-name", w.addon(NODE_API.replace("module_v1", "module_v2")))
    # dlsym(handle) also looks in what the addon needs.
    library = w.library("libmx-entry.so", NODE_API)
    folder = w.case("entry-point", "in-dependency", w.addon("int mx_nothing;", "-rpath", "$ORIGIN", libraries=(library,)))
    w.write(folder / "libmx-entry.so", library)
    library = w.library("libmx-version.so", api_version(99))
    folder = w.case("entry-point", "version-99-in-dependency", w.addon(NODE_API, "-rpath", "$ORIGIN", libraries=(library,)))
    w.write(folder / "libmx-version.so", library)
    for version in (108, 115):
        library = w.library("libmx-structure.so", STRUCT + structure(version))
        folder = w.case("entry-point", f"structure-{version}-in-dependency", w.addon("int mx_nothing;", "-rpath", "$ORIGIN", libraries=(library,)))
        w.write(folder / "libmx-structure.so", library)
        folder = w.case("entry-point", f"structure-{version}-in-dependency-node-api-here", w.addon(NODE_API, "-rpath", "$ORIGIN", libraries=(library,)))
        w.write(folder / "libmx-structure.so", library)
    library = w.library("libmx-symbol.so", by_version(115) + by_version(137))
    folder = w.case("entry-point", "by-version-in-dependency", w.addon("int mx_nothing;", "-rpath", "$ORIGIN", libraries=(library,)))
    w.write(folder / "libmx-symbol.so", library)
