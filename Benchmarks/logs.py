"""Logs of a Lambda function, of any length, with errors of native binaries at chosen rates."""
import json
import random
import uuid

HEADER = "/var/task/node_modules/re2/build/Release/re2.node: invalid ELF header"
ERROR = json.dumps({"errorType": "Error", "errorMessage": HEADER, "code": "ERR_DLOPEN_FAILED",
                    "stack": ["Error: " + HEADER, "    at Module._extensions..node (node:internal/modules/cjs/loader:1586:18)"]})
# What each log has in it, by request: the error at a rate, a package of its own each time, an error that is not native.
KINDS = {"quiet": lambda n: "", "rare": lambda n: ERROR if n % 1000 == 7 else "", "every": lambda n: ERROR,
         "different": lambda n: f"Error: /var/task/node_modules/package{n}x/build/Release/a.node: invalid ELF header",
         "unrelated": lambda n: f"TypeError: Cannot read properties of undefined (reading 'a{n}')\n    at handler (/var/task/index.js:{n}:8)"}


def log(work, kind, megabytes):
    """The path of a log in the text format of CloudWatch; made once."""
    path = work / f"{kind}-{megabytes}.log"
    if path.exists():
        return path
    numbers, size, request = random.Random(1), 0, 0
    with open(path.with_suffix(".partial"), "w") as output:
        while size < megabytes << 20:
            request += 1
            name = uuid.UUID(int=numbers.getrandbits(128))
            head = f"2026-01-01T{request // 3600000 % 24:02}:{request // 60000 % 60:02}:{request // 1000 % 60:02}.{request % 1000:03}Z\t{name}"
            text = (f"START RequestId: {name} Version: $LATEST\n{head}\tINFO\t"
                    f'{{"path":"/api/items/{request}","status":200,"ms":{numbers.random() * 100:.3f},"user":"{numbers.getrandbits(64):x}"}}\n')
            error = KINDS[kind](request)
            text += f"{head}\tERROR\tUncaught Exception \t{error}\n" if error else ""
            text += f"END RequestId: {name}\nREPORT RequestId: {name}\tDuration: {numbers.random() * 100:.2f} ms\tMemory Size: 512 MB\n"
            size += output.write(text)
    path.with_suffix(".partial").rename(path)
    return path
