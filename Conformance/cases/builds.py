"""Addons as people write them, against the real headers of several releases of Node.js, for many releases of glibc."""
import concurrent.futures
import shutil

import oracle

HEADERS = ("18.18.2", "20.18.0", "22.20.0", "24.19.0")
BODY = """#include <node.h>
#include <string>
#include <vector>
static void Method(const v8::FunctionCallbackInfo<v8::Value>& args) {
  std::vector<std::string> words;
  for (int i = 0; i < args.Length(); i++) words.push_back(std::to_string(i));
  args.GetReturnValue().Set(v8::String::NewFromUtf8(args.GetIsolate(), words.empty() ? "none" : words[0].c_str()).ToLocalChecked());
}
"""
NODE_API = """#include <node_api.h>
#include <string>
static napi_value Hello(napi_env env, napi_callback_info) {
  napi_value result;
  std::string text = "hello";
  napi_create_string_utf8(env, text.c_str(), text.size(), &result);
  return result;
}
static napi_value Init(napi_env env, napi_value exports) {
  napi_value function;
  napi_create_function(env, "hello", NAPI_AUTO_LENGTH, Hello, nullptr, &function);
  napi_set_named_property(env, exports, "hello", function);
  return exports;
}
"""
FORMS = {
    "module": BODY + 'static void Init(v8::Local<v8::Object> exports) { NODE_SET_METHOD(exports, "hello", Method); }\nNODE_MODULE(addon, Init)\n',
    "context-aware": BODY + "static void Init(v8::Local<v8::Object> exports, v8::Local<v8::Value>, v8::Local<v8::Context>, void*) {\n"
                            '  NODE_SET_METHOD(exports, "hello", Method);\n}\nNODE_MODULE_CONTEXT_AWARE(addon, Init)\n',
    "init": BODY + 'NODE_MODULE_INIT() { NODE_SET_METHOD(exports, "hello", Method); }\n',
    "napi-module": NODE_API + "NAPI_MODULE(addon, Init)\n",
    "napi-module-init": NODE_API + "NAPI_MODULE_INIT() { return Init(env, exports); }\n",
    "napi-newest": "#define NAPI_VERSION 10\n" + NODE_API + "NAPI_MODULE(addon, Init)\n",
    "napi-experimental": "#define NAPI_EXPERIMENTAL\n#define NODE_API_EXPERIMENTAL_NOGC_ENV_OPT_OUT\n" + NODE_API + "NAPI_MODULE(addon, Init)\n",
}


def make(w):
    if w.fast:
        return
    machine = "x86_64" if w.x86 else "aarch64"
    names, wanted = list(FORMS), []
    # Each release of glibc meets every release of the headers; the forms take turns.
    for row, glibc in enumerate(("2.17", "2.28", "2.34", "2.38", "2.41") if w.x86 else ("2.17", "2.34")):
        for column, version in enumerate(HEADERS):
            for form in (names[(2 * row + column) % len(names)], names[(2 * row + column + 3) % len(names)]):
                wanted.append((f"glibc{glibc}-node{version}-{form}", [*w.zig, "c++", "-target", f"{machine}-linux-gnu.{glibc}", "-O1"], version, form))
    if w.x86 and shutil.which("g++"):
        for version in HEADERS:  # the system's libstdc++, which older suites lack the newest versions of
            for form in ("module", "napi-module", "init"):
                wanted.append((f"gcc-node{version}-{form}", ["g++", "-O2"], version, form))

    def compiled(entry):
        _, command, version, form = entry
        headers = oracle.output_of(oracle.HERE / "fetch-node", w.cache, version, "x86_64") + "/include/node"
        return w.compile([*command, "-std=c++20", "-w", "-x", "c++", f"-I{headers}"], FORMS[form])

    for entry in {tuple(entry[1]): entry for entry in wanted}.values():
        compiled(entry)  # one of each target first: zig makes the target's libraries, once
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for entry, content in zip(wanted, pool.map(compiled, wanted)):
            if content:
                w.case("real-headers", entry[0], content)
