"""Where the loader looks for what an addon needs, and what it does with what it finds there."""
import os

from elf import DT_NEEDED, DT_RELACOUNT, DT_STRTAB, Image
from workshop import NODE_API, OTHER, TRIPLES

USE = NODE_API + "extern int mx_value; int *f(void) { return &mx_value; }\n"
DEFINE = "int mx_value = 1;"
OLD, NEW = "--disable-new-dtags", "--enable-new-dtags"


def make(w):
    search_paths(w)
    lambda_directories(w)
    skipped(w)
    chains(w)
    already_loaded(w)
    names(w)
    hardware(w)


def _pair(w, soname, *flags, source=USE):
    library = w.library(soname, DEFINE)
    return w.addon(source, *flags, libraries=(library,)), library


def search_paths(w):
    platform = "x86_64" if w.x86 else "aarch64"
    forms = {"origin": ("$ORIGIN", "."), "braces": ("${ORIGIN}", "."), "origin-subfolder": ("$ORIGIN/deps", "deps"), "up": ("$ORIGIN/../up-%s", "../up-%s"),
             "lib": ("$ORIGIN/$LIB", None), "platform": ("$ORIGIN/$PLATFORM", None), "second": ("$ORIGIN/absent:$ORIGIN/deps", "deps"),
             "unknown-token": ("$ORIGIN/$NOTHING:$ORIGIN/deps", "deps"), "only-unknown-token": ("$NOTHING", "deps"), "token-prefix": ("$ORIGINAL/deps", "deps"),
             "empty-entry": (":$ORIGIN/absent", "."), "relative": ("cases/search/%s", "."), "trailing-slash": ("$ORIGIN/deps///", "deps"), "dots": ("$ORIGIN/./deps/../deps", "deps"),
             "origin-in-middle": ("/var/task/$ORIGIN", "."), "absolute": ("/var/task/cases/search/%s/deps", "deps"), "doubled": ("$ORIGIN:$ORIGIN", "."),
             "semicolon": ("$ORIGIN/absent;$ORIGIN/deps", "deps"), "lib-literal-lib64": ("$ORIGIN/$LIB", "lib64"), "lib-literal-lib": ("$ORIGIN/$LIB", "lib"),
             "lib-multiarch": ("$ORIGIN/$LIB", f"lib/{platform}-linux-gnu"), "platform-literal": ("$ORIGIN/$PLATFORM", platform), "platform-haswell": ("$ORIGIN/$PLATFORM", "haswell"),
             "platform-xeon-phi": ("$ORIGIN/$PLATFORM", "xeon_phi")}
    for kind, flag in (("rpath", OLD), ("runpath", NEW)):
        for name, (path, where) in forms.items():
            case = f"{kind}-{name}"
            addon, library = _pair(w, f"libmx-{case}.so", "-rpath", path.replace("%s", case), flag)
            folder = w.case("search", case, addon)
            if where is not None:
                w.write((folder / where.replace("%s", case) / f"libmx-{case}.so"), library)
    addon, library = _pair(w, "libmx-nowhere.so")
    w.case("search", "nowhere", addon)
    w.write(w.case("search", "beside-without-path", addon) / "libmx-nowhere.so", library)
    # Which copy wins? The one that lacks the symbol tells.
    for kind, flag in (("rpath", OLD), ("runpath", NEW)):
        soname = f"libmx-versus-{kind}.so"
        addon, library = _pair(w, soname, "-rpath", "$ORIGIN", flag)
        empty = w.library(soname, "int other;")
        w.write(w.case("search", f"{kind}-before-library-path", addon) / soname, library)
        w.write(w.task / "lib" / soname, empty)
        soname = f"libmx-against-{kind}.so"
        addon, library = _pair(w, soname, "-rpath", "$ORIGIN", flag)
        w.write(w.case("search", f"library-path-before-{kind}", addon) / soname, w.library(soname, "int other;"))
        w.write(w.task / "lib" / soname, library)
    addon, library = _pair(w, "libmx-both.so", "-rpath", "$ORIGIN/deps", OLD, source=USE + "static int own; int *relative = &own;\n")
    image = Image(addon)  # a DT_RUNPATH, even an empty one, makes the loader forget DT_RPATH
    w.write(w.case("search", "rpath-and-runpath", image.with_tag(DT_RELACOUNT, image.tag(15), 29)) / "deps/libmx-both.so", library)
    w.write(w.case("search", "rpath-and-empty-runpath", image.with_tag(DT_RELACOUNT, 0, 29)) / "deps/libmx-both.so", library)
    # Inherited from the loader or not.
    inner = w.library("libmx-inner.so", DEFINE)
    for kind, flag in (("rpath", OLD), ("runpath", NEW)):
        for middle_flags in ((), ("-rpath", "$ORIGIN/absent", NEW), ("-rpath", "$ORIGIN/absent", OLD)):
            middle = w.library("libmx-outer.so", "extern int mx_value; int *g(void) { return &mx_value; }", *middle_flags, libraries=(inner,))
            addon = w.addon(NODE_API + "extern int *g(void); int *f(void) { return g(); }", "-rpath", "$ORIGIN/deps", flag, libraries=(middle,))
            label = {(): "", NEW: "-middle-runpath", OLD: "-middle-rpath"}[middle_flags[-1] if middle_flags else ()]
            folder = w.case("search", f"inherited-{kind}{label}", addon)
            w.write(folder / "deps/libmx-outer.so", middle)
            w.write(folder / "deps/libmx-inner.so", inner)


def lambda_directories(w):
    """LD_LIBRARY_PATH of every Lambda runtime, and the directories that are not in it."""
    for name, place in {"task": w.task, "task-lib": w.task / "lib", "layer-lib": w.layer / "lib", "layer": w.layer, "layer-lib64": w.layer / "lib64",
                        "task-lib64": w.task / "lib64", "node-modules": w.task / "node_modules", "layer-node-modules": w.layer / "nodejs/node_modules",
                        "task-lib-deep": w.task / "lib/deep"}.items():
        soname = f"libmx-at-{name}.so.1"
        addon, library = _pair(w, soname)
        w.case("lambda-directory", name, addon)
        w.write(place / soname, library)
    soname = "libmx-order.so.1"
    addon, library = _pair(w, soname)
    w.case("lambda-directory", "task-before-layer", addon)
    w.write(w.task / soname, library)
    w.write(w.layer / "lib" / soname, b"this would be no library at all, and it is long enough to be looked at by the loader\n")
    soname = "libmx-order2.so.1"
    addon, library = _pair(w, soname)
    w.case("lambda-directory", "task-before-task-lib", addon)
    w.write(w.task / soname, w.library(soname, "int other;"))
    w.write(w.task / "lib" / soname, library)
    # A system library beats the copy in the package; one that the system lacks does not.
    for soname in ("libz.so.1", "libuuid.so.1"):
        fake = w.library(soname, "int mx_value = 1;")
        w.case("lambda-directory", f"own-{soname}", w.addon(USE, libraries=(fake,)))
        w.write(w.task / "lib" / soname, fake)
    for soname in ("libssl.so.3", "libcrypt.so.1", "libvips-cpp.so.42", "libgomp.so.1", "libc.musl-x86_64.so.1", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1",
                   "linux-vdso.so.1", "linux-gate.so.1", "libnode.so.108", "libnsl.so.1", "libBrokenLocale.so.1", "libanl.so.1", "libthread_db.so.1", "libnss_files.so.2",
                   "libmvec.so.1", "libatomic.so.1", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libutil.so.1", "libresolv.so.2", "libstdc++.so.6",
                   "libgcc_s.so.1", "libc.so.6", "libc.so", "node", "/var/lang/bin/node"):
        if soname == "linux-vdso.so.1" and not w.x86:
            continue  # qemu-user has none
        library = w.library(soname, "int mx_nothing_much;")
        w.case("system-library", soname.strip("/").replace("/", "-"), w.addon("extern int mx_nothing_much; " + NODE_API, "--no-as-needed", libraries=(library,)))


def skipped(w):
    """Candidates that the loader passes over, and candidates that stop it."""
    good_addon, good = _pair(w, "libmx-candidate.so", "-rpath", "$ORIGIN/first:$ORIGIN/second")
    image = Image(good)
    other = w.shared((w.object(DEFINE, triple=TRIPLES[OTHER[w.architecture]]),), soname="libmx-candidate.so")
    candidates = {
        "other-machine": other, "other-class": image.ident(4, 1), "other-machine-and-class": image.with_header(e_machine=3).ident(4, 1), "big-endian": image.ident(5, 2),
        "text": b"a file that is no library, though it is long enough for the loader to look at its header\n", "short-text": b"libmx-candidate.so.1", "empty": b"",
        "cut-header": good[:40], "cut-segments": good[:100], "wrong-osabi": image.ident(7, 9), "wrong-type": image.with_header(e_type=1), "executable": image.with_header(e_type=2),
        "wrong-version": image.with_header(e_version=0), "newer-kernel": _newer_kernel(w), "unreadable": good, "folder": None, "broken-link": None, "loop": None, "lacks-symbol": w.library("libmx-candidate.so", "int x;")}
    for name, content in candidates.items():
        for rest in ("alone", "then-good", "after-good"):
            folder = w.case("candidate", f"{name}-{rest}", good_addon)
            first, second = folder / "first/libmx-candidate.so", folder / "second/libmx-candidate.so"
            if rest == "after-good":
                first, second = second, first
            first.parent.mkdir(parents=True, exist_ok=True)
            if name == "folder":
                first.mkdir()
            elif name in ("broken-link", "loop"):
                os.symlink("libmx-candidate.so" if name == "loop" else "absent", first)
            else:
                w.write(first, content, 0o600 if name == "unreadable" else 0o644)
            if rest != "alone":
                w.write(second, good)
    folder = w.case("candidate", "first-is-file", good_addon)
    w.write(folder / "first", b"a file, not a folder")
    w.write(folder / "second/libmx-candidate.so", good)
    folder = w.case("candidate", "first-is-unreadable-folder", good_addon)
    w.write(folder / "first/libmx-candidate.so", good)
    w.write(folder / "second/libmx-candidate.so", good)
    (folder / "first").chmod(0o700)


def _newer_kernel(w):
    from cases.headers import note
    import struct
    content = note(1, b"GNU\0", struct.pack("<IIII", 0, 99, 0, 0))
    return w.shared((w.object(DEFINE), w.assembly('.section .note.ABI-tag,"a",%note\n.p2align 2\n.byte ' + ", ".join(map(str, content)) + "\n")), soname="libmx-candidate.so")


def chains(w):
    inner = w.library("libmx-chain-inner.so", DEFINE)
    middle = w.library("libmx-chain-middle.so", "extern int mx_value; int *g(void) { return &mx_value; }", "-rpath", "$ORIGIN", libraries=(inner,))
    addon = w.addon(NODE_API + "extern int *g(void); int *f(void) { return g(); }", "-rpath", "$ORIGIN", libraries=(middle,))
    parts = {"inner": inner, "middle": middle}
    damaged = {"complete": {}, "without-inner": {"inner": None}, "without-middle": {"middle": None}, "without-both": {"inner": None, "middle": None},
               "inner-is-text": {"inner": b"x" * 100}, "inner-cut": {"inner": inner[:len(inner) // 2]}, "inner-other-machine": {"inner": Image(inner).with_header(e_machine=40)},
               "inner-32": {"inner": Image(inner).ident(4, 1)}, "middle-cut": {"middle": middle[:100]}, "inner-wrong-osabi": {"inner": Image(inner).ident(7, 97)}}
    for name, changes in damaged.items():
        folder = w.case("chain", name, addon)
        for part, content in {**parts, **changes}.items():
            if content is not None:
                w.write(folder / f"libmx-chain-{part}.so", content)
    # Several are missing: breadth first, in the order of DT_NEEDED.
    a, b = w.library("libmx-a.so", "int mx_a;"), w.library("libmx-b.so", "int mx_b;")
    use = NODE_API + "extern int mx_a, mx_b; int *f(void) { return &mx_a; } int *g(void) { return &mx_b; }"
    w.case("chain", "two-missing-a-b", w.addon(use, libraries=(a, b)))
    w.case("chain", "two-missing-b-a", w.addon(use, libraries=(b, a)))
    needs_gone = w.library("libmx-needs.so", "extern int mx_gone; int *n(void) { return &mx_gone; }", libraries=(w.library("libmx-gone.so", "int mx_gone;"),))
    for order in ("first", "last"):
        libraries = (needs_gone, b) if order == "first" else (b, needs_gone)
        source = NODE_API + "extern int *n(void); extern int mx_b; int *f(void) { return n(); } int *g(void) { return &mx_b; }"
        w.write(w.case("chain", f"inner-missing-{order}-and-outer-missing", w.addon(source, "-rpath", "$ORIGIN", libraries=libraries)) / "libmx-needs.so", needs_gone)
    # Circles and diamonds.
    one = w.library("libmx-one.so", "int mx_one = 1;")
    two = w.library("libmx-two.so", "extern int mx_one; int *two(void) { return &mx_one; }", "-rpath", "$ORIGIN", libraries=(one,))
    one = w.library("libmx-one.so", "int mx_one = 1; extern int *two(void); int *one(void) { return two(); }", "-rpath", "$ORIGIN", libraries=(two,))
    folder = w.case("chain", "circle", w.addon(NODE_API + "extern int mx_one; int *f(void) { return &mx_one; }", "-rpath", "$ORIGIN", libraries=(one,)))
    w.write(folder / "libmx-one.so", one)
    w.write(folder / "libmx-two.so", two)
    itself = w.library("addon.node", "int mx_self;")
    w.case("chain", "needs-itself", w.addon(NODE_API + "extern int mx_self_; int x;", "--no-as-needed", libraries=(itself,)))
    w.case("chain", "needs-itself-by-path", w.addon(NODE_API, "--no-as-needed", "-rpath", "$ORIGIN", libraries=(itself,), soname="other-name.node"))
    folder = w.case("chain", "needed-twice", w.addon(USE, "-rpath", "$ORIGIN", libraries=(inner,)))
    w.write(folder / "libmx-chain-inner.so", inner)
    wide = [w.library(f"libmx-wide{n}.so", f"int mx_wide{n};") for n in range(30)]
    source = NODE_API + "".join(f"extern int mx_wide{n}; int *f{n}(void) {{ return &mx_wide{n}; }}\n" for n in range(30))
    folder = w.case("chain", "thirty", w.addon(source, "-rpath", "$ORIGIN/deps", libraries=tuple(wide)))
    for n, library in enumerate(wide):
        w.write(folder / f"deps/libmx-wide{n}.so", library)
    folder = w.case("chain", "thirty-but-one", w.addon(source, "-rpath", "$ORIGIN/deps", libraries=tuple(wide)))
    for n, library in enumerate(wide):
        if n != 17:
            w.write(folder / f"deps/libmx-wide{n}.so", library)


def already_loaded(w):
    """Sonames that node, or an earlier part of the closure, has loaded."""
    fake = w.library("libstdc++.so.6", "int mx_value = 1;")
    w.write(w.case("already-loaded", "own-libstdcxx", w.addon(USE, "-rpath", "$ORIGIN", OLD, libraries=(fake,))) / "libstdc++.so.6", fake)
    fake = w.library("libmx-renamed.so", DEFINE)
    folder = w.case("already-loaded", "other-file-same-soname", w.addon(NODE_API + "extern int mx_value, mx_two; int *f(void) { return &mx_value; } int *g(void) { return &mx_two; }",
                    "-rpath", "$ORIGIN", libraries=(w.library("libmx-file-name.so", "int mx_two;"), fake)))
    w.write(folder / "libmx-file-name.so", w.library("libmx-renamed.so", "int mx_value = 1; int mx_two = 2;"))
    folder = w.case("already-loaded", "soname-differs-from-file", w.addon(USE, "-rpath", "$ORIGIN", libraries=(w.library("libmx-by-file.so", DEFINE),)))
    w.write(folder / "libmx-by-file.so", w.library("libmx-other-soname.so.9", DEFINE))
    folder = w.case("already-loaded", "without-soname", w.addon(USE, "-rpath", "$ORIGIN", libraries=(w.library("libmx-no-soname.so", DEFINE),)))
    w.write(folder / "libmx-no-soname.so", w.library(None, DEFINE))
    same = w.library("libmx-same.so", "int mx_value = 1; int mx_link = 1;")
    folder = w.case("already-loaded", "same-file-by-two-names", w.addon(
        NODE_API + "extern int mx_value, mx_link; int *f(void) { return &mx_value; } int *g(void) { return &mx_link; }", "-rpath", "$ORIGIN",
        libraries=(w.library("libmx-same.so", "int mx_value;"), w.library("libmx-same-link.so", "int mx_link;"))))
    w.write(folder / "libmx-same.so", same)
    os.symlink("libmx-same.so", folder / "libmx-same-link.so")


def names(w):
    """What may stand in DT_NEEDED."""
    soname = "libmx-name-placeholder-of-some-length.so"
    library = w.library(soname, DEFINE)
    image = Image(w.addon(USE, "-rpath", "$ORIGIN", libraries=(library,)))
    at = image.file_offset(image.tag(DT_STRTAB)) + image.tag(DT_NEEDED)
    for name, text in {"empty": "", "slash-only": "/", "absolute-missing": "/nowhere/libmx.so", "relative-slash": "cases/needed/relative-slash/l.so",
                       "dot-slash": "./cases/needed/dot-slash/l.so", "origin": "$ORIGIN/l.so", "origin-braces": "${ORIGIN}/l.so", "origin-without-slash": "$ORIGIN", "space": "lib mx.so",
                       "newline": "lib\nmx.so", "percent": "lib%s%n.so", "utf-8": "libé.so", "latin-1": "lib\udce9.so", "dot": ".", "dots": "..", "folder": "/var/task",
                       "token-unknown": "$NOTHING/l.so", "deep": "deps/l.so"}.items():
        patched = image.patched(at, text.encode("utf-8", "surrogateescape").ljust(len(soname) + 1, b"\0"))
        folder = w.case("needed", name, patched)
        w.write(folder / "l.so", library)
    w.case("needed", "outside-of-strings", image.with_tag(DT_NEEDED, 1 << 40))
    w.case("needed", "very-long", w.addon(USE, libraries=(w.library("libmx-" + "long" * 60 + ".so", DEFINE),)))
    w.case("needed", "too-long", w.addon(USE, libraries=(w.library("libmx-" + "long" * 70 + ".so", DEFINE),)))
    w.case("needed", "longer-than-a-path", w.addon(USE, libraries=(w.library("libmx-" + "long" * 1100 + ".so", DEFINE),)))
    for tag, name in ((0x7FFFFFFD, "auxiliary"), (0x7FFFFFFF, "filter")):
        for there in (True, False):
            flags = ("--auxiliary" if name == "auxiliary" else "--filter", "libmx-filtee.so", "-rpath", "$ORIGIN")
            folder = w.case("needed", f"{name}-{'there' if there else 'missing'}", w.addon(NODE_API, *flags))
            if there:
                w.write(folder / "libmx-filtee.so", w.library("libmx-filtee.so", DEFINE))


def hardware(w):
    """Subdirectories that glibc prefers by what the processor can do."""
    levels = ("glibc-hwcaps/x86-64-v2", "glibc-hwcaps/x86-64-v3", "glibc-hwcaps/x86-64-v4", "glibc-hwcaps/power9", "tls", "x86_64", "haswell", "tls/x86_64",
              "haswell/x86_64", "avx512_1", "tls/haswell/x86_64") if w.x86 else ("glibc-hwcaps/aarch64", "tls", "aarch64", "atomics", "tls/aarch64", "atomics/aarch64")
    for level in levels:
        label = level.replace("/", "-")
        for place, kind in ((None, "runpath"), (w.task / "lib", "library-path")):
            soname = f"libmx-{kind}-{label}.so"
            addon, library = _pair(w, soname, *(("-rpath", "$ORIGIN") if place is None else ()))
            folder = w.case("hwcaps", f"{kind}-{label}", addon)
            w.write((place or folder) / level / soname, library)
            soname = f"libmx-{kind}-{label}-both.so"
            addon, library = _pair(w, soname, *(("-rpath", "$ORIGIN") if place is None else ()))
            folder = w.case("hwcaps", f"{kind}-{label}-damaged-before-good", addon)
            w.write((place or folder) / level / soname, b"no library, but long enough for the loader to have a look at where its header would be\n")
            w.write((place or folder) / soname, library)
