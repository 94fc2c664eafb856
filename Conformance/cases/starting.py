"""What a stranger's addons showed: constructors that others can see, the order in which objects are relocated and started,
TLS descriptors, entry points that are hidden or no code, names and records of versions, paths that are formats."""
import random
import struct

from cases.registration import EXPORT, STRUCT, structure
from elf import DT_NEEDED, DT_VERDEF, DT_VERSYM, Image
from workshop import NODE_API

BESIDE = ("-rpath", "$ORIGIN", "--no-as-needed")
USE = NODE_API + "extern int mx_value; int *f(void) { return &mx_value; }\n"
DT_FINI = 13
VERSIONS = (108, 115, 127, 137)


def make(w):
    constructors(w)
    orders(w)
    registrations(w)
    descriptors(w)
    entry_points(w)
    version_names(w)
    paths(w)
    closing(w)


def constructors(w):
    """A pointer to a function that other objects can see is relocated by the function's symbol."""
    body = 'int mx_count; __attribute__((constructor{}{})) {} void mx_start(void) {{ mx_count++; }}\n'
    forms = {"exported": ("", ', visibility("default")', ""), "protected": ("", ', visibility("protected")', ""),
             "hidden": ("", ', visibility("hidden")', ""), "static": ("", "", "static"), "priority": ("(101)", ', visibility("default")', "")}
    for name, parts in forms.items():
        w.case("starting", f"constructor-{name}", w.addon(NODE_API + body.format(*parts)))
    exported = body.format(*forms["exported"])
    w.case("starting", "constructor-symbolic", w.addon(NODE_API + exported, "-Bsymbolic"))
    w.case("starting", "constructor-relr", w.addon(NODE_API + exported, "-z", "pack-relative-relocs"))
    library = w.library("libmx-start.so", exported + "int mx_value;")
    w.write(w.case("starting", "constructor-in-dependency", w.addon(USE, *BESIDE, libraries=(library,))) / "libmx-start.so", library)
    pointer = '__attribute__((section(".init_array"), used)) static void (*mx_first)(void) = mx_late;\n'
    library = w.library("libmx-late.so", "void mx_late(void) {}")
    other = w.addon(NODE_API + "extern void mx_late(void);\n" + pointer, *BESIDE, libraries=(library,))
    w.write(w.case("starting", "constructor-of-a-dependency", other) / "libmx-late.so", library)
    weak = NODE_API + "extern void mx_late(void) __attribute__((weak));\n" + pointer
    w.case("starting", "constructor-weak-undefined", w.addon(weak))
    w.write(w.case("starting", "constructor-weak-of-a-dependency", w.addon(weak, *BESIDE, libraries=(library,))) / "libmx-late.so", library)
    for version in VERSIONS:
        w.case("starting", f"constructor-exported-registers-{version}", w.addon(STRUCT + structure(version).replace("static void register_", f"{EXPORT} void register_")))


def graph(chance, is_cyclic):
    """Dependencies of some libraries, each a list in a random order."""
    count = chance.choice((3, 4, 5, 6))
    edges = {}
    for one in range(count):
        others = [other for other in range(count) if (other != one if is_cyclic else other > one)]
        edges[one] = chance.sample(others, chance.randint(0, min(2, len(others))))
    return edges


def graphs(w, kind, seed, addon, sources):
    """A dozen addons, every second with circles among its libraries, whose sources are what `sources(chance, count)` gives."""
    chance = random.Random(seed)
    for number in range(12):
        edges = graph(chance, number % 2 == 1)
        names = {one: f"libmx{number}{kind[0]}{one}.so" for one in edges}
        stubs = {one: w.library(names[one], f"int mx_l{one};") for one in edges}
        texts = sources(chance, len(edges))
        needed = chance.sample(list(edges), chance.randint(1, len(edges)))
        folder = w.case("starting", f"{kind}-{number}", w.addon(addon, *BESIDE, libraries=tuple(stubs[one] for one in needed)))
        for one, others in edges.items():
            source = texts[one] + f"int mx_l{one};\n"
            w.write(folder / names[one], w.library(names[one], source, *BESIDE, libraries=tuple(stubs[other] for other in others)))


def orders(w):
    """Which of several undefined symbols is told shows which object was relocated first."""
    def sources(chance, count):
        lacking = set(chance.sample(range(count), 2))
        missing = "extern int mx_missing{0}; int *m{0}(void) {{ return &mx_missing{0}; }}\n"
        return [missing.format(one) if one in lacking else "" for one in range(count)]
    graphs(w, "order", 11, NODE_API, sources)


def registrations(w):
    """The last constructor to register decides: whose module version is asked for shows whose it was."""
    def sources(chance, count):
        return [STRUCT + structure(version) for version in chance.sample((64, 72, 83, *VERSIONS), count)]
    graphs(w, "registration", 13, "int mx_nothing;", sources)


def descriptors(w):
    """Descriptors take of the static block what others then lack, up to 512 bytes."""
    flags = ("-mtls-dialect=gnu2",) if w.x86 else ()
    for first, then in ((400, 1400), (480, 1600), (100, 1600), (600, 1400), (1500, 500)):
        source = f"__thread char mx_first[{first}]; char *mx_get(void) {{ return mx_first; }}\n"
        library = w.shared((w.object(source, *flags),), "-z", "now", soname="libmx-tls.so")
        own = NODE_API + f'extern char *mx_get(void); __thread char mx_own[{then}] __attribute__((tls_model("initial-exec")));\nchar *f(void) {{ return mx_own + (long)mx_get(); }}\n'
        w.write(w.case("starting", f"descriptors-{first}-then-{then}", w.addon(own, *BESIDE, libraries=(library,))) / "libmx-tls.so", library)
    if not w.x86:
        code = ".variant_pcs mx_gone\n{}.text\n.globl f\nf: b mx_gone\n"
        for name, weak in (("missing", ""), ("weak", ".weak mx_gone\n")):
            w.case("starting", f"variant-pcs-{name}", w.shared((w.object(NODE_API), w.assembly(code.format(weak)))))


def entry_points(w):
    exports = "mov %rsi, %rax" if w.x86 else "mov x0, x1"
    for name, version in (("hidden", "@V1"), ("default", "@@V1")):
        code = f".text\n.globl mx_entry\n.type mx_entry,%function\nmx_entry: {exports}\nret\n.symver mx_entry,napi_register_module_v1{version}\n"
        w.case("starting", f"entry-point-version-{name}", w.shared((w.assembly(code),), version_script="V1 { };"))
        functions = "".join(f".globl mx_{number}\n.type mx_{number},%function\nmx_{number}: ret\n.symver mx_{number},node_register_module_v{number}{version}\n" for number in VERSIONS)
        w.case("starting", f"module-versions-version-{name}", w.shared((w.assembly(".text\n" + functions),), version_script="V1 { };"))
    w.case("starting", "entry-point-in-data", w.addon(f"{EXPORT} int napi_register_module_v1 = 1;"))
    w.case("starting", "entry-point-in-constants", w.addon(f"{EXPORT} extern const int napi_register_module_v1; const int napi_register_module_v1 = 1;"))
    w.case("starting", "entry-point-absolute", w.shared((w.assembly(".globl napi_register_module_v1\n.set napi_register_module_v1,64\n"),)))
    w.case("starting", "entry-point-thread-local", w.addon("__thread int napi_register_module_v1 = 1;"))
    w.case("starting", "module-versions-in-data", w.addon("".join(f"{EXPORT} int node_register_module_v{number} = 1;" for number in VERSIONS)))


def version_names(w):
    library = w.shared((w.object("int mx_value = 1;"),), soname="libmx-v.so", version_script="V1 { global: mx_value; };")
    addon = w.addon(USE, *BESIDE, libraries=(library,))
    image = Image(library)
    first = image.file_offset(image.tag(DT_VERDEF))
    second = first + struct.unpack_from("<I", image.data, first + 16)[0]
    for name, offset, data in (("first-record-2", first, struct.pack("<H", 2)), ("second-record-2", second, struct.pack("<H", 2)), ("hash", second + 8, struct.pack("<I", 12345))):
        w.write(w.case("starting", f"definitions-{name}", addon) / "libmx-v.so", image.patched(offset, data))
    w.write(w.case("starting", "definitions-without-versym", addon) / "libmx-v.so", image.with_tag(DT_VERSYM, new_tag=0x6FFFFEF0))
    # What patchelf's --replace-needed leaves: DT_NEEDED says mx-v.so, the versions and the soname say libmx-v.so.
    replaced = Image(addon)
    replaced = replaced.with_tag(DT_NEEDED, replaced.tag(DT_NEEDED) + len("lib"))
    w.write(w.case("starting", "replaced-needed-soname-old", replaced) / "mx-v.so", library)
    w.write(w.case("starting", "replaced-needed-unversioned", replaced) / "mx-v.so", w.library("libmx-v.so", "int mx_value = 1;"))
    w.write(w.case("starting", "replaced-needed-soname-new", replaced) / "mx-v.so",
            w.shared((w.object("int mx_value = 1;"),), soname="mx-v.so", version_script="V1 { global: mx_value; };"))


def paths(w):
    kinds = {"loads": w.addon(), "unregistered": w.addon("int mx_nothing;"), "mismatch": w.addon(STRUCT + structure(64))}
    for name, folder in {"percent": "100%-", "percents": "a%%b-", "format": "a%s%d-", "token": "$ORIGIN-", "long": "l" * 200 + "/" + "l" * 200 + "/" + "l" * 200 + "/" + "l" * 200 + "/" + "l" * 200 + "/" }.items():
        for kind, content in kinds.items():
            w.case("starting", f"path-{name}/{folder}{kind}", content)


def closing(w):
    """Node.js closes what it does not take before it throws: destructors run."""
    stop = "void mx_stop(void) {}\n"
    kinds = {"unregistered": stop, "mismatch": STRUCT + structure(64) + stop, "registered": NODE_API + stop}
    for name, source in kinds.items():
        addon = w.addon(source, "-fini", "mx_stop")
        w.case("starting", f"closing-{name}", addon)
        w.case("starting", f"closing-{name}-outside", Image(addon).with_tag(DT_FINI, 0x10000000))
    nodelete = w.addon(stop, "-fini", "mx_stop", "-z", "nodelete")
    w.case("starting", "closing-nodelete-outside", Image(nodelete).with_tag(DT_FINI, 0x10000000))
