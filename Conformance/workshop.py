"""Compiles and links the cases of the matrix with the Swift toolchain's clang and ld.lld, without any sysroot."""
import functools
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import threading

from oracle import Unavailable

TRIPLES = {"x86_64": "x86_64-unknown-linux-gnu", "arm64": "aarch64-unknown-linux-gnu"}
OTHER = {"x86_64": "arm64", "arm64": "x86_64"}
ZIG = "ziglang==0.17.1"
OLDEST_GLIBC = {"x86_64": "GLIBC_2.2.5", "arm64": "GLIBC_2.17"}

NODE_API = '__attribute__((visibility("default"))) void *napi_register_module_v1(void *env, void *exports) { return exports; }\n'


def find_tool(name):
    """Next to swiftc first, as in Examples/build."""
    swiftc = shutil.which("swiftc")
    beside = pathlib.Path(os.path.realpath(swiftc)).parent / name if swiftc else None
    if beside and beside.exists():
        return str(beside)
    found = shutil.which(name)
    if not found:
        raise Unavailable(f"{name} is neither next to swiftc nor in PATH")
    return found


class Workshop:
    """Makes files for one architecture; `task` becomes /var/task and `layer` becomes /opt."""

    def __init__(self, architecture, root, cache, fast=False):
        self.architecture = architecture
        self.task, self.layer = root / "task", root / "opt"
        self.cache, self.fast = cache, fast
        self.scratch = cache / "objects"
        self.clang, self.linker = find_tool("clang"), find_tool("ld.lld")
        self.triple = TRIPLES[architecture]
        self.x86 = architecture == "x86_64"
        self.base_version = OLDEST_GLIBC[architecture]
        self.cases = []
        self.scratch.mkdir(parents=True, exist_ok=True)

    @property
    def zig(self):
        """The command of zig, which has every release of glibc in it; from PyPI, into the cache, at its first use."""
        package = self.cache / "python"
        if not self.fast and not (package / "ziglang").exists():
            subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", str(package), ZIG], check=True)
        return ["env", f"PYTHONPATH={package}", f"ZIG_GLOBAL_CACHE_DIR={self.cache / 'zig'}", sys.executable, "-m", "ziglang"]

    def compile(self, command, source):
        """What a compiler other than the toolchain's makes of a source; `None` where it cannot."""
        out = self.scratch / (hashlib.sha256(repr((command, source)).encode()).hexdigest()[:24] + ".addon")
        if not out.exists():  # zig builds a whole C library first: once is enough
            partial = out.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
            done = subprocess.run([*command, "-shared", "-fPIC", "-o", str(partial), "-"], input=source.encode(), capture_output=True)
            if done.returncode != 0:
                print(f"matrix: {' '.join(command)}: {done.stderr.decode(errors='replace').strip().splitlines()[-1:]}", file=sys.stderr)
                return None
            partial.rename(out)
        return out.read_bytes()

    # Files

    def case(self, kind, name, content=None, mode=0o644, beyond=False):
        """Adds the case KIND/NAME; its addon is cases/KIND/NAME/addon.node. Returns its folder.

        `beyond` marks what only running code can tell: shown, but not counted as a disagreement.
        """
        path = f"cases/{kind}/{name}/addon.node"
        folder = (self.task / path).parent
        if folder.exists():
            raise ValueError(f"there is a case {kind}/{name} already")
        folder.mkdir(parents=True)
        if content is not None:
            self.write(folder / "addon.node", content, mode)
        self.cases.append({"class": kind, "name": name, "path": path, "beyond": beyond})
        return folder

    @staticmethod
    def write(path, content, mode=0o644):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(getattr(content, "data", content))
        path.chmod(mode)

    # Objects and shared objects

    @functools.lru_cache(maxsize=None)
    def object(self, source, *flags, language="c", triple=None):
        command = [self.clang, "-target", triple or self.triple, "-x", language, "-c", "-", "-o", "-"]
        if language != "assembler":
            command += ["-O2", *([] if "windows" in (triple or "") else ["-fPIC"]), "-ffreestanding", "-fno-asynchronous-unwind-tables", "-Wno-everything"]
        if language == "c++":
            command += ["-fno-exceptions", "-fno-rtti"]
        return self._run(command + list(flags), source.encode())

    def assembly(self, source):
        return self.object(source, language="assembler")

    @functools.lru_cache(maxsize=None)
    def shared(self, objects, *flags, soname="addon.node", libraries=(), version_script=None):
        """Links objects (bytes) and libraries (bytes, by soname) into a shared object's bytes."""
        command = [self.linker, "-shared", "--hash-style=gnu", "--build-id=none", "-z", "noseparate-code"]
        if soname:
            command += ["-soname", soname]
        if version_script:
            command += ["--version-script", self._file(version_script.encode(), ".map")]
        command += [self._file(one, ".o") for one in objects]
        out = self.scratch / f"out.{os.getpid()}"
        self._run(command + [self._file(one, ".so") for one in libraries] + list(flags) + ["-o", str(out)])
        return out.read_bytes()

    def addon(self, source=NODE_API, *flags, language="c", compile_flags=(), **options):
        """An addon from one source; Node-API's entry point unless the source says otherwise."""
        return self.shared((self.object(source, *compile_flags, language=language),), *flags, **options)

    def library(self, soname, source="int mx_nothing;", *flags, **options):
        return self.shared((self.object(source),), *flags, soname=soname, **options)

    def stub(self, soname, symbols):
        """A library with {symbol: version or None} and nothing in it; "data:NAME" is a variable."""
        text, versions = "", {}
        for name, version in symbols.items():
            kind, plain = ("object", name[5:]) if name.startswith("data:") else ("function", name)
            text += f".globl {plain}\n.type {plain},%{kind}\n{plain}: .quad 0\n.size {plain}, 8\n"
            versions.setdefault(version, []).append(plain)
        script = "".join(f"{version} {{ global: {'; '.join(names)}; }};\n" for version, names in versions.items() if version)
        return self.shared((self.assembly(".data\n" + text),), soname=soname, version_script=script or None)

    def _file(self, content, ending):
        path = self.scratch / (hashlib.sha256(content).hexdigest()[:24] + ending)
        if not path.exists():
            path.write_bytes(content)
        return str(path)

    @staticmethod
    def _run(command, stdin=None):
        done = subprocess.run(command, input=stdin, capture_output=True)
        if done.returncode != 0:
            raise RuntimeError(" ".join(command) + "\n" + done.stderr.decode(errors="replace"))
        return done.stdout
