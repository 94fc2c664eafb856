/// What Prisma Client throws about its engine; colours are left out, as where standard error is no terminal.
enum PrismaTexts {
  /// Since 4.15. That a bundler moved the client cannot be seen here: the client is where npm put it.
  static func notFound(
    _ name: String, _ client: PrismaClient, _ platform: PrismaPlatform, _ places: [String]
  ) -> String {
    let target = platform.target
    let start = "Prisma Client could not locate the Query Engine for runtime \"\(target)\"."
    let searched =
      "The following locations have been searched:\n" + places.map { "  " + $0 }.joined(separator: "\n")
    let targets = client.binaryTargets
    if targets.contains(where: { $0.name == target }) {
      let expected = relative(client.directory)
      return """
        \(start)

        This is likely caused by tooling that has not copied "\(name)" to the deployment folder.
        Ensure that you ran `prisma generate` and that "\(name)" has been copied to "\(expected)".

        We would appreciate if you could take the time to share some information with us.
        Please help us by answering a few questions: https://pris.ly/engine-not-found-tooling-investigation

        \(searched)
        """
    }
    let native = targets.first { $0.isNative }
    let cause =
      native.map {
        "This happened because Prisma Client was generated for \"\($0.name)\", but the actual deployment required \"\(target)\"."
      }
      ?? "This happened because `binaryTargets` have been pinned, but the actual deployment also required \"\(target)\"."
    return """
      \(start)

      \(cause)
      Add "\(target)" to `binaryTargets` in the "schema.prisma" file and run `prisma generate` after saving it:

      \(client.generatorBlock(client.targets(adding: target)))

      \(searched)
      """
  }

  /// The directory seen from Lambda's working directory.
  private static func relative(_ directory: String) -> String {
    directory.hasPrefix("/var/task/") ? String(directory.dropFirst("/var/task/".count)) : directory
  }

  /// Up to 4.14.
  static func oldNotFound(
    _ name: String, _ client: PrismaClient, _ platform: PrismaPlatform, _ places: [String], isLibrary: Bool
  ) -> String {
    let target = platform.target
    let looked = "\(client.runtime)/\(name)"
    let what = isLibrary ? "Query engine library" : "Query engine binary"
    var text = """
      \(what) for current platform "\(target)" could not be found.
      You incorrectly pinned it to \(target)

      This probably happens, because you built Prisma Client on a different platform.
      (Prisma Client looked in "\(looked)")

      Searched Locations:

      \(places.map { "  " + $0 }.joined(separator: "\n"))

      """
    let targets = client.binaryTargets
    if targets.contains(where: { $0.name == target || $0.name == "native" }) {
      let names = targets.map { "\"\($0.name)\"" }.joined(separator: ", ")
      text += """

        You already added the platform\(targets.count > 1 ? "s" : "") \(names) to the "generator" block
        in the "schema.prisma" file as described in https://pris.ly/d/client-generator,
        but something went wrong. That's suboptimal.

        Please create an issue at https://github.com/prisma/prisma/issues/new
        """
      return text
    }
    return text + """


      To solve this problem, add the platform "\(target)" to the "binaryTargets" attribute in the "generator" block in the "schema.prisma" file:
      \(client.generatorBlock(client.oldTargets(adding: target)))

      Then run "prisma generate" for your changes to take effect.
      Read more about deploying Prisma Client: https://pris.ly/d/client-generator
      """
  }

  /// `handleLibraryLoadingErrors`, and what came before it.
  static func unloadable(
    _ path: String, _ error: NodeError, _ client: PrismaClient, _ platform: PrismaPlatform, _ node: NodePlatform
  ) -> String {
    // From 4.11 to 4.13 nobody waits for what is wrapped.
    if client.version >= PackageVersion(4, 11), client.version < PackageVersion(4, 14) { return error.message }
    if client.version < PackageVersion(4, 10) {
      let detail = client.version < PackageVersion(4, 8) ? "" : ": \(error.message)"
      return "Unable to load Node-API Library from \(path), Library may be corrupt\(detail)"
    }
    let docs =
      "Please refer to the documentation about Prisma's system requirements: https://pris.ly/d/system-requirements"
    let isLinking = error.message.contains("cannot open shared object file")
    func library(_ name: String) -> String {
      "Prisma cannot find the required `\(name)` system library in your system"
    }
    let reason: String
    if isLinking, error.message.contains("libz") {
      reason = library("libz") + ". Please install it and try again."
    } else if isLinking, error.message.contains("libgcc_s") {
      reason = library("libgcc_s") + ". Please install it and try again."
    } else if isLinking, error.message.contains("libssl") {
      let wanted = platform.libssl.map { "openssl-" + $0 } ?? "openssl"
      reason = library("libssl") + ". Please install \(wanted) and try again."
    } else if error.message.contains("GLIBC") {
      reason =
        "Prisma has detected an incompatible version of the `glibc` C standard library installed in your system. This probably means your system may be too old to run Prisma. \(docs)"
    } else if error.message.contains("symbol not found") {
      let machine = node.architecture == "arm64" ? "aarch64" : "x86_64"
      reason =
        "The Prisma engines are not compatible with your system \(platform.original ?? "undefined") on (\(machine)) which uses the `\(platform.target)` binaryTarget by default. \(docs)"
    } else {
      reason = "The Prisma engines do not seem to be compatible with your system. \(docs)"
    }
    return "Unable to require(`\(path)`).\n\(reason)\n\nDetails: \(error.message)"
  }
}
