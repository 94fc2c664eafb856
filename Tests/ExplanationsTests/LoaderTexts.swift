@testable import Explanations

/// Texts of loaders and of Node.js, in the forms in which logs have them: written for these tests after the messages'
/// grammar, with other packages, versions and paths than the public threads have.
enum LoaderTexts {
  static let glibc = [
    Case(
      "what sharp says around it, with a list", .muslOnGlibc,
      "\nSomething went wrong installing the \"sharp\" module\n\nlibc.musl-x86_64.so.1: cannot open shared object file: No such file or directory\n\nPossible solutions:\n- Install with verbose logging: \"npm install --verbose sharp\"\n- See https://sharp.pixelplumbing.com/install"
    ),
    Case(
      "plain", .foreignFormat,
      "Error: /var/task/node_modules/sqlite3/lib/binding/napi-v6/node_sqlite3.node: invalid ELF header"),
    Case(
      "CloudWatch text, tabs, JSON behind", .foreignFormat,
      "2025-02-11T09:41:17.220Z\tundefined\tERROR\tUncaught Exception \t{\"errorType\":\"Error\",\"errorMessage\":\"/var/task/node_modules/argon2/lib/binding/napi-v3/argon2.node: invalid ELF header\",\"code\":\"ERR_DLOPEN_FAILED\",\"stack\":[\"Error: /var/task/node_modules/argon2/lib/binding/napi-v3/argon2.node: invalid ELF header\",\"    at Module._extensions..node (node:internal/modules/cjs/loader:1586:18)\"]}"
    ),
    Case(
      "JSON in JSON", .foreignFormat,
      #"{"level":"error","message":"{\"errorMessage\":\"/opt/nodejs/node_modules/re2/build/Release/re2.node: invalid ELF header\",\"errorType\":\"Error\"}"}"#
    ),
    Case(
      "path with blanks", .foreignFormat,
      "Error: /srv/my app/node_modules/kerberos/build/Release/kerberos.node: invalid ELF header"),
    Case(
      "markdown quote", .foreignFormat,
      "> > Error: `/var/task/node_modules/usb/prebuilds/linux-x64/node.napi.glibc.node: invalid ELF header`"),
    Case(
      "Docker compose", .foreignFormat,
      "api-1  | Error: /app/node_modules/bcrypt/lib/binding/napi-v3/bcrypt_lib.node: invalid ELF header\napi-1  |     at Module._extensions..node (node:internal/modules/cjs/loader:1340:18)"
    ),
    Case(
      "colours", .foreignFormat,
      "\u{1b}[31mError: /var/task/node_modules/lz4/build/Release/xxhash.node: \u{1b}[1minvalid ELF header\u{1b}[0m"),
    Case("another system's ELF", .foreignFormat, "/app/node_modules/fsx/fsx.node: ELF file OS ABI invalid"),
    Case("linker script in place of musl", .muslOnGlibc, "Error: /lib/x86_64-linux-gnu/libc.so: invalid ELF header"),
    Case("empty file", .damagedFile, "Error: /var/task/node_modules/canvas/build/Release/canvas.node: file too short"),
    Case("headers beyond the end", .damagedFile, "/opt/lib/libpq.so.5: cannot read file data"),
    Case("a directory", .damagedFile, "Error: /var/task/native/addon.node: cannot read file data: Is a directory"),
    Case(
      "past the end", .damagedFile,
      "/var/task/node_modules/duckdb/lib/binding/duckdb.node: ELF load command past end of file"),
    Case(
      "an object file", .damagedFile, "/app/build/Release/obj.target/addon.node: only ET_DYN and ET_EXEC can be loaded"),
    Case("a program", .damagedFile, "/var/task/bin/tool.node: cannot dynamically load position-independent executable"),
    Case(
      "32 bits", .wrongClass,
      "Error: /usr/src/app/node_modules/serialport/build/Release/bindings.node: wrong ELF class: ELFCLASS32"),
    Case("32-bit library", .wrongClass, "libodbc.so.2: wrong ELF class: ELFCLASS32"),
    Case(
      "wrong machine", .wrongArch,
      "Error: /var/task/node_modules/@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node: cannot open shared object file: No such file or directory"
    ),
    Case(
      "wrong machine in a layer, response body", .wrongArch,
      #"{"errorType":"Error","errorMessage":"/opt/nodejs/node_modules/onnxruntime-node/bin/napi-v3/linux/x64/onnxruntime_binding.node: cannot open shared object file: No such file or directory","trace":["Error: ..."]}"#
    ),
    Case("big-endian", .wrongArch, "/app/x.node: ELF file data encoding not little-endian"),
    Case(
      "missing library", .missingLibrary,
      "Error: libatomic.so.1: cannot open shared object file: No such file or directory\n    at Module._extensions..node (node:internal/modules/cjs/loader:1454:18)"
    ),
    Case(
      "missing library of a program", .missingLibrary,
      "/tmp/chromium: error while loading shared libraries: libnspr4.so: cannot open shared object file: No such file or directory"
    ),
    Case(
      "lost line break", .missingLibrary,
      "Error: libfontconfig.so.1: cannot open shared\nobject file: No such file or directory"),
    Case(
      "ffi", .missingLibrary,
      "Error: Dynamic Linking Error: libhello.so: cannot open shared object file: No such file or directory"),
    Case(
      "unreadable", .permissionLost,
      "Error: /var/task/node_modules/sharp/build/Release/sharp-linux-x64.node: cannot open shared object file: Permission denied"
    ),
    Case(
      "musl on arm64", .muslOnGlibc,
      "Error: libc.musl-aarch64.so.1: cannot open shared object file: No such file or directory"),
    Case(
      "no exec", .noexecMount,
      "Error: /tmp/.cache/addon.node: failed to map segment from shared object: Operation not permitted"),
    Case(
      "static TLS", .staticTLS,
      "Error: /usr/lib/aarch64-linux-gnu/libgomp.so.1: cannot allocate memory in static TLS block"),
    Case("ISA level", .cpuMicroarch, "/var/task/node_modules/a/a.node: CPU ISA level is lower than required"),
    Case(
      "executable stack", .noexecMount,
      "librsvg-2.so.2: cannot enable executable stack as shared object requires: Invalid argument"),
  ]

  static let versions = [
    Case(
      "glibc", .glibcTooNew,
      "Error: /lib64/libm.so.6: version `GLIBC_2.35' not found (required by /var/task/node_modules/@scope/pdf-linux-x64-gnu/pdf.linux-x64-gnu.node)"
    ),
    Case(
      "typographic quotes", .glibcTooNew,
      "/lib64/libc.so.6: version ‘GLIBC_2.32’ not found (required by /var/task/bootstrap)"),
    Case(
      "double quotes, escaped", .glibcTooNew,
      #"{"errorMessage":"/lib64/libc.so.6: version \"GLIBC_2.38\" not found (required by /opt/nodejs/node_modules/x/y.node)"}"#
    ),
    Case("cut behind the version", .glibcTooNew, "libc.so.6: version `GLIBC_2.33' not found"),
    Case(
      "BuildKit", .glibcTooNew, "#12 14.21 node: /lib64/libc.so.6: version `GLIBC_2.28' not found (required by node)"),
    Case(
      "libstdc++", .libstdcxxTooNew,
      "Error: /var/lang/lib/libstdc++.so.6: version `GLIBCXX_3.4.33' not found (required by /var/task/node_modules/duckdb/lib/binding/duckdb.node)"
    ),
    Case(
      "CXXABI", .libstdcxxTooNew,
      "/lib64/libstdc++.so.6: version `CXXABI_1.3.13' not found (required by /app/node_modules/odbc/odbc.node)"),
    Case(
      "a package's own libstdc++ in the way of node", .layerShadowing,
      "/var/lang/bin/node: /opt/lib/libstdc++.so.6: version `GLIBCXX_3.4.29' not found (required by /var/lang/bin/node)"
    ),
    Case(
      "OpenSSL", .libraryVersion,
      "python3: /var/lang/lib/libcrypto.so.3: version `OPENSSL_3.4.0' not found (required by /lib64/libssl.so.3)"),
    Case(
      "undefined symbol", .undefinedSymbol,
      "Error: /var/task/node_modules/pg-native/build/Release/addon.node: undefined symbol: PQsetSSLKeyPassHook_OpenSSL"),
    Case(
      "symbol lookup at the first call", .undefinedSymbol,
      "node: symbol lookup error: /var/task/node_modules/aws-lambda-ric/build/Release/rapid-client.node: undefined symbol: _ZN3aws14lambda_runtime7runtimeC1Ev"
    ),
    Case(
      "a Node-API function", .napiTooNew,
      "/app/node_modules/z/z.node: undefined symbol: node_api_create_buffer_from_arraybuffer"),
    Case(
      "two glibcs", .libraryVersion,
      "node: symbol lookup error: /lib/x86_64-linux-gnu/libpthread.so.0: undefined symbol: __libc_vfork, version GLIBC_PRIVATE"
    ),
  ]

  static let others = [
    Case(
      "musl: glibc's loader", .glibcOnMusl,
      "Error: Error loading shared library ld-linux-x86-64.so.2: No such file or directory (needed by /app/node_modules/sharp/x.node)"
    ),
    Case(
      "musl: fortified", .glibcOnMusl,
      "Error: Error relocating /app/node_modules/bcrypt/lib/binding/bcrypt_lib.node: __memcpy_chk: symbol not found"),
    Case(
      "musl: missing library", .missingLibrary,
      "Error loading shared library libvips-cpp.so.42: No such file or directory (needed by /app/x.node)"),
    Case(
      "musl: Mach-O", .foreignFormat,
      "Error: Error loading shared library /app/node_modules/re2/build/Release/re2.node: Exec format error"),
    Case(
      "musl: other symbol", .undefinedSymbol, "Error relocating /app/addon.node: tree_sitter_kotlin: symbol not found"),
    Case(
      "dyld", .wrongPlatformLocal,
      "dlopen(/Users/jo/p/node_modules/canvas/build/Release/canvas.node, 0x0001): tried: '/Users/jo/p/node_modules/canvas/build/Release/canvas.node' (mach-o file, but is an incompatible architecture (have (x86_64), need (arm64e)))"
    ),
    Case(
      "dyld: ELF", .wrongPlatformLocal,
      "Error: dlopen(/Users/jo/p/node_modules/argon2/build/Release/argon2.node, 0x0001): tried: '/Users/jo/p/node_modules/argon2/build/Release/argon2.node' (slice is not valid mach-o file)"
    ),
    Case(
      "old dyld", .wrongPlatformLocal,
      "Error: dlopen(/Users/jo/p/x.node, 1): no suitable image found.  Did find:\n\t/Users/jo/p/x.node: unknown file type, first eight bytes: 0x7F 0x45 0x4C 0x46 0x02 0x01 0x01 0x00"
    ),
    Case(
      "dyld: library beside it", .tracedFileMissing,
      "Error: dlopen(/Users/jo/p/a.node, 1): Library not loaded: @loader_path/libvips.42.dylib\n  Referenced from: /Users/jo/p/a.node\n  Reason: image not found"
    ),
    Case(
      "Windows", .wrongPlatformLocal,
      #"Error: \\?\C:\work\new app\node_modules\bcrypt\lib\binding\napi-v3\bcrypt_lib.node is not a valid Win32 application."#
    ),
    Case(
      "Windows, escaped", .wrongPlatformLocal,
      #"{"message":"%1 is not a valid Win32 application.\n\\\\?\\D:\\app\\node_modules\\ffi\\build\\Release\\ffi_bindings.node"}"#
    ),
    Case(
      "Windows: DLL", .missingLibrary,
      "Error: The specified module could not be found.\n\\\\?\\C:\\app\\node_modules\\oracledb\\build\\Release\\oracledb.node"
    ),
    Case(
      "module versions", .abiMismatch,
      "Error: The module '/var/task/node_modules/better-sqlite3/build/Release/better_sqlite3.node'\nwas compiled against a different Node.js version using\nNODE_MODULE_VERSION 127. This version of Node.js requires\nNODE_MODULE_VERSION 137. Please try re-compiling or re-installing\nthe module (for instance, using `npm rebuild` or `npm install`)."
    ),
    Case(
      "module versions without line breaks", .abiMismatch,
      "The module '/opt/nodejs/node_modules/canvas/build/Release/canvas.node'was compiled against a different Node.js version usingNODE_MODULE_VERSION 108. This version of Node.js requiresNODE_MODULE_VERSION 115."
    ),
    Case("old wording", .abiMismatch, "Error: Module version mismatch. Expected 46, got 48."),
    Case(
      "not registered on Lambda", .abiMismatch,
      "Error: Module did not self-register: '/var/task/node_modules/libxmljs/build/Release/xmljs.node'."),
    Case(
      "not registered in a worker", .doubleLoad,
      "Error: Module did not self-register: '/home/jo/p/node_modules/canvas/build/Release/canvas.node'.\n    at Module._extensions..node (node:internal/modules/cjs/loader:1327:18)\n    at MessagePort.<anonymous> (node:internal/main/worker_thread:196:24)"
    ),
    Case(
      "Node-API", .napiTooNew,
      "/app/node_modules/a/a.node requires Node-API version 10, but this version of Node.js only supports version 9 add-ons."
    ),
    Case(
      "node-pre-gyp's Node-API", .napiTooNew,
      "Error: The N-API version of this Node instance is 3. This module supports N-API version(s) 6. This Node instance cannot run this module."
    ),
    Case(
      "import of an addon", .bundlerNoLoader,
      #"TypeError [ERR_UNKNOWN_FILE_EXTENSION]: Unknown file extension ".node" for /var/task/x.node"#),
    Case(
      "a signal", .cpuMicroarch,
      "RequestId: 4b3c1d2e-0000-4444-8888-aaaabbbbcccc Error: Runtime exited with error: signal: illegal instruction\nRuntime.ExitError"
    ),
    Case("a truncated file", .damagedFile, "Error: Runtime exited with error: signal: bus error (core dumped)"),
    Case(
      "a crash", .napiTooNew,
      "RequestId: 4b3c1d2e-0000-4444-8888-aaaabbbbcccc Error: Runtime exited with error: signal: segmentation fault"),
  ]

  static let all = glibc + versions + others
}
