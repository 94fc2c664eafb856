import NodeModules
import PackageFiles

/// A file as a log names it, with slashes of either kind.
struct FileName: Hashable, Sendable {
  let text: String
  /// The names between the slashes.
  let components: [String]

  init(_ text: String) {
    self.text = text
    components = text.split { $0 == "/" || $0 == "\\" }.map(String.init)
  }

  var base: String { components.last ?? text }
  var isBare: Bool { components.count < 2 && !text.hasPrefix("/") }
  var isAbsolute: Bool { text.hasPrefix("/") || isWindows }
  var isWindows: Bool {
    text.hasPrefix("\\\\") || text.dropFirst().hasPrefix(":\\") || text.dropFirst().hasPrefix(":/")
  }
  var isAddon: Bool { base.lowercased().hasSuffix(".node") }
  var isLibrary: Bool {
    base.hasSuffix(".so") || base.contains(".so.") || base.hasSuffix(".dylib") || base.lowercased().hasSuffix(".dll")
  }
  /// Where Lambda unpacks functions and layers.
  var isOnLambda: Bool { text.hasPrefix("/var/task") || text.hasPrefix("/opt/") }
  /// On somebody's own machine.
  var isLocal: Bool {
    isWindows || text.hasPrefix("/Users/") || text.hasPrefix("/home/") || text.hasPrefix("/private/")
  }

  /// Packages that load others' addons and have none of their own.
  static let loaders: Set<String> = [
    "bindings", "node-gyp-build", "node-gyp-build-optional-packages", "@mapbox/node-pre-gyp", "node-pre-gyp",
    "prebuild-install", "detect-libc", "node-addon-api", "pkg-prebuilds", "require-addon", "node-loader",
    "serverless-offline", "webpack", "esbuild-loader", "file-uri-to-path", "pirates", "require-in-the-middle",
  ]

  /// The npm package that owns the file: the one of the last `node_modules` on the path.
  var npmPackage: String? {
    guard let last = components.lastIndex(of: "node_modules"), last + 1 < components.count else { return nil }
    let first = components[last + 1]
    guard first.hasPrefix("@"), last + 2 < components.count else { return first.hasPrefix(".") ? nil : first }
    return first + "/" + components[last + 2]
  }

  /// Whether it can stand in a command: npm's own rule for names.
  static func isValidPackageName(_ name: String) -> Bool {
    NPMPackage(name: name, version: nil, path: .root).hasValidName && name.utf8.count <= 214
  }
}
