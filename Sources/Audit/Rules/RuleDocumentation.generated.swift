// Generated from the comments of the rules by Scripts/generate-rules; do not edit.
// swift-format-ignore-file
extension RuleDocumentation {
  /// Every rule's documentation, in the order of `Rules.all`.
  public static let all: [RuleDocumentation] = [
    RuleDocumentation(
      id: "foreign-format", severity: .error,
      summary: "Finds a binary that is no Linux binary at all: Mach-O, PE, text, a Git LFS pointer.",
      why: "Lambda runs Linux. Native npm packages are compiled, or downloaded, for the machine on which they are installed, so a `node_modules` from macOS or Windows does not load there. glibc says only `invalid ELF header`.",
      mend: "Install the dependencies where Lambda's platform is: in Lambda's own container image, or with npm's `--os`, `--cpu` and `--libc` where the npm package ships one package for each platform.",
      example: "Mach-O arm64 (macOS). Lambda needs ELF x86_64 (Linux, glibc ≤ 2.34)."),
    RuleDocumentation(
      id: "wrong-architecture", severity: .error,
      summary: "Finds a binary for another processor than the function's.",
      why: "An x86_64 addon does not load in an arm64 function, nor the other way round. glibc skips a file for another machine and then reports that it found none, so the message says that a file is missing which is there.",
      mend: "Install the dependencies for the function's architecture (`--platform linux/arm64` or `linux/amd64`), or change the function's architecture to the one that the package was built for.",
      example: "ELF x86_64 (Linux, glibc). nodejs20.x on arm64 needs ELF aarch64 (Linux, glibc ≤ 2.34)."),
    RuleDocumentation(
      id: "wrong-class", severity: .error,
      summary: "Finds a 32-bit binary.",
      why: "Lambda's Node.js is a 64-bit process, which cannot load 32-bit code.",
      mend: "Install the dependencies for `x64` or `arm64`.",
      example: "ELF 32-bit i386 (Linux, glibc). Lambda needs ELF x86_64 (Linux, glibc ≤ 2.34)."),
    RuleDocumentation(
      id: "damaged-binary", severity: .error,
      summary: "Finds a binary that is cut off or broken inside.",
      why: "A truncated file gives `file too short` or `cannot read file data`; when its headers are whole but its contents are not, loading kills the process with SIGBUS, without a word, and Lambda reports only that the runtime exited.",
      mend: "Delete the npm package and install it again; look for a full disk, an interrupted download or copy, and for tools that change binary files as if they were text.",
      example: "The file ends at 40,960 bytes, in the middle of what loading needs."),
    RuleDocumentation(
      id: "musl-build", severity: .error,
      summary: "Finds a binary built for musl, Alpine's C library.",
      why: "Lambda's images are Amazon Linux with glibc. An addon installed in an `alpine` container asks for `libc.musl-x86_64.so.1` (or, from other musl toolchains, `libc.so`), which is not there.",
      mend: "Install the dependencies in Lambda's own image or in any glibc distribution that is not newer, or with npm's `--libc=glibc`.",
      example: "ELF x86_64 (Linux, musl). Lambda needs ELF x86_64 (Linux, glibc ≤ 2.34)."),
    RuleDocumentation(
      id: "glibc-too-new", severity: .error,
      summary: "Finds a binary that needs a newer glibc than the runtime has.",
      why: "A binary needs at least the glibc of the machine it was linked on, for every function that changed since. Amazon Linux 2023 has glibc 2.34 and Amazon Linux 2 has 2.26; Ubuntu 22.04 has 2.35 and 24.04 has 2.39.",
      mend: "Compile it in Lambda's own image. A binary that was downloaded stays the same wherever it is installed: there, take an older release of the npm package or a newer runtime.",
      example: "It needs glibc 2.38; nodejs20.x has 2.34."),
    RuleDocumentation(
      id: "libstdcxx-too-new", severity: .error,
      summary: "Finds a binary that needs a newer libstdc++ than the runtime has.",
      why: "C++ addons need at least the libstdc++ of the compiler that built them. On nodejs24.x and later Node.js brings its own in `/var/lang/lib`, which is older than the system's and comes first.",
      mend: "Compile it in Lambda's own image, take an older release of the npm package, or link libstdc++ statically (`-static-libstdc++`).",
      example: "It needs GLIBCXX_3.4.34 of libstdc++.so.6; nodejs20.x has up to GLIBCXX_3.4.33."),
    RuleDocumentation(
      id: "missing-library", severity: .error,
      summary: "Finds a binary that needs a shared library which neither Lambda nor the package has.",
      why: "Lambda's images are small: many libraries of a desktop or build image are missing, among them libatomic, libgomp, libexpat and libcrypt. Only `/var/task`, `/var/task/lib` and `/opt/lib` are searched besides the system's directories and what the addon's own run path names.",
      mend: "Put the library into `lib/` of the function or of a layer, or install the npm package that brings it.",
      example: "It needs libgomp.so.1, which is neither in nodejs20.x nor in the package."),
    RuleDocumentation(
      id: "library-version", severity: .error,
      summary: "Finds a binary that needs a version of some other library than the one it gets.",
      why: "glibc checks the symbol versions of every library before any code runs. The directories of `LD_LIBRARY_PATH` come first on Lambda, so that a package's own copy can lose against an older one of the system.",
      mend: "Build against the library that the runtime has, or ship the right one under another soname beside the addon.",
      example: "It needs OPENSSL_3.4.0 of /var/lang/lib/libcrypto.so.3, which does not define it."),
    RuleDocumentation(
      id: "undefined-symbol", severity: .error,
      summary: "Finds a binary that needs a function or a variable that nothing defines.",
      why: "A variable, or any symbol of a binary linked with `-z now`, must be there when the addon is loaded. It is missing when the addon was built for another Node.js, another C++ ABI or against another version of a library.",
      mend: "Compile it for the runtime's own Node.js and libraries.",
      example: "Nothing defines _ZN2v87Context3NewEv, which it needs when it is loaded."),
    RuleDocumentation(
      id: "lazy-symbol", severity: .warning,
      summary: "Finds a binary that loads, but calls a function that nothing defines.",
      why: "Functions are bound when they are first called. At that call glibc prints `symbol lookup error` and ends the process with exit status 127; JavaScript cannot catch that, and Lambda reports only that the runtime exited.",
      mend: "Compile it for the runtime's own Node.js and libraries, or do not use the feature that calls the function.",
      example: "It loads, but nothing defines 2 functions that it calls: napi_create_date, node_api_symbol_for."),
    RuleDocumentation(
      id: "module-version-mismatch", severity: .error,
      summary: "Finds an addon compiled against another major version of Node.js.",
      why: "An addon that uses V8 or NAN is bound to one `NODE_MODULE_VERSION`, that is to one major version of Node.js. Addons that use Node-API are not.",
      mend: "Install the dependencies with the runtime's Node.js, or deploy to the runtime that the addon was compiled for.",
      example: "Compiled for NODE_MODULE_VERSION 127 (Node.js 22); nodejs20.x has 115."),
    RuleDocumentation(
      id: "node-api-too-new", severity: .error,
      summary: "Finds an addon compiled for a newer Node-API than the runtime's Node.js has.",
      why: "Node.js 18.17 and later check the version when the addon registers, and a bug in the check kills the process with SIGSEGV instead of throwing. Nothing is printed, and `try`/`catch` does not help.",
      mend: "Take a release of the npm package that is compiled for the runtime's Node-API, or a newer runtime.",
      example: "Compiled for Node-API 10; nodejs20.x has 9, and the process crashes."),
    RuleDocumentation(
      id: "not-an-addon", severity: .error,
      summary: "Finds a file named as an addon in which Node.js finds nothing to register.",
      why: "A valid shared library without a registration gives `Module did not self-register`. It is usually a helper library that was renamed, an addon for Node.js 0.10, an executable or an object file.",
      mend: "Point the loader at the addon itself, or install a release of the npm package for this Node.js.",
      example: "A shared library that registers nothing with Node.js."),
    RuleDocumentation(
      id: "broken-link", severity: .error,
      summary: "Finds an addon that is a link to something that is not in the package.",
      why: "Lambda keeps symbolic links as they are in the zip. A link to a path outside the package, or to a file that was left out, leads nowhere there, although it works on the machine that made the package.",
      mend: "Package the file that the link leads to, or let the zip tool store files instead of links.",
      example: "A link to ../../../build/binding.node, where nothing is in the package."),
    RuleDocumentation(
      id: "unreadable-file", severity: .error,
      summary: "Finds files that Lambda's user, or airworthy itself, may not read.",
      why: "Lambda runs the function as a user that does not own the files, so every file needs the read permission for others, and every directory the execute permission too. What airworthy cannot read it cannot vouch for.",
      mend: "Give others the permission before packaging.",
      example: "Its permissions are 0600: Lambda's user may not read it."),
    RuleDocumentation(
      id: "not-executable", severity: .warning,
      summary: "Finds a program that nobody but its owner may execute.",
      why: "Lambda's user does not own the files: starting a program without the execute permission for others fails with `EACCES`, and `/var/task` is read-only, so that the function cannot mend it. Zips made on Windows record no permissions. Addons need only to be readable.",
      mend: "Set the permission before packaging, on Linux or macOS.",
      example: "Its permissions are 0644: starting it fails."),
    RuleDocumentation(
      id: "kernel-too-old", severity: .error,
      summary: "Finds a binary whose ABI tag asks for a newer kernel, or another system's.",
      why: "glibc ignores a file that asks for a newer kernel than the running one and then reports that it found none, so the message says that a file is missing which is there. Libraries of Qt are known for it.",
      mend: "Remove the tag (`strip --remove-section=.note.ABI-tag FILE`) where the binary does not need the newer kernel, or build it on an older distribution.",
      example: "Its ABI tag asks for a newer kernel than Lambda's."),
    RuleDocumentation(
      id: "executable-stack", severity: .error,
      summary: "Finds a binary that asks for an executable stack which the runtime's glibc refuses.",
      why: "glibc 2.41 and later do not make the stack executable for a library that is loaded later on.",
      mend: "Clear the flag, which hardly any code needs: `patchelf --clear-execstack FILE`; or compile it with `-z noexecstack`.",
      example: "It asks for an executable stack, which glibc refuses."),
    RuleDocumentation(
      id: "static-tls", severity: .error,
      summary: "Finds a binary whose static thread-local storage does not fit.",
      why: "Code compiled with `-ftls-model=initial-exec` takes its thread-local variables from a small reserve that is set up when the process starts; a library that is loaded later may find too little left.",
      mend: "Compile it with `-ftls-model=global-dynamic`, or load it before other such libraries.",
      example: "Its static thread-local storage does not fit into what the process has left."),
    RuleDocumentation(
      id: "cpu-microarchitecture", severity: .error,
      summary: "Finds a binary that needs a newer x86-64 processor than Lambda promises.",
      why: "A binary compiled with `-march=x86-64-v4` says so in its properties, and glibc 2.33 and later refuse it on processors without AVX-512. Lambda promises AVX2, that is x86-64-v3.",
      mend: "Compile it with `-march=x86-64-v3` or lower.",
      example: "It needs a newer x86-64 processor than Lambda promises."),
    RuleDocumentation(
      id: "wrong-platform-package", severity: .warning,
      summary: "Finds an npm package that has its platform package for another platform only.",
      why: "sharp, napi-rs packages and many others come as one npm package for each platform, of which npm installs the one for the machine it runs on. The others are weight; but where the target's own is missing, `require` throws.",
      mend: "Let npm add the target's package with `--os`, `--cpu` and `--libc`, or install in Lambda's own image.",
      example: "sharp has @img/sharp-darwin-arm64, and nothing for linux-x64."),
    RuleDocumentation(
      id: "context-unaware", severity: .note,
      summary: "Finds an addon that can be loaded only once in a process.",
      why: "An addon that registers itself through V8's old way, without being context-aware, cannot be loaded in worker threads, nor a second time: there Node.js throws `Module did not self-register`.",
      mend: "Nothing is needed where the function has no worker threads. Otherwise take a release that uses Node-API.",
      example: "Not context-aware: it cannot be loaded in a worker thread."),
    RuleDocumentation(
      id: "abandoned-package", severity: .warning,
      summary: "Finds a native npm package that its authors have given up.",
      why: "Such a package gets no builds for new versions of Node.js. Sooner or later, often already on the target's Node.js, it can be neither compiled nor loaded.",
      mend: "Move to the named replacement; the code that uses the package has to change with it.",
      example: "ref is abandoned (last change in 2019) and does not build on Node.js 12 and later."),
    RuleDocumentation(
      id: "runtime-deprecated", severity: .warning,
      summary: "Finds a runtime that Lambda has deprecated, blocks, or has only in preview.",
      why: "After deprecation a runtime gets no more security updates. Later Lambda refuses to create functions with it, then to update them: a deployment fails whatever is in the package.",
      mend: "Deploy to a current runtime, after checking the package for it.",
      example: "nodejs18.x is deprecated since 2025-09-01; from 2027-03-03 on its functions cannot be updated."),
    RuleDocumentation(
      id: "size-limit", severity: .error,
      summary: "Finds a package that is too large for Lambda.",
      why: "Function and layers together may have 250 MB unzipped (262,144,000 bytes). A zip of more than 50 MB cannot be uploaded directly, but can from S3.",
      mend: "Leave out development dependencies (`npm prune --omit=dev`) and binaries for other platforms, or deploy a container image, which may have 10 GB.",
      example: "281.4 MB unzipped; Lambda takes at most 250.0 MB for function and layers together."),
    RuleDocumentation(
      id: "unused-binaries", severity: .note,
      summary: "Finds binaries that nothing on the target loads.",
      why: "Binaries for other platforms do no harm, but they count towards Lambda's size limit and lengthen cold starts.",
      mend: "Leave them out when packaging.",
      example: "7 of 8 binaries are not loaded on linux-arm64: 1.4 MB of weight."),
    RuleDocumentation(
      id: "duplicate-entry", severity: .warning,
      summary: "Finds names that stand twice in an archive, or differ only in capitals.",
      why: "Of two entries with one name the last wins when Lambda unpacks them, while other tools show the first. Names that differ in capitals are two files on Lambda, but one on most macOS and Windows machines.",
      mend: "Make the archive anew, from an empty file: `zip` adds to an existing archive.",
      example: "Two entries have this name; the last one wins."),
    RuleDocumentation(
      id: "unsafe-path", severity: .error,
      summary: "Finds archive entries whose names lead out of the package, or mean something else elsewhere.",
      why: "Names that are absolute, hold `..` or backslashes, or go through a link may be refused, or land somewhere else than in `/var/task`.",
      mend: "Make the archive anew from inside the package's directory, with a tool that stores plain relative names.",
      example: "The name would leave the package: it goes up through `..`."),
    RuleDocumentation(
      id: "encrypted-entry", severity: .error,
      summary: "Finds archive entries that Lambda cannot unpack: encrypted, or compressed with another method than deflate.",
      why: "Lambda's unpacker has no password and knows only stored and deflated entries.",
      mend: "Make the archive anew without a password and with deflate, as `zip` does by default.",
      example: "Encrypted: Lambda cannot unpack it."),
    RuleDocumentation(
      id: "damaged-archive", severity: .error,
      summary: "Finds entries of an archive whose data or headers are broken.",
      why: "Lambda refuses an archive that it cannot unpack (`Could not unzip uploaded file`); an archive whose headers disagree may unpack to something else there than here.",
      mend: "Make the archive anew, and check it with `unzip -t`.",
      example: "The archive's data is damaged here: the deflated data ends early."),
    RuleDocumentation(
      id: "undecided", severity: .warning,
      summary: "Finds an addon of which airworthy cannot tell whether it loads.",
      why: "Something that decides it could not be read, such as an encrypted or damaged library. Saying nothing would look as if it loaded.",
      mend: "See the finding about the file that could not be read.",
      example: "It is not decided whether it loads: lib/libx.so.1 is encrypted."),
  ]
}
