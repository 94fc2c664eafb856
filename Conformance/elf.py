"""Finds and changes fields of a 64-bit little-endian ELF file, for cases that no linker makes."""
import struct

PT_NULL, PT_LOAD, PT_DYNAMIC, PT_INTERP, PT_NOTE, PT_PHDR, PT_TLS = 0, 1, 2, 3, 4, 6, 7
PT_GNU_STACK, PT_GNU_RELRO, PT_GNU_PROPERTY = 0x6474E551, 0x6474E552, 0x6474E553
DT_NULL, DT_NEEDED, DT_HASH, DT_STRTAB, DT_SYMTAB, DT_RELA, DT_STRSZ, DT_SONAME = 0, 1, 4, 5, 6, 7, 10, 14
DT_SYMENT, DT_RELAENT, DT_JMPREL, DT_FLAGS, DT_GNU_HASH = 11, 9, 23, 30, 0x6FFFFEF5
DT_VERDEF, DT_VERNEED, DT_VERSYM, DT_FLAGS_1 = 0x6FFFFFFC, 0x6FFFFFFE, 0x6FFFFFF0, 0x6FFFFFFB
DT_RELACOUNT = 0x6FFFFFF9  # only a hint for the loader: an entry to write others over

HEADER_FIELDS = {"e_type": (16, "H"), "e_machine": (18, "H"), "e_version": (20, "I"), "e_entry": (24, "Q"),
                 "e_phoff": (32, "Q"), "e_shoff": (40, "Q"), "e_flags": (48, "I"), "e_ehsize": (52, "H"),
                 "e_phentsize": (54, "H"), "e_phnum": (56, "H"), "e_shentsize": (58, "H"), "e_shnum": (60, "H"),
                 "e_shstrndx": (62, "H")}
SEGMENT_FIELDS = {"p_type": (0, "I"), "p_flags": (4, "I"), "p_offset": (8, "Q"), "p_vaddr": (16, "Q"),
                  "p_paddr": (24, "Q"), "p_filesz": (32, "Q"), "p_memsz": (40, "Q"), "p_align": (48, "Q")}


class Image:
    """A file's bytes and where its structures are. Every change returns a new Image."""

    def __init__(self, data):
        self.data = bytes(data)

    def patched(self, offset, data):
        if offset < 0 or offset + len(data) > len(self.data):
            raise ValueError("the patch is outside of the file")
        return Image(self.data[:offset] + bytes(data) + self.data[offset + len(data):])

    def header(self, field):
        offset, form = HEADER_FIELDS[field]
        return struct.unpack_from("<" + form, self.data, offset)[0]

    def with_header(self, **fields):
        image = self
        for field, value in fields.items():
            offset, form = HEADER_FIELDS[field]
            image = image.patched(offset, struct.pack("<" + form, value))
        return image

    def ident(self, index, value):
        return self.patched(index, bytes([value]))

    def segments(self, kind):
        """Indices of the program headers of a type, in order."""
        return [n for n in range(self.header("e_phnum")) if self.segment(n, "p_type") == kind]

    def segment(self, index, field):
        offset, form = SEGMENT_FIELDS[field]
        return struct.unpack_from("<" + form, self.data, self.header("e_phoff") + 56 * index + offset)[0]

    def with_segment(self, index, **fields):
        image = self
        for field, value in fields.items():
            offset, form = SEGMENT_FIELDS[field]
            image = image.patched(self.header("e_phoff") + 56 * index + offset, struct.pack("<" + form, value))
        return image

    def swapped(self, first, second):
        """Two program headers change places."""
        table = self.header("e_phoff")
        one, two = (self.data[table + 56 * n:table + 56 * n + 56] for n in (first, second))
        return self.patched(table + 56 * first, two).patched(table + 56 * second, one)

    def file_offset(self, address):
        for n in self.segments(PT_LOAD):
            start, size = self.segment(n, "p_vaddr"), self.segment(n, "p_filesz")
            if start <= address < start + size:
                return self.segment(n, "p_offset") + address - start
        raise ValueError(f"no segment holds {address:#x}")

    def dynamic(self):
        """(offset of the entry in the file, tag, value) for each, with the last DT_NULL."""
        segment = self.segments(PT_DYNAMIC)[0]
        offset, entries = self.segment(segment, "p_offset"), []
        while True:
            tag, value = struct.unpack_from("<QQ", self.data, offset)
            entries.append((offset, tag, value))
            if tag == DT_NULL:
                return entries
            offset += 16

    def tag(self, tag):
        return next((value for _, t, value in self.dynamic() if t == tag), None)

    def with_tag(self, tag, value=None, new_tag=None):
        """Changes the first entry with a tag: its value, or the tag itself."""
        for offset, t, old in self.dynamic():
            if t == tag:
                return self.patched(offset, struct.pack("<QQ", t if new_tag is None else new_tag, old if value is None else value))
        raise ValueError(f"no entry has tag {tag:#x}")

    def end_of_segments(self):
        """Where the last byte that a program header names ends."""
        return max(self.segment(n, "p_offset") + self.segment(n, "p_filesz") for n in self.segments(PT_LOAD))
