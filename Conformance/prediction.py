"""What airworthy says about every addon of a package, and how that compares with the oracle's answer."""
import json
import os
import subprocess


class Refused(Exception):
    """airworthy ended without a report."""


def predict(airworthy, task, root, node, architecture, layer=None):
    """Runs `airworthy check` once; returns {path: load} of the package's own addons, and the whole report."""
    command = [airworthy, "check", task, "--sysroot", root, "--node", node, "--arch", architecture, "--format", "json"]
    if layer:
        command += ["--layer", layer]
    done = subprocess.run(command, capture_output=True, timeout=600)
    if done.returncode not in (0, 1):
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
        raise Refused(f"airworthy ended with {done.returncode}: {lines[-1]}")
    report = json.loads(done.stdout)
    loads = {binary["path"]: binary["load"] for binary in report["binaries"]
             if "load" in binary and binary.get("mount", "/var/task") == "/var/task"}
    return loads, report


def of_path(loads, task, path):
    """The prediction for a path: airworthy names a file once, by the path that leads through no linked folder."""
    folder, name = os.path.split(path)
    return loads.get(os.path.join(os.path.relpath(os.path.realpath(os.path.join(task, folder)), task), name))


def sentence(record):
    """A load's outcome as one line: for people and for comparison."""
    if record is None:
        return "(no answer)"
    if record["outcome"] == "throws":
        return f"{record.get('message')} [{record.get('code')}]"
    if record["outcome"] == "crashes":
        return f"crashes: {record['signal']}" if record.get("signal") else f"exit {record.get('exit')}: {record.get('message')}"
    return record["outcome"]


def disagreement(real, predicted):
    """Why a prediction is wrong, or None when it is right."""
    if predicted is None:
        return "no prediction"
    if sentence(real) != sentence(predicted):
        return sentence(predicted)
    if real["outcome"] != "loads" or "now" not in real:
        return None
    lazy = [symbol if isinstance(symbol, str) else symbol["name"] for symbol in predicted.get("lazySymbols", [])]
    if real["now"] is None:
        return f"loads, with lazy symbols {lazy}" if lazy else None
    if ": undefined symbol: " not in real["now"]:
        return None  # RTLD_NOW failed for another reason than a jump slot; says nothing about lazy binding
    missing = real["now"].split(": undefined symbol: ")[1].split(", version ")[0]
    return None if missing in lazy else f"loads, with lazy symbols {lazy}, without {missing}"
