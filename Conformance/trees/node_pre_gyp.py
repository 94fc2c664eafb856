"""`@mapbox/node-pre-gyp`: the place is a template in package.json; whether something stands there, it does not ask."""
import json

NAME = "node-pre-gyp"
HOME = "node_modules/subject"
# An npm package of which only that it is there matters.
ANYTHING = "const any = new Proxy(function () {}, { get: (target, key) => key in target ? target[key] : any, apply: () => any, construct: () => any });\nmodule.exports = any;\n"
# What Debian's node-pre-gyp requires when it is loaded.
NEEDED = ("abbrev", "ansi-regex", "aproba", "are-we-there-yet", "color-support", "console-control-strings", "delegates", "detect-libc", "gauge", "has-unicode",
          "inherits", "lru-cache", "nopt", "npmlog", "once", "osenv", "readable-stream", "semver", "set-blocking", "signal-exit", "string-width",
          "string_decoder", "strip-ansi", "util-deprecate", "process-nextick-args", "safe-buffer", "core-util-is", "wcwidth.js", "wide-align", "yallist", "emoji-regex",
          "is-fullwidth-code-point")
SCRIPT = ("const binary = require('@mapbox/node-pre-gyp');\nconst path = require('path');\n"
          "const found = binary.find(path.resolve(path.join(__dirname, './package.json')));\nmodule.exports = require(found);\n")
PATHS = ("./lib/binding", "./lib/binding/{node_abi}-{platform}-{arch}", "./build/{configuration}", "./lib/binding/napi-v{napi_build_version}",
         "lib/binding/{node_napi_label}-{platform}-{libc}-{arch}", "./lib/binding/napi-v{napi_build_version}-{platform}-{libc}-{arch}/", "prebuild/{name}-{version}/{module_name}",
         "lib/{major}.{minor}.{patch}/{prerelease}{build}", "lib/{node_abi_napi}/{napi_version}", "./lib/{toolset}/{target_platform}/{target_arch}", "lib/{runtime}/{target}", "lib/{module_main}",
         "lib/{debug}/x", "lib/{unknown}", "../subject/lib", "./lib/{configuration}/{configuration}", "lib/{bucket}", "lib/{host}", "/lib//binding/")
VERSIONS = ("1.0.0", "2.3.4-beta.1", "0.0.9+build.5", "10.20.30-rc.1+sha.abc", "v1.2.3")
NODE_API = (None, None, [3], [3, 6], [6, 3], [8], [9], [10], [3, 10], [11, 12], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [])


def make(forest, node):
    for label, source in forest.versions("node-pre-gyp", "@mapbox/node-pre-gyp"):
        name = "" if label == "debian" else f"{label}-"

        def tree(title, binary, script=SCRIPT, main="index.js", **fields):
            one = forest.tree(NAME, name + title)
            one.npm_package(HOME, None, main, binary=binary, **{"dependencies": {"@mapbox/node-pre-gyp": "^1.0.0"}, **fields})
            one.file(f"{HOME}/index.js", script)
            one.copy("node_modules/@mapbox/node-pre-gyp", source)
            for needed in NEEDED:
                if (forest.library / needed).exists():
                    one.copy(f"node_modules/{needed}", forest.library / needed)
            if label != "debian":
                dependencies(forest, one, source)
            return one

        templates(forest, tree, node)
        broken(forest, tree, node)
        incomplete(forest, tree)
        versions(forest, tree, node)
        calls(forest, tree, node)
        by_chance(forest, tree, node, name)


def dependencies(forest, tree, source):
    """What a published version needs: the detect-libc of its time, and stubs for what finds no addon."""
    for name, wanted in json.loads((source / "package.json").read_text()).get("dependencies", {}).items():
        if name == "detect-libc":
            folder = forest.published / ("detect-libc@1.0.3" if wanted.lstrip("^~").startswith("1.") else "detect-libc@2.0.4")
            if folder.exists():
                tree.remove(f"node_modules/{name}")
                tree.copy(f"node_modules/{name}", folder)
        elif (forest.library / name).exists():
            tree.remove(f"node_modules/{name}")
            tree.copy(f"node_modules/{name}", forest.library / name)
        else:
            tree.npm_package(f"node_modules/{name}", ANYTHING)
            if name == "consola":
                tree.file(f"node_modules/{name}/basic.js", ANYTHING)


def binary(path="./lib/binding", **fields):
    return {"module_name": "x", "module_path": path, "host": "https://example.com/", **fields}


def expected(path, node, version="1.0.0", label=None):
    """Where the file of the generator's own choice goes: near enough; a wrong guess is a missing file, which is a case too."""
    core, _, build = version.lstrip("v").partition("+")
    number, _, prerelease = core.partition("-")
    major, minor, patch = number.split(".")
    values = {"node_abi": f"node-v{node['abi']}", "platform": "linux", "target_platform": "linux", "arch": node["arch"], "target_arch": node["arch"], "configuration": "Release",
              "napi_build_version": label or "", "node_napi_label": f"napi-v{label}" if label else f"node-v{node['abi']}", "libc": "glibc", "name": "subject", "version": core,
              "module_name": "x", "major": major, "minor": minor, "patch": patch, "prerelease": prerelease, "build": build, "node_abi_napi": "napi", "napi_version": node["napi"],
              "toolset": "", "runtime": "node", "target": "", "module_main": "index.js", "debug": "undefined"}
    for key, value in values.items():
        path = path.replace("{" + key + "}", str(value))
    return f"{HOME}/{path}/x.node".replace("//", "/").replace("/./", "/")


def templates(forest, tree, node):
    for number, path in enumerate(PATHS):
        needs = "napi_build_version" in path or "node_napi_label" in path
        fields = {"napi_versions": [3, 6], "package_name": "{node_napi_label}.tar.gz"} if needs else {}
        tree(f"template-{number}", binary(path, **fields)).put(expected(path, node, label=6 if needs else None), "good", forest.addons)
        tree(f"template-{number}-missing", binary(path, **fields))


def broken(forest, tree, node):
    for state in (*forest.addons.BROKEN, *forest.addons.ODD, "v8"):
        tree(f"state-{state}", binary()).put(f"{HOME}/lib/binding/x.node", state, forest.addons)
    one = tree("javascript-beside", binary())
    one.file(f"{HOME}/lib/binding/x.node.js", "module.exports = {};\n")


def incomplete(forest, tree):
    full = binary()
    for gone in ("module_name", "module_path", "host"):
        tree(f"without-{gone}", {key: value for key, value in full.items() if key != gone})
    tree("without-binary", None)
    tree("without-anything", {})
    tree("without-main", full, main=None)
    tree("without-version", full, version=None)
    tree("without-main-and-host", {"module_name": "x", "module_path": "lib"}, main=None)
    tree("http-host", {**full, "host": "http://example.com"})
    tree("host-not-text", {**full, "host": 5})
    tree("path-not-text", {**full, "module_path": ["lib"]})
    tree("staging-hosts", {**full, "staging_host": "https://staging.example.com"}).put(f"{HOME}/lib/binding/x.node", "good", forest.addons)
    tree("staging-and-production", {**full, "staging_host": "https://s.example.com", "production_host": "https://p.example.com"}).put(
        f"{HOME}/lib/binding/x.node", "good", forest.addons)
    tree("odd-version", full, version="not-a-version").put(f"{HOME}/lib/binding/x.node", "good", forest.addons)


def versions(forest, tree, node):
    path = "./lib/binding/napi-v{napi_build_version}"
    name = "{node_abi}-napi-v{napi_build_version}-{platform}-{arch}.tar.gz"
    for number, list_ in enumerate(NODE_API):
        one = tree(f"node-api-{number}", binary(path, package_name=name, napi_versions=list_))
        usable = max((version for version in list_ or [] if version <= node["napi"]), default=None)
        one.put(expected(path, node, label=usable), "good", forest.addons)
    tree("built-for-older-node-api", binary(path, package_name=name, napi_versions=[3, 6, 9])).put(f"{HOME}/lib/binding/napi-v6/x.node", "good", forest.addons)
    label = "{node_napi_label}.tar.gz"
    for title, list_ in (("with", [6]), ("too-new", [10]), ("empty", [])):
        one = tree(f"label-{title}", binary("lib/{node_napi_label}", package_name=label, napi_versions=list_))
        one.put(f"{HOME}/lib/{'napi-v6' if title == 'with' else 'node-v%(abi)s' % node}/x.node", "good", forest.addons)
    tree("versions-without-template", binary("lib", napi_versions=[3]))
    tree("versions-only-in-path", binary(path, napi_versions=[3]))
    tree("versions-in-remote-path", binary(path, napi_versions=[3], remote_path="{napi_build_version}")).put(f"{HOME}/lib/binding/napi-v3/x.node", "good", forest.addons)
    tree("template-without-versions", binary(path))
    tree("versions-not-numbers", binary(path, package_name=name, napi_versions=["3"]))
    tree("versions-negative", binary(path, package_name=name, napi_versions=[-1, 3]))
    tree("versions-broken", binary(path, package_name=name, napi_versions=[1.5, 3]))


def calls(forest, tree, node):
    lib = ("const { find } = require('@mapbox/node-pre-gyp');\nconst { join } = require('path');\n"
           "module.exports = require(find(join(__dirname, '..', 'package.json')));\n")
    one = tree("called-from-lib", binary(), "module.exports = require('./lib/native.js');\n")
    one.file(f"{HOME}/lib/native.js", lib)
    one.put(f"{HOME}/lib/binding/x.node", "good", forest.addons)
    one = tree("called-from-lib-arm64", binary(), "module.exports = require('./lib/native.js');\n")
    one.file(f"{HOME}/lib/native.js", lib)
    one.put(f"{HOME}/lib/binding/x.node", "arm64", forest.addons)
    one = tree("wrong-package-json", binary(), SCRIPT.replace("./package.json", "./lib/package.json"))
    one = tree("nested-call", binary(), "module.exports = require(require('@mapbox/node-pre-gyp').find(require.resolve('./package.json')));\n")
    one.put(f"{HOME}/lib/binding/x.node", "good", forest.addons)
    one = tree("caught", binary(), "try {\n" + SCRIPT + "} catch (error) {\n  module.exports = { error };\n}\n")
    options = SCRIPT.replace("'./package.json'))", "'./package.json')), { debug: true }")
    one = tree("debug-option", binary("build/{configuration}"), options)
    one.put(f"{HOME}/build/Debug/x.node", "good", forest.addons)
    gone = tree("not-installed", binary())
    gone.remove("node_modules/@mapbox/node-pre-gyp")


def by_chance(forest, tree, node, name):
    for number in range(forest.chances):
        title = f"chance-{number}"
        chance = forest.chance(f"{NAME}/{name}{title}")
        path, version = chance.choice(PATHS), chance.choice(VERSIONS)
        consistent = chance.random() < 0.8  # else the fields may contradict each other, which node-pre-gyp refuses
        versioned = "napi_build_version" in path or "node_napi_label" in path
        list_ = chance.choice(NODE_API[2:-1] if versioned else (None,)) if consistent else chance.choice(NODE_API)
        fields = {"napi_versions": list_} if list_ is not None else {}
        if versioned if consistent else chance.random() < 0.6:
            fields["package_name"] = chance.choice(("{node_napi_label}.tar.gz", "{module_name}-{napi_build_version}.tar.gz", *(() if consistent else ("{node_abi}-{platform}.tar.gz",))))
        if chance.random() < 0.3:
            fields["remote_path"] = chance.choice(("v{version}", "./{name}/v{version}/{configuration}/", *(() if consistent else ("{napi_build_version}",))))
        one = tree(title, binary(path, **fields), version=version)
        usable = max((number for number in list_ or [] if number <= node["napi"]), default=None)
        one.put(expected(path, node, version, usable), forest.addons.state(chance, working=0.6), forest.addons)
