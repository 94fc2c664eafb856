// A Node-API addon: crc32(buffer, seed) where seed is a hexadecimal string.
// Every example but two is this source, built for one target or another.
#include "node_api.h"

#ifdef BUILT_WITH_GLIBC_2_38
// What <stdlib.h> of glibc 2.38 and newer makes of strtoul(): a symbol that older releases do not have.
#define strtoul __isoc23_strtoul
#endif
extern unsigned long strtoul(const char *text, char **end, int base);

static napi_value crc32(napi_env env, napi_callback_info info) {
  napi_value arguments[2], result;
  __SIZE_TYPE__ count = 2, length = 0;
  void *bytes = 0;
  char seed[17] = "0";
  napi_get_cb_info(env, info, &count, arguments, 0, 0);
  if (count < 1 || napi_get_buffer_info(env, arguments[0], &bytes, &length) != 0) {
    napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", "crc32 takes a Buffer");
    return 0;
  }
  if (count > 1) napi_get_value_string_utf8(env, arguments[1], seed, sizeof seed, 0);
  unsigned crc = ~(unsigned)strtoul(seed, 0, 16);
  for (__SIZE_TYPE__ i = 0; i < length; i++) {
    crc ^= ((const unsigned char *)bytes)[i];
    for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xedb88320u & (0u - (crc & 1)));
  }
  napi_create_uint32(env, ~crc, &result);
  return result;
}

NODE_API_EXPORT int node_api_module_get_api_version_v1(void) { return 8; }

NODE_API_EXPORT napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  napi_value function;
  napi_create_function(env, "crc32", NODE_API_AUTO_LENGTH, crc32, 0, &function);
  napi_set_named_property(env, exports, "crc32", function);
  return exports;
}
