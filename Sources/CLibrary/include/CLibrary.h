/// Functions of the C and C++ runtimes that Swift's overlays do not show.
#pragma once
#include <stddef.h>

/// `memmem(3)`, a GNU and BSD extension: where `needle` stands first in `haystack`, or NULL.
const void *airworthy_memmem(const void *haystack, size_t haystack_count, const void *needle, size_t needle_count);

/// `__cxa_demangle` of the C++ runtime: the text must be freed; NULL for what is no mangled name.
char *airworthy_demangle(const char *name);
