/// The catalog's data files as they stand in `Sources/CatalogData/catalog`, embedded in the executable.
#pragma once
#include <stddef.h>

/// Begin and length, in bytes, of one embedded file. The bytes are not NUL-terminated.
struct airworthy_catalog_file {
  const unsigned char *bytes;
  size_t count;
};

/// The file of that name below `catalog`, for example `base-images/al2-arm64.json`; its bytes are NULL if there is none.
struct airworthy_catalog_file airworthy_catalog_find(const char *name);
