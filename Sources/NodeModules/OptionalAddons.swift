/// npm packages that catch their addon's load error and go on without it.
///
/// A load error there costs speed, not the function. A crash cannot be caught and stays fatal.
public enum OptionalAddons {
  /// What the package does instead; `nil` for a package that needs its addon.
  public static func fallback(of package: String) -> String? {
    if let fallback = fallbacks[package] { return fallback }
    if package.hasPrefix("@datadog/") { return "dd-trace goes on without this feature" }
    return nil
  }

  /// Read in each package's own source; see the table of loaders in the project's facts.
  private static let fallbacks: [String: String] = [
    "bufferutil": "ws goes on in JavaScript",
    "utf-8-validate": "ws goes on in JavaScript",
    "cpu-features": "ssh2 goes on without it",
    "ssh2": "ssh2 goes on with Node.js's own ciphers",
    "fsevents": "nothing requires it on Linux",
    "msgpackr-extract": "msgpackr goes on in JavaScript",
    "secp256k1": "it goes on with elliptic, in JavaScript",
    "keccak": "it goes on in JavaScript",
    "bigint-buffer": "it goes on in JavaScript",
    "snowflake-sdk": "the SDK goes on without its minicore",
  ]

  /// Platform packages of tools that build a project and are not needed to run it.
  static let buildTools: Set<String> = [
    "esbuild", "turbo", "rollup", "lightningcss", "next", "@next/swc", "@swc/core", "@parcel/watcher",
    "@tailwindcss/oxide", "@rspack/binding", "@biomejs/biome", "oxlint", "rolldown", "sass-embedded",
  ]

  /// Whether `package` belongs to a tool that only builds.
  public static func isBuildTool(_ package: String) -> Bool { buildTools.contains(package) }
}
