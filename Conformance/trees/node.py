"""Node.js itself: require of a path or of an npm package, as far as it may end at an addon."""
NAME = "node"
HOME = "node_modules/subject"
RELEASE = f"{HOME}/build/Release"


def make(forest, node):
    paths(forest)
    mains(forest)
    exports(forest)
    fallbacks(forest)
    platform_packages(forest, node)
    places(forest)
    by_chance(forest)


def requiring(forest, title, request, alone=False, **fields):
    tree = forest.tree(NAME, title, alone)
    tree.npm_package(HOME, f"'use strict';\n\nmodule.exports = require({request!r});\n", gypfile=True, **fields)
    return tree


def paths(forest):
    addons = forest.addons
    for state in ("good", "v8", *addons.BROKEN, *addons.ODD, "absent"):
        requiring(forest, f"with-ending-{state}", "./build/Release/x.node").put(f"{RELEASE}/x.node", state, addons)
        requiring(forest, f"without-ending-{state}", "./build/Release/x").put(f"{RELEASE}/x.node", state, addons)
    order = {"js": "module.exports = {};\n", "json": "{}", "node": addons["good"]}
    for count, endings in enumerate((("js", "node"), ("json", "node"), ("js", "json", "node"), ("json",), ("js",))):
        tree = requiring(forest, f"beside-{'-'.join(endings)}", "./build/Release/x")
        for ending in endings:
            tree.file(f"{RELEASE}/x.{ending}", order[ending])
    bare = requiring(forest, "file-without-ending", "./build/Release/x")
    bare.file(f"{RELEASE}/x", "module.exports = {};\n")
    bare.put(f"{RELEASE}/x.node", "macho", addons)
    twice = requiring(forest, "node-node", "./build/Release/x.node")
    twice.put(f"{RELEASE}/x.node.node", "good", addons)
    folder = requiring(forest, "directory-before-nothing", "./build/Release/x")
    folder.put(f"{RELEASE}/x/index.node", "good", addons)
    both = requiring(forest, "file-before-directory", "./build/Release/x")
    both.put(f"{RELEASE}/x/index.node", "macho", addons)
    both.put(f"{RELEASE}/x.node", "good", addons)
    main = requiring(forest, "directory-with-main", "./build/Release")
    main.file(f"{RELEASE}/package.json", '{"main": "./native"}')
    main.put(f"{RELEASE}/native.node", "good", addons)
    gone = requiring(forest, "directory-main-missing", "./build/Release")
    gone.file(f"{RELEASE}/package.json", '{"main": "./native"}')
    gone.put(f"{RELEASE}/index.node", "good", addons)
    slash = requiring(forest, "trailing-slash", "./build/Release/x/")
    slash.put(f"{RELEASE}/x.node", "good", addons)
    dots = requiring(forest, "dots", "./lib/../build/./Release//x.node")
    dots.put(f"{RELEASE}/x.node", "good", addons)
    dots_gone = requiring(forest, "dots-missing", "./lib/../build/./Release//x.node")
    through = requiring(forest, "linked-folder", "./build/Release/x.node")
    through.put("elsewhere/Release/x.node", "arm64", addons)
    through.link(f"{HOME}/build", "../../elsewhere")
    deep = requiring(forest, "through-files", "./lib")
    deep.file(f"{HOME}/lib/index.js", "exports.native = require('./native');\n")
    deep.file(f"{HOME}/lib/native.js", "const path = require('path');\nmodule.exports = require(path.join(__dirname, '..', 'build', 'Release', 'x.node'));\n")
    deep.put(f"{RELEASE}/x.node", "musl", addons)
    template = requiring(forest, "platform-template", "./native")
    template.file(f"{HOME}/native.js", "module.exports = require(`./bin/${process.platform}-${process.arch}/x.node`);\n")
    template.put(f"{HOME}/bin/linux-x64/x.node", "good", addons)
    template = requiring(forest, "platform-template-missing", "./native")
    template.file(f"{HOME}/native.js", "const { platform, arch } = process;\nmodule.exports = require('./bin/' + platform + '-' + arch + '/x.node');\n")
    template.put(f"{HOME}/bin/darwin-arm64/x.node", "macho", addons)
    assert dots_gone


def mains(forest):
    addons = forest.addons

    def tree(title, main, file=None, state="good", script=None, **fields):
        one = forest.tree(NAME, f"main-{title}")
        one.npm_package(HOME, None, main, **fields)
        if script:
            one.file(f"{HOME}/{script}", "{}" if script.endswith(".json") else "module.exports = {};\n")
        if file:
            one.put(f"{HOME}/{file}", state, addons)

    tree("addon", "build/Release/x.node", "build/Release/x.node")
    tree("addon-macho", "build/Release/x.node", "build/Release/x.node", "macho")
    tree("addon-missing", "build/Release/x.node")
    tree("addon-missing-index", "build/Release/x.node", "index.node")
    tree("without-ending", "./build/Release/x", "build/Release/x.node")
    tree("folder", "./build/Release", "build/Release/index.node")
    tree("folder-slash", "./build/Release/", "build/Release/index.node")
    tree("missing-index-js", "./nothing.js", "index.node", script="index.js")
    tree("none", None, "index.node")
    tree("none-crash", None, "index.node", "crash")
    tree("none-javascript-first", None, "index.node", script="index.js")
    tree("none-json-first", None, "index.node", script="index.json")
    tree("nothing-at-all", None)
    tree("not-text", 5, "index.node")
    tree("empty-text", "", "index.node")
    tree("false", False, "index.node")
    tree("dot", ".", "index.node")
    tree("dot-slash", "./", "index.node")
    tree("up", "../subject/x", "x.node")
    tree("absolute", "/x.node", "x.node")
    one = forest.tree(NAME, "no-manifest")
    one.put(f"{HOME}/index.node", "good", addons)
    one = forest.tree(NAME, "link-to-package")
    one.npm_package("packages/subject", "module.exports = require('./x.node');\n", name="subject")
    one.put("packages/subject/x.node", "glibc", addons)
    one.link(HOME, "../packages/subject")


def exports(forest):
    addons = forest.addons
    conditions = {
        "node-addons": {"node-addons": "./native.node", "default": "./index.js"}, "default-first": {"default": "./index.js", "node-addons": "./native.node"},
        "nested": {"node": {"require": "./native.node", "import": "./index.mjs"}, "default": "./index.js"}, "import-only": {"import": "./native.node"},
        "text": "./native.node", "array": ["./native.node", "./index.js"], "dot": {".": "./native.node"}, "dot-nested": {".": {"require": {"node": "./native.node"}}},
        "null": {"node": None, "default": "./native.node"}, "missing-file": {"node": "./absent.node", "default": "./native.node"}, "no-ending": "./native",
        "module-sync": {"module-sync": "./index.js", "default": "./native.node"}, "unknown-conditions": {"bun": "./index.js", "electron": "./index.js", "require": "./native.node"},
        "empty": {}, "not-relative": "native.node", "outside": "../native.node", "array-of-invalid": ["native.node", "./native.node"], "subpath-only": {"./native": "./native.node"},
        "nested-null": {"node": {"import": "./index.mjs"}, "require": "./native.node"}, "false": False, "types-first": {"types": "./index.d.ts", "require": "./native.node"},
    }
    for title, value in conditions.items():
        one = forest.tree(NAME, f"exports-{title}")
        one.npm_package(HOME, "module.exports = {};\n", "index.js", exports=value)
        one.put(f"{HOME}/native.node", "library" if len(title) % 3 == 0 else "good", addons)
    subpaths = {"./*": "./lib/*.node", "./exact": "./lib/other.node", "./deep/*": None, "./deep/x": "./lib/x.node", "./folder/*/native.node": "./lib/*.node", "./addon": {"node-addons": "./lib/x.node"}}
    for title, request in {"pattern": "x", "exact": "exact", "null": "deep/y", "under-null": "deep/x", "pattern-middle": "folder/x/native.node", "addon": "addon", "pattern-missing": "absent",
                           "unlisted": "lib/x.node/y"}.items():
        one = requiring(forest, f"subpath-{title}", f"subject-linux-x64/{request}")
        one.npm_package("node_modules/subject-linux-x64", None, None, exports=subpaths)
        one.put("node_modules/subject-linux-x64/lib/x.node", "good", addons)
        one.put("node_modules/subject-linux-x64/lib/other.node", "macho", addons)
    one = requiring(forest, "subpath-not-exported", "subject-linux-x64/lib/x.node")
    one.npm_package("node_modules/subject-linux-x64", None, None, exports={".": "./index.js"})
    one.put("node_modules/subject-linux-x64/lib/x.node", "good", addons)
    one = requiring(forest, "subpath-without-exports", "subject-linux-x64/lib/x")
    one.npm_package("node_modules/subject-linux-x64", None, None)
    one.put("node_modules/subject-linux-x64/lib/x.node", "good", addons)
    one = forest.tree(NAME, "imports")
    one.npm_package(HOME, "module.exports = require('#native');\n", gypfile=True, imports={"#native": {"node-addons": "./x.node", "default": "./x.js"}})
    one.put(f"{HOME}/x.node", "good", addons)
    one = forest.tree(NAME, "imports-of-package")
    one.npm_package(HOME, "module.exports = require('#native');\n", gypfile=True, imports={"#native": {"linux": "absent", "default": "subject-linux-x64"}})
    one.npm_package("node_modules/subject-linux-x64", None, "x.node")
    one.put("node_modules/subject-linux-x64/x.node", "empty", addons)
    one = forest.tree(NAME, "imports-undefined")
    one.npm_package(HOME, "module.exports = require('#other');\n", gypfile=True, imports={"#native": "./x.node"})
    one = forest.tree(NAME, "own-name")
    one.npm_package(HOME, "module.exports = require('subject/native');\n", exports={".": "./index.js", "./native": "./x.node"})
    one.put(f"{HOME}/x.node", "good", addons)


def fallbacks(forest):
    addons = forest.addons
    release, debug = "./build/Release/x.node", "./build/Debug/x.node"
    scripts = {
        "plain": f"let x;\ntry {{ x = require('{release}'); }} catch (e) {{ x = require('{debug}'); }}\nmodule.exports = x;\n",
        "no-binding": f"try {{\n  module.exports = require('{release}');\n}} catch {{\n  module.exports = require('{debug}');\n}}\n",
        "only-missing": (f"let x;\ntry {{\n  x = require('{release}');\n}} catch (err) {{\n  if (err.code !== 'MODULE_NOT_FOUND') throw err;\n"
                         f"  x = require('{debug}');\n}}\nmodule.exports = x;\n"),
        "own-error": (f"try {{\n  module.exports = require('{release}');\n}} catch (e) {{\n"
                      "  throw new Error('subject: no addon for ' + process.platform + '-' + process.arch);\n}\n"),
        "message-kept": f"try {{\n  module.exports = require('{release}');\n}} catch (e) {{\n  e.message = 'subject: ' + e.message;\n  throw e;\n}}\n",
        "exists": f"const fs = require('fs'), path = require('path');\nconst file = path.join(__dirname, '{release}');\nmodule.exports = fs.existsSync(file) ? require(file) : require('{debug}');\n",
        "loop": (f"let last;\nfor (const file of ['{release}', '{debug}']) {{\n  try {{\n    module.exports = require(file);\n    last = undefined;\n    break;\n"
                 "  } catch (error) { last = error; }\n}\nif (last) throw last;\n"),
        "nothing": f"try {{ exports.native = require('{release}'); }} catch (e) {{}}\n",
        "function": (f"function load() {{\n  try {{\n    return require('{release}');\n  }} catch (error) {{\n    return require('{debug}');\n  }}\n}}\nmodule.exports = load();\n"),
    }
    for title, script in scripts.items():
        for first, second in (("good", "good"), ("absent", "good"), ("macho", "good"), ("absent", "absent"), ("v8-other", "absent"), ("absent", "musl"), ("crash", "good")):
            one = forest.tree(NAME, f"fallback-{title}-{first}-{second}")
            one.npm_package(HOME, script, gypfile=True)
            one.put(f"{HOME}/build/Release/x.node", first, addons)
            one.put(f"{HOME}/build/Debug/x.node", second, addons)


def platform_packages(forest, node):
    addons = forest.addons
    script = "const { platform, arch } = process;\nmodule.exports = require(`@scope/subject-${platform}-${arch}`);\n"
    for title, names in {"right": ("linux-x64",), "missing": ("darwin-arm64",), "several": ("linux-x64", "linux-arm64", "win32-x64"), "none": ()}.items():
        one = forest.tree(NAME, f"platform-{title}")
        optional = {f"@scope/subject-{name}": "1.0.0" for name in ("linux-x64", "linux-arm64", "darwin-arm64", "win32-x64")}
        one.npm_package(HOME, script, optionalDependencies=optional)
        for name in names:
            system, cpu = name.split("-")
            home = f"node_modules/@scope/subject-{name}"
            one.npm_package(home, None, "subject.node", os=[system], cpu=[cpu])
            one.put(f"{home}/subject.node", {"linux-x64": "good", "linux-arm64": "arm64", "darwin-arm64": "macho", "win32-x64": "pe"}[name], addons)


def places(forest):
    addons = forest.addons
    for title, home in {"layer": "/opt/nodejs/node_modules", "layer-by-major": "/opt/nodejs/node20/node_modules", "root": "node_modules", "own": f"{HOME}/node_modules",
                        "between": "node_modules/node_modules", "nowhere": "lib/node_modules"}.items():
        for state in ("good", "glibc"):
            one = requiring(forest, f"place-{title}-{state}", "subject-linux-x64", alone=True)
            one.npm_package(f"{home}/subject-linux-x64", None, "x.node", name="subject-linux-x64")
            one.put(f"{home}/subject-linux-x64/x.node", state, addons)
    one = requiring(forest, "place-first-wins", "subject-linux-x64", alone=True)
    for home, state in ((f"{HOME}/node_modules", "arm64"), ("node_modules", "good"), ("/opt/nodejs/node_modules", "good")):
        one.npm_package(f"{home}/subject-linux-x64", None, "x.node", name="subject-linux-x64")
        one.put(f"{home}/subject-linux-x64/x.node", state, addons)
    one = requiring(forest, "place-empty-folder-skipped", "subject-linux-x64")
    one.directory(f"{HOME}/node_modules/subject-linux-x64")
    one.npm_package("node_modules/subject-linux-x64", None, "x.node")
    one.put("node_modules/subject-linux-x64/x.node", "good", addons)
    one = requiring(forest, "place-layer-prefers-major", "subject-linux-x64", alone=True)
    for home, state in (("/opt/nodejs/node20/node_modules", "macho"), ("/opt/nodejs/node_modules", "good")):
        one.npm_package(f"{home}/subject-linux-x64", None, "x.node", name="subject-linux-x64")
        one.put(f"{home}/subject-linux-x64/x.node", state, addons)
    for title, linked in {"sibling": True, "only-root": False}.items():
        one = forest.tree(NAME, f"pnpm-{title}")
        store = "node_modules/.pnpm/subject@1.0.0/node_modules"
        one.npm_package(f"{store}/subject", "module.exports = require('subject-linux-x64');\n", name="subject", gypfile=True)
        one.npm_package("node_modules/.pnpm/subject-linux-x64@1.0.0/node_modules/subject-linux-x64", None, "x.node", name="subject-linux-x64")
        one.put("node_modules/.pnpm/subject-linux-x64@1.0.0/node_modules/subject-linux-x64/x.node", "v8-other", addons)
        one.link(HOME, ".pnpm/subject@1.0.0/node_modules/subject")
        if linked:
            one.link(f"{store}/subject-linux-x64", "../../subject-linux-x64@1.0.0/node_modules/subject-linux-x64")
    one = forest.tree(NAME, "pnpm-link-lost")
    one.npm_package("node_modules/.pnpm/subject-linux-x64@1.0.0/node_modules/subject-linux-x64", None, "x.node", name="subject-linux-x64")
    one.npm_package(HOME, "module.exports = require('subject-linux-x64');\n", gypfile=True)
    esm = "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\nexport default require('./build/Release/x.node');\n"
    for state in ("good", "macho", "absent"):
        one = forest.tree(NAME, f"create-require-{state}", how="import")
        one.npm_package(HOME, esm, type="module", gypfile=True)
        one.put(f"{RELEASE}/x.node", state, addons)
    common = "const { createRequire } = require('module');\nmodule.exports = createRequire(__filename)('./build/Release/x.node');\n"
    one = forest.tree(NAME, "create-require-common")
    one.npm_package(HOME, common)
    one.put(f"{RELEASE}/x.node", "unregistered", addons)
    one = forest.tree(NAME, "dlopen")
    one.npm_package(HOME, "const path = require('path');\nprocess.dlopen(module, path.join(__dirname, 'x.node'));\n")
    one.put(f"{HOME}/x.node", "good", addons)


def by_chance(forest):
    """An npm package with a few files of the same stem, required by one of the usual requests."""
    for number in range(forest.chances):
        title = f"chance-{number}"
        chance = forest.chance(f"{NAME}/{title}")
        request = chance.choice(("./build/Release/x", "./build/Release/x.node", "./x", ".", "./build", "./build/Release", "./lib/", "./build/Release/../x"))
        if request == ".":
            request = "./main"
        one = requiring(forest, title, request)
        for place in ("build/Release/x", "build/Release/x.node", "x", "main", "build/index", "build/Release/index", "lib/index", "build/x", "lib"):
            if chance.random() < 0.5:
                ending = chance.choice((".node", ".node", ".js", ".json", ""))
                if ending == ".node":
                    one.put(f"{HOME}/{place}.node", forest.addons.state(chance, working=0.5), forest.addons)
                elif not (one.task / f"{HOME}/{place}{ending}").exists():
                    one.file(f"{HOME}/{place}{ending}", "{}" if ending == ".json" else "module.exports = {};\n")
