#define _GNU_SOURCE
#include "CLibrary.h"
#include <string.h>

const void *airworthy_memmem(const void *haystack, size_t haystack_count, const void *needle, size_t needle_count) {
  return memmem(haystack, haystack_count, needle, needle_count);
}

/// Declared in <cxxabi.h>, which C cannot include.
extern char *__cxa_demangle(const char *name, char *buffer, size_t *count, int *status);

char *airworthy_demangle(const char *name) {
  int status = 0;
  return __cxa_demangle(name, NULL, NULL, &status);
}
