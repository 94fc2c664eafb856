import NodeModules
import PackageFiles

/// One npm package of the deployment package, with what its loader does on the target.
public struct AuditedNPMPackage: Sendable {
  public var installed: InstalledPackage
  /// Apart, since few of thousands of packages have one.
  private var selected: Selected?

  private final class Selected: Sendable {
    let selection: AddonSelection
    init(_ selection: AddonSelection) { self.selection = selection }
  }

  /// `nil` where it is not native, or nothing tells how it finds its binary.
  public var selection: AddonSelection? {
    get { selected?.selection }
    set { selected = newValue.map(Selected.init) }
  }

  public var package: NPMPackage { installed.package }
  public var mount: String { installed.mount }

  public init(installed: InstalledPackage, selection: AddonSelection?) {
    self.installed = installed
    selected = selection.map(Selected.init)
  }

  /// Its path for a finding; `nil` for the application at the mount's root.
  var place: String? { package.path.isRoot ? nil : package.path.description }

  /// What the package does without its addon; `nil` where it needs it.
  public var fallback: String? {
    if case .goesWithout(let how)? = selection?.outcome { return how }
    return OptionalAddons.fallback(of: package.name)
  }
}

extension Audit {
  /// Every npm package, and for native ones what their loader does.
  func selections(in process: NodeProcess) -> [AuditedNPMPackage] {
    let installed = mounts.map(\.npmPackages)
    var packages: [AuditedNPMPackage] = []
    packages.reserveCapacity(installed.reduce(0) { $0 + $1.count })
    for installed in installed {
      for package in installed { packages.append(AuditedNPMPackage(installed: package, selection: nil)) }
    }
    // What npm would not have installed there is for another platform, whoever packed it.
    let asked = packages.indices.filter { index in
      let installed = packages[index].installed
      return (installed.isNative || installed.mayLoadAddon) && !installed.package.isPlatformPackage
        && installed.package.isInstallable(on: process.platform)
    }
    for start in stride(from: 0, to: asked.count, by: Self.wave) {
      let wave = asked[start..<min(start + Self.wave, asked.count)]
      scripts.beginWave()
      let described = ConcurrentMap.map(wave.map { packages[$0].installed }) { Self.selection($0, process) }
      for (index, package) in zip(wave, described) { packages[index] = package }
    }
    return packages
  }

  /// Packages that are gone through at once.
  private static let wave = 16

  private static func selection(_ installed: InstalledPackage, _ process: NodeProcess) -> AuditedNPMPackage {
    let directory = process.files.realPath(installed.deployedPath) ?? installed.deployedPath
    let selection = AddonSelection(of: installed.package, at: directory, in: process)
    var described = installed
    if !installed.isNative, selection?.outcome == .opensNothing {
      return AuditedNPMPackage(installed: installed, selection: nil)
    }
    if !installed.isNative, selection != nil { described.nativeReasons = ["its JavaScript loads an addon"] }
    return AuditedNPMPackage(installed: described, selection: selection)
  }

  /// Gives each binary its role: what the loaders take, and for the rest what its place and name tell.
  func assignRoles(
    _ binaries: inout [AuditedBinary], _ packages: [AuditedNPMPackage], _ platform: NodePlatform,
    _ files: RootFileSystem
  ) {
    for mount in mounts {
      let members = binaries.indices.filter { binaries[$0].mount == mount.path }
      let candidates = members.map { RoleCandidate(binaries[$0]) }
      for (index, assignment) in zip(members, BinaryRole.assign(candidates, on: platform)) {
        binaries[index].role = assignment.role
        binaries[index].roleReason = assignment.reason
      }
    }
    let positions = Dictionary(
      binaries.indices.map { (files.realPath(binaries[$0].deployedPath) ?? binaries[$0].deployedPath, $0) }
    ) { first, _ in first }
    let owned = OwnedBinaries(binaries)
    for package in packages {
      if let selection = package.selection { dismiss(selection, of: package, owned, &binaries, files) }
    }
    // What one package takes counts, whatever another passes over.
    for package in packages {
      guard let selection = package.selection else { continue }
      for path in selection.decisivePaths {
        guard let index = positions[path], binaries[index].load != nil else { continue }
        binaries[index].role = .selected
        binaries[index].roleReason = nil
        if case .goesWithout(let how) = selection.outcome { binaries[index].packageFallback = how }
      }
    }
  }

  /// The package's other addons are not loaded once its loader has decided.
  private func dismiss(
    _ selection: AddonSelection, of owner: AuditedNPMPackage, _ owned: OwnedBinaries,
    _ binaries: inout [AuditedBinary], _ files: RootFileSystem
  ) {
    let reason: String
    var endsEarly = false
    switch selection.outcome {
    case .loads(let path): reason = "\(selection.loader) opens \(Self.relative(path, to: owner.installed.deployedPath))"
    case .goesWithout(let how): reason = how
    case .throwsError where selection.decisivePaths.isEmpty: reason = "\(selection.loader) passes it over"
    case .throwsError where selection.isExhaustive:
      let taken = selection.selected.map { Self.relative($0, to: owner.installed.deployedPath) }
      reason = "\(selection.loader) opens \(taken ?? "another file")"
    case .throwsError:
      // What comes behind the error may be wanted too.
      reason = ""
      endsEarly = true
    default: return
    }
    let wants = owner.package.optionalDependencies
    let directory = files.realPath(owner.installed.deployedPath) ?? owner.installed.deployedPath
    let candidates =
      owned.byPackage[owner.package.path, default: []] + wants.flatMap { owned.ofPlatforms[$0, default: []] }
    for index in candidates {
      guard binaries[index].mount == owner.mount, binaries[index].load != nil, let package = binaries[index].npmPackage
      else { continue }
      let isOwn = package.path == owner.package.path
      guard isOwn || wants.contains(package.name) && package.isPlatformPackage else { continue }
      guard binaries[index].role != .unused else { continue }
      // Packages with several addons load them one by one: what the code was not seen to load may be another one. What no code
      // of the package names is what node-gyp's helper targets leave behind.
      let isUnnamed =
        isOwn && !selection.isExhaustive
        && scripts.mention(Self.stem(of: binaries[index].fileName), below: directory) == false
      guard isUnnamed || !endsEarly && selection.isExhaustive else { continue }
      binaries[index].role = .unused
      binaries[index].roleReason = isUnnamed ? "no code of its package names it" : reason
    }
  }

  /// Where a package's error is one file's, and another of its addons would load: that one stands in the first one's shadow.
  func findShadowed(_ binaries: inout [AuditedBinary], _ packages: [AuditedNPMPackage], _ files: RootFileSystem) {
    let owned = OwnedBinaries(binaries).byPackage
    for package in packages {
      guard let selection = package.selection, case .throwsError = selection.outcome, let taken = selection.selected,
        let own = owned[package.package.path],
        let index = own.first(where: { files.realPath(binaries[$0].deployedPath) == taken })
      else { continue }
      let other = own.first { other in
        let candidate = binaries[other]
        return candidate.mount == package.mount
          && candidate.path != binaries[index].path && candidate.load?.outcome == .loads && !candidate.isSecondCopy
          && (selection.loader == "node-gyp-build" || candidate.fileName == binaries[index].fileName)
      }
      binaries[index].shadowed = other.map { binaries[$0].path }
    }
  }

  /// The name by which `require` and `bindings` can be asked for it.
  private static func stem(of name: String) -> String {
    name.hasSuffix(".node") ? String(name.dropLast(".node".count)) : name
  }

  private static func relative(_ path: String, to directory: String) -> String {
    path.hasPrefix(directory + "/") ? String(path.dropFirst(directory.count + 1)) : path
  }
}

/// Which binaries an npm package has: asking each binary for each package would take their square.
private struct OwnedBinaries {
  /// By the path of the npm package; those of all mounts.
  var byPackage: [TreePath: [Int]] = [:]
  /// Those of packages for one platform, which another package may load, by the package's name.
  var ofPlatforms: [String: [Int]] = [:]

  init(_ binaries: [AuditedBinary]) {
    for index in binaries.indices {
      guard let package = binaries[index].npmPackage else { continue }
      byPackage[package.path, default: []].append(index)
      if package.isPlatformPackage { ofPlatforms[package.name, default: []].append(index) }
    }
  }
}

extension AuditedBinary {
  /// node-gyp's second copy, which no loader opens.
  fileprivate var isSecondCopy: Bool { path.components.contains { $0.elementsEqual("obj.target".utf8) } }
}

extension RoleCandidate {
  init(_ binary: AuditedBinary) {
    self.init(
      path: binary.path, package: binary.npmPackage,
      content: binary.facts?.content(isNamedAsAddon: binary.load != nil) ?? .addon,
      isELF: binary.facts?.format == .elf)
  }
}
