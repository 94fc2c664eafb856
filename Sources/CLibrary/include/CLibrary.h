/// Functions of the C and C++ runtimes that Swift's overlays do not show.
#pragma once
#include <pthread.h>
#include <stddef.h>

/// Opens `name` in `directory`, reads its first bytes into `head` and asks for its length in bytes: how many were read, or the
/// system's error number, negative. `file` is then open, or -1.
///
/// On Linux by bare system calls: in a process of several threads glibc's functions spend as much again on being cancellable.
long airworthy_read_head(
    int directory, const char *name, int flags, void *head, size_t count, long long *byte_count, int *file);

/// Closes the file descriptors from `first` to `last`, by one system call where there is such.
void airworthy_close_files(int first, int last);

/// Opens what stands at `path` below `directory`, following no link anywhere on it: -1 and `errno`, `ELOOP` for a link and
/// `ENOSYS` where the system has no such call (Linux before 5.6, others).
int airworthy_open_without_links(int directory, const char *path, int flags);

/// Gives the calling thread file descriptors of its own, a copy of those that it shared with the process' other threads: 0, or -1
/// with `errno` set where the system refuses or has no such thing.
///
/// The kernel then opens, reads and closes without guarding against the other threads.
int airworthy_own_descriptors(void);

/// How many cores the calling thread may run on; where the system does not tell, how many there are, or -1.
long airworthy_processor_count(void);

/// Has threads that are started with `attributes` run on any core that the calling thread may run on, except the one that it
/// runs on now, until they call `airworthy_run_anywhere`; on Linux with glibc, and nowhere else.
void airworthy_start_elsewhere(pthread_attr_t *attributes);

/// Lets the calling thread run wherever the process' first thread may.
void airworthy_run_anywhere(void);

/// Prepares a mutex that is held for moments only: with glibc a thread that has to wait asks again for a while before it sleeps,
/// for waking it takes longer than the moment.
void airworthy_prepare_mutex(pthread_mutex_t *mutex);

/// `memmem(3)`, a GNU and BSD extension: where `needle` stands first in `haystack`, or NULL.
const void *airworthy_memmem(const void *haystack, size_t haystack_count, const void *needle, size_t needle_count);

/// Where, at `start` or behind it, one of three sequences of three bytes stands first; `count` where none does.
size_t airworthy_find_triple(
    const void *bytes, size_t count, size_t start, const char *first, const char *second, const char *third);

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

/// A number that threads show one another, without any order among it and what else they write.
static inline void airworthy_store(int *place, int value) { __atomic_store_n(place, value, __ATOMIC_RELAXED); }

static inline int airworthy_load(const int *place) { return __atomic_load_n(place, __ATOMIC_RELAXED); }
