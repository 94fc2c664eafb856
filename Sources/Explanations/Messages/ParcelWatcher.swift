/// @parcel/watcher.
enum ParcelWatcher: MessageFamily {
  static let patterns: [Pattern] = [
    Pattern("no prebuild or local build of @parcel/watcher") { hit in
      let tried = hit.following(160).between("tried ", [" ", "\n"]).map {
        $0.hasSuffix(".") ? String($0.dropLast()) : $0
      }
      return Message(.optionalDependencyMissing, .package).with {
        $0.npmPackage = "@parcel/watcher"
        if let tried, FileName.isValidPackageName(tried) {
          $0.facts.append(tried, to: \.packagesNeeded)
          $0.facts.platformNeeded = Platforms.tuple(of: tried)
        }
      }.or(.optionalDependencyWrongPlatform, "ls node_modules/@parcel")
    }
  ]
}
