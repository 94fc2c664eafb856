import Testing

@testable import NodeModules

/// Source: lovell/sharp `lib/sharp.js`, `lib/sharp.mjs`, `lib/constructor.js` and `lib/libvips.js` at the versions named.
struct SharpTests {
  /// `@img/sharp-linux-x64` as it is published.
  private static func image(_ platform: String, _ text: String = "ok", file: String? = nil) -> [String: String] {
    let file = file ?? "lib/sharp-\(platform).node"
    return [
      "~@img/sharp-\(platform)/package.json":
        "{\"name\": \"@img/sharp-\(platform)\", \"version\": \"0.34.5\", \"exports\": {\"./sharp.node\": \"./\(file)\", \"./package\": \"./package.json\"}}",
      "~@img/sharp-\(platform)/\(file)": text,
    ]
  }

  private static let wasm = [
    "~@img/sharp-wasm32/package.json":
      "{\"name\": \"@img/sharp-wasm32\", \"version\": \"0.34.5\", \"exports\": {\"./sharp.node\": \"./lib/sharp-wasm32.node.js\"}}",
    "~@img/sharp-wasm32/lib/sharp-wasm32.node.js": "",
  ]

  private static let solutions = """
    Possible solutions:
    - Ensure optional dependencies can be installed:
        npm install --include=optional sharp
    - Ensure your package manager supports multi-platform installation:
        See https://sharp.pixelplumbing.com/install#cross-platform
    - Add platform-specific dependencies:
        npm install --os=linux --cpu=x64 sharp
    - Consult the installation documentation:
        See https://sharp.pixelplumbing.com/install
    """

  private static let current: [LoaderCase] = [
    LoaderCase(
      name: "the platform's package is taken through its exports", package: "sharp", version: "0.34.5",
      files: image("linux-x64"),
      expected: .found("~@img/sharp-linux-x64/lib/sharp-linux-x64.node"),
      attempts: [
        "missing src/build/Release/sharp-linux-x64.node", "missing src/build/Release/sharp-wasm32.node",
        "loads ~@img/sharp-linux-x64/lib/sharp-linux-x64.node",
      ]),
    LoaderCase(
      name: "of several platforms' packages the target's is taken", package: "sharp", version: "0.34.5",
      files: image("darwin-arm64") + image("linux-arm64") + image("linux-x64"), platform: LoaderWorld.arm64,
      expected: .found("~@img/sharp-linux-arm64/lib/sharp-linux-arm64.node")),
    LoaderCase(
      name: "a build in place comes first", package: "sharp", version: "0.34.5",
      files: ["src/build/Release/sharp-linux-x64.node": "ok"] + image("linux-x64"),
      expected: .found("src/build/Release/sharp-linux-x64.node")),
    LoaderCase(
      name: "since 0.35 a build in place has the version in its name", package: "sharp", version: "0.35.3",
      files: [
        "src/build/Release/sharp-linux-x64-0.35.3.node": "ok",
        "src/build/Release/sharp-linux-x64.node": "crash SIGSEGV",
      ],
      expected: .found("src/build/Release/sharp-linux-x64-0.35.3.node")),
    LoaderCase(
      name: "on musl the name has no hyphen", package: "sharp", version: "0.33.5",
      files: image("linuxmusl-x64") + image("linux-x64"),
      platform: LoaderWorld.node("20.20.2", modules: 115, nodeAPI: 9, "x64", glibc: nil),
      expected: .found("~@img/sharp-linuxmusl-x64/lib/sharp-linuxmusl-x64.node")),
    LoaderCase(
      name: "WebAssembly comes last", package: "sharp", version: "0.34.5", files: wasm,
      expected: .found("~@img/sharp-wasm32/lib/sharp-wasm32.node.js")),
    LoaderCase(
      name: "0.35.1 does not look for WebAssembly on Linux", package: "sharp", version: "0.35.1", files: wasm,
      expected: .fails("Could not load the \"sharp\" module using the linux-x64 runtime\n" + solutions)),
    LoaderCase(
      name: "a crash ends the search", package: "sharp", version: "0.34.5",
      files: image("linux-x64", "crash SIGSEGV") + wasm,
      expected: .crash("SIGSEGV")),
    LoaderCase(
      name: "only another platform's package gives the whole text", package: "sharp", version: "0.34.5",
      files: image("darwin-arm64"),
      expected: .fails("Could not load the \"sharp\" module using the linux-x64 runtime\n" + solutions)),
    LoaderCase(
      name: "what the loader of libvips says is listed with its code", package: "sharp", version: "0.34.5",
      files: image(
        "linux-x64", "throws libvips-cpp.so.8.17.3: cannot open shared object file: No such file or directory"),
      expected: .fails(
        """
        Could not load the "sharp" module using the linux-x64 runtime
        ERR_DLOPEN_FAILED: libvips-cpp.so.8.17.3: cannot open shared object file: No such file or directory

        """ + solutions)),
  ]

  private static let older: [LoaderCase] = [
    LoaderCase(
      name: "0.33.0 has the text of its time", package: "sharp", version: "0.33.0", files: [:],
      expected: .fails(
        """
        Could not load the "sharp" module using the linux-x64 runtime
        Possible solutions:
        - Add platform-specific dependencies:
            npm install --os=linux --cpu=x64 sharp
          or
            npm install --force @img/sharp-linux-x64
        - Consult the installation documentation: https://sharp.pixelplumbing.com/install
        """)),
    LoaderCase(
      name: "0.33.1 recommends --force", package: "sharp", version: "0.33.1", files: [:],
      expected: .fails(
        """
        Could not load the "sharp" module using the linux-x64 runtime
        Possible solutions:
        - Ensure optional dependencies can be installed:
            npm install --include=optional sharp
            yarn add sharp --ignore-engines
        - Ensure your package manager supports multi-platform installation:
            See https://sharp.pixelplumbing.com/install#cross-platform
        - Add platform-specific dependencies:
            npm install --os=linux --cpu=x64 sharp
            npm install --force @img/sharp-linux-x64
        - Consult the installation documentation:
            See https://sharp.pixelplumbing.com/install
        """)),
    LoaderCase(
      name: "since 0.33.2 a Node.js that is too old is named", package: "sharp", version: "0.34.5",
      manifest: "\"engines\": {\"node\": \"^18.17.0 || ^20.3.0 || >=21.0.0\"}", files: [:],
      platform: LoaderWorld.node("18.16.1", modules: 108, nodeAPI: 8, "x64", glibc: "2.26"),
      expected: .fails(
        """
        Could not load the "sharp" module using the linux-x64 runtime
        Possible solutions:
        - Please upgrade Node.js:
            Found 18.16.1
            Requires ^18.17.0 || ^20.3.0 || >=21.0.0
        - Consult the installation documentation:
            See https://sharp.pixelplumbing.com/install
        """)),
    LoaderCase(
      name: "a C++ library that is too old leads to libvips's own wish", package: "sharp", version: "0.33.5",
      files: image("linux-x64", "throws /lib64/libstdc++.so.6: version `CXXABI_1.3.13' not found") + [
        "~@img/sharp-libvips-linux-x64/package.json":
          "{\"name\": \"@img/sharp-libvips-linux-x64\", \"config\": {\"glibc\": \">=2.26\"}}"
      ],
      expected: .fails(
        """
        Could not load the "sharp" module using the linux-x64 runtime
        ERR_DLOPEN_FAILED: /lib64/libstdc++.so.6: version `CXXABI_1.3.13' not found
        Possible solutions:
        - Ensure optional dependencies can be installed:
            npm install --include=optional sharp
        - Ensure your package manager supports multi-platform installation:
            See https://sharp.pixelplumbing.com/install#cross-platform
        - Add platform-specific dependencies:
            npm install --os=linux --cpu=x64 sharp
        - Update your OS:
            Found glibc 2.34
            Requires glibc >=2.26
        - Consult the installation documentation:
            See https://sharp.pixelplumbing.com/install
        """)),
  ]

  private static func helped(_ error: String, _ middle: String) -> String {
    "\nSomething went wrong installing the \"sharp\" module\n\n\(error)\n\nPossible solutions:\n\(middle)\n- Consult the installation documentation: https://sharp.pixelplumbing.com/install"
  }

  private static let built: [LoaderCase] = [
    LoaderCase(
      name: "the file is named for the platform", package: "sharp", version: "0.32.6",
      files: ["build/Release/sharp-linux-x64.node": "ok", "build/Release/sharp-darwin-x64.node": "crash SIGSEGV"],
      expected: .found("build/Release/sharp-linux-x64.node")),
    LoaderCase(
      name: "arm64 is arm64v8", package: "sharp", version: "0.30.7",
      files: ["build/Release/sharp-linux-arm64v8.node": "ok"],
      platform: LoaderWorld.arm64, expected: .found("build/Release/sharp-linux-arm64v8.node")),
    LoaderCase(
      name: "npm_config_arch counts at run time too", package: "sharp", version: "0.31.3",
      files: ["build/Release/sharp-linux-x64.node": "ok"], platform: LoaderWorld.arm64,
      variables: ["npm_config_arch": "x64"],
      expected: .found("build/Release/sharp-linux-x64.node")),
    LoaderCase(
      name: "another platform's file is not found", package: "sharp", version: "0.32.6",
      files: ["build/Release/sharp-darwin-arm64v8.node": "ok"],
      expected: .fails(
        helped(
          "Cannot find module '../build/Release/sharp-linux-x64.node'",
          "- Install with verbose logging and look for errors: \"npm install --ignore-scripts=false --foreground-scripts --verbose sharp\"\n- Install for the current linux-x64 runtime: \"npm install --platform=linux --arch=x64 sharp\""
        ))),
    LoaderCase(
      name: "0.30.0 recommends --verbose", package: "sharp", version: "0.30.0",
      files: ["build/Release/sharp-linux-x64.node": "throws invalid ELF header"],
      expected: .fails(
        helped(
          "invalid ELF header",
          "- Install with the --verbose flag and look for errors: \"npm install --ignore-scripts=false --verbose sharp\"\n- Install for the current linux-x64 runtime: \"npm install --platform=linux --arch=x64 sharp\""
        ))),
    LoaderCase(
      name: "0.29.0 writes its error and exits", package: "sharp", version: "0.29.0", files: [:],
      expected: .exits(
        helped(
          "Cannot find module '../build/Release/sharp-linux-x64.node'",
          "- Install with the --verbose flag and look for errors: \"npm install --ignore-scripts=false --verbose sharp\"\n- Install for the current runtime: \"npm install --platform=linux --arch=x64 sharp\""
        ))),
    LoaderCase(
      name: "0.28 has one name for all platforms", package: "sharp", version: "0.28.3",
      manifest: "\"config\": {\"libvips\": \"8.10.6\"}",
      files: ["build/Release/sharp.node": "ok", "vendor/8.10.6/platform.json": "\"linux-x64\""],
      expected: .found("build/Release/sharp.node")),
    LoaderCase(
      name: "0.28 refuses libvips of another platform before it loads anything", package: "sharp", version: "0.28.3",
      manifest: "\"config\": {\"libvips\": \"8.10.6\"}",
      files: ["build/Release/sharp.node": "ok", "vendor/8.10.6/platform.json": "\"darwin-x64\""],
      expected: .fails(
        "'darwin-x64' binaries cannot be used on the 'linux-x64' platform. Please remove the 'node_modules/sharp' directory and run 'npm install' on the 'linux-x64' platform."
      ), attempts: []),
    LoaderCase(
      name: "0.25 keeps libvips in vendor/ itself", package: "sharp", version: "0.25.4",
      manifest: "\"config\": {\"libvips\": \"8.9.1\"}",
      files: [
        "build/Release/sharp.node": "ok", "vendor/versions.json": "{\"vips\": \"8.9.0\"}",
        "vendor/platform.json": "\"linux-x64\"",
      ],
      expected: .fails(
        "Found vendored libvips v8.9.0 but require v8.9.1. Please remove the 'node_modules/sharp/vendor' directory and run 'npm install'."
      )),
    LoaderCase(
      name: "0.28 knows an invalid header", package: "sharp", version: "0.28.3",
      files: ["build/Release/sharp.node": "throws /x/sharp.node: invalid ELF header"],
      expected: .fails(
        "\nSomething went wrong installing the \"sharp\" module\n\n/x/sharp.node: invalid ELF header\n\n- Ensure \"linux\" is used at install time as well as runtime\n- Consult the installation documentation at https://sharp.pixelplumbing.com/install\n- Search for this error at https://github.com/lovell/sharp/issues\n"
      )),
    LoaderCase(
      name: "0.23 exits", package: "sharp", version: "0.23.4", files: [:],
      expected: .exits(
        "\nSomething went wrong installing the \"sharp\" module\n\nCannot find module '../build/Release/sharp.node'\n\n- Remove the \"node_modules/sharp\" directory, run \"npm install\" and look for errors\n- Consult the installation documentation at https://sharp.pixelplumbing.com/en/stable/install/\n- Search for this error at https://github.com/lovell/sharp/issues\n"
      )),
  ]

  @Test("sharp finds its binary, or says what its source says", arguments: current + older + built)
  func sharp(_ one: LoaderCase) throws { try one.check() }
}
