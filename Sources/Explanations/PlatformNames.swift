import NodeModules

/// npm packages that come as one package for each platform.
enum PlatformNames {
  static let families: Set<String> = [
    "sharp", "esbuild", "rollup", "@swc/core", "lightningcss", "@parcel/watcher", "@node-rs/bcrypt", "@node-rs/argon2",
    "@napi-rs/canvas", "koffi", "ffi-rs", "turbo", "@tailwindcss/oxide", "@rspack/binding", "@resvg/resvg-js",
    "@next/swc",
    "sass-embedded", "@biomejs/biome", "@napi-rs/keyring", "snappy", "skia-canvas", "rolldown", "@tailwindcss/cli",
    "oxlint",
  ]

  static func isPlatformPackage(_ name: String) -> Bool { PlatformTokens.isPlatformPackage(name) }

  /// The package that has `name` among its optional dependencies, by the ways in which such packages are named.
  static func parent(of name: String) -> String {
    guard isPlatformPackage(name) else { return name == "@img" ? "sharp" : name }
    let parts = name.split(separator: "/").map(String.init)
    let last = parts.last ?? name
    var stem: [Substring] = []
    for word in last.split(separator: "-") {
      let tokens = PlatformTokens([String(word)])
      if !tokens.platforms.isEmpty || !tokens.architectures.isEmpty { break }
      stem.append(word)
    }
    let plain = stem.joined(separator: "-")
    guard let scope = parts.first, scope.hasPrefix("@") else { return plain.isEmpty ? name : plain }
    if scope == "@img" { return "sharp" }
    if plain.isEmpty { return String(scope.dropFirst()) }
    if scope.dropFirst() == plain { return plain }
    return "\(scope)/\(plain)"
  }
}
