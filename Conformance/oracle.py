"""Real Node.js in a root file system: what process.dlopen of an addon really does. Standard library only.

Each addon is loaded in a process of its own under bubblewrap, with Lambda's mounts and LD_LIBRARY_PATH, no network
and nothing writable but /tmp. Started by root, the process gives up root first, so that the modes of files count as
they do for Lambda's own user.
"""
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import resource
import shutil
import signal
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
CACHE = HERE.parent / ".build-conformance"

# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html, as the runtime images set it.
LIBRARY_PATH = "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib"
USER, GROUP = 993, 990

GIVE_UP_ROOT = """
if (process.getuid() === 0) {
  try { process.setgroups([]); process.setgid(GROUP); process.setuid(USER); } catch { /* one user only: keep it */ }
}
""".replace("GROUP", str(GROUP)).replace("USER", str(USER))

PROBE = """
const flags = process.argv[2] === 'now' ? require('os').constants.dlopen.RTLD_NOW : undefined;
const say = (answer) => require('fs').writeSync(1, '\\nPROBE ' + JSON.stringify(answer) + '\\n');
""" + GIVE_UP_ROOT.lstrip() + """try {
  const module = { exports: {} };
  flags === undefined ? process.dlopen(module, process.argv[1]) : process.dlopen(module, process.argv[1], flags);
  say({ ok: true });
} catch (error) { say({ ok: false, code: error.code ?? null, message: String(error.message) }); }
process.reallyExit(0);
"""

GLIBC = {"bullseye": "2.31", "bookworm": "2.36", "trixie": "2.41"}
DEBIAN = {"x86_64": "amd64", "arm64": "arm64"}
WHEEL = {"x86_64": "x86_64", "arm64": "aarch64"}
EMULATED = "neoverse-n1"  # Graviton2, Lambda's processor for arm64


class Unavailable(Exception):
    """Something that the oracle needs is not on this machine."""


@dataclasses.dataclass(frozen=True)
class Environment:
    """A Node.js release in a Debian suite, on one of Lambda's architectures."""

    node: str
    suite: str
    architecture: str = "x86_64"

    @property
    def name(self):
        return f"node{self.node}-glibc{GLIBC[self.suite]}-{self.architecture}"

    def prepare(self, cache=CACHE):
        """Fetches what is missing. Returns (root file system, node executable, emulator or None)."""
        if not shutil.which("bwrap"):
            raise Unavailable("bwrap is not in PATH: install the package bubblewrap")
        root = output_of(HERE / "make-rootfs", cache, self.suite, DEBIAN[self.architecture])
        home = output_of(HERE / "fetch-node", cache, self.node, WHEEL[self.architecture])
        emulator = None
        if os.uname().machine != WHEEL[self.architecture]:
            name = f"qemu-{WHEEL[self.architecture]}-static"
            emulator = shutil.which(name)
            if not emulator:
                raise Unavailable(f"{name} is not in PATH: install the package qemu-user-static")
        node = os.path.join(home, "bin/node")
        oracle = Oracle(_with_node(root, node, cache / "roots" / self.name), node, emulator)
        oracle.test()
        return oracle


def _with_node(root, node, view):
    """The root file system with this Node.js in its place, all of hard links: airworthy and Node.js see the same files."""
    place = view / "var/lang/bin/node"
    if not place.exists() or not os.path.samefile(place, node):
        shutil.rmtree(view, ignore_errors=True)
        view.parent.mkdir(exist_ok=True)
        partial = view.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        output_of("cp", "-al", root, partial)
        os.unlink(partial / "var/lang/bin/node")
        os.link(node, partial / "var/lang/bin/node")
        partial.rename(view)
    return str(view)


def output_of(*command):
    """The last line that a command prints; Unavailable with its last words where it fails."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["no message"]
        raise Unavailable(f"{os.path.basename(str(command[0]))} failed: {lines[-1]}")
    return (done.stdout.strip().splitlines() or [""])[-1]


@dataclasses.dataclass(frozen=True)
class Oracle:
    """Loads addons in one environment."""

    root: str
    node: str
    emulator: str = None

    def test(self):
        """Raises Unavailable where the sandbox or the executable does not start, as in an unprivileged container."""
        done = subprocess.run(self._command(str(HERE), None) + ["--version"], capture_output=True, timeout=60)
        if done.returncode != 0:
            lines = done.stderr.decode(errors="replace").strip().splitlines() or [f"exit status {done.returncode}"]
            raise Unavailable(f"Node.js does not start under bubblewrap here: {lines[-1]}")

    def load(self, task, path, opt=None, mode="lazy"):
        """What process.dlopen("/var/task/PATH") does: a dictionary with outcome, message, code, exit and signal."""
        try:
            done = self.run(task, PROBE, [f"/var/task/{path}", mode], opt)
        except subprocess.TimeoutExpired:
            return {"outcome": "hangs"}
        return _outcome(done)

    def run(self, task, script, arguments, opt=None, variables=None, folder="/var/task", timeout=300):
        """Runs JavaScript (`node -e`) in a folder of the sandbox; what subprocess.run returns."""
        command = self._command(task, opt, variables, folder) + ["-e", script, "--", *arguments]
        return subprocess.run(command, capture_output=True, timeout=timeout, preexec_fn=_without_core_dumps)

    def load_all(self, task, paths, opt=None, now=False, jobs=None):
        """Loads each path, several at once; yields (path, record) in the order given."""
        def one(path):
            record = self.load(task, path, opt)
            if now and record["outcome"] == "loads":
                bound = self.load(task, path, opt, "now")
                record["now"] = None if bound["outcome"] == "loads" else bound.get("message") or f"crashes: {bound.get('signal')}"
            return path, record

        with concurrent.futures.ThreadPoolExecutor(jobs or os.cpu_count()) as pool:
            yield from pool.map(one, paths)

    def _command(self, task, opt, variables=None, folder="/var/task"):
        # Without a user namespace of its own root can become Lambda's user; other users need the namespace.
        spaces = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
        if os.getuid() != 0:
            spaces = ["--unshare-all"]
        command = ["bwrap", *spaces, "--ro-bind", self.root, "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp",
                   "--ro-bind", task, "/var/task", "--ro-bind", self.node, "/var/lang/bin/node", "--die-with-parent",
                   "--chdir", folder, "--clearenv", "--setenv", "LD_LIBRARY_PATH", LIBRARY_PATH,
                   "--setenv", "LAMBDA_TASK_ROOT", "/var/task", "--setenv", "HOME", "/tmp"]
        for name, value in (variables or {}).items():
            command += ["--setenv", name, value]
        if opt:
            command += ["--ro-bind", opt, "/opt"]
        if self.emulator:
            return command + ["--setenv", "QEMU_CPU", EMULATED, "--ro-bind", self.emulator, "/tmp/qemu", "--", "/tmp/qemu", "/var/lang/bin/node"]
        return command + ["--", "/var/lang/bin/node"]


def _without_core_dumps():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _outcome(done):
    said = [line[6:] for line in done.stdout.decode(errors="replace").splitlines() if line.startswith("PROBE ")]
    if said:
        answer = json.loads(said[-1])
        if answer["ok"]:
            return {"outcome": "loads"}
        lines = answer["message"].split("\n")
        record = {"outcome": "throws", "message": lines[0], "code": answer["code"]}
        return record if len(lines) == 1 else {**record, "full": answer["message"]}
    return crash(done)


def crash(done):
    """How a process ended that did not come to say what happened: exit, signal and its last words."""
    # bubblewrap hands a signal on as 128 + its number, as shells do.
    died = done.returncode - 128 if done.returncode > 128 else max(0, -done.returncode)
    errors = [line for line in done.stderr.decode(errors="replace").splitlines() if line and not line.startswith("qemu:")]
    record = {"outcome": "crashes", "message": errors[0] if errors else None, "exit": done.returncode}
    if died and died in signal.valid_signals():
        record["signal"] = signal.Signals(died).name
    return record
