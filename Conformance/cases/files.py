"""What stands at the addon's path: another format, a link, a folder, a file that cannot be read, a part of a file."""
import gzip
import os
import struct

from elf import Image
from workshop import NODE_API, OTHER, TRIPLES

TEXT = {
    "empty": b"", "one-byte": b"\x7f", "magic-only": b"\x7fELF", "63-zeros": bytes(63), "64-zeros": bytes(64), "4096-zeros": bytes(4096),
    "magic-and-zeros": b"\x7fELF" + bytes(60), "63-bytes-of-header": b"\x7fELF\x02\x01\x01" + bytes(56),
    "text": b"This is not a binary, only a line of text that is longer than an ELF header is.\n",
    "html": b"<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>\n",
    "xml-error": b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>\n',
    "lfs-pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n",
    "link-as-text": b"../build/addon.node", "script": b"#!/usr/bin/env node\n" + b"console.log('hello');\n" * 5,
    "gzip": gzip.compress(bytes(range(256)) * 8, mtime=0), "zip": b"PK\x03\x04" + bytes(100), "archive": b"!<arch>\n" + b"addon.o/        0           0     0     644     4         `\n\x7fELF",
    "thin-archive": b"!<thin>\n" + bytes(80), "wasm": b"\0asm\x01\0\0\0" + bytes(80), "json": b'{"name": "addon", "version": "1.0.0", "description": "a long enough description of nothing"}\n',
    "linker-script": b"/* GNU ld script */\nOUTPUT_FORMAT(elf64-x86-64)\nGROUP ( /lib/libc.so.6 AS_NEEDED ( /lib64/ld-linux-x86-64.so.2 ) )\n",
    "llvm-bitcode": b"BC\xc0\xde" + bytes(80), "java-class": b"\xca\xfe\xba\xbe\0\0\0\x41" + bytes(80), "utf16-text": "module".encode("utf-16") * 12,
}


def make(w):
    for name, content in TEXT.items():
        w.case("not-elf", name, content)
    other_platforms(w)
    other_machines(w)
    links(w)
    modes(w)
    truncations(w)


def macho(cpu, subtype, bits=64, order="<", kind=8):
    magic = {32: 0xFEEDFACE, 64: 0xFEEDFACF}[bits]
    return struct.pack(order + "IIIIIII", magic, cpu, subtype, kind, 0, 0, 0x85) + bytes(200)


def other_platforms(w):
    w.case("foreign", "macho-arm64", macho(0x0100000C, 0))
    w.case("foreign", "macho-arm64e", macho(0x0100000C, 2))
    w.case("foreign", "macho-x86_64", macho(0x01000007, 3))
    w.case("foreign", "macho-i386", macho(7, 3, 32))
    w.case("foreign", "macho-ppc", macho(18, 0, 32, ">"))
    w.case("foreign", "macho-dylib", macho(0x0100000C, 0, kind=6))
    w.case("foreign", "macho-short", macho(0x0100000C, 0)[:40])
    slices = struct.pack(">II", 0xCAFEBABE, 2) + struct.pack(">IIIII", 0x01000007, 3, 4096, 228, 12) + struct.pack(">IIIII", 0x0100000C, 0, 8192, 228, 12)
    w.case("foreign", "macho-universal", slices.ljust(4096, b"\0") + macho(0x01000007, 3).ljust(4096, b"\0") + macho(0x0100000C, 0))
    for name, machine in {"x64": 0x8664, "x86": 0x14C, "arm64": 0xAA64}.items():
        dos = b"MZ" + bytes(58) + struct.pack("<I", 128) + bytes(64)
        w.case("foreign", f"pe-{name}", dos + b"PE\0\0" + struct.pack("<HHIIIHH", machine, 0, 0, 0, 0, 240, 0x2022) + struct.pack("<H", 0x20B) + bytes(400))
    w.case("foreign", "dos", b"MZ" + bytes(100))
    w.case("foreign", "coff-object", struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, 0, 0) + bytes(100))
    compiled = w.object(NODE_API, "-mno-incremental-linker-compatible", triple="x86_64-pc-windows-msvc")  # no time stamp
    w.case("foreign", "coff-object-compiled", compiled)
    w.case("foreign", "macho-object-compiled", w.object(NODE_API, triple="arm64-apple-none-macho"))


def other_machines(w):
    plain = w.object("int f(void) { return 1; }")
    w.case("other-machine", "relocatable-object", plain)
    image = Image(w.addon())
    for name, number in {"none": 0, "sparc": 2, "i386": 3, "ppc64": 21, "s390": 22, "arm": 40, "ia64": 50, "x86_64": 62, "aarch64": 183, "riscv": 243,
                         "bpf": 247, "loongarch": 258, "amdgpu": 224, "65535": 65535}.items():
        w.case("other-machine", f"e-machine-{name}", image.with_header(e_machine=number))
    for triple in (TRIPLES[OTHER[w.architecture]], "i386-unknown-linux-gnu", "armv7-unknown-linux-gnueabihf", "x86_64-unknown-linux-gnux32"):
        try:
            compiled = w.object(NODE_API, triple=triple)
            linked = w.shared((compiled,))
        except RuntimeError:
            continue  # a toolchain without that target
        w.case("other-machine", f"built-for-{triple.split('-unknown')[0]}{'-x32' if triple.endswith('x32') else ''}", linked)
    w.case("other-machine", "class-32", image.ident(4, 1))
    w.case("other-machine", "class-32-and-other-machine", image.ident(4, 1).with_header(e_machine=3))
    w.case("other-machine", "big-endian", image.ident(5, 2))
    swapped = bytearray(image.ident(5, 2).data)
    for offset, size in ((16, 2), (18, 2), (20, 4), (24, 8), (32, 8), (40, 8), (48, 4), (52, 2), (54, 2), (56, 2), (58, 2), (60, 2), (62, 2)):
        swapped[offset:offset + size] = swapped[offset:offset + size][::-1]
    w.case("other-machine", "big-endian-throughout", swapped)
    w.case("other-machine", "class-32-big-endian", image.ident(4, 1).ident(5, 2))


def links(w):
    good = w.addon()

    def link(name, target, **others):
        folder = w.case("link", name)
        folder.mkdir(exist_ok=True)
        os.symlink(target, folder / "addon.node")
        for file, content in others.items():
            w.write(folder / file.replace("_", "."), content)

    link("relative", "real.node", real_node=good)
    link("absolute", "/var/task/cases/link/relative/real.node")
    link("up-and-down", "../relative/real.node")
    link("through-root", "../../../../../var/task/cases/link/relative/real.node")
    link("broken", "absent.node")
    link("broken-absolute", "/nowhere/absent.node")
    link("to-itself", "addon.node")
    link("to-folder", ".")
    link("to-text", "real.node", real_node=TEXT["text"])
    link("through-file", "real.node/x.node", real_node=good)
    link("to-system-library", "/var/lang/bin/node")
    link("long-target", "./" * 1500 + "real.node", real_node=good)
    for count in (2, 39, 40, 41):
        link(f"chain-{count}", "step1.node" if count > 1 else "real.node", real_node=good)
        folder = w.task / f"cases/link/chain-{count}"
        for n in range(1, count):
            os.symlink(f"step{n + 1}.node" if n + 1 < count else "real.node", folder / f"step{n}.node")
    link("loop-of-two", "other.node")
    os.symlink("addon.node", w.task / "cases/link/loop-of-two/other.node")
    folder = w.case("link", "folder-link-on-the-way")
    folder.rmdir()
    os.symlink("relative-folder", folder)
    w.write(w.task / "cases/link/relative-folder/addon.node", good)
    library = w.library("libmx-linked.so.1", "int mx_linked = 1;")
    use = w.addon(NODE_API + "extern int mx_linked; int *f(void) { return &mx_linked; }", "-rpath", "$ORIGIN", libraries=(library,))
    folder = w.case("link", "dependency-through-link", use)
    w.write(folder / "libmx-linked.so.1.2.3", library)
    os.symlink("libmx-linked.so.1.2.3", folder / "libmx-linked.so.1")
    folder = w.case("link", "dependency-through-broken-link", use)
    os.symlink("absent", folder / "libmx-linked.so.1")
    folder = w.case("link", "dependency-as-text", use)
    w.write(folder / "libmx-linked.so.1", b"libmx-linked.so.1.2.3")
    # $ORIGIN is the folder of the path that was opened, not of the file that a link leads to.
    folder = w.case("link", "origin-of-linked-addon")
    os.symlink("elsewhere/real.node", folder / "addon.node")
    w.write(folder / "elsewhere/real.node", use)
    w.write(folder / "elsewhere/libmx-linked.so.1", library)
    folder = w.case("link", "origin-beside-link")
    os.symlink("elsewhere/real.node", folder / "addon.node")
    w.write(folder / "elsewhere/real.node", use)
    w.write(folder / "libmx-linked.so.1", library)
    w.case("link", "folder").joinpath("addon.node").mkdir()
    (w.case("link", "folder-with-addon") / "addon.node").mkdir()
    w.write(w.task / "cases/link/folder-with-addon/addon.node/index.node", good)


def modes(w):
    """The package belongs to another user than the one that runs it, as on Lambda: only the last digit counts."""
    good = w.addon()
    for mode in (0o000, 0o400, 0o440, 0o444, 0o004, 0o600, 0o644, 0o711, 0o755, 0o777, 0o111):
        w.case("mode", f"file-{mode:03o}", good, mode)
    w.case("mode", "text-000", TEXT["text"], 0o000)
    for mode in (0o700, 0o711, 0o744, 0o755, 0o000):
        folder = w.case("mode", f"folder-{mode:03o}", good)
        folder.chmod(mode)
    library = w.library("libmx-mode.so", "int mx_mode = 1;")
    use = w.addon(NODE_API + "extern int mx_mode; int *f(void) { return &mx_mode; }", "-rpath", "$ORIGIN", libraries=(library,))
    for mode in (0o000, 0o600, 0o644):
        folder = w.case("mode", f"dependency-{mode:03o}", use)
        w.write(folder / "libmx-mode.so", library, mode)
    folder = w.case("mode", "link-to-unreadable")
    w.write(folder / "real.node", good, 0o600)
    os.symlink("real.node", folder / "addon.node")
    folder = w.case("mode", "unreadable-then-readable-dependency", w.addon(
        NODE_API + "extern int mx_mode; int *f(void) { return &mx_mode; }", "-rpath", "$ORIGIN/first:$ORIGIN/second", libraries=(library,)))
    w.write(folder / "first/libmx-mode.so", library, 0o000)
    w.write(folder / "second/libmx-mode.so", library)


def truncations(w):
    """One addon of several pages, cut at every border that matters; with and without large zeroed data."""
    source = (NODE_API + "static const char text[9000] = {1}; const char *g(void) { return text; }\n"
              "char data[9000] = {1}; char *h(void) { return data; }\n int mx_own = 1; int *pointer = &mx_own;\n")
    for kind, extra, flags in (("plain", "", ()), ("with-bss", "char zeros[20000]; char *z(void) { return zeros; }\n", ()),
                               ("separate-code", "", ("-z", "separate-code", "-z", "max-page-size=4096")), ("norelro", "", ("-z", "norelro"))):
        image = Image(w.addon(source + extra, *flags))
        size, end = len(image.data), image.end_of_segments()
        table_end = image.header("e_phoff") + 56 * image.header("e_phnum")
        cuts = {40, 63, 64, 65, 100, table_end - 1, table_end, table_end + 1, 831, 832, 833, 1024, 4095, 4096, 4097, 8192, size // 4, size // 2, size * 3 // 4,
                end - 4096, end - 4097, end - 1, end, end + 1, size - 64, size - 1, (end // 4096) * 4096, (end // 4096) * 4096 - 1, (end // 4096) * 4096 + 1}
        for n in image.segments(1):
            cuts |= {image.segment(n, "p_offset"), image.segment(n, "p_offset") + image.segment(n, "p_filesz")}
        dynamic = image.segments(2)[0]
        cuts |= {image.segment(dynamic, "p_offset"), image.segment(dynamic, "p_offset") + 16, image.segment(dynamic, "p_offset") + image.segment(dynamic, "p_filesz")}
        for cut in sorted(cut for cut in cuts if 0 < cut < size):
            w.case("truncated", f"{kind}-{cut}", image.data[:cut])
        w.case("truncated", f"{kind}-padded", image.data + bytes(5000))
        w.case("truncated", f"{kind}-zeroed-half", image.data[:size // 2] + bytes(size - size // 2))
