import PackageFiles

extension Loaders {
  private static let librariesByName: [String: any LibraryLoader.Type] = Dictionary(
    libraries.flatMap { loader in loader.libraries.map { ($0, loader) } }
  ) { first, _ in first }

  private static let libraryNames = NameTable(librariesByName.keys)

  /// The loader library that is required by `name`.
  static func library(named name: String) -> (any LibraryLoader.Type)? {
    libraryNames.contains(name) ? librariesByName[name] : nil
  }

  /// The loader that the package of `search` brings with itself; `nil` where its JavaScript has to tell.
  static func package(for search: AddonSearch) -> (any PackageLoader.Type)? {
    packages.first { $0.isUsed(in: search) }
  }

  private static let packageNames = NameTable(packages.flatMap { $0.packageNames })

  /// Those for packages whose names alone do not tell.
  private static let asked = packages.filter { $0.isForNamedPackages && $0.packageNames.isEmpty }

  /// The loader that is for this npm package by its name.
  static func named(for package: NPMPackage) -> (any PackageLoader.Type)? {
    let candidates = packageNames.contains(package.name) ? packages.filter { $0.isForNamedPackages } : asked
    return candidates.first { $0.isUsed(by: package) }
  }
}
