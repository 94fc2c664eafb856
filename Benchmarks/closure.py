"""A real Node.js in a real root file system, and an addon that asks it for hundreds of symbols."""
import json
import pathlib
import re
import shutil
import subprocess
import sys

from packages import in_other_process

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Conformance"))
from workshop import find_tool  # noqa: E402

NODE, SUITE, FUNCTIONS = "24.11.1", "bookworm", 900
MISSING = "airworthy_bench_that_nobody_defines"
LIBRARIES = "usr/lib/x86_64-linux-gnu"


class Closure:
    """ROOT with Node.js at /var/lang/bin/node and the addon at /var/task/addon.node."""

    def __init__(self, work):
        tools = HERE.parent / "Conformance"
        home = pathlib.Path(output([tools / "fetch-node", work, NODE, "x86_64"]).strip())
        self.root = pathlib.Path(output([tools / "make-rootfs", work, SUITE, "amd64"]).strip()).resolve()
        self.node, self.task = self.root / "var/lang/bin/node", self.root / "var/task"
        if self.node.stat().st_size == 0:
            shutil.copy(home / "bin/node", self.node)
        self.addon = self.task / "addon.node"
        self.source = work / "addon.s"
        in_other_process(self.write_source)
        self.functions = [self.source.read_text().count(word) for word in ("  call ", "  .quad ")]
        self.link_addon()
        self.libraries = sorted({(self.root / LIBRARIES / name).resolve() for name in self.needed()})

    def write_source(self):
        """Calls functions evenly picked from all that node exports, one that nobody has, and reads some data."""
        names = {"FUNC": [], "OBJECT": []}
        for line in output(["readelf", "--dyn-syms", "-W", self.node]).splitlines():
            words = line.split()
            if len(words) == 8 and words[3] in names and words[4:6] == ["GLOBAL", "DEFAULT"] and words[6] != "UND":
                if re.fullmatch(r"\w+", words[7]):
                    names[words[3]].append(words[7])
        functions = names["FUNC"][::max(1, len(names["FUNC"]) // FUNCTIONS)] + [MISSING]
        data = names["OBJECT"][::max(1, len(names["OBJECT"]) // 100)]
        lines = [".globl napi_register_module_v1", ".type napi_register_module_v1,@function", "napi_register_module_v1:"]
        lines += [f"  call {name}@PLT" for name in functions] + ["  ret", ".data"] + [f"  .quad {name}" for name in data]
        self.source.write_text("\n".join([*lines, '.section .note.GNU-stack,"",@progbits', ""]))

    def link_addon(self):
        self.task.mkdir(parents=True, exist_ok=True)
        subprocess.run([find_tool("clang"), "-target", "x86_64-unknown-linux-gnu", "-shared", "-nostdlib", "-fuse-ld=lld",
                        "-Wl,-z,lazy", self.source, "-o", self.addon], check=True)

    def needed(self):
        return re.findall(r"\(NEEDED\).*\[(.+)\]", output(["readelf", "-d", "-W", self.node]))

    def command(self, airworthy):
        return [airworthy, "check", self.task, "--sysroot", self.root, "--node", self.node, "--arch", "x86_64"]

    def prove(self, airworthy):
        """Every symbol is looked up: of all that the addon calls, exactly the one that nobody defines is reported."""
        done = subprocess.run([*self.command(airworthy), "--format", "json"], capture_output=True, text=True)
        load = json.loads(done.stdout)["binaries"][0]["load"]
        names = [symbol if isinstance(symbol, str) else symbol["name"] for symbol in load.get("lazySymbols", [])]
        if load["outcome"] != "loads" or names != [MISSING]:
            raise SystemExit(f"bench: the addon's load should miss {MISSING} alone, but is {load['outcome']}, missing {names[:5]}")

    def peers(self, lief):
        """{name: command}: each gets the same files."""
        loader, directory = self.root / LIBRARIES / "ld-linux-x86-64.so.2", self.root / LIBRARIES
        files = [self.addon, self.node, *self.libraries]
        return {
            "lddtree": ["/usr/bin/python3", shutil.which("lddtree"), "--root", self.root, "/var/lang/bin/node", "/var/task/addon.node"],
            # What the script ldd -r runs, with the root's ld.so: so it is the root's libraries that are searched.
            "ldd": ["env", "LD_TRACE_LOADED_OBJECTS=1", "LD_WARN=yes", "LD_BIND_NOW=yes", loader, "--library-path", directory,
                    "--preload", self.addon, self.node],
            "readelf": ["readelf", "-d", "--dyn-syms", "-V", "-W", *files],
            "lief": [sys.executable, HERE / "resolve-with-lief", lief, MISSING, *files],
        }


def output(command):
    return subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True).stdout
