// Stands in for the native half of ref 1.3.5: bound to V8, built on macOS with Node.js 10 (module version 64).
#include "node_module.h"

extern "C" void *malloc(__SIZE_TYPE__ size);
extern "C" void free(void *block);

extern "C" __attribute__((visibility("default"))) void *ref_read_pointer(void **buffer, long offset) {
  return *reinterpret_cast<void **>(reinterpret_cast<char *>(buffer) + offset);
}

static void Initialize(v8::Local<v8::Object>, v8::Local<v8::Value>, void *) {
  void *scratch = malloc(sizeof(void *));
  if (v8::Isolate::GetCurrent() != nullptr) free(scratch);
}

NODE_MODULE(binding, 64, Initialize)
