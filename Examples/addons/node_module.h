// How an addon that is bound to V8 registers itself: a static constructor hands Node.js this structure, whose first
// member is the NODE_MODULE_VERSION of the headers that it was compiled with. Declared by hand from the layout that
// every Node.js release since 0.12 keeps.
#pragma once

namespace v8 {
class Context;
class Object;
class Value;
class Isolate {
 public:
  static Isolate *GetCurrent();
};
template <class T>
class Local {
  T *value_;
};
}  // namespace v8

namespace node {
typedef void (*addon_register_func)(v8::Local<v8::Object> exports, v8::Local<v8::Value> module, void *priv);
typedef void (*addon_context_register_func)(
    v8::Local<v8::Object> exports, v8::Local<v8::Value> module, v8::Local<v8::Context> context, void *priv);

struct node_module {
  int nm_version;
  unsigned int nm_flags;
  void *nm_dso_handle;
  const char *nm_filename;
  addon_register_func nm_register_func;
  addon_context_register_func nm_context_register_func;
  const char *nm_modname;
  void *nm_priv;
  node_module *nm_link;
};
}  // namespace node

extern "C" void node_module_register(void *module);

#define NODE_MODULE(name, version, initialize)                                                             \
  static node::node_module node_module_of_##name = {version, 0, nullptr, __FILE__, initialize, nullptr,    \
                                                    #name,   nullptr, nullptr};                            \
  __attribute__((constructor)) static void register_##name() { node_module_register(&node_module_of_##name); }
