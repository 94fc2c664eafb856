import Testing

@testable import NodeModules

/// Source: prisma/prisma `packages/client/src/runtime/core/engines`, `packages/get-platform/src/getPlatform.ts` and
/// `packages/internals/src/utils/handleEngineLoadingErrors.ts`, 6.19.3, 5.22 and 4.8.
struct PrismaTests {
  private static let generated = "~.prisma/client"

  private static let amazonLinux = [
    "/etc/os-release": "NAME=\"Amazon Linux\"\nVERSION=\"2023\"\nID=\"amzn\"\nID_LIKE=\"fedora\"\n",
    "/usr/lib64/libssl.so.3": "x",
  ]

  private static func client(
    _ targets: String, version: String = "6.19.0", runtime: String = "library", engine: String = "library",
    extra: String = ""
  ) -> [String: String] {
    [
      "~.prisma/client/default.js": "module.exports = { ...require('.') }",
      "~.prisma/client/schema.prisma": "",
      "~@prisma/client/runtime/\(runtime).js": "",
      "~.prisma/client/index.js": """
      const { getPrismaClient } = require('@prisma/client/runtime/\(runtime).js')
      const config = {
        "generator": {
          "name": "client",
          "provider": { "fromEnvVar": null, "value": "prisma-client-js" },
          "output": { "value": "/home/me/app/node_modules/@prisma/client", "fromEnvVar": null },
          "config": { "engineType": "\(engine)" },
          "binaryTargets": [\(targets)],
          "previewFeatures": []
        },
        "relativePath": "../../../prisma",
        "clientVersion": "\(version)",
        "inlineSchema": "generator client {\\n  provider = \\"prisma-client-js\\"\\n}\\n"\(extra)
      }
      """,
    ]
  }

  private static func native(_ target: String) -> String {
    "{\"fromEnvVar\": null, \"value\": \"\(target)\", \"native\": true}"
  }
  private static func pinned(_ target: String) -> String { "{\"fromEnvVar\": null, \"value\": \"\(target)\"}" }

  private static func prisma(
    _ name: String, version: String = "6.19.0", _ files: [String: String], platform: NodePlatform = LoaderWorld.x64,
    variables: [String: String] = [:], _ expected: LoaderCase.Expected
  ) -> LoaderCase {
    LoaderCase(
      name: name, package: "@prisma/client", version: version, files: files, platform: platform, variables: variables,
      expected: expected)
  }

  private static let searched = """
    The following locations have been searched:
      $MODULES/.prisma/client
      $MODULES/@prisma/client
      /home/me/app/node_modules/@prisma/client
      /tmp/prisma-engines
    """

  private static let found: [LoaderCase] = [
    prisma(
      "Amazon Linux 2023 is rhel with OpenSSL 3",
      client(native("rhel-openssl-3.0.x")) + amazonLinux
        + [
          "\(generated)/libquery_engine-rhel-openssl-3.0.x.so.node": "ok",
          "\(generated)/libquery_engine-darwin-arm64.dylib.node": "x",
        ],
      .found("\(generated)/libquery_engine-rhel-openssl-3.0.x.so.node")),
    prisma(
      "arm64 has one name for all distributions",
      client(pinned("linux-arm64-openssl-3.0.x")) + amazonLinux + [
        "\(generated)/libquery_engine-linux-arm64-openssl-3.0.x.so.node": "ok"
      ],
      platform: LoaderWorld.arm64, .found("\(generated)/libquery_engine-linux-arm64-openssl-3.0.x.so.node")),
    prisma(
      "Amazon Linux 2 has OpenSSL 1.0",
      client(pinned("rhel-openssl-1.0.x")) + [
        "/etc/os-release": "ID=\"amzn\"\nID_LIKE=\"centos rhel fedora\"\n", "/usr/lib64/libssl.so.10": "x",
        "\(generated)/libquery_engine-rhel-openssl-1.0.x.so.node": "ok",
      ], .found("\(generated)/libquery_engine-rhel-openssl-1.0.x.so.node")),
    prisma(
      "without the system's files the C library tells",
      client(pinned("rhel-openssl-1.0.x")) + ["\(generated)/libquery_engine-rhel-openssl-1.0.x.so.node": "ok"],
      platform: LoaderWorld.node("18.20.8", modules: 108, nodeAPI: 9, "x64", glibc: "2.26"),
      .found("\(generated)/libquery_engine-rhel-openssl-1.0.x.so.node")),
    prisma(
      "a Debian image has its own name",
      client(pinned("debian-openssl-3.0.x")) + [
        "/etc/os-release": "ID=debian\n", "/usr/lib/x86_64-linux-gnu/libssl.so.3": "x",
        "\(generated)/libquery_engine-debian-openssl-3.0.x.so.node": "ok",
      ], .found("\(generated)/libquery_engine-debian-openssl-3.0.x.so.node")),
    prisma(
      "the older of two OpenSSLs counts",
      client(pinned("debian-openssl-1.1.x")) + [
        "/etc/os-release": "ID=ubuntu\nID_LIKE=debian\n", "/usr/lib/x86_64-linux-gnu/libssl.so.3": "x",
        "/usr/lib/x86_64-linux-gnu/libssl.so.1.1": "x",
        "\(generated)/libquery_engine-debian-openssl-1.1.x.so.node": "ok",
      ], .found("\(generated)/libquery_engine-debian-openssl-1.1.x.so.node")),
    prisma(
      "an engine in /tmp serves",
      client(pinned("rhel-openssl-3.0.x")) + amazonLinux + [
        "/tmp/prisma-engines/libquery_engine-rhel-openssl-3.0.x.so.node": "ok"
      ],
      .found("/tmp/prisma-engines/libquery_engine-rhel-openssl-3.0.x.so.node")),
    prisma(
      "a path from the environment excludes all else",
      client(pinned("rhel-openssl-3.0.x")) + amazonLinux
        + ["/opt/engine.node": "ok", "\(generated)/libquery_engine-rhel-openssl-3.0.x.so.node": "crash SIGSEGV"],
      variables: ["PRISMA_QUERY_ENGINE_LIBRARY": "/opt/engine.node"], .found("/opt/engine.node")),
    prisma(
      "a bundled client looks where its list says",
      bundled + amazonLinux + ["/var/task/src/generated/libquery_engine-rhel-openssl-3.0.x.so.node": "ok"],
      .found("/var/task/src/generated/libquery_engine-rhel-openssl-3.0.x.so.node")),
    prisma(
      "a bundled client looks first where the schema is",
      bundled + amazonLinux + [
        "/var/task/generated/schema.prisma": "", "/var/task/generated/libquery_engine-rhel-openssl-3.0.x.so.node": "ok",
        "/var/task/src/generated/libquery_engine-rhel-openssl-3.0.x.so.node": "crash SIGSEGV",
      ],
      .found("/var/task/generated/libquery_engine-rhel-openssl-3.0.x.so.node")),
    prisma(
      "what was generated without a version is @prisma/client's",
      client(pinned("rhel-openssl-3.0.x")) + amazonLinux + [
        "\(generated)/package.json": "{\"name\": \".prisma/client\", \"main\": \"index.js\"}",
        "\(generated)/libquery_engine-rhel-openssl-3.0.x.so.node": "ok",
      ],
      .found("\(generated)/libquery_engine-rhel-openssl-3.0.x.so.node")),
    prisma(
      "the binary engine is a program",
      client(pinned("rhel-openssl-3.0.x"), runtime: "binary", engine: "binary") + amazonLinux + [
        "\(generated)/query-engine-rhel-openssl-3.0.x": "ok"
      ],
      .found("\(generated)/query-engine-rhel-openssl-3.0.x")),
    prisma(
      "4.8 looks in .prisma/client first", version: "4.8.0",
      client(native("rhel-openssl-3.0.x"), version: "4.8.0", runtime: "library") + amazonLinux
        + ["\(generated)/libquery_engine-rhel-openssl-3.0.x.so.node": "ok"],
      .found("\(generated)/libquery_engine-rhel-openssl-3.0.x.so.node")),
  ]

  /// Without its schema, and formatted.
  private static var bundled: [String: String] {
    var files = client(pinned("rhel-openssl-3.0.x"))
    files["~.prisma/client/schema.prisma"] = nil
    files["~.prisma/client/index.js"]? += "\nconst alternativePaths = ['src/generated', 'generated',]\n"
    files["~.prisma/client/index.js"] = files["~.prisma/client/index.js"]?.replacing("\"generator\"", with: "generator")
    return files
  }

  private static let without: [LoaderCase] = [
    prisma("Prisma 7 has no engine", version: "7.9.0", [:], .goesWithout),
    prisma(
      "engineType client has none", version: "6.19.0",
      client(native("darwin-arm64"), runtime: "client", engine: "client") + amazonLinux, .goesWithout),
    prisma(
      "a client generated without an engine",
      client(native("darwin-arm64"), extra: ",\n  \"copyEngine\": false") + amazonLinux, .goesWithout),
    prisma("nothing was generated", [:], .goesWithout),
    prisma(
      "what was generated may be a package of its own",
      client(native("darwin-arm64")) + [
        "\(generated)/package.json":
          "{\"name\": \"prisma-client-0f3b\", \"version\": \"6.19.0\", \"main\": \"index.js\"}"
      ],
      .goesWithout),
  ]

  private static let failing: [LoaderCase] = [
    prisma(
      "generated on another platform",
      client(native("darwin-arm64")) + amazonLinux + ["\(generated)/libquery_engine-darwin-arm64.dylib.node": "x"],
      .fails(
        """
        Prisma Client could not locate the Query Engine for runtime "rhel-openssl-3.0.x".

        This happened because Prisma Client was generated for "darwin-arm64", but the actual deployment required "rhel-openssl-3.0.x".
        Add "rhel-openssl-3.0.x" to `binaryTargets` in the "schema.prisma" file and run `prisma generate` after saving it:

        generator client {
          provider      = "prisma-client-js"
          binaryTargets = ["native", "rhel-openssl-3.0.x"]
        }

        \(searched)
        """)),
    prisma(
      "pinned to others, with the schema's directory",
      client(pinned("rhel-openssl-1.0.x")) + amazonLinux + ["/var/task/prisma/schema.prisma": ""],
      .fails(
        """
        Prisma Client could not locate the Query Engine for runtime "rhel-openssl-3.0.x".

        This happened because `binaryTargets` have been pinned, but the actual deployment also required "rhel-openssl-3.0.x".
        Add "rhel-openssl-3.0.x" to `binaryTargets` in the "schema.prisma" file and run `prisma generate` after saving it:

        generator client {
          provider      = "prisma-client-js"
          binaryTargets = ["rhel-openssl-1.0.x", "rhel-openssl-3.0.x"]
        }

        \(searched)
          /var/task/prisma
        """)),
    prisma(
      "generated for it and not deployed", client(pinned("rhel-openssl-3.0.x")) + amazonLinux,
      .fails(
        """
        Prisma Client could not locate the Query Engine for runtime "rhel-openssl-3.0.x".

        This is likely caused by tooling that has not copied "libquery_engine-rhel-openssl-3.0.x.so.node" to the deployment folder.
        Ensure that you ran `prisma generate` and that "libquery_engine-rhel-openssl-3.0.x.so.node" has been copied to "node_modules/.prisma/client".

        We would appreciate if you could take the time to share some information with us.
        Please help us by answering a few questions: https://pris.ly/engine-not-found-tooling-investigation

        \(searched)
        """)),
    prisma(
      "a glibc that is too old",
      client(pinned("rhel-openssl-3.0.x")) + amazonLinux
        + [
          "\(generated)/libquery_engine-rhel-openssl-3.0.x.so.node":
            "throws /lib64/libc.so.6: version `GLIBC_2.38' not found"
        ],
      .fails(
        """
        Unable to require(`$MODULES/.prisma/client/libquery_engine-rhel-openssl-3.0.x.so.node`).
        Prisma has detected an incompatible version of the `glibc` C standard library installed in your system. This probably means your system may be too old to run Prisma. Please refer to the documentation about Prisma's system requirements: https://pris.ly/d/system-requirements

        Details: /lib64/libc.so.6: version `GLIBC_2.38' not found
        """)),
    prisma(
      "4.12 lets the loader's own error through", version: "4.12.0",
      client(native("rhel-openssl-3.0.x"), version: "4.12.0") + amazonLinux
        + ["\(generated)/libquery_engine-rhel-openssl-3.0.x.so.node": "throws x.so.node: invalid ELF header"],
      .fails("x.so.node: invalid ELF header")),
    prisma(
      "no OpenSSL",
      client(pinned("rhel-openssl-3.0.x")) + amazonLinux + [
        "\(generated)/libquery_engine-rhel-openssl-3.0.x.so.node":
          "throws libssl.so.3: cannot open shared object file: No such file or directory"
      ],
      .fails(
        """
        Unable to require(`$MODULES/.prisma/client/libquery_engine-rhel-openssl-3.0.x.so.node`).
        Prisma cannot find the required `libssl` system library in your system. Please install openssl-3.0.x and try again.

        Details: libssl.so.3: cannot open shared object file: No such file or directory
        """)),
    prisma(
      "another architecture's engine",
      client(pinned("rhel-openssl-3.0.x")) + amazonLinux + [
        "\(generated)/libquery_engine-rhel-openssl-3.0.x.so.node": "throws x: invalid ELF header"
      ],
      .fails(
        """
        Unable to require(`$MODULES/.prisma/client/libquery_engine-rhel-openssl-3.0.x.so.node`).
        The Prisma engines do not seem to be compatible with your system. Please refer to the documentation about Prisma's system requirements: https://pris.ly/d/system-requirements

        Details: x: invalid ELF header
        """)),
    prisma(
      "4.8 keeps to its own words", version: "4.8.0",
      client(native("rhel-openssl-3.0.x"), version: "4.8.0") + amazonLinux + [
        "\(generated)/libquery_engine-rhel-openssl-3.0.x.so.node": "throws a"
      ],
      .fails(
        "Unable to load Node-API Library from $MODULES/.prisma/client/libquery_engine-rhel-openssl-3.0.x.so.node, Library may be corrupt: a"
      )),
    prisma(
      "4.12 lists places twice and adds native to pinned targets", version: "4.12.0",
      client(pinned("rhel-openssl-1.0.x"), version: "4.12.0") + amazonLinux,
      .fails(
        """
        Query engine library for current platform "rhel-openssl-3.0.x" could not be found.
        You incorrectly pinned it to rhel-openssl-3.0.x

        This probably happens, because you built Prisma Client on a different platform.
        (Prisma Client looked in "$MODULES/@prisma/client/runtime/libquery_engine-rhel-openssl-3.0.x.so.node")

        Searched Locations:

          $MODULES/.prisma/client
          /home/me/app/node_modules/@prisma/client
          $MODULES/@prisma/client
          $MODULES/.prisma/client
          $MODULES/.prisma/client
          /tmp/prisma-engines
          $MODULES/.prisma/client


        To solve this problem, add the platform "rhel-openssl-3.0.x" to the "binaryTargets" attribute in the "generator" block in the "schema.prisma" file:
        generator client {
          provider      = "prisma-client-js"
          binaryTargets = ["native", "rhel-openssl-1.0.x"]
        }

        Then run "prisma generate" for your changes to take effect.
        Read more about deploying Prisma Client: https://pris.ly/d/client-generator
        """)),
  ]

  @Test("Prisma finds its engine, or says what its source says", arguments: found + without + failing)
  func prisma(_ one: LoaderCase) throws { try one.check() }

  @Test(
    "The library's name tells OpenSSL's version",
    arguments: [
      ("libssl.so.10", "1.0.x"), ("libssl.so.1.0.0", "1.0.x"), ("libssl.so.1.1", "1.1.x"), ("libssl.so.3", "3.0.x"),
      ("libssl.so.3.2.2", "3.0.x"),
    ])
  func openSSL(_ name: String, _ version: String) { #expect(PrismaPlatform.version(ofLibrary: name) == version) }
}
