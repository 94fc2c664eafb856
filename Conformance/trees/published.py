"""Published npm packages with loading code of their own, each with some of the places where it looks filled by chance.

The packages are not part of the project: those of Debian come from fetch-npm, the others only where --published names a folder.
"""
import dataclasses
import json

from trees.node_pre_gyp import ANYTHING, NEEDED

ALL = ("linux-%(arch)s", "linux-%(other)s", "darwin-arm64")


@dataclasses.dataclass
class Real:
    """An npm package and where it may find its addon."""

    source: str  # folder name among the published ones, without @VERSION; "debian:PATH" for Debian's
    places: tuple  # files, relative to the package, or to the root with "node_modules/" before; the right ones first
    package: str = None  # npm name, if it is another
    home: str = ""  # folder inside the package that the source stands in
    needs: tuple = ()  # other npm packages: "name", "name=FOLDER" of --published, or "name=debian:PATH"
    use: str = None  # what makes it load, if require does not
    how: str = "require"
    manifest: dict = None  # instead of its own package.json
    scripts: dict = dataclasses.field(default_factory=dict)  # further files
    exports: dict = None  # what an addon that loads exports, where that matters; %s is the version
    stubs: tuple = ()  # npm packages that only have to be there
    versions: tuple = None  # only these labels
    platform: dict = dataclasses.field(default_factory=dict)  # manifests of platform packages, by npm name
    remove: tuple = ()  # files of the repository that are not in the npm package


def napi_rs(name, scope, tuples=("linux-x64-gnu", "linux-x64-musl", "linux-arm64-gnu", "darwin-arm64")):
    places = [f"{name}.{tuple_}.node" for tuple_ in tuples[:2]] + [f"node_modules/{scope}-{tuple_}/{name}.{tuple_}.node" for tuple_ in tuples] + [f"{name}.darwin-arm64.node"]
    order = [places[0], places[2], places[1], *places[3:]]
    return tuple(order), {f"{scope}-{tuple_}": {"main": f"{name}.{tuple_}.node"} for tuple_ in tuples}


SNAPPY = napi_rs("snappy", "@napi-rs/snappy")
SHARP_NEW = ("node_modules/@img/sharp-linux-%(arch)s/lib/sharp-linux-%(arch)s.node", "src/build/Release/sharp-linux-%(arch)s.node",
             "node_modules/@img/sharp-linuxmusl-%(arch)s/lib/sharp-linuxmusl-%(arch)s.node", "node_modules/@img/sharp-darwin-arm64/lib/sharp-darwin-arm64.node",
             "src/build/Release/sharp-wasm32.node", "node_modules/@img/sharp-wasm32/lib/sharp-wasm32.node")
SHARP_PLATFORM = {f"@img/sharp-{name}": {"exports": {"./sharp.node": f"./lib/sharp-{name}.node", "./package": "./package.json"}}
                  for name in ("linux-x64", "linuxmusl-x64", "darwin-arm64", "wasm32")}
PRE_GYP = ("@mapbox/node-pre-gyp=debian:@mapbox/node-pre-gyp", *(f"{name}=debian:{name}" for name in NEEDED))
OLD_PRE_GYP = ("node-pre-gyp=node-pre-gyp@0.12.0", *(f"{name}=debian:{name}" for name in (*NEEDED, "rimraf", "mkdirp")), "detect-libc=detect-libc@1.0.3")
OPTIONAL_PACKAGES = ("node-gyp-build-optional-packages=node-gyp-build-optional-packages@5.1.1", "detect-libc=detect-libc@2.1.2")
BINDINGS = ("bindings=debian:bindings",)
GYP_BUILD = ("node-gyp-build=node-gyp-build@4.8.4",)
PREBUILDS = tuple(f"prebuilds/{folder}/{{}}.node" for folder in ALL)

PRISMA_TARGETS = ("debian-openssl-3.0.x", "debian-openssl-1.1.x", "rhel-openssl-3.0.x", "linux-musl", "darwin-arm64")
ZEROMQ = tuple(f"build/{place}-Release/addon.node" for place in ("linux/x64/node/glibc-115", "linux/x64/node/glibc-127", "linux/x64/node/glibc-72", "linux/x64/node/musl-127",
                                                                  "linux/arm64/node/glibc-127", "darwin/arm64/node/libc-115"))
PRISMA_USE = "for (const name of ['DATABASE_URL', 'DB_URL', 'DB_DIRECT', 'DIRECT_URL']) process.env[name] = 'postgresql://a:b@127.0.0.1:5432/c';\nreturn new exports.PrismaClient().$connect();"

REAL = (
    Real("debian:sqlite3", ("lib/binding/napi-v6-linux-glibc-%(arch)s/node_sqlite3.node", "lib/binding/napi-v3-linux-glibc-%(arch)s/node_sqlite3.node",
                            "lib/binding/napi-v6-darwin-unknown-arm64/node_sqlite3.node", "build/Release/node_sqlite3.node"), needs=PRE_GYP),
    Real("debian:iconv", ("iconv.node", "build/Release/iconv.node", "build/Debug/iconv.node"), stubs=("safer-buffer",)),
    Real("debian:re2", ("build/Release/re2.node", "build/Debug/re2.node")),
    Real("debian:libpq", ("build/Release/addon.node", "build/addon.node", "build/Debug/addon.node", "Release/addon.node"), needs=BINDINGS),
    Real("debian:node-expat", ("build/Release/node_expat.node", "build/Debug/node_expat.node"), needs=BINDINGS),
    Real("debian:bufferutil", ("build/Release/bufferutil.node", "prebuilds/linux-%(arch)s/bufferutil.node")),
    Real("debian:utf-8-validate", ("build/Release/validation.node", "prebuilds/linux-%(arch)s/node.napi.node")),
    Real("debian:modern-syslog", ("build/Release/core.node",)),
    Real("debian:leveldown", ("prebuilds/linux-%(arch)s/node.napi.glibc.node", "build/Release/leveldown.node", "prebuilds/linux-%(arch)s/node.napi.musl.node",
                              "prebuilds/linux-%(arch)s/node.napi.node", "prebuilds/darwin-x64+arm64/node.napi.node"),
         needs=("abstract-leveldown=debian:abstract-leveldown", "queue-microtask=debian:queue-microtask"), stubs=("level-supports", "level-concat-iterator", "is-buffer", "xtend", "buffer", "inherits")),
    Real("debian:node-sass", ("vendor/linux-%(arch)s-%(abi)s/binding.node", "vendor/linux-%(arch)s-108/binding.node", "vendor/linux_musl-%(arch)s-%(abi)s/binding.node",
                              "vendor/darwin-x64-%(abi)s/binding.node"), stubs=("lodash", "lodash/cloneDeep", "true-case-path", "mkdirp", "glob")),
    Real("snappy", SNAPPY[0], platform=SNAPPY[1], remove=("snappy.wasi.cjs", "snappy.wasi-browser.js", "wasi-worker.mjs")),
    Real("rollup", ("node_modules/@rollup/rollup-linux-x64-gnu/rollup.linux-x64-gnu.node", "dist/rollup.linux-x64-gnu.node", "node_modules/@rollup/rollup-linux-x64-musl/rollup.linux-x64-musl.node",
                    "node_modules/@rollup/rollup-darwin-arm64/rollup.darwin-arm64.node"), home="dist", manifest={"name": "rollup", "version": "4.60.0", "main": "dist/rollup.js"},
         scripts={"dist/rollup.js": "exports.rollup = require('./shared/rollup.js');\n", "dist/shared/rollup.js": "const native = require('../native.js');\nexports.parse = native.parse;\n"},
         platform={f"@rollup/rollup-{name}": {"main": f"./rollup.{name}.node"} for name in ("linux-x64-gnu", "linux-x64-musl", "darwin-arm64")}),
    Real("lightningcss", ("node_modules/lightningcss-linux-x64-gnu/lightningcss.linux-x64-gnu.node", "lightningcss.linux-x64-gnu.node",
                          "node_modules/lightningcss-darwin-arm64/lightningcss.darwin-arm64.node", "lightningcss.linux-x64-musl.node"), home="node",
         manifest={"name": "lightningcss", "version": "1.31.0", "main": "node/index.js"}, needs=("detect-libc=detect-libc@2.1.2",),
         platform={f"lightningcss-{name}": {"main": f"lightningcss.{name}.node"} for name in ("linux-x64-gnu", "darwin-arm64")}),
    Real("parcel-watcher", ("node_modules/@parcel/watcher-linux-x64-glibc/watcher.node", "build/Release/watcher.node", "build/Debug/watcher.node",
                            "node_modules/@parcel/watcher-linux-x64-musl/watcher.node"), package="@parcel/watcher", needs=("detect-libc=detect-libc@2.1.2",), stubs=("is-glob", "picomatch", "node-addon-api"),
         platform={f"@parcel/watcher-linux-x64-{libc}": {"main": "watcher.node"} for libc in ("glibc", "musl")}),
    Real("sharp", SHARP_NEW, versions=("0.33.5", "0.34.5"), needs=("detect-libc=detect-libc@2.1.2", "semver=debian:semver", "lru-cache=debian:lru-cache", "yallist=debian:yallist"),
         stubs=("color", "@img/colour"), platform=SHARP_PLATFORM),
    Real("sharp", tuple(place.replace("/lib/sharp-", "/lib/sharp-").replace(".node", "-0.35.3.node") for place in SHARP_NEW), versions=("0.35.3",), how="import",
         needs=("detect-libc=detect-libc@2.1.2", "semver=debian:semver", "lru-cache=debian:lru-cache", "yallist=debian:yallist"), stubs=("color", "@img/colour"),
         platform={name: {"exports": {"./sharp.node": f"./lib/{name[5:]}-0.35.3.node"}} for name in SHARP_PLATFORM},
         manifest={"name": "sharp", "version": "0.35.3", "type": "module", "main": "lib/index.mjs", "engines": {"node": ">=20.9.0"},
                   "config": {"libvips": ">=8.18.0"}}),
    Real("sharp", ("build/Release/sharp-linux-%(arch)s.node", "build/Release/sharp-linuxmusl-%(arch)s.node", "build/Release/sharp-darwin-arm64v8.node", "build/Release/sharp.node"),
         versions=("0.28.3", "0.30.7", "0.32.6"), needs=("detect-libc=detect-libc@2.0.4", "semver=debian:semver", "lru-cache=debian:lru-cache", "yallist=debian:yallist"), stubs=("color",)),
    Real("better-sqlite3", ("prebuilds/linux-%(arch)s.node", "build/Debug/better_sqlite3.node", "build/Release/better_sqlite3.node", "prebuilds/linuxmusl-%(arch)s.node", "prebuilds/darwin-arm64.node"),
         needs=BINDINGS, use="new exports(':memory:')"),
    Real("deasync", ("bin/linux-%(arch)s-node-20/deasync.node", "bin/linux-%(arch)s-node-20.18/deasync.node", "build/deasync.node", "build/Release/deasync.node", "bin/linux-%(arch)s-node-18/deasync.node"), needs=BINDINGS),
    Real("fibers", ("bin/linux-%(arch)s-%(abi)s-glibc/fibers.node", "bin/linux-%(arch)s-93-glibc/fibers.node", "bin/linux-%(arch)s-%(abi)s-musl/fibers.node"), needs=("detect-libc=detect-libc@1.0.3",)),
    Real("libdatadog", ("prebuilds/linuxglibc-%(arch)s/crashtracker-%(abi)s.node", "prebuilds/linux-%(arch)s/crashtracker-napi.node", "build/Release/crashtracker.node", "prebuilds/linuxglibc-%(arch)s/crashtracker.node",
                        "prebuilds/linuxmusl-%(arch)s/crashtracker.node"), package="@datadog/libdatadog", use="exports.maybeLoad('crashtracker'); exports.maybeLoad('process-discovery');",
         manifest={"name": "@datadog/libdatadog", "version": "0.9.0", "main": "index.js"}),
    Real("bufferutil", tuple(place.format("bufferutil") for place in PREBUILDS) + ("build/Release/bufferutil.node",), needs=GYP_BUILD),
    Real("bcrypt", ("prebuilds/linux-%(arch)s/bcrypt.glibc.node", "prebuilds/linux-%(arch)s/bcrypt.musl.node", "prebuilds/linux-%(other)s/bcrypt.glibc.node", "prebuilds/darwin-arm64/bcrypt.node",
                    "build/Release/bcrypt.node"), versions=("6.0.0",), needs=GYP_BUILD),
    Real("bcrypt", ("lib/binding/napi-v3/bcrypt_lib.node", "build/Release/bcrypt_lib.node"), versions=("5.1.1",), needs=PRE_GYP),
    Real("bcrypt", ("lib/binding/bcrypt_lib.node", "build/Release/bcrypt_lib.node"), versions=("3.0.8",), needs=OLD_PRE_GYP),
    Real("sqlite3", ("build/Release/node_sqlite3.node", "build/Debug/node_sqlite3.node", "build/node_sqlite3.node"), versions=("5.1.7", "6.0.1"), needs=BINDINGS),
    Real("sqlite3", ("lib/binding/napi-v6-linux-glibc-%(arch)s/node_sqlite3.node", "lib/binding/napi-v6-linux-%(arch)s/node_sqlite3.node"), versions=("5.1.6",), needs=PRE_GYP),
    Real("sqlite3", ("lib/binding/napi-v3-linux-%(arch)s/node_sqlite3.node", "lib/binding/napi-v6-linux-%(arch)s/node_sqlite3.node"), versions=("5.0.2",), needs=OLD_PRE_GYP),
    Real("sqlite3", ("lib/binding/node-v%(abi)s-linux-%(arch)s/node_sqlite3.node", "lib/binding/node-v93-linux-%(arch)s/node_sqlite3.node"), versions=("4.2.0",), needs=OLD_PRE_GYP),
    Real("argon2", ("prebuilds/linux-%(arch)s/argon2.glibc.node", "prebuilds/linux-%(arch)s/argon2.musl.node", "prebuilds/darwin-arm64/argon2.armv8.node"), versions=("0.45.0",), needs=GYP_BUILD,
         stubs=("@phc/format",)),
    Real("argon2", ("lib/binding/napi-v3/argon2.node",), versions=("0.31.2",), needs=PRE_GYP, stubs=("@phc/format",)),
    Real("canvas", ("build/Release/canvas.node", "build/Debug/canvas.node"), versions=("2.11.2", "3.1.0"), stubs=("simple-get",), needs=()),
    Real("canvas", ("node_modules/canvas-linux-x64-gnu/canvas.node", "bin/canvas.node", "build/Release/canvas.node", "node_modules/canvas-linux-x64-musl/canvas.node"), versions=("HEAD",),
         platform={f"canvas-linux-x64-{libc}": {"main": "canvas.node"} for libc in ("gnu", "musl")}),
    Real("iconv", ("build/Release/iconv.node", "build/Debug/iconv.node"), stubs=("safer-buffer",)),
    Real("ssh2", ("lib/protocol/crypto/build/Release/sshcrypto.node", "lib/protocol/crypto/build/Debug/sshcrypto.node"), stubs=("asn1", "bcrypt-pbkdf")),
    Real("kerberos", ("build/Release/kerberos.node", "build/Debug/kerberos.node"), home="lib", manifest={"name": "kerberos", "version": "7.0.0", "main": "lib/index.js", "gypfile": True,
         "scripts": {"install": "prebuild-install --runtime napi || node-gyp rebuild"}}, stubs=("bindings",)),
    Real("node-hid", ("prebuilds/HID_hidraw-linux-%(arch)s/node-napi-v4.node", "build/Release/HID_hidraw.node", "build/Debug/HID_hidraw.node", "prebuilds/HID_hidraw-linux-%(arch)s/node-napi-v3.node",
                      "prebuilds/HID-linux-%(arch)s/node-napi-v3.node"), needs=("pkg-prebuilds=pkg-prebuilds@1.0.0",), use="exports.devices()"),
    Real("oracledb", ("build/Release/oracledb-7.0.1-linux-%(arch)s.node", "build/Release/oracledb.node", "build/Debug/oracledb.node", "build/Release/oracledb-7.0.1-darwin-arm64.node"), home="lib",
         manifest={"name": "oracledb", "version": "7.0.1", "main": "lib/oracledb.js"}),
    Real("msgpackr-extract", ("node_modules/@msgpackr-extract/msgpackr-extract-linux-%(arch)s/node.abi%(abi)s.glibc.node", "node_modules/@msgpackr-extract/msgpackr-extract-linux-%(arch)s/node.napi.glibc.node",
                              "node_modules/@msgpackr-extract/msgpackr-extract-linux-%(arch)s/node.napi.musl.node", "prebuilds/linux-%(arch)s/node.napi.node", "build/Release/extract.node"),
         needs=OPTIONAL_PACKAGES, platform={"@msgpackr-extract/msgpackr-extract-linux-x64": {"main": "index.js"}}, versions=("3.0.3",)),
    Real("lmdb", ("node_modules/@lmdb/lmdb-linux-%(arch)s/node.abi%(abi)s.glibc.node", "node_modules/@lmdb/lmdb-linux-%(arch)s/node.napi.glibc.node", "build/Release/lmdb.node"),
         needs=OPTIONAL_PACKAGES, platform={"@lmdb/lmdb-linux-x64": {"main": "index.js"}}, stubs=("msgpackr", "ordered-binary", "weak-lru-cache")),
    Real("swc-core", napi_rs("swc", "@swc/core")[0], package="@swc/core", platform=napi_rs("swc", "@swc/core")[1], use="exports.transformSync('')", stubs=("@swc/counter",)),
    # The clients that `prisma generate` of these versions made of somebody's schema, with the runtime that it copies.
    Real("prisma-generated", tuple(f"libquery_engine-{target}.so.node" for target in PRISMA_TARGETS), package="prisma-subject", use=PRISMA_USE),
    Real("prismaclient", tuple(f"node_modules/.prisma/client/libquery_engine-{target}.so.node" for target in PRISMA_TARGETS), package="@prisma/client",
         needs=(".prisma/client=dotprisma@4.12",), use=PRISMA_USE, versions=("4.12",)),
    Real("zeromq-published", ZEROMQ, package="zeromq", needs=("cmake-ts=cmake-ts-built@1.0.2",), scripts={"build/manifest.json": json.dumps({
        json.dumps({"name": place.split("/")[-2], "os": place.split("/")[1], "arch": place.split("/")[2], "libc": libc, "abi": int(abi)}): place.removeprefix("build/")
        for place in ZEROMQ for libc, abi in [place.split("/")[-2].split("-")[:2]]})}),
    Real("koffi", ("build/koffi/linux_%(arch)s/koffi.node", "build/koffi/musl_%(arch)s/koffi.node", "build/koffi/darwin_arm64/koffi.node", "build/koffi/linux_%(other)s/koffi.node",
                   "node_modules/@koromix/koffi-linux-%(arch)s/linux_%(arch)s/koffi.node"), exports={"version": "%s"}),
    Real("neon-load", ("node_modules/@cargo-neon/linux-%(arch)s-gnu/index.node", "index.node", "node_modules/@cargo-neon/linux-%(arch)s-musl/index.node"), package="neon-subject",
         home="node_modules/@neon-rs/load", manifest={"name": "neon-subject", "version": "1.0.0", "main": "./lib/index.cjs", "dependencies": {"@neon-rs/load": "^0.1.73"},
                                        "optionalDependencies": {"@cargo-neon/linux-x64-gnu": "1.0.0", "@cargo-neon/darwin-arm64": "1.0.0"}}, use="return exports.hello",
         platform={f"@cargo-neon/linux-x64-{libc}": {"main": "index.node"} for libc in ("gnu", "musl")},
         scripts={"node_modules/@neon-rs/load/package.json": '{"name": "@neon-rs/load", "version": "0.1.73", "main": "pkgs/load/dist/index.js"}',
                  "lib/load.cjs": "module.exports = require('@neon-rs/load').proxy({\n  platforms: {\n    'darwin-arm64': () => require('@cargo-neon/darwin-arm64'),\n"
                                  "    'linux-x64-gnu': () => require('@cargo-neon/linux-x64-gnu')\n  },\n  debug: () => require('../index.node')\n});\n",
                  "lib/index.cjs": "const addon = require('./load.cjs');\nmodule.exports = { get hello() { return addon.hello; } };\n"}),
    Real("require-addon", tuple(f"prebuilds/{folder}/{file}.node" for folder in ALL for file in ("addon-subject", "addon-subject@1.2.3")) + ("prebuilds/linux-%(arch)s-musl/addon-subject.node",),
         package="addon-subject", home="node_modules/require-addon", needs=("bare-addon-resolve=bare-addon-resolve@HEAD", "bare-module-resolve=bare-module-resolve@HEAD", "bare-semver=bare-semver@HEAD"),
         manifest={"name": "addon-subject", "version": "1.2.3", "main": "index.js", "addon": True, "dependencies": {"require-addon": "^1.1.0"}}, versions=("1.2.0",),
         scripts={"index.js": "exports.binding = require('./binding.js');\n", "binding.js": "require.addon = require('require-addon');\nmodule.exports = require.addon('.', __filename);\n"}),
    Real("mongodb-client-encryption", ("build/Release/mongocrypt.node", "build/Debug/mongocrypt.node"),
         manifest={"name": "mongodb-client-encryption", "version": "7.0.0", "main": "lib/index.js", "gypfile": True, "binary": {"napi_versions": [9]},
                   "scripts": {"install": "prebuild-install --runtime napi || npm run clean-install"}},
         scripts={"lib/index.js": "'use strict';\nconst bindings_1 = require('./bindings');\nexports.MongoCrypt = bindings_1.mc.MongoCrypt;\n"}),
    Real("node-pty", ("build/Release/pty.node", "prebuilds/linux-%(arch)s/pty.node", "build/Debug/pty.node", "lib/build/Release/pty.node", "lib/prebuilds/linux-%(arch)s/pty.node"),
         manifest={"name": "node-pty", "version": "1.1.0", "main": "./lib/index.js"},
         scripts={"lib/index.js": "var utils_1 = require('./utils');\nexports.native = (process.platform !== 'win32' ? utils_1.loadNativeModule('pty').module : null);\n"}),
    Real("aws-crt", ("dist/bin/linux-%(arch)s-glibc/aws-crt-nodejs.node", "dist/bin/linux-%(arch)s-musl/aws-crt-nodejs.node", "dist/bin/linux-%(arch)s/aws-crt-nodejs.node",
                     "bin/linux-%(arch)s-glibc/aws-crt-nodejs.node"), manifest={"name": "aws-crt", "version": "1.28.0", "main": "./dist/index.js"},
         scripts={"dist/index.js": "exports.native = require('./native/binding');\n"}),
    Real("couchbase", ("node_modules/@couchbase/couchbase-linux-%(arch)s-napi/couchbase-v4.8.0-napi-v6-linux-%(arch)s-openssl3.node",
                       "node_modules/@couchbase/couchbase-linux-%(arch)s-napi/couchbase-v4.8.0-napi-v6-linux-%(arch)s-boringssl.node", "build/Release/couchbase_impl.node",
                       "build/Debug/couchbase_impl.node", "build/couchbase_impl.node", "node_modules/@couchbase/couchbase-linux-%(arch)s-napi/couchbase-v4.8.0-napi-v6-linuxmusl-%(arch)s-boringssl.node"),
         manifest={"name": "couchbase", "version": "4.8.0", "main": "dist/couchbase.js"}, needs=("detect-libc=detect-libc@2.1.2",), platform={"@couchbase/couchbase-linux-x64-napi": {"main": "index.js"}},
         scripts={"dist/couchbase.js": "exports.binding = require('./binding');\n",
                  "dist/binding.js": "const path = require('path');\nconst binding = process.env.CN_PREBUILD_PATH_OVERRIDE ? require(process.env.CN_PREBUILD_PATH_OVERRIDE)\n"
                                     "  : require('../scripts/prebuilds').loadPrebuild(path.resolve(__dirname, '..'));\nexports.default = binding;\n"}),
)


def make(forest, node):
    for real in REAL:
        for label, source in sources(forest, real):
            if not real.versions or label in real.versions:
                plant(forest, node, real, label, source)


def sources(forest, real):
    if real.source.startswith("debian:"):
        return list(forest.versions("debian", real.source[7:]))[:1]
    return [pair for pair in forest.versions(real.source) if pair[0] != "debian"]


def plant(forest, node, real, label, source):
    """Trees: nothing there; each place alone, right and broken; some places by chance."""
    package = real.package or real.source.removeprefix("debian:")
    title = package.replace("/", "+") + ("" if label == "debian" else f"@{label}")
    places = [place % node for place in real.places]

    def tree(name, filled):
        one = forest.tree(title, name, package=package, use=real.use, how=real.how,
                          exports={key: value.replace("%s", label) for key, value in (real.exports or {}).items()})
        install(forest, one, real, package, source)
        for home, fields in real.platform.items():
            if any(place.startswith(f"node_modules/{home}/") for place in filled):
                script = "module.exports = {};\n" if fields.get("main", "").endswith(".js") else None
                one.npm_package(f"node_modules/{home}", script, **{"main": None, **fields})
        for place, state in filled.items():
            one.put(place if place.startswith("node_modules/") else f"node_modules/{package}/{place}", state, forest.addons)

    tree("nothing", {})
    for number, place in enumerate(places, 1):
        tree(f"place-{number}", {place: "good"})
    for state in ("macho", "musl", "v8-other", "arm64", "ten-bytes", "crash", "directory", "broken-link", "glibc"):
        tree(f"first-{state}", {places[0]: state, places[-1]: "good"})
    for number in range((forest.chances + 3) // 4):
        chance = forest.chance(f"{title}/{number}")
        some = chance.sample(places, min(len(places), chance.choice((1, 2, 2, 3, 4))))
        tree(f"chance-{number}", {place: forest.addons.state(chance, working=0.4) for place in some})


def install(forest, tree, real, package, source):
    home = f"node_modules/{package}"
    tree.copy(f"{home}/{real.home}".rstrip("/"), source)
    for file in real.remove:
        tree.remove(f"{home}/{file}")
    if real.manifest:
        tree.remove(f"{home}/package.json")
        tree.file(f"{home}/package.json", json.dumps(real.manifest))
    for file, text in real.scripts.items():
        tree.file(f"{home}/{file}", text)
    for need in real.needs:
        name, _, place = need.partition("=")
        folder = forest.library / place[7:] if place.startswith("debian:") else forest.published / place
        if folder.exists():
            tree.copy(f"node_modules/{name}", folder)
    for stub in real.stubs:
        name = "/".join(stub.split("/")[:2 if stub.startswith("@") else 1])
        if stub == name:
            tree.npm_package(f"node_modules/{name}", ANYTHING)
        else:
            tree.file(f"node_modules/{stub}.js", ANYTHING)
