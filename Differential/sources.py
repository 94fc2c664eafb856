"""Where the binaries come from: wheels of PyPI and packages of Debian, named in wheels.txt and debian.txt.

What was fetched is kept as FOLDER/files/SHA256, so that equal files count once, and as FOLDER/index/NAME.json, which says
what the archive held; the archive itself is removed. A run that was interrupted goes on where it stopped.
"""
import concurrent.futures
import hashlib
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
SUITE = "bookworm"  # the last Debian with all of these
ARCHITECTURES = ("amd64", "arm64", "armel", "armhf", "i386", "mips64el", "ppc64el", "s390x")

ABSENT = "not built for this architecture"

ELF, AR = b"\x7fELF", b"!<arch>\n"
MACH_O = (b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf")


def format_of(head):
    """The format that the first bytes claim, or None. Java's class files begin like a universal Mach-O."""
    if head.startswith(ELF):
        return "elf"
    if head.startswith(MACH_O):
        return None if head.startswith(MACH_O[2:]) and int.from_bytes(head[4:8], "big") > 40 else "macho"
    if head.startswith(b"MZ"):
        return "pe"
    return "ar" if head.startswith(AR) else None


def lines(name):
    """The entries of a list, without comments."""
    return [line.split("#")[0].strip() for line in (HERE / name).read_text().splitlines() if line.split("#")[0].strip()]


class Collection:
    """The folder of binaries with its index."""

    def __init__(self, folder):
        self.folder = folder
        self.files = folder / "files"
        self.index = folder / "index"
        for each in (self.files, self.index):
            each.mkdir(parents=True, exist_ok=True)

    def wheels(self, names, workers=4):
        """Fetches what is missing. Returns {name: why it could not be had}."""
        missing = [name for name in names if not (self.index / f"{name}.json").exists()]
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            return {name: why for name, why in zip(missing, pool.map(self._wheel, missing)) if why}

    def debian(self, packages, say):
        """As `wheels`, for every architecture; a package that is not there for one of them is no failure of the list."""
        problems = {}
        for architecture in ARCHITECTURES:
            missing = [name for name in packages if not (self.index / f"{name}_{architecture}.deb.json").exists()]
            if missing:
                say(f"Debian {SUITE} {architecture}: {len(missing)} packages")
                problems |= Debian(self.folder, architecture).fetch(missing, self)
        return problems

    def entries(self, names):
        """[(sha256, format, archive, path)] of the archives, each content once."""
        seen, found = set(), []
        for name in names:
            file = self.index / f"{name}.json"
            for entry in json.loads(file.read_text())["binaries"] if file.exists() else ():
                if entry["sha256"] not in seen:
                    seen.add(entry["sha256"])
                    found.append((entry["sha256"], entry["format"], name, entry["path"]))
        return found

    def keep(self, name, contents, **facts):
        """Writes the binaries among [(path, bytes)], then the index entry, which says that all of them are there."""
        binaries = []
        for path, data in contents:
            kind = format_of(data[:8])
            if kind and len(data) > 64:
                digest = hashlib.sha256(data).hexdigest()
                place(self.files / digest, data)
                binaries.append({"path": path, "format": kind, "sha256": digest})
        place(self.index / f"{name}.json", json.dumps({**facts, "binaries": binaries}, indent=0).encode())

    def _wheel(self, name):
        package, version, *_, platforms = name.removesuffix(".whl").split("-")
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-cache-dir", "--no-deps", "--only-binary=:all:", "--dest", folder,
                       "--python-version", "3.12", "--implementation", "cp", "--abi", "cp312", "--abi", "abi3", "--abi", "none"]
            for platform in platforms.split("."):
                command += ["--platform", platform]
            done = subprocess.run([*command, f"{package}=={version}"], capture_output=True, text=True)
            if done.returncode != 0:
                return (done.stderr.strip().splitlines() or ["pip failed"])[-1]
            wheel = pathlib.Path(folder) / name
            if not wheel.exists():
                return "pip gives " + ", ".join(os.listdir(folder)) + " instead"
            with zipfile.ZipFile(wheel) as archive:
                self.keep(name, ((entry.filename, archive.read(entry)) for entry in archive.infolist() if not entry.is_dir()))
        return None


class Debian:
    """apt-get with a state of its own, for one architecture; the system's packages are neither asked nor changed."""

    def __init__(self, folder, architecture):
        self.architecture = architecture
        self.state = folder / "apt" / architecture
        (self.state / "lists" / "partial").mkdir(parents=True, exist_ok=True)
        (self.state / "sources.list").write_text(f"deb [trusted=yes] {mirror()} {SUITE} main\n")
        options = {"Dir::Etc::sourcelist": self.state / "sources.list", "Dir::Etc::sourceparts": "-", "Dir::State::Lists": self.state / "lists",
                   "Dir::State::Status": "/dev/null", "Dir::Cache": self.state, "APT::Architecture": architecture, "APT::Architectures": architecture,
                   "APT::Sandbox::User": "root", "Debug::NoLocking": "1", "Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled": "false"}
        self.options = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]

    def fetch(self, packages, collection):
        done = subprocess.run(["apt-get", "-qq", *self.options, "update"], capture_output=True, text=True)
        if done.returncode != 0:
            return {f"all packages of {self.architecture}": (done.stderr.strip().splitlines() or ["apt-get update failed"])[-1]}
        known = subprocess.run(["apt-cache", *self.options, "madison", *packages], capture_output=True, text=True).stdout
        present = {row.split("|")[0].strip() for row in known.splitlines()} & set(packages)
        problems = {f"{name}_{self.architecture}.deb": ABSENT for name in packages if name not in present}
        with tempfile.TemporaryDirectory(dir=collection.folder) as folder:
            # What cannot be fetched is missing afterwards; the rest is there all the same.
            done = subprocess.run(["apt-get", "-qq", *self.options, "download", *sorted(present)], cwd=folder, capture_output=True, text=True)
            files = {file.name.split("_")[0]: file for file in pathlib.Path(folder).glob("*.deb")}
            for package in sorted(present):
                name = f"{package}_{self.architecture}.deb"
                if package in files:
                    self.unpack(files[package], name, collection)
                else:
                    problems[name] = (done.stderr.strip().splitlines() or ["apt-get download gave nothing"])[-1]
        return problems

    @staticmethod
    def unpack(file, name, collection):
        version = subprocess.run(["dpkg-deb", "--field", file, "Version"], capture_output=True, text=True).stdout.strip()
        packed = subprocess.run(["dpkg-deb", "--fsys-tarfile", file], capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            collection.keep(name, ((member.name.removeprefix("./"), archive.extractfile(member).read()) for member in archive if member.isfile()), version=version)


def mirror():
    """The mirror that this machine's apt uses for Debian, else Debian's own."""
    places = [pathlib.Path("/etc/apt/sources.list"), *pathlib.Path("/etc/apt/sources.list.d").glob("*.sources"), *pathlib.Path("/etc/apt/sources.list.d").glob("*.list")]
    text = "\n".join(place.read_text() for place in places if place.is_file())
    found = re.search(r"^(?:URIs:|deb) +(https?://\S+/debian/?)(?: |$)", text, re.MULTILINE)
    return found[1] if found else "http://deb.debian.org/debian"


def place(path, data):
    """Writes a file that is there whole or not at all."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(data)
    os.replace(file.name, path)
