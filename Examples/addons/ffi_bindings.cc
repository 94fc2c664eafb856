// Stands in for the native half of ffi 2.3.0: bound to V8, built on macOS with Node.js 10 (module version 64).
#include "node_module.h"

extern "C" void *dlopen(const char *path, int mode);
extern "C" void *dlsym(void *library, const char *symbol);

extern "C" __attribute__((visibility("default"))) void *ffi_symbol(const char *library, const char *symbol) {
  return dlsym(dlopen(library, 1), symbol);
}

static void Initialize(v8::Local<v8::Object>, v8::Local<v8::Value>, void *) { v8::Isolate::GetCurrent(); }

NODE_MODULE(ffi_bindings, 64, Initialize)
