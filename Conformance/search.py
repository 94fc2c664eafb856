"""The search of an npm package for its addon, as real Node.js went about it, and as airworthy predicts it."""
import json
import pathlib
import re

from oracle import GIVE_UP_ROOT, HERE, crash

MOUNTS = ("/var/task/", "/opt/")
RECORDER = GIVE_UP_ROOT + (HERE / "recorder.js").read_text()
# Where Lambda's runtimes for Node.js 20 look beside the folders above a file.
NODE_PATH = "/opt/nodejs/node{major}/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules"


def observe(oracle, tree, node):
    """What happened: a dictionary with attempts, outcome, message, selected."""
    spec = json.dumps({"home": tree.place, "how": tree.how, "request": tree.package, "use": tree.use, "exports": tree.exports or {}})
    variables = {"NODE_PATH": NODE_PATH.format(**node), **tree.variables}
    done = oracle.run(str(tree.root / "task"), RECORDER, [spec], str(tree.root / "opt"), variables, tree.place, timeout=60)
    events = [json.loads(line[7:]) for line in done.stdout.decode(errors="replace").splitlines() if line.startswith("RECORD ")]
    return summary(events, done)


def summary(events, done):
    """The events of the recorder as a search."""
    attempts, end, opening = [], None, None
    for event in events:
        kind = event["event"]
        if kind == "dlopen":
            opening = event["path"]
        elif kind in ("threw", "loaded"):
            opening = None
            note(attempts, event["path"], "loads" if kind == "loaded" else "throws", event.get("message"))
        elif kind == "unresolved" and counts(event):
            note(attempts, event["path"], "missing", event["message"])
        elif kind == "absent" and is_native(event["path"]):
            note(attempts, event["path"], "missing", None)
        elif kind in ("end", "exit"):
            end = event
    if end and end["event"] == "end":
        record = {"outcome": end["outcome"], "message": end.get("message"), "code": end.get("code"), "selected": end.get("origin")}
    else:
        died = crash(done)
        if opening:
            note(attempts, opening, "crashes", died["message"])
        record = {"outcome": "crashes", "message": died["message"], "signal": died.get("signal"), "exit": died["exit"], "selected": opening}
    if record["outcome"] == "throws" and record["selected"] is None:  # an error of its own words around the addon's
        around = [attempt["path"] for attempt in attempts if attempt["outcome"] == "throws" and attempt["message"] in record["message"]]
        record["selected"] = around[-1] if around else None
    if record["outcome"] == "loads":
        record["selected"] = next((attempt["path"] for attempt in reversed(attempts) if attempt["outcome"] == "loads"), None)
    return {"attempts": attempts, **record}


def note(attempts, path, outcome, message):
    """Adds an attempt; asking for the same once more tells nothing."""
    mount = next((mount for mount in MOUNTS if path.startswith(mount)), None)
    attempt = {"path": path, "outcome": outcome, "message": (message or "").split("\n")[0] or None, "mount": mount}
    if not any(known["path"] == path and known["outcome"] == outcome for known in attempts):
        attempts.append(attempt)


def is_native(path):
    return path.endswith(".node")


def counts(event):
    """Whether a failed require belongs to the search: not what the loaders' own dependencies try."""
    home = event["from"].rsplit("node_modules/", 1)[-1]
    return not event["path"].endswith(".json") and not home.startswith(("npmlog/", "readable-stream/", "nopt/", "gauge/", "semver/", "rimraf/"))


def predicted(entry):
    """An entry of the report's npmPackages in the same words."""
    attempts = []
    for attempt in entry.get("attempts", []):
        path = attempt["path"] if "mount" not in attempt else str(pathlib.PurePosixPath(attempt["mount"], attempt["path"]))
        note(attempts, path, attempt["outcome"], attempt.get("message"))
    selected = entry.get("selected")
    if selected is not None and not selected.startswith("/"):
        known = [attempt["path"] for attempt in attempts if attempt["path"].endswith("/" + selected)]
        selected = known[-1] if known else str(pathlib.PurePosixPath(entry.get("mount", "/var/task"), selected))
    return {"attempts": attempts, "outcome": entry.get("outcome"), "message": entry.get("message"), "signal": entry.get("signal"), "selected": selected,
            "loader": entry.get("loader")}


def without_stack(message):
    """Which files required a missing module, and which functions called which, depends on who loads the npm package."""
    return re.sub(r"\nRequire stack:(\n- [^\n]*)*|\n +at [^\n]*", "", message) if message else None


def differences(real, said, loader):
    """{"attempts"|"selected"|"message": (what happened, what was predicted)} where they differ.

    A package that looks for no addon at all need not be predicted.
    """
    if not real["attempts"] and loader == "node" and (said is None or said["outcome"] is None):
        return {}
    if said is None:
        return {part: ("", "airworthy lists no such npm package") for part in ("attempts", "selected", "message")}
    found = {}
    real_attempts, said_attempts = listed(real), listed(said)
    if real_attempts != said_attempts:
        found["attempts"] = ("; ".join(real_attempts) or "(none)", "; ".join(said_attempts) or "(none)")
    if real["selected"] != said["selected"]:
        found["selected"] = (real["selected"], said["selected"])
    words = tuple(ending(record) for record in (real, said))
    if words[0] != words[1]:
        found["message"] = words
    return found


def ending(record):
    """What becomes of the npm package, as text."""
    if record["outcome"] == "crashes":
        return f"crashes: {record.get('signal') or record['message']}"
    return ": ".join(part for part in (record["outcome"], without_stack(record["message"]) if record["outcome"] == "throws" else None) if part)


def listed(record):
    """Attempts as lines; what a missing place would say follows from its name."""
    return [f"{attempt['path']} {attempt['outcome']}" + (f" ({attempt['message']})" if attempt["message"] and attempt["outcome"] in ("throws", "crashes") else "")
            for attempt in record["attempts"]]
