// An addon bound to V8, compiled with the headers of Node.js 18 (module version 108).
#include "node_module.h"

void *operator new(__SIZE_TYPE__ size);
void operator delete(void *block) noexcept;

namespace {
struct Histogram {
  unsigned buckets[64];
};

void Initialize(v8::Local<v8::Object>, v8::Local<v8::Value>, void *) {
  if (v8::Isolate::GetCurrent() == nullptr) return;
  auto *histogram = static_cast<Histogram *>(operator new(sizeof(Histogram)));
  histogram->buckets[0] = 0;
  operator delete(histogram);
}
}  // namespace

NODE_MODULE(histogram, 108, Initialize)
