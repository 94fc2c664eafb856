"""What trees are made of: npm packages, real loaders, and addons in every state of repair."""
import dataclasses
import json
import os
import pathlib
import random
import shutil
import struct

from cases.registration import STRUCT, api_version, structure
from workshop import NODE_API, OTHER, TRIPLES


@dataclasses.dataclass
class Tree:
    """A folder with npm packages, of which `package` is required.

    Trees share a package for Lambda with the others of their loader, where they have a folder each, so that airworthy
    reads them all at once; or they are one alone: `root`/task becomes /var/task, `root`/opt becomes /opt.
    """

    name: str
    loader: str
    root: pathlib.Path
    home: str
    package: str = "subject"
    how: str = "require"
    use: str = None
    exports: dict = None
    variables: dict = dataclasses.field(default_factory=dict)
    wanted: bool = True

    @property
    def task(self):
        return self.root / "task" / self.home

    @property
    def place(self):
        """The folder's path in the sandbox."""
        return f"/var/task/{self.home}".rstrip("/")

    def path(self, path):
        """The place of "node_modules/x" or, with a leading slash, of "/opt/nodejs/…"."""
        if path.startswith("/opt/") and self.home:
            raise ValueError(f"{self.name} shares its layer: make it one alone")
        place = self.root / path[1:] if path.startswith("/") else self.task / path
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def file(self, path, content="", mode=0o644):
        if not self.wanted:
            return
        place = self.path(path)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
        place.chmod(mode)

    def link(self, path, target):
        if self.wanted:
            os.symlink(target, self.path(path))

    def directory(self, path):
        if self.wanted:
            self.path(path + "/x").parent.mkdir(exist_ok=True)

    def move(self, path, new):
        if self.wanted:
            self.path(path).rename(self.path(new))

    def remove(self, path):
        place = self.task / path
        shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)

    def copy(self, path, source):
        """A real npm package, without the native files and type declarations that come with it."""
        def link(old, new):
            pathlib.Path(new).unlink(missing_ok=True)
            os.link(old, new)

        if not self.wanted:
            return
        shutil.copytree(source, self.path(path), symlinks=True, dirs_exist_ok=True, copy_function=link,
                        ignore=shutil.ignore_patterns("*.node", "*.d.ts", "*.map", "*.md", "obj.target"))

    def npm_package(self, home, script=None, main="index.js", name=None, version="1.0.0", **fields):
        """A package.json and, unless it is None, its main file; `gypfile=True` says of a package without any addon that it is native."""
        name = name or home.split("node_modules/")[-1]
        manifest = {"name": name, "version": version, **({"main": main} if main else {}), **fields}
        self.file(f"{home}/package.json", json.dumps({key: value for key, value in manifest.items() if value is not None}))
        if script is not None:
            self.file(f"{home}/{main or 'index.js'}", script)

    def put(self, path, state, addons):
        """An addon in one of the states of Addons.STATES at a path; an "absent" one is not put there."""
        if state == "absent" or not self.wanted:
            return
        place = self.path(path)
        if place.exists() or place.is_symlink():
            return
        if state == "directory":
            place.mkdir()
        elif state == "broken-link":
            os.symlink("nothing.node", place)
        elif state == "link":
            os.symlink(f"{self.place}/elsewhere.node", place)
            self.file("elsewhere.node", addons["good"])
        elif state == "unreadable":
            self.file(path, addons["good"], 0o600)
        else:
            self.file(path, addons[state])


class Addons:
    """The bytes of an addon for each state."""

    # What a loader may meet at a place, the usual ones more often.
    BROKEN = ("v8-other", "arm64", "macho", "pe", "ten-bytes", "musl", "library", "glibc", "text", "empty", "unregistered", "crash")
    ODD = ("directory", "broken-link", "link", "unreadable")
    WORKING = ("good", "good", "good", "v8")

    def __init__(self, shop):
        glibc = shop.stub("libc.so.6", {"printf": "GLIBC_2.99"})
        vendor = shop.library("libvendor.so.7", "int vendor(void) { return 0; }")
        musl = shop.stub("libc.musl-x86_64.so.1" if shop.x86 else "libc.musl-aarch64.so.1", {"printf": None})
        call = NODE_API + "extern int printf(const char *, ...);\nint f(void) { return printf(\"\"); }\n"
        good = shop.addon()
        self.bytes = {
            "good": good, "v8": shop.addon(STRUCT + structure(115)), "v8-other": shop.addon(STRUCT + structure(108)),
            "arm64": shop.shared((shop.object(NODE_API, triple=TRIPLES[OTHER[shop.architecture]]),)),
            "macho": struct.pack("<IIIIIII", 0xFEEDFACF, 0x0100000C, 0, 8, 0, 0, 0x85) + bytes(200),
            "pe": b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + struct.pack("<HH", 0x8664, 0) + bytes(200),
            "ten-bytes": good[:10], "text": b"version https://git-lfs.github.com/spec/v1\n" + b"oid sha256:4d7a21\nsize 12345\n",
            "empty": b"", "unregistered": shop.addon("int nothing;"), "crash": shop.addon(NODE_API + api_version(99)),
            "musl": shop.addon(call, libraries=(musl,)), "glibc": shop.addon(call, libraries=(glibc,)),
            "library": shop.addon(NODE_API + "extern int vendor(void); int g(void) { return vendor(); }\n", libraries=(vendor,)),
        }

    def __getitem__(self, state):
        return self.bytes[state]

    def state(self, chance, working=0.5, odd=0.15):
        """A state drawn by chance."""
        drawn = chance.random()
        if drawn < working:
            return chance.choice(self.WORKING)
        return chance.choice(self.ODD if drawn < working + odd else self.BROKEN)


class Forest:
    """All trees, made under one folder. `library` is where Debian's npm packages stand, `published` further ones."""

    def __init__(self, root, addons, library, published=None, only=(), chances=12):
        self.root, self.addons, self.library, self.published, self.only, self.chances = root, addons, library, published, tuple(only), chances
        self.trees = []

    def tree(self, loader, name, alone=False, **fields):
        root, home = (self.root / loader / name, "") if alone else (self.root / loader / "all", name)
        tree = Tree(name=f"{loader}/{name}", loader=loader, root=root, home=home, **fields)
        tree.wanted = not self.only or tree.name.startswith(self.only)
        if not tree.wanted:
            return tree
        if tree.task.exists():
            raise ValueError(f"there is a tree {tree.name} already")
        tree.task.mkdir(parents=True)
        (root / "opt").mkdir(exist_ok=True)
        tree.file("index.js", f"module.exports = require({json.dumps(tree.package)});\n")
        self.trees.append(tree)
        return tree

    @staticmethod
    def chance(name):
        return random.Random(name)

    def versions(self, name, place=None):
        """(label, folder) of each copy of a loader there is: Debian's, labelled "debian", and published ones, NAME@VERSION."""
        if (self.library / (place or name)).exists():
            yield "debian", self.library / (place or name)
        if self.published:
            for folder in sorted(self.published.glob(f"{name.replace('/', '+')}@*")):
                yield folder.name.rsplit("@", 1)[1], folder
