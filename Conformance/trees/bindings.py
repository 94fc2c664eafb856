"""`bindings`: thirteen places below the directory of the calling file's package."""
NAME = "bindings"
# Below the module root, as its README lists them; {version} and {abi} are those of Node.js.
PLACES = ("build/{}", "build/Debug/{}", "build/Release/{}", "out/Debug/{}", "Debug/{}", "out/Release/{}", "Release/{}", "build/default/{}",
          "compiled/%(version)s/linux/%(arch)s/{}", "addon-build/release/install-root/{}", "addon-build/debug/install-root/{}",
          "addon-build/default/install-root/{}", "lib/binding/node-v%(abi)s-linux-%(arch)s/{}")
HOME = "node_modules/subject"


def make(forest, node):
    places = [place % node for place in PLACES]
    for label, source in forest.versions(NAME):
        name = "" if label == "debian" else f"{label}-"

        def tree(title, script="module.exports = require('bindings')('x');\n", main="index.js", **fields):
            one = forest.tree(NAME, name + title)
            one.npm_package(HOME, script, main, dependencies={"bindings": "^1.5.0"}, gypfile=True, **fields)
            one.copy("node_modules/bindings", source)
            if not (source / "node_modules").exists():
                # Debian's copy has it inside; what it does is what Node.js itself has under another name.
                one.npm_package("node_modules/file-uri-to-path", "module.exports = require('url').fileURLToPath;\n")
            return one

        single(forest, tree, places)
        callers(forest, tree, places)
        by_chance(forest, tree, places, name)
    nothing = forest.tree(NAME, "not-installed")
    nothing.npm_package(HOME, "module.exports = require('bindings')('x');\n", dependencies={"bindings": "^1.5.0"})
    nothing.put(f"{HOME}/build/Release/x.node", "good", forest.addons)


def single(forest, tree, places):
    addons = forest.addons
    for number, place in enumerate(places, 1):
        tree(f"place-{number}").put(f"{HOME}/{place.format('x.node')}", "good", addons)
    tree("nowhere")
    for state in (*addons.BROKEN, *addons.ODD):
        one = tree(f"release-{state}")
        one.put(f"{HOME}/build/Release/x.node", state, addons)
        one.put(f"{HOME}/Release/x.node", "good", addons)
    both = tree("debug-before-release")
    both.put(f"{HOME}/build/Release/x.node", "good", addons)
    both.put(f"{HOME}/build/Debug/x.node", "macho", addons)
    script = tree("javascript-beside")
    script.file(f"{HOME}/build/x.node.js", "module.exports = {};\n")
    script.put(f"{HOME}/build/Release/x.node", "good", addons)
    folder = tree("directory-with-index")
    folder.file(f"{HOME}/build/x.node/index.js", "module.exports = {};\n")
    folder.put(f"{HOME}/build/Release/x.node", "good", addons)


def callers(forest, tree, places):
    addons = forest.addons
    for title, call, file in (("with-ending", "'x.node'", "x.node"), ("default-name", "", "bindings.node"), ("dotted", "'x.1'", "x.1.node"),
                              ("options", "{ bindings: 'x' }", "x.node"), ("options-with-ending", "{ bindings: 'x.node' }", "x.node"),
                              ("in-folder", "'deep/x'", "deep/x.node"), ("variable", "name", "x.node"), ("template", "`x`", "x.node")):
        one = tree(f"name-{title}", f"const name = 'x';\nmodule.exports = require('bindings')({call});\n")
        one.put(f"{HOME}/build/Release/{file}", "good", addons)
        tree(f"name-{title}-nowhere", f"const name = 'x';\nmodule.exports = require('bindings')({call});\n")
    root = tree("module-root", "const path = require('path');\nmodule.exports = require('bindings')({ bindings: 'x', module_root: path.join(__dirname, 'native') });\n")
    root.put(f"{HOME}/native/build/Release/x.node", "good", addons)
    root.put(f"{HOME}/build/Release/x.node", "macho", addons)
    deep = tree("caller-in-lib", main="lib/index.js")
    deep.put(f"{HOME}/build/Release/x.node", "good", addons)
    inner = tree("caller-below-package-json", main="lib/index.js")
    inner.file(f"{HOME}/lib/package.json", '{"type": "commonjs"}')
    inner.put(f"{HOME}/build/Release/x.node", "macho", addons)
    inner.put(f"{HOME}/lib/build/Release/x.node", "good", addons)
    modules = tree("caller-beside-node-modules", main="dist/cjs/index.js")
    modules.directory(f"{HOME}/dist/node_modules")
    modules.put(f"{HOME}/dist/build/Release/x.node", "good", addons)
    nested = tree("through-own-files", "module.exports = require('./lib/native');\n")
    nested.file(f"{HOME}/lib/native/index.js", "'use strict';\nconst binding = require('bindings')('x');\nmodule.exports = binding;\n")
    nested.put(f"{HOME}/build/Release/x.node", "good", addons)
    soft = "let native;\ntry {\n  native = require('bindings')('x');\n} catch (error) {\n  native = null;\n}\nmodule.exports = native;\n"
    tree("caught", soft).put(f"{HOME}/build/Release/x.node", "macho", addons)
    tree("caught-nowhere", soft)
    constant = tree("imported-once", "const load = require('bindings');\nconst native = load('x');\nexports.native = native;\n")
    constant.put(f"{HOME}/build/Debug/x.node", "arm64", addons)
    own = tree("own-copy")
    own.move("node_modules/bindings", f"{HOME}/node_modules/bindings")
    own.put(f"{HOME}/build/x.node", "good", addons)


def by_chance(forest, tree, places, name):
    for number in range(forest.chances):
        title = f"chance-{number}"
        chance = forest.chance(f"{NAME}/{name}{title}")
        one = tree(title, main=chance.choice(("index.js", "lib/index.js", "lib/node/native.js")))
        for place in chance.sample(places, chance.choice((1, 2, 2, 3, 5))):
            one.put(f"{HOME}/{place.format('x.node')}", forest.addons.state(chance, working=0.3), forest.addons)
