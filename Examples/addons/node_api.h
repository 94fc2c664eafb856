// The part of Node-API that the example addons use, declared by hand from its documentation
// (https://nodejs.org/api/n-api.html), so that the examples build without the headers of Node.js.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

typedef struct napi_env__ *napi_env;
typedef struct napi_value__ *napi_value;
typedef struct napi_callback_info__ *napi_callback_info;
typedef napi_value (*napi_callback)(napi_env, napi_callback_info);
typedef int napi_status;

#define NODE_API_AUTO_LENGTH ((__SIZE_TYPE__)-1)

#ifdef _WIN32
#define NODE_API_EXPORT __declspec(dllexport)
#define NODE_API_EXTERN __declspec(dllimport)
#else
#define NODE_API_EXPORT __attribute__((visibility("default")))
#define NODE_API_EXTERN
#endif

NODE_API_EXTERN napi_status napi_create_function(
    napi_env, const char *name, __SIZE_TYPE__ length, napi_callback, void *data, napi_value *result);
NODE_API_EXTERN napi_status napi_set_named_property(napi_env, napi_value object, const char *name, napi_value value);
NODE_API_EXTERN napi_status napi_get_cb_info(
    napi_env, napi_callback_info, __SIZE_TYPE__ *argc, napi_value *argv, napi_value *self, void **data);
NODE_API_EXTERN napi_status napi_get_buffer_info(napi_env, napi_value, void **data, __SIZE_TYPE__ *length);
NODE_API_EXTERN napi_status napi_get_value_string_utf8(
    napi_env, napi_value, char *text, __SIZE_TYPE__ size, __SIZE_TYPE__ *length);
NODE_API_EXTERN napi_status napi_create_uint32(napi_env, unsigned value, napi_value *result);
NODE_API_EXTERN napi_status napi_throw_type_error(napi_env, const char *code, const char *message);

#ifdef __cplusplus
}
#endif
