"""The facts of one binary as airworthy, readelf, LIEF and ar tell them, under the same names.

Every reader returns {part: {fact: value}}: a part is the whole file or one slice of a universal Mach-O. A value is a text, a
number, a list in file order or, for symbols, a sorted list. A reader leaves out the facts that its tool does not tell; None
means that the file has no such fact. Symbols are written as `nm -D --with-symbol-versions` writes them, a weak reference with
` (weak)` behind it; local symbols are left out.
"""
import json
import re
import subprocess
import warnings

import lief

lief.logging.disable()
# It warns of symbols that it should not have read, see explanations.py.
warnings.filterwarnings("ignore", r"\d+ is not a valid", RuntimeWarning)

SYMBOLS = ("defined", "undefined", "exports")
WEAK = " (weak)"


class Unreadable(Exception):
    """A tool gave no answer at all."""


def run(*command):
    done = subprocess.run(command, capture_output=True)
    if done.returncode != 0:
        raise Unreadable(f"status {done.returncode}: {done.stderr.decode(errors='replace').strip()[-300:]}")
    return done.stdout.decode(errors="replace")


# airworthy

def airworthy(program, path):
    document = json.loads(run(program, "inspect", path, "--format", "json"))
    format = document["format"]
    facts = document.get(format, {})
    if format == "elf":
        parts = {"": {**{name: facts.get(name) for name in ("class", "data", "machine", "type", "interpreter", "soname", "rpath", "runpath")},
                      "needed": facts.get("needed", []),
                      "verneed": [[need["file"], *sorted(need.get("versions", ()))] for need in facts.get("versionNeeds", ())],
                      "verdef": facts.get("versionDefinitions", []),
                      "defined": sorted(facts.get("definedSymbols", ())), "undefined": sorted(facts.get("undefinedSymbols", ()))}}
    elif format == "macho":
        slices = [value for key, value in sorted(facts.items(), key=lambda item: (len(item[0]), item[0])) if key.startswith("slice")]
        parts = {f"slice {index}": {**{name: one.get(name) for name in ("architecture", "type", "installName", "uuid")},
                                    "dylibs": one.get("dylibs", []), "rpaths": one.get("rpaths", []),
                                    "defined": sorted(one.get("definedSymbols", ())), "undefined": sorted(one.get("undefinedSymbols", ()))}
                 for index, one in enumerate(slices, 1)}
    elif format == "pe":
        parts = {"": {**{name: facts.get(name) for name in ("architecture", "type", "optionalHeader", "name")},
                      **{name: [[one["library"], *one.get("functions", ())] for one in facts.get(name, ())] for name in ("imports", "delayImports")},
                      "exports": sorted(facts.get("exports", ()))}}
    elif format == "ar":
        parts = {"": {"members": [[one["name"], one["bytes"]] for one in facts.get("members", ())]}}
    else:
        parts = {"": {}}
    for part in parts.values():
        part["format"] = format
    if document.get("damage"):
        parts.setdefault("", {})["damage"] = document["damage"]
    return parts


# readelf

# e_machine as binutils spells it
MACHINES = {"Advanced Micro Devices X86-64": 62, "AArch64": 183, "ARM": 40, "Intel 80386": 3, "PowerPC64": 21, "IBM S/390": 22, "RISC-V": 243, "MIPS R3000": 8}
SYMBOL = re.compile(r" *\d+: [0-9a-f]+ +\S+ (?:<[^>]*>: \w+|\S+) +(<[^>]*>: \w+|\S+) +\S+ +(?:\[[^]]*\] +)?(\S+)(?: (.*))?$")
DYNAMIC = re.compile(r" 0x[0-9a-f]+ \((NEEDED|SONAME|RPATH|RUNPATH)\) .*?\[(.*)\]$")
NEED = re.compile(r"  [0-9a-fx]+: Version: \d+  File: (.*)  Cnt: \d+$")
NEEDED_VERSION = re.compile(r"  [0-9a-fx]+:   Name: (.*)  Flags: (.*)  Version: \d+$")
DEFINITION = re.compile(r"  [0-9a-fx]+: Rev: \d+  Flags: .*  Index: \d+  Cnt: \d+  Name: (.*)$")


def readelf(path):
    """GNU readelf goes by the section headers where airworthy and the loader go by the program headers."""
    facts = {"format": "elf", "interpreter": None, "needed": [], "soname": None, "rpath": None, "runpath": None, "verneed": [], "verdef": [], "defined": [], "undefined": []}
    for line in run("readelf", "--wide", "--file-header", "--program-headers", "--dynamic", "--version-info", "--dyn-syms", path).splitlines():
        if match := SYMBOL.match(line):
            binding, section, name = match.groups()
            if binding != "LOCAL":
                facts["undefined" if section == "UND" else "defined"].append(symbol(name or "", section == "UND", binding == "WEAK"))
        elif match := DYNAMIC.match(line):
            tag, text = match.groups()
            if tag == "NEEDED":
                facts["needed"].append(text)
            else:
                facts[tag.lower()] = text
        elif match := NEED.match(line):
            facts["verneed"].append([match[1]])
        elif match := NEEDED_VERSION.match(line):
            facts["verneed"][-1].append(match[1] + (WEAK if "WEAK" in match[2] else ""))
        elif match := DEFINITION.match(line):
            facts["verdef"].append(match[1])
        elif match := re.match(r"  (Class|Data|Type|Machine): +(.*)", line):
            header(facts, *match.groups())
        elif match := re.match(r" +\[Requesting program interpreter: (.*)\]$", line):
            facts["interpreter"] = match[1]
    facts["verneed"] = [[file, *sorted(versions)] for file, *versions in facts["verneed"]]
    facts["defined"].sort()
    facts["undefined"].sort()
    return {"": facts}


def header(facts, field, text):
    if field == "Class":
        facts["class"] = text.replace("ELF", "ELFCLASS")
    elif field == "Data":
        facts["data"] = "big-endian" if "big" in text else "little-endian"
    elif field == "Type":
        facts["type"] = "ET_" + text.split()[0]
    else:
        facts["machine"] = MACHINES.get(text, text)


def symbol(text, is_undefined, is_weak):
    """readelf's `name@VERSION (3)`; the symbol that stands for a version, `V@@V`, is written without it as nm does."""
    text = re.sub(r" \(\d+\)$", "", text)
    name, at, version = text.partition("@")
    if at and version.lstrip("@") == name:
        text = name
    return text + WEAK if is_undefined and is_weak else text


# LIEF

def plain(text):
    return text.decode(errors="replace") if isinstance(text, bytes) else text


def lief_facts(path, kind):
    return {"elf": lief_elf, "macho": lief_macho, "pe": lief_pe}[kind](path)


def lief_elf(path):
    binary = lief.ELF.parse(path)
    if binary is None:
        raise Unreadable("LIEF parses nothing")
    entries = {}
    for entry in binary.dynamic_entries:
        for tag, field in (("SONAME", "name"), ("RPATH", "rpath"), ("RUNPATH", "runpath")):
            if entry.tag == getattr(lief.ELF.DynamicEntry.TAG, tag):
                entries[tag] = plain(getattr(entry, field))
    own = {one.ndx & 0x7fff for one in binary.symbols_version_definition}
    base = {one.ndx & 0x7fff for one in binary.symbols_version_definition if one.flags & 1}
    defined, undefined = [], []
    for one in binary.dynamic_symbols:
        if one.binding == lief.ELF.Symbol.BINDING.LOCAL:
            continue
        name, is_undefined, version = plain(one.name), one.shndx == 0, ""
        if one.has_version and one.symbol_version.has_auxiliary_version:
            index = one.symbol_version.value & 0x7fff
            text = plain(one.symbol_version.symbol_version_auxiliary.name)
            if index not in base and text != name:
                is_default = not is_undefined and one.symbol_version.value & 0x8000 == 0 and index in own
                version = ("@@" if is_default else "@") + text
        weak = WEAK if is_undefined and one.binding == lief.ELF.Symbol.BINDING.WEAK else ""
        (undefined if is_undefined else defined).append(name + version + weak)
    return {"": {
        "format": "elf", "class": {1: "ELFCLASS32", 2: "ELFCLASS64"}.get(binary.header.identity_class.value), "machine": binary.header.machine_type.value,
        "data": {1: "little-endian", 2: "big-endian"}.get(binary.header.identity_data.value), "type": "ET_" + binary.header.file_type.name,
        "interpreter": plain(binary.interpreter) if binary.has_interpreter else None, "needed": [plain(name) for name in binary.libraries],
        "soname": entries.get("SONAME"), "rpath": entries.get("RPATH"), "runpath": entries.get("RUNPATH"),
        "verneed": [[plain(need.name), *sorted(plain(one.name) + (WEAK if one.flags & 2 else "") for one in need.get_auxiliary_symbols())] for need in binary.symbols_version_requirement],
        "verdef": [plain(next(iter(one.auxiliary_symbols)).name) for one in binary.symbols_version_definition],
        "defined": sorted(defined), "undefined": sorted(undefined)}}


CPUS = {(7, None): "i386", (0x0100_0007, None): "x86_64", (0x0100_0007, 8): "x86_64h", (12, 9): "armv7", (0x0100_000c, None): "arm64", (0x0100_000c, 2): "arm64e", (18, None): "ppc",
        (0x0100_0012, None): "ppc64"}
KINDS = {"LOAD_DYLIB": "", "LOAD_WEAK_DYLIB": " (weak)", "REEXPORT_DYLIB": " (reexport)", "LAZY_LOAD_DYLIB": " (lazy)", "LOAD_UPWARD_DYLIB": " (upward)"}


def lief_macho(path):
    """What strip leaves out of the symbol table stands in the export trie; references are always in the table."""
    fat = lief.MachO.parse(path)
    if fat is None:
        raise Unreadable("LIEF parses nothing")
    return {f"slice {index}": lief_slice(binary) for index, binary in enumerate(fat, 1)}


def lief_slice(binary):
    cpu, subtype = binary.header.cpu_type.value, binary.header.cpu_subtype & 0x00ff_ffff
    identity = next((plain(one.name) for one in binary.commands if one.command.name == "ID_DYLIB"), None)
    tables = [table.exports for table in (binary.dyld_exports_trie, binary.dyld_info) if table is not None]
    symbols = [one for one in binary.symbols if one.origin == lief.MachO.Symbol.ORIGIN.SYMTAB and is_external(one.raw_type)]
    references = [plain(one.name) + (WEAK if one.description & 0x40 else "") for one in symbols if is_reference(one)]
    definitions = [plain(one.name) for one in symbols if not is_reference(one)]
    known = set(definitions)
    exported = {plain(one.symbol.name) for table in tables for one in table if one.has_symbol}
    return {
        "format": "macho", "architecture": CPUS.get((cpu, subtype)) or CPUS.get((cpu, None)), "type": {"DYLIB": "dylib", "BUNDLE": "bundle", "EXECUTE": "executable", "OBJECT": "object"}.get(binary.header.file_type.name),
        "uuid": bytes(binary.uuid.uuid).hex() if binary.has_uuid else None, "installName": identity,
        "dylibs": [plain(one.name) + KINDS[one.command.name] for one in binary.libraries if one.command.name in KINDS],
        "rpaths": [plain(one.path) for one in binary.rpaths],
        "defined": sorted(definitions + list(exported - known)), "undefined": sorted(references)}


def is_external(kind):
    """N_EXT without N_STAB and N_PEXT."""
    return kind & 0xf1 == 0x01


def is_reference(one):
    """N_UNDF without a value, or N_PBUD."""
    return (one.raw_type & 0x0e == 0 and one.value == 0) or one.raw_type & 0x0e == 0x0c


PE_MACHINES = {0x14c: "i386", 0x8664: "x86_64", 0xaa64: "arm64", 0x1c4: "arm"}


def lief_pe(path):
    binary = lief.PE.parse(path)
    if binary is None:
        raise Unreadable("LIEF parses nothing")
    exports = binary.get_export()
    return {"": {
        "format": "pe", "architecture": PE_MACHINES.get(binary.header.machine.value), "type": "DLL" if binary.header.has_characteristic(lief.PE.Header.CHARACTERISTICS.DLL) else "program",
        "optionalHeader": {0x10b: "PE32", 0x20b: "PE32+"}.get(binary.optional_header.magic.value), "name": plain(exports.name) if exports else None,
        "imports": libraries(binary.imports), "delayImports": libraries(binary.delay_imports),
        "exports": sorted(plain(one.name) for one in exports.entries if one.name) if exports else []}}


def libraries(imports):
    return [[plain(one.name), *(f"ordinal {entry.ordinal}" if entry.is_ordinal else plain(entry.name) for entry in one.entries)] for one in imports]


# ar

def ar(path):
    members = []
    for line in run("ar", "tv", path).splitlines():
        match = re.match(r"\S+ +\d+/\d+ +(\d+) \w+ +\d+ \d+:\d+ \d+ (.*)$", line)
        members.append([match[2], int(match[1])] if match else [line, None])
    return {"": {"format": "ar", "members": members}}
