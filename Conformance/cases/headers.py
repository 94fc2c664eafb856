"""ELF headers, program headers, dynamic sections and notes that glibc refuses, tolerates or ignores."""
import struct

from elf import (DT_FLAGS, DT_FLAGS_1, DT_GNU_HASH, DT_RELACOUNT, DT_SONAME, DT_STRTAB, DT_STRSZ, DT_SYMTAB, DT_VERDEF, DT_VERNEED, PT_DYNAMIC,
                 PT_GNU_PROPERTY, PT_GNU_RELRO, PT_GNU_STACK, PT_INTERP, PT_LOAD, PT_NOTE, PT_NULL, PT_PHDR, PT_TLS, Image)
from workshop import NODE_API

SOURCE = NODE_API + "int mx_own = 1; int *pointer = &mx_own; static int own; int *relative = &own; char zeros[5000]; extern int mx_lazy(void); int f(void) { return mx_lazy(); }\n"


def make(w):
    image = Image(w.addon(SOURCE, "-z", "max-page-size=4096"))
    header(w, image)
    segments(w, image)
    if w.x86:
        reaches(w, image)
    table_in_memory(w, image)
    links(w)
    dynamic(w, image)
    flags(w)
    notes(w)
    stacks(w, image)


def header(w, image):
    for value in (0, 2, 255):
        w.case("header", f"ei-version-{value}", image.ident(6, value))
        w.case("header", f"e-version-{value}", image.with_header(e_version=value))
    for value in (1, 2, 3, 6, 9, 12, 64, 97, 255):
        w.case("header", f"ei-osabi-{value}", image.ident(7, value))
    for value in (1, 2, 3, 4, 9, 255):
        w.case("header", f"ei-abiversion-{value}", image.ident(8, value))
        w.case("header", f"ei-osabi-3-abiversion-{value}", image.ident(7, 3).ident(8, value))
    for index in (9, 15):
        w.case("header", f"ei-pad-{index}", image.ident(index, 1))
    for value in (0, 3, 255):
        w.case("header", f"ei-class-{value}", image.ident(4, value))
        w.case("header", f"ei-data-{value}", image.ident(5, value))
    for name, value in {"none": 0, "rel": 1, "exec": 2, "core": 4, "5": 5, "loos": 0xFE00, "hiproc": 0xFFFF}.items():
        w.case("header", f"e-type-{name}", image.with_header(e_type=value))
    for value in (0, 32, 55, 57, 64):
        w.case("header", f"e-phentsize-{value}", image.with_header(e_phentsize=value))
    for value in (0, 1, 2, 15, 100, 1000, 65535):
        w.case("header", f"e-phnum-{value}", image.with_header(e_phnum=value))
    for value in (0, 1, 8, 65, 4096, len(image.data), len(image.data) - 56, len(image.data) + 4096, 1 << 40, 1 << 63, (1 << 64) - 1):
        w.case("header", f"e-phoff-{value:x}", image.with_header(e_phoff=value))
    for field, value in {"e_ehsize": 0, "e_shoff": 1 << 60, "e_shnum": 65535, "e_shentsize": 1, "e_shstrndx": 65535, "e_flags": 0xFFFFFFFF, "e_entry": 1}.items():
        w.case("header", f"{field.replace('_', '-')}-odd", image.with_header(**{field: value}))
    # Two faults at once: which one is named?
    w.case("header", "osabi-and-version", image.ident(7, 9).ident(6, 0))
    w.case("header", "class-and-machine", image.ident(4, 1).with_header(e_machine=40))
    w.case("header", "machine-and-type", image.with_header(e_machine=40, e_type=1))
    w.case("header", "type-and-phentsize", image.with_header(e_type=1, e_phentsize=1))
    w.case("header", "version-and-machine", image.with_header(e_version=0, e_machine=40))
    w.case("header", "abiversion-and-pad", image.ident(8, 9).ident(15, 1))
    w.case("header", "osabi-and-abiversion", image.ident(7, 9).ident(8, 9))


def segments(w, image):
    loads = image.segments(PT_LOAD)
    first, last = loads[0], loads[-1]
    kinds = {"dynamic": PT_DYNAMIC, "relro": PT_GNU_RELRO, "stack": PT_GNU_STACK}
    for name, kind in kinds.items():
        w.case("segment", f"without-{name}", image.with_segment(image.segments(kind)[0], p_type=PT_NULL))
    nothing = image
    for n in loads:
        nothing = nothing.with_segment(n, p_type=PT_NULL)
    w.case("segment", "without-load", nothing)
    for which, n in {"first": first, "last": last}.items():
        w.case("segment", f"without-{which}-load", image.with_segment(n, p_type=PT_NULL))
        # Gigantic numbers under qemu-user would say what qemu does with its own memory.
        for align in (0, 1, 3, 16, 512, 2048, 4095, 4096, 8192, 65536, 0x200000, 1 << 30) + ((1 << 40, 1 << 63) if w.x86 else ()):
            w.case("segment", f"{which}-align-{align:x}", image.with_segment(n, p_align=align))
        offset, address = image.segment(n, "p_offset"), image.segment(n, "p_vaddr")
        for change in (1, 16, 2048):
            w.case("segment", f"{which}-offset-plus-{change}", image.with_segment(n, p_offset=offset + change))
        w.case("segment", f"{which}-address-plus-1", image.with_segment(n, p_vaddr=address + 1))
        w.case("segment", f"{which}-filesz-over-memsz", image.with_segment(n, p_memsz=max(0, image.segment(n, "p_filesz") - 8)))
        w.case("segment", f"{which}-memsz-zero", image.with_segment(n, p_memsz=0))
        w.case("segment", f"{which}-filesz-zero", image.with_segment(n, p_filesz=0))
        w.case("segment", f"{which}-filesz-beyond-file", image.with_segment(n, p_filesz=1 << 20, p_memsz=1 << 20))
        w.case("segment", f"{which}-offset-beyond-file", image.with_segment(n, p_offset=offset + (1 << 20)))
        if w.x86:
            for size in (1 << 32, 1 << 46, 1 << 47, 1 << 62, (1 << 64) - 1):
                # Whether the kernel still finds half of all addresses free in one piece, chance decides: both end in a message.
                w.case("segment", f"{which}-memsz-{size:x}", image.with_segment(n, p_memsz=size), beyond=size == 1 << 46)
            w.case("segment", f"{which}-address-high", image.with_segment(n, p_vaddr=address + (1 << 46)), beyond=which == "last")
        for flags in (0, 1, 2, 3, 4, 5, 6, 7, 0xFFFFFFF8):
            w.case("segment", f"{which}-flags-{flags:x}", image.with_segment(n, p_flags=flags))
        w.case("segment", f"{which}-paddr-odd", image.with_segment(n, p_paddr=12345))
    w.case("segment", "loads-in-reverse", image.swapped(first, last))
    w.case("segment", "loads-overlap", image.with_segment(last, p_vaddr=image.segment(loads[-2], "p_vaddr"), p_offset=image.segment(loads[-2], "p_offset")))
    w.case("segment", "dynamic-first", image.swapped(0, image.segments(PT_DYNAMIC)[0]))
    n = image.segments(PT_DYNAMIC)[0]
    for name, fields in {"filesz-zero": {"p_filesz": 0}, "memsz-zero": {"p_memsz": 0}, "both-zero": {"p_filesz": 0, "p_memsz": 0}, "offset-wrong": {"p_offset": 0},
                         "address-zero": {"p_vaddr": 0}, "address-outside": {"p_vaddr": 0x10000000}, "address-plus-16": {"p_vaddr": image.segment(n, "p_vaddr") + 16},
                         "flags-none": {"p_flags": 0}, "flags-read-only": {"p_flags": 4}, "huge": {"p_filesz": 1 << 40, "p_memsz": 1 << 40}}.items():
        w.case("segment", f"dynamic-{name}", image.with_segment(n, **fields))
    stack = image.segments(PT_GNU_STACK)[0]
    w.case("segment", "two-dynamics", image.with_segment(stack, p_type=PT_DYNAMIC, p_vaddr=image.segment(n, "p_vaddr"), p_memsz=image.segment(n, "p_memsz")))
    w.case("segment", "interpreter-of-musl", image.with_segment(stack, p_type=PT_INTERP, p_offset=0, p_vaddr=0, p_filesz=16))
    w.case("segment", "empty-tls", image.with_segment(stack, p_type=PT_TLS))
    w.case("segment", "unknown-type", image.with_segment(stack, p_type=0x61234567))
    w.case("segment", "processor-type", image.with_segment(stack, p_type=0x70000001))
    relro = image.segments(PT_GNU_RELRO)[0]
    for name, fields in {"outside": {"p_vaddr": 0x10000000}, "huge": {"p_memsz": 1 << 40}, "unaligned": {"p_vaddr": image.segment(relro, "p_vaddr") + 8}, "whole-data": {"p_memsz": 1 << 14}}.items():
        if w.x86 or name not in ("huge", "whole-data"):  # qemu-user refuses before it protects anything
            # Behind the object lies what chance has put there: the same Node.js once loads it and once ends by SIGSEGV.
            w.case("segment", f"relro-{name}", image.with_segment(relro, **fields), beyond=name in ("huge", "whole-data"))
    w.case("executable", "pie", _linked(w, "-pie"))
    w.case("executable", "pie-static", _linked(w, "-pie", "--no-dynamic-linker"))
    w.case("executable", "non-pie", _linked(w, "--no-pie"))
    w.case("executable", "non-pie-dynamic", _linked(w, "--no-pie", "--export-dynamic", "--dynamic-linker", "/lib64/ld-linux-x86-64.so.2"))
    w.case("executable", "relocatable", _linked(w, "-r"))


def _linked(w, *flags):
    import os
    import subprocess
    out = w.scratch / "executable"
    objects = w._file(w.object("void _start(void) {}\n" + NODE_API), ".o")
    subprocess.run([w.linker, objects, *flags, "-o", str(out)], check=True)
    content = out.read_bytes()
    os.unlink(out)
    return content


def reaches(w, image):
    """Segments that reach far behind the object, in the file or in memory."""
    loads = image.segments(PT_LOAD)
    for which, n in {"first": loads[0], "middle": loads[1], "last": loads[-1]}.items():
        offset, size, memory = (image.segment(n, field) for field in ("p_offset", "p_filesz", "p_memsz"))
        for more in (1 << 33, 0x1F << 32, 1 << 41, 1 << 45, 1 << 52, 1 << 63, (1 << 64) - 0x2000):
            # Of the addresses for libraries chance leaves 2^34 to 2^40 bytes behind an object.
            w.case("reach", f"{which}-filesz-plus-{more:x}", image.with_segment(n, p_filesz=(size + more) % (1 << 64)), beyond=more >> 32 == 0x1F and which == "middle")
            w.case("reach", f"{which}-memsz-plus-{more:x}", image.with_segment(n, p_memsz=(memory + more) % (1 << 64)), beyond=more >> 32 == 0x1F and which != "last")
        for more in (1 << 40, 1 << 62, 1 << 63, (1 << 63) - 0x2000):
            w.case("reach", f"{which}-offset-plus-{more:x}", image.with_segment(n, p_offset=offset + more))
        # The sum of address and length is the last page of all.
        w.case("reach", f"{which}-filesz-to-last-page", image.with_segment(n, p_filesz=(1 << 64) - 4096 - image.segment(n, "p_vaddr")))
    far = image.with_segment(loads[1], p_memsz=1 << 33)
    # What comes first?
    w.case("reach", "middle-memsz-far-and-executable-stack", far.with_segment(image.segments(PT_GNU_STACK)[0], p_flags=7))
    w.case("reach", "middle-memsz-far-and-last-filesz", far.with_segment(loads[-1], p_filesz=1 << 63))
    w.case("reach", "middle-memsz-far-and-no-dynamic", far.with_segment(image.segments(PT_DYNAMIC)[0], p_type=PT_NULL))
    w.case("reach", "last-zeros-8-gb", image.with_segment(loads[-1], p_memsz=8 << 30))


def table_in_memory(w, image):
    """PT_PHDR, whose address glibc believes since it keeps tables for unwinding."""
    n = image.segments(PT_PHDR)[0]
    last = image.segments(PT_LOAD)[-1]
    end = image.segment(last, "p_vaddr") + image.segment(last, "p_memsz")
    for name, value in {"zero": 0, "one": 1, "dynamic": image.segment(image.segments(PT_DYNAMIC)[0], "p_vaddr"), "last-page": end - 8, "far": 1 << 34, "high": 0xFF << 56,
                        "huge": 1 << 46, "below": (1 << 64) - (1 << 34)}.items():
        w.case("segment", f"table-at-{name}", image.with_segment(n, p_vaddr=value), beyond=name == "last-page")
    w.case("segment", "table-twice", image.with_segment(image.segments(PT_GNU_STACK)[0], p_type=PT_PHDR, p_vaddr=0xFF << 56))
    w.case("segment", "table-not-said", image.with_segment(n, p_type=PT_NULL))


def links(w):
    """Records of versions whose links lead out of the object."""
    used = Image(w.addon(NODE_API + "extern int strlen(const char *); int mx_own(void) { return strlen(\"\"); }\n", libraries=(w.stub("libc.so.6", {"strlen": w.base_version}),),
                         version_script="V1 { global: napi_register_module_v1; }; V2 { global: *; } V1;"))
    for name, tag, fields in (("definition", DT_VERDEF, {"aux": 12, "next": 16}), ("need", DT_VERNEED, {"aux": 8, "next": 12})):
        first = used.file_offset(used.tag(tag))
        records = {name: first}
        if tag == DT_VERDEF:
            # The first one names the object itself.
            records["next-definition"] = first + struct.unpack_from("<I", used.data, first + fields["next"])[0]
        for which, record in records.items():
            for field, place in fields.items():
                for value in (0, 1 << 24, 0xFF000000, 0xFFFFFFF0):
                    # What lies 16 MB behind an object, chance decides.
                    w.case("version-record", f"{which}-{field}-{value:x}", used.patched(record + place, struct.pack("<I", value)), beyond=value == 1 << 24)


def dynamic(w, image):
    for name, tag in {"strtab": DT_STRTAB, "symtab": DT_SYMTAB, "gnu-hash": DT_GNU_HASH, "strsz": DT_STRSZ, "soname": DT_SONAME, "syment": 11, "rela": 7, "relasz": 8,
                      "relaent": 9, "jmprel": 23, "pltrelsz": 2, "pltrel": 20, "pltgot": 3}.items():
        if image.tag(tag) is None:
            continue
        w.case("dynamic", f"without-{name}", image.with_tag(tag, new_tag=0x6FFFFEF0))
        if name not in ("soname",):
            w.case("dynamic", f"{name}-outside", image.with_tag(tag, 0x7FFFFFFF0000))
            # The ELF header as a hash table: its bloom words go on for 512 MB, where chance decides what lies there.
            w.case("dynamic", f"{name}-zero", image.with_tag(tag, 0), beyond=name == "gnu-hash")
    offset = image.dynamic()[0][0]
    w.case("dynamic", "null-first", image.patched(offset, bytes(16)))
    w.case("dynamic", "soname-outside-strings", image.with_tag(DT_SONAME, 1 << 30))
    for tag in (22, 24, 15, 29, 32, 36, 0x6FFFFFFF, 0x70000000, 0x7FFFFFFD, 0x7FFFFFFF, 0x12345678):
        w.case("dynamic", f"extra-tag-{tag:x}", image.with_tag(DT_RELACOUNT, 1, tag))
    hashed = Image(w.addon(SOURCE, "--hash-style=sysv"))
    both = Image(w.addon(SOURCE, "--hash-style=both"))
    w.case("hash", "gnu", image)
    w.case("hash", "sysv", hashed)
    w.case("hash", "both", both)
    w.case("hash", "sysv-without", hashed.with_tag(4, new_tag=0x6FFFFEF0))
    w.case("hash", "both-with-broken-sysv", both.with_tag(4, 0))
    w.case("hash", "gnu-stripped", w.addon(SOURCE, "--strip-all"))
    table = image.file_offset(image.tag(DT_GNU_HASH))
    for name, at, value in (("no-buckets", 0, 0), ("symoffset-huge", 4, 0xFFFFFF), ("bloom-zero", 8, 0), ("bloom-3", 8, 3), ("buckets-huge", 0, 0xFFFFFF), ("shift-99", 12, 99)):
        # Without bloom words the index of one is not bounded: it leads up to 512 MB behind the object, to whatever is there.
        w.case("hash", f"gnu-{name}", image.patched(table + at, struct.pack("<I", value)), beyond=name in ("bloom-zero", "buckets-huge"))
    w.case("hash", "gnu-bloom-cleared", image.patched(table + 16, bytes(8)))
    table = hashed.file_offset(hashed.tag(4))
    w.case("hash", "sysv-no-buckets", hashed.patched(table, struct.pack("<I", 0)))


def flags(w):
    plain = Image(w.addon(SOURCE, "-z", "now"))
    for name, value in {"global": 2, "group": 4, "nodelete": 8, "loadfltr": 0x10, "initfirst": 0x20, "noopen": 0x40, "origin": 0x80, "direct": 0x100,
                        "interpose": 0x400, "nodeflib": 0x800, "nodump": 0x1000, "confalt": 0x2000, "endfiltee": 0x4000, "singleton": 0x2000000, "pie": 0x08000000}.items():
        w.case("dynamic-flag", name, plain.with_tag(DT_FLAGS, 0).with_tag(DT_FLAGS_1, value))
    for name, value in {"origin": 1, "symbolic": 2, "textrel": 4, "static-tls": 16, "all": 31}.items():
        w.case("dynamic-flag", f"df-{name}", plain.with_tag(DT_FLAGS, value).with_tag(DT_FLAGS_1, 0))
    library = w.library("libmx-flagged.so", "int mx_flagged = 1;", "-z", "now")
    use = w.addon(NODE_API + "extern int mx_flagged; int *f(void) { return &mx_flagged; }", "-rpath", "$ORIGIN", libraries=(library,))
    for name, value in {"noopen": 0x40, "nodelete": 8, "pie": 0x08000000, "interpose": 0x400, "initfirst": 0x20}.items():
        folder = w.case("dynamic-flag", f"dependency-{name}", use)
        w.write(folder / "libmx-flagged.so", Image(library).with_tag(DT_FLAGS_1, value))
    for soname in ("libc.so.6", "libstdc++.so.6", "node", "", "ld-linux-x86-64.so.2"):
        w.case("soname", soname.replace("+", "x") or "empty", w.addon(soname=soname) if soname else w.addon(soname=None))


def note(kind, name, description):
    return struct.pack("<III", len(name), len(description), kind) + name.ljust((len(name) + 3) & ~3, b"\0") + description.ljust((len(description) + 3) & ~3, b"\0")


def notes(w):
    def with_note(name, content, section=".note.ABI-tag", align=4):
        data = ", ".join(str(byte) for byte in content)
        w.case("note", name, w.shared((w.object(NODE_API), w.assembly(f'.section {section},"a",%note\n.p2align {2 if align == 4 else 3}\n.byte {data}\n'))))

    for system, label in ((0, "linux"), (1, "hurd"), (2, "solaris"), (3, "freebsd"), (5, "syllable"), (99, "unknown")):
        with_note(f"abi-tag-{label}-2.6.32", note(1, b"GNU\0", struct.pack("<IIII", system, 2, 6, 32)))
    for version in ((3, 2, 0), (5, 10, 0), (6, 1, 0), (7, 0, 0), (20, 0, 0), (99, 0, 0), (255, 255, 255), (256, 0, 0)):
        with_note("abi-tag-linux-" + ".".join(map(str, version)), note(1, b"GNU\0", struct.pack("<IIII", 0, *version)))
    with_note("abi-tag-short", note(1, b"GNU\0", struct.pack("<II", 0, 99)))
    with_note("abi-tag-long", note(1, b"GNU\0", struct.pack("<IIIII", 0, 99, 0, 0, 0)))
    with_note("abi-tag-other-owner", note(1, b"ABC\0", struct.pack("<IIII", 0, 99, 0, 0)))
    with_note("abi-tag-second", note(3, b"GNU\0", b"12345678") + note(1, b"GNU\0", struct.pack("<IIII", 0, 99, 0, 0)))
    with_note("abi-tag-after-long-name", note(7, b"Something longer\0", b"x" * 5) + note(1, b"GNU\0", struct.pack("<IIII", 0, 99, 0, 0)))
    with_note("abi-tag-after-broken", struct.pack("<III", 4, 0xFFFFFFF0, 1) + b"GNU\0" + note(1, b"GNU\0", struct.pack("<IIII", 0, 99, 0, 0)))
    with_note("abi-tag-8-aligned", note(1, b"GNU\0", struct.pack("<IIII", 0, 99, 0, 0)), align=8)
    with_note("build-id", note(3, b"GNU\0", b"0123456789abcdefghij"))
    library = w.shared((w.object("int mx_noted = 1;"), w.assembly('.section .note.ABI-tag,"a",%note\n.p2align 2\n.byte '
                        + ", ".join(str(b) for b in note(1, b"GNU\0", struct.pack("<IIII", 0, 99, 0, 0))) + "\n")), soname="libmx-noted.so")
    folder = w.case("note", "abi-tag-in-dependency", w.addon(NODE_API + "extern int mx_noted; int *f(void) { return &mx_noted; }", "-rpath", "$ORIGIN", libraries=(library,)))
    w.write(folder / "libmx-noted.so", library)
    properties(w)


def properties(w):
    """GNU properties, which ld.lld would rewrite: here as a plain note, and with the segment that points at it."""
    def with_property(name, content, align=8):
        data = ", ".join(str(byte) for byte in note(5, b"GNU\0", content))
        image = Image(w.shared((w.object(NODE_API), w.assembly(f'.section .note.mx,"a",%note\n.balign {align}\n.byte {data}\n'))))
        w.case("property", f"{name}-note", image)
        at = image.segments(PT_NOTE)[0]
        fields = {field: image.segment(at, field) for field in ("p_offset", "p_vaddr", "p_paddr", "p_filesz", "p_memsz", "p_align", "p_flags")}
        w.case("property", f"{name}-segment", image.with_segment(image.segments(PT_GNU_STACK)[0], p_type=PT_GNU_PROPERTY, **fields))

    if not w.x86:
        for value in (1, 2, 3, 4, 0xFFFFFFFF):
            with_property(f"aarch64-features-{value:x}", struct.pack("<IIII", 0xC0000000, 4, value, 0))
        return
    for name, value in {"baseline": 1, "v2": 2, "v3": 4, "v4": 8, "all": 15, "level-5": 16, "highest-bit": 1 << 31, "none": 0}.items():
        for word, kind in (("needed", 0xC0008002), ("used", 0xC0010002)):
            with_property(f"isa-{word}-{name}", struct.pack("<IIII", kind, 4, value, 0))
    with_property("isa-needed-old-kind", struct.pack("<IIII", 0xC0008000, 4, 0xFF, 0))
    with_property("isa-size-8", struct.pack("<IIQ", 0xC0008002, 8, 255))
    with_property("isa-wrong-size", struct.pack("<IIII", 0xC0008002, 400, 255, 0))
    with_property("isa-second", struct.pack("<IIIIIIII", 0xC0000002, 4, 3, 0, 0xC0008002, 4, 16, 0))
    with_property("isa-out-of-order", struct.pack("<IIIIIIII", 0xC0010002, 4, 1, 0, 0xC0008002, 4, 16, 0))
    with_property("ibt-and-shstk", struct.pack("<IIII", 0xC0000002, 4, 3, 0))
    with_property("isa-4-aligned", struct.pack("<III", 0xC0008002, 4, 16), 4)


def stacks(w, image):
    stack = image.segments(PT_GNU_STACK)[0]
    for flags in (0, 1, 2, 3, 4, 5, 6, 7):
        w.case("stack", f"flags-{flags}", image.with_segment(stack, p_flags=flags))
    w.case("stack", "linked-execstack", w.addon(NODE_API, "-z", "execstack"))
    w.case("stack", "execstack-and-missing-data", w.addon(NODE_API + "extern int mx_missing; int *g(void) { return &mx_missing; }", "-z", "execstack"))
    w.case("stack", "execstack-and-missing-library", w.addon(NODE_API + "extern int mx_missing; int *g(void) { return &mx_missing; }", "-z", "execstack",
                                                             libraries=(w.library("libmx-gone.so", "int mx_missing;"),)))
    library = w.library("libmx-stack.so", "int mx_stack = 1;", "-z", "execstack")
    use = w.addon(NODE_API + "extern int mx_stack; int *f(void) { return &mx_stack; }", "-rpath", "$ORIGIN", libraries=(library,))
    folder = w.case("stack", "execstack-dependency", use)
    w.write(folder / "libmx-stack.so", library)
    folder = w.case("stack", "dependency-without-stack-segment", use)
    plain = Image(w.library("libmx-stack.so", "int mx_stack = 1;"))
    w.write(folder / "libmx-stack.so", plain.with_segment(plain.segments(PT_GNU_STACK)[0], p_type=PT_NULL))
