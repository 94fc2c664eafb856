"""Thread-local storage, and what the compilers of the machine make: gcc, and zig for several releases of glibc."""
import shutil

from cases.registration import STRUCT, structure
from workshop import NODE_API


def make(w):
    thread_local(w)
    gcc(w)
    zig(w)


def thread_local(w):
    sizes = (4, 64, 500, 1000, 1600, 1700, 2000, 3000, 4096, 10_000, 100_000, 1_000_000)
    for model in ("initial-exec", "global-dynamic", "local-dynamic", "local-exec"):
        for size in sizes:
            if model not in ("initial-exec", "global-dynamic") and size not in (4, 10_000):
                continue
            source = NODE_API + f"__thread char mx_thread[{size}]; char *f(void) {{ return mx_thread; }}\n"
            try:
                w.case("tls", f"{model}-{size}", w.addon(source, compile_flags=(f"-ftls-model={model}",)))
            except RuntimeError:
                continue  # the linker refuses local-exec in a shared object
    for size in (4, 10_000):
        source = NODE_API + f"__thread char mx_thread[{size}] __attribute__((aligned(64))); char *f(void) {{ return mx_thread; }}\n"
        w.case("tls", f"aligned-{size}", w.addon(source, compile_flags=("-ftls-model=initial-exec",)))
        flags = ("-mtls-dialect=gnu2",) if w.x86 else ()
        w.case("tls", f"descriptors-{size}", w.addon(source, compile_flags=flags))
        library = w.library("libmx-tls.so", f"__thread char mx_thread[{size}];")
        use = w.addon(NODE_API + f"extern __thread char mx_thread[{size}]; char *f(void) {{ return mx_thread; }}\n", "-rpath", "$ORIGIN",
                      compile_flags=("-ftls-model=initial-exec",), libraries=(library,))
        w.write(w.case("tls", f"in-dependency-{size}", use) / "libmx-tls.so", library)
    w.case("tls", "aligned-4096", w.addon(NODE_API + "__thread char mx_thread[64] __attribute__((aligned(4096))); char *f(void) { return mx_thread; }\n", compile_flags=("-ftls-model=initial-exec",)))
    w.case("tls", "initialised-initial-exec", w.addon(NODE_API + "__thread int mx_thread[30] = {1, 2, 3}; int *f(void) { return mx_thread; }\n", compile_flags=("-ftls-model=initial-exec",)))


C = NODE_API + '#include <stdio.h>\n#include <string.h>\n#include <math.h>\n#include <pthread.h>\nstatic void *run(void *a) { return a; }\n' \
    'int work(const char *t, double x) { pthread_t p; pthread_create(&p, 0, run, 0); printf("%s %f", t, pow(x, 2.5)); return (int)strlen(t); }\n'
CXX = 'extern "C" {\n' + NODE_API + '}\n#include <string>\n#include <vector>\n#include <stdexcept>\n#include <iostream>\n' \
    'extern "C" int work(int n) { std::vector<std::string> v; for (int i = 0; i < n; i++) v.push_back(std::to_string(i)); if (v.empty()) throw std::runtime_error("none"); std::cout << v[0]; return (int)v.size(); }\n'


def _compile(w, command, source, name, kind):
    content = w.compile(command, source)
    if content:
        w.case(kind, name, content)


def gcc(w):
    """The system's own compiler: what npm install makes in a container of this machine's release."""
    if not w.x86 or not shutil.which("g++"):
        return
    for options in (("-O2",), ("-O0", "-g"), ("-O2", "-s", "-Wl,-z,now"), ("-O2", "-D_FORTIFY_SOURCE=2"), ("-O2", "-fstack-protector-strong", "-fcf-protection"), ("-O3", "-march=x86-64-v3")):
        label = "".join(options).replace("-", "_").replace(",", "_").replace("=", "_").strip("_")
        _compile(w, ["gcc", "-x", "c", *options], C, f"c-{label}", "system-gcc")
        _compile(w, ["g++", "-x", "c++", *options], CXX, f"cpp-{label}", "system-gcc")
        for version in (108, 115):
            _compile(w, ["gcc", "-x", "c", *options], STRUCT + structure(version), f"v8-{version}-{label}", "system-gcc")
    _compile(w, ["g++", "-x", "c++", "-O2", "-static-libstdc++", "-static-libgcc"], CXX, "cpp-static-libstdcxx", "system-gcc")


def zig(w):
    """Real start files and real symbol versions of many releases of glibc, and of musl."""
    if w.fast:
        return
    machine = "x86_64" if w.x86 else "aarch64"
    releases = ("2.17", "2.26", "2.28", "2.31", "2.34", "2.36", "2.38", "2.40", "2.41")
    for target in [f"{machine}-linux-gnu.{release}" for release in releases] + [f"{machine}-linux-musl"]:
        label = target.split("-linux-")[1]
        _compile(w, [*w.zig, "cc", "-target", target, "-O2", "-x", "c"], C, f"c-{label}", "zig")
    for target in (f"{machine}-linux-gnu.2.17", f"{machine}-linux-gnu.2.41"):
        _compile(w, [*w.zig, "c++", "-target", target, "-O2", "-x", "c++"], CXX, f"cpp-{target.split('-linux-')[1]}", "zig")
