#define _GNU_SOURCE
#include "CLibrary.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/syscall.h>
#endif

#if defined(__linux__) && defined(__LP64__)
#define system_openat(directory, name, flags) (int)syscall(SYS_openat, directory, name, flags)
#define system_pread(file, head, count) syscall(SYS_pread64, file, head, count, 0)
#define system_length(file) syscall(SYS_lseek, file, 0, SEEK_END)
#define system_close(file) syscall(SYS_close, file)
#else
#define system_openat(directory, name, flags) openat(directory, name, flags)
#define system_pread(file, head, count) pread(file, head, count, 0)
#define system_length(file) lseek(file, 0, SEEK_END)
#define system_close(file) close(file)
#endif

long airworthy_read_head(
    int directory, const char *name, int flags, void *head, size_t count, long long *byte_count, int *file) {
  *file = system_openat(directory, name, flags);
  if (*file < 0)
    return -errno;
  long result = system_pread(*file, head, count);
  if (result < 0) {
    *byte_count = 0;
    return -errno;
  }
  // A file that is shorter than its head has told its length.
  long long length = result == (long)count ? system_length(*file) : result;
  *byte_count = length > result ? length : result;
  return result;
}

void airworthy_close_files(int first, int last) {
#if defined(SYS_close_range)
  if (first < last && syscall(SYS_close_range, first, last, 0) == 0)
    return;
#endif
  for (int file = first; file <= last; file++)
    system_close(file);
}

int airworthy_open_without_links(int directory, const char *path, int flags) {
#if defined(SYS_openat2)
  /// `struct open_how` and `RESOLVE_NO_SYMLINKS` of <linux/openat2.h>, which older systems' headers lack.
  struct {
    uint64_t flags, mode, resolve;
  } how = {(uint64_t)flags, 0, 0x04};
  return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
#else
  (void)directory, (void)path, (void)flags;
  errno = ENOSYS;
  return -1;
#endif
}

int airworthy_own_descriptors(void) {
#if defined(__linux__)
  return unshare(CLONE_FILES);
#else
  errno = ENOSYS;
  return -1;
#endif
}

long airworthy_processor_count(void) {
#if defined(__linux__)
  cpu_set_t cores;
  if (sched_getaffinity(0, sizeof cores, &cores) == 0)
    return CPU_COUNT(&cores);
#endif
  return sysconf(_SC_NPROCESSORS_ONLN);
}

void airworthy_start_elsewhere(pthread_attr_t *attributes) {
#if defined(__linux__) && defined(__GLIBC__)
  cpu_set_t cores;
  int own = sched_getcpu();
  // A machine with more cores than the set can hold has others that are free.
  if (own < 0 || own >= CPU_SETSIZE || sched_getaffinity(0, sizeof cores, &cores) != 0)
    return;
  CPU_CLR(own, &cores);
  if (CPU_COUNT(&cores) > 0)
    pthread_attr_setaffinity_np(attributes, sizeof cores, &cores);
#else
  (void)attributes;
#endif
}

void airworthy_prepare_mutex(pthread_mutex_t *mutex) {
#if defined(__linux__) && defined(__GLIBC__)
  pthread_mutexattr_t attributes;
  if (pthread_mutexattr_init(&attributes) == 0) {
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ADAPTIVE_NP);
    pthread_mutex_init(mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
    return;
  }
#endif
  pthread_mutex_init(mutex, NULL);
}

void airworthy_run_anywhere(void) {
#if defined(__linux__) && defined(__GLIBC__)
  cpu_set_t cores;
  if (sched_getaffinity(getpid(), sizeof cores, &cores) == 0)
    sched_setaffinity(0, sizeof cores, &cores);
#endif
}

const void *airworthy_memmem(const void *haystack, size_t haystack_count, const void *needle, size_t needle_count) {
  return memmem(haystack, haystack_count, needle, needle_count);
}

size_t airworthy_find_triple(
    const void *bytes, size_t count, size_t start, const char *first, const char *second, const char *third) {
  const char *text = bytes;
  const char a0 = first[0], a1 = first[1], a2 = first[2];
  const char b0 = second[0], b1 = second[1], b2 = second[2];
  const char c0 = third[0], c1 = third[1], c2 = third[2];
#define STANDS(at) \
  (((text[at] == a0) & (text[(at) + 1] == a1) & (text[(at) + 2] == a2)) | \
   ((text[at] == b0) & (text[(at) + 1] == b1) & (text[(at) + 2] == b2)) | \
   ((text[at] == c0) & (text[(at) + 1] == c1) & (text[(at) + 2] == c2)))
  enum { BLOCK = 64 };
  if (count < 3)
    return count;
  size_t end = count - 2;
  while (start < end) {
    size_t block = end - start < BLOCK ? end - start : BLOCK;
    unsigned char found = block < BLOCK;
    // All of a block without a branch, which compilers turn into vector instructions.
    if (block == BLOCK)
      for (size_t index = 0; index < BLOCK; index++)
        found |= STANDS(start + index);
    if (found)
      for (size_t index = 0; index < block; index++)
        if (STANDS(start + index))
          return start + index;
    start += block;
  }
#undef STANDS
  return count;
}

/// Declared in <cxxabi.h>, which C cannot include.
extern char *__cxa_demangle(const char *name, char *buffer, size_t *count, int *status);

char *airworthy_demangle(const char *name) {
  int status = 0;
  return __cxa_demangle(name, NULL, NULL, &status);
}
