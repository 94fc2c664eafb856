"""Packages to measure: trees in the shape of a large node_modules, their zips, and zips of one large addon."""
import multiprocessing
import os
import pathlib
import random
import shutil
import subprocess
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
ENDINGS = [".js"] * 11 + [".d.ts"] * 5 + [".js.map"] * 3 + [".json", ".md", ".mjs"]
FOLDERS = ["lib", "dist", "cjs", "esm", "src", "types", "internal", "utils"]


def package_of_files(work, count):
    """(directory, zip) with about COUNT files; made once."""
    tree, archive = work / f"tree-{count}", work / f"tree-{count}.zip"
    if not archive.exists():
        shutil.rmtree(tree, ignore_errors=True)
        in_other_process(make, tree, archive, examples(), count)
    return tree, archive


def package_of_bytes(work, node, addon, megabytes):
    """(directory, zip) with one addon of so many bytes: real code behind it, which the zip compresses; made once."""
    tree, archive = work / f"addon-{megabytes}MB", work / f"addon-{megabytes}MB.zip"
    if not archive.exists():
        shutil.rmtree(tree, ignore_errors=True)
        in_other_process(make_large, tree, archive, node, addon, megabytes * 1_000_000)
    return tree, archive


def package_of_libraries(work, count):
    """A directory with COUNT npm packages, whose addons are this machine's own shared libraries under other names; made once."""
    tree = work / f"libraries-{count}"
    if not tree.exists():
        in_other_process(make_libraries, tree, count)
    return tree


def in_other_process(body, *arguments):
    """What this process ever held would count as the peak of every command that it starts."""
    making = multiprocessing.Process(target=body, args=arguments)
    making.start()
    making.join()
    if making.exitcode != 0:
        raise SystemExit("bench: a package to measure could not be made, see above")


def examples():
    packages = HERE.parent / "Examples/packages"
    if not packages.is_dir():
        subprocess.run([HERE.parent / "Examples/build"], check=True, stdout=subprocess.DEVNULL)
    return packages


def make(tree, archive, packages, count):
    make_tree(tree, count)
    add_binaries(tree, packages)
    pack(tree, archive)


def make_large(tree, archive, node, addon, size):
    tree.mkdir(parents=True)
    content = addon.read_bytes()
    (tree / "addon.node").write_bytes(content + node.read_bytes()[:size - len(content)])
    pack(tree, archive)


def make_libraries(tree, count):
    partial = tree.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    places = [pathlib.Path(place) for place in ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64")]
    found = [path for place in places for path in sorted(place.glob("*.so*")) if not path.is_symlink() and path.stat().st_size < 4_000_000]
    libraries = [path for path in found if path.read_bytes()[:4] == b"\x7fELF"][:count]
    if len(libraries) < count:
        raise SystemExit(f"bench: this machine has only {len(libraries)} shared libraries, not {count}")
    for number, library in enumerate(libraries):
        home = partial / f"node_modules/part{number}"
        (home / "build/Release").mkdir(parents=True)
        (home / "package.json").write_text(f'{{"name": "part{number}", "version": "1.0.0", "main": "build/Release/part{number}.node"}}\n')
        shutil.copy(library, home / f"build/Release/part{number}.node")
    partial.rename(tree)


def make_tree(folder, count):
    """COUNT files in the shape of a large node_modules, the same on every machine.

    As in npm's own, of 1,651 files in 487 directories: most packages have a directory or two below their own, few have many;
    most directories have a few files; some packages have a node_modules of their own. More files per directory than there
    (about 8, not 3), as where packages are larger.
    """
    chance = random.Random(1)
    text = ("'use strict';\nObject.defineProperty(exports, '__esModule', { value: true });\n"
            + "".join(f"exports.value{n} = require('./part{n % 13}').value{n};\n" for n in range(3000))).encode()
    homes, made = [folder], 0
    while made < count:
        package = len(homes)
        outer = chance.choice(homes) if chance.random() < 0.06 else folder
        home = outer / "node_modules" / (f"@scope{package % 40}/part{package}" if package % 4 == 0 else f"package{package}")
        homes.append(home)
        for number, place in enumerate(directories_of_package(home, chance)):
            place.mkdir(parents=True, exist_ok=True)
            if number == 0:
                (place / "package.json").write_text(f'{{"name": "package{package}", "version": "1.{package % 90}.0", "main": "0.js"}}\n')
                made += 1
            for file in range(min(count - made, max(1, int(chance.lognormvariate(1.63, 0.95))))):
                length = min(len(text), int(chance.lognormvariate(7.3, 1.2)))
                (place / f"{file}{chance.choice(ENDINGS)}").write_bytes(text[:length])
                made += 1


def directories_of_package(home, chance):
    """The package's own directory, and those below it."""
    places = [home]
    for number in range(min(40, int(chance.paretovariate(1.4)))):
        outer = home if chance.random() < 0.5 else chance.choice(places)
        places.append(outer / f"{chance.choice(FOLDERS)}{number or ''}")
    return places


def add_binaries(folder, packages):
    """Native addons of every kind that the examples have: what the check is really about."""
    addons = sorted(packages.glob("*/node_modules/**/*.node"))
    for number, addon in enumerate(addons * 4):
        home = folder / f"node_modules/package{number * 4 + 1}/build/Release"
        home.mkdir(parents=True, exist_ok=True)
        shutil.copy(addon, home / f"addon{number}.node")
    return len(addons) * 4


def pack(folder, archive):
    partial = archive.with_suffix(".partial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as out:
        for place, folders, files in os.walk(folder):
            folders.sort()
            for name in sorted(files):
                path = os.path.join(place, name)
                out.write(path, os.path.relpath(path, folder))
    os.replace(partial, archive)
