/// Functions of the C and C++ runtimes that Swift's overlays do not show.
#pragma once
#include <stddef.h>

/// Opens `name` in `directory`, reads its first bytes into `head`, asks for its length in bytes and closes it: how many were
/// read, or the system's error number, negative.
///
/// On Linux by bare system calls: in a process of several threads glibc's functions spend as much again on being cancellable.
long airworthy_read_head(int directory, const char *name, int flags, void *head, size_t count, long long *byte_count);

/// `memmem(3)`, a GNU and BSD extension: where `needle` stands first in `haystack`, or NULL.
const void *airworthy_memmem(const void *haystack, size_t haystack_count, const void *needle, size_t needle_count);

/// `__cxa_demangle` of the C++ runtime: the text must be freed; NULL for what is no mangled name.
char *airworthy_demangle(const char *name);

/// Shows `value`, and all that was written before, to threads that ask for it by `airworthy_published`.
static inline void airworthy_publish(void **place, void *value) {
  __atomic_store_n(place, value, __ATOMIC_RELEASE);
}

/// What was published at `place`; NULL where nothing was yet.
static inline void *airworthy_published(void **place) {
  return __atomic_load_n(place, __ATOMIC_ACQUIRE);
}
