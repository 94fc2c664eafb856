"""Npm packages for some platforms: whether npm would install them here decides whether their addon counts."""
import json
import os
import pathlib
import random
import subprocess

VALUES = {"os": ("linux", "!linux", "darwin", "!darwin", "win32", "any", "!any", "freebsd", "Linux", ""),
          "cpu": ("x64", "!x64", "arm64", "!arm64", "any", "ia32", "x86_64", ""),
          "libc": ("glibc", "!glibc", "musl", "!musl", "any", "Glibc", "")}
COUNT = 200
# npm's own check of a manifest, without npm.
SCRIPT = """
const { checkPlatform } = require(process.argv[1]);
const answers = JSON.parse(process.argv[2]).map((manifest) => {
  try { checkPlatform(manifest, false, { os: 'linux', cpu: process.arch, libc: 'glibc' }); return true; } catch (error) {
    if (error.code !== 'EBADPLATFORM') throw error;
    return false;
  }
});
console.log(JSON.stringify(answers));
"""


def manifests():
    chance = random.Random("platforms")
    for number in range(COUNT):
        manifest = {"name": f"subject-{number}", "version": "1.0.0", "main": "x.node"}
        for field, values in VALUES.items():
            if chance.random() < 0.6:
                some = [chance.choice(values) for _ in range(chance.choice((0, 1, 1, 1, 2, 3)))]
                manifest[field] = some[0] if len(some) == 1 and chance.random() < 0.4 else some
        yield manifest


def plant(forest):
    """One tree with all the packages; each has an addon that loads."""
    tree = forest.tree("npm-install-checks", "platforms", alone=True)
    for manifest in manifests():
        home = f"node_modules/{manifest['name']}"
        tree.file(f"{home}/package.json", json.dumps(manifest))
        tree.put(f"{home}/x.node", "good", forest.addons)
    forest.trees = [other for other in forest.trees if other is not tree]  # it is compared otherwise
    return tree


def fits(executable):
    """{npm name: whether npm would install it}, or None where this Node.js came without npm or does not start."""
    check = pathlib.Path(executable).parent.parent / "lib/node_modules/npm/node_modules/npm-install-checks"
    if not check.exists():
        return None
    done = subprocess.run([executable, "-e", SCRIPT, "--", str(check), json.dumps(list(manifests()))], capture_output=True, env={"PATH": os.defpath})
    if done.returncode != 0:
        return None
    return {manifest["name"]: answer for manifest, answer in zip(manifests(), json.loads(done.stdout))}


def compare(tree, executable, predict):
    """(how many are judged alike, how many there are, lines about the others); `predict` gives the report for a folder."""
    real = fits(executable)
    if real is None or not tree.wanted:
        return 0, 0, []
    roles = {binary["npmPackage"]["name"]: binary["role"] for binary in predict(tree)["binaries"] if "npmPackage" in binary}
    wrong = [name for name, answer in real.items() if answer != (roles.get(name) not in (None, "unused"))]
    texts = {manifest["name"]: json.dumps({field: manifest[field] for field in VALUES if field in manifest}) for manifest in manifests()}
    lines = [f"npm-install-checks/{name}  {texts[name]}\n  npm        {'installs' if real[name] else 'refuses'}\n  airworthy  {roles.get(name)}" for name in wrong]
    return len(real) - len(wrong), len(real), lines
