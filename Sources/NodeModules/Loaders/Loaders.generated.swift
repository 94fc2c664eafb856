/// Every loader. Written by `Scripts/generate-loaders`.
enum Loaders {
  static let packages: [any PackageLoader.Type] = [Sharp.self]
  static let libraries: [any LibraryLoader.Type] = [Bindings.self, NodeGypBuild.self, NodePreGyp.self]
}
