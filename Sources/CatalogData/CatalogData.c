#include "CatalogData.h"

#include <string.h>

// #embed compiles a megabyte at once, which an array literal in Swift does not. SwiftPM still compiles C as C17.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char runtimes[] = {
#embed "catalog/runtimes.json"
};
static const unsigned char runtime_files[] = {
#embed "catalog/runtime-files.json"
};
static const unsigned char node_releases[] = {
#embed "catalog/node-releases.json"
};
static const unsigned char node_api_symbols[] = {
#embed "catalog/node-api-symbols.json"
};
static const unsigned char symbol_sets[] = {
#embed "catalog/symbol-sets.json"
};
static const unsigned char node_symbols[] = {
#embed "catalog/node-symbols.bin"
};
static const unsigned char library_symbols[] = {
#embed "catalog/library-symbols.bin"
};
static const unsigned char al1_x86_64[] = {
#embed "catalog/base-images/al1-x86_64.json"
};
static const unsigned char al2_x86_64[] = {
#embed "catalog/base-images/al2-x86_64.json"
};
static const unsigned char al2_arm64[] = {
#embed "catalog/base-images/al2-arm64.json"
};
static const unsigned char al2023_x86_64[] = {
#embed "catalog/base-images/al2023-x86_64.json"
};
static const unsigned char al2023_arm64[] = {
#embed "catalog/base-images/al2023-arm64.json"
};

static const unsigned char advisories[] = {
#embed "catalog/advisories.json"
};

#define FILE_NAMED(name, array) {name, {array, sizeof array}}

static const struct {
  const char *name;
  struct airworthy_catalog_file file;
} files[] = {
    FILE_NAMED("runtimes.json", runtimes),
    FILE_NAMED("runtime-files.json", runtime_files),
    FILE_NAMED("node-releases.json", node_releases),
    FILE_NAMED("node-api-symbols.json", node_api_symbols),
    FILE_NAMED("symbol-sets.json", symbol_sets),
    FILE_NAMED("node-symbols.bin", node_symbols),
    FILE_NAMED("library-symbols.bin", library_symbols),
    FILE_NAMED("advisories.json", advisories),
    FILE_NAMED("base-images/al1-x86_64.json", al1_x86_64),
    FILE_NAMED("base-images/al2-x86_64.json", al2_x86_64),
    FILE_NAMED("base-images/al2-arm64.json", al2_arm64),
    FILE_NAMED("base-images/al2023-x86_64.json", al2023_x86_64),
    FILE_NAMED("base-images/al2023-arm64.json", al2023_arm64),
};

struct airworthy_catalog_file airworthy_catalog_find(const char *name) {
  for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
    if (strcmp(files[i].name, name) == 0)
      return files[i].file;
  return (struct airworthy_catalog_file){0};
}
