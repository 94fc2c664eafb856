"""`node-gyp-build`: the first *.node of build/, else the best of prebuilds/PLATFORM-ARCH/."""
NAME = "node-gyp-build"
HOME = "node_modules/subject"
SCRIPT = "module.exports = require('node-gyp-build')(__dirname);\n"
FOLDERS = ("linux-%(arch)s", "linux-%(other)s", "linux-%(arch)s+%(other)s", "linux-%(other)s+%(arch)s", "linuxglibc-%(arch)s", "linuxmusl-%(arch)s",
           "linux-%(arch)s-v8", "darwin-%(arch)s", "darwin-x64+arm64", "win32-%(arch)s", "linux", "linux-", "-%(arch)s", "Linux-%(arch)s")
FILES = ("node.napi.node", "node.napi.glibc.node", "node.napi.musl.node", "node.abi%(abi)s.node", "node.abi%(abi)s.glibc.node", "node.abi108.node",
         "electron.napi.node", "electron.abi110.node", "subject.node", "subject.glibc.node", "subject.musl.node", "subject.abi%(abi)s.node", "@scope+subject.node",
         "node.napi.uv1.node", "node.napi.uv2.node", "node.napi.armv8.node", "node.napi.armv7.node", "node-%(abi)s.node", "node-napi.node", "node.node",
         "napi.node", "uvula.node", "abigail.glibc.node", "node.abi%(abi)s.napi.node", "node-webkit.abi%(abi)s.node", "libvendor.so.1", "a.b.node.bak", "README.md",
         "node.napi.abi108.node", "B.node", "a.node", "a.musl.glibc.node")


def make(forest, node):
    for label, source in forest.versions(NAME, "leveldown/node_modules/node-gyp-build"):
        name = "" if label == "debian" else f"{label}-"

        def tree(title, script=SCRIPT, home=HOME, **fields):
            one = forest.tree(NAME, name + title, package=home.split("node_modules/")[1])
            one.npm_package(home, script, dependencies={"node-gyp-build": "^4.0.0"}, **fields)
            one.copy("node_modules/node-gyp-build", source)
            return one

        by_hand(forest, tree, node)
        for number in range(forest.chances):
            title = f"chance-{number}"
            chance = forest.chance(f"{NAME}/{name}{title}")
            one = tree(title)
            for folder in chance.sample(FOLDERS, chance.choice((1, 2, 3, 5))) + ["linux-%(arch)s"] * chance.choice((0, 1, 1)):
                for file in chance.sample(FILES, chance.choice((0, 1, 1, 2, 3, 6))):
                    one.put(f"{HOME}/prebuilds/{folder % node}/{file % node}", forest.addons.state(chance, working=0.7), forest.addons)
            if chance.random() < 0.15:
                folder = chance.choice(("Release", "Debug"))
                one.put(f"{HOME}/build/{folder}/{chance.choice(('z.node', 'obj.o', 'A.node'))}", forest.addons.state(chance, working=0.3), forest.addons)


def by_hand(forest, tree, node):
    addons = forest.addons
    tree("nothing")
    tree("nothing-scoped", home="node_modules/@scope/subject")
    right = f"{HOME}/prebuilds/linux-%(arch)s/node.napi.node" % node
    one = tree("shadowed-by-release")
    one.put(right, "good", addons)
    one.put(f"{HOME}/build/Release/subject.node", "macho", addons)
    one = tree("release-in-order")
    for file in ("b.node", "a.node", "B.node", "_.node", "9.node", "10.node", "é.node"):
        one.put(f"{HOME}/build/Release/{file}", "good", addons)
    one = tree("debug-after-release")
    one.put(f"{HOME}/build/Debug/a.node", "good", addons)
    one.put(f"{HOME}/build/Release/b.node", "arm64", addons)
    one = tree("release-without-addon")
    one.file(f"{HOME}/build/Release/subject.a", "!<arch>\n")
    one.put(f"{HOME}/build/Debug/subject.node", "good", addons)
    one = tree("directory-named-node")
    one.directory(f"{HOME}/build/Release/x.node")
    one = tree("no-broken-link-skipped")
    one.put(f"{HOME}/build/Release/x.node", "broken-link", addons)
    one.put(right, "good", addons)
    for state in (*addons.BROKEN, "v8", "unreadable", "link"):
        tree(f"prebuild-{state}").put(right, state, addons)
    one = tree("own-directory", "const path = require('path');\nmodule.exports = require('node-gyp-build')(path.join(__dirname, '..', 'subject'));\n")
    one.put(right, "good", addons)
    one = tree("from-lib", "module.exports = require('./lib/binding.js');\n")
    one.file(f"{HOME}/lib/binding.js", "const path = require('path');\nmodule.exports = require('node-gyp-build')(path.join(__dirname, '..'));\n")
    one.put(right, "good", addons)
    one = tree("resolved-first", "const load = require('node-gyp-build');\nmodule.exports = require(load.path(__dirname));\n")
    one.put(right, "good", addons)
    soft = "try {\n  module.exports = require('node-gyp-build')(__dirname);\n} catch (e) {\n  module.exports = require('./fallback');\n}\n"
    one = tree("with-fallback", soft)
    one.file(f"{HOME}/fallback.js", "module.exports = {};\n")
    one.put(right, "musl", addons)
    one = tree("with-fallback-nothing", soft)
    one.file(f"{HOME}/fallback.js", "module.exports = {};\n")
    one = tree("fallback-missing", soft)
