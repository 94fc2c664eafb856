// swift-tools-version: 6.2
import PackageDescription

/// On Linux the two compression libraries are linked from their archives, so that the release binary is one file;
/// on macOS zlib is part of the system and libdeflate comes from Homebrew.
let compression: [LinkerSetting] = [
  .linkedLibrary(":libz.a", .when(platforms: [.linux])),
  .linkedLibrary(":libdeflate.a", .when(platforms: [.linux])),
  .linkedLibrary("z", .when(platforms: [.macOS])),
  .linkedLibrary("deflate", .when(platforms: [.macOS])),
]

/// On Linux the release executable has the C++ library in it too, and no table of its own symbols, which nobody binds to:
/// both would cost each start a tenth of its time.
let release = LinkerSetting.unsafeFlags(
  ["-L", "\(Context.packageDirectory)/Scripts/link", "-Xlinker", "--no-export-dynamic"],
  .when(platforms: [.linux], configuration: .release))

#if os(macOS)
  let deflatePkgConfig: String? = "libdeflate"
#else
  // On Linux pkg-config would add the shared library; the headers need no flags there.
  let deflatePkgConfig: String? = nil
#endif

let package = Package(
  name: "airworthy",
  platforms: [.macOS(.v14)],
  products: [.executable(name: "airworthy", targets: ["airworthy"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    .package(url: "https://github.com/onevcat/Rainbow", from: "4.2.0"),
  ],
  targets: [
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(
      name: "CDeflate", pkgConfig: deflatePkgConfig, providers: [.brew(["libdeflate"]), .apt(["libdeflate-dev"])]),
    .target(
      name: "CLibrary",
      linkerSettings: [
        .linkedLibrary("stdc++", .when(platforms: [.linux])), .linkedLibrary("c++", .when(platforms: [.macOS])),
      ]),
    .target(name: "NativeBinaries"),
    .target(
      name: "PackageFiles",
      dependencies: [
        "CLibrary", "CZlib", "CDeflate", "NativeBinaries", .product(name: "SystemPackage", package: "swift-system"),
      ],
      linkerSettings: compression),
    // Embedded by #embed, so no resources.
    .target(name: "CatalogData", exclude: ["catalog"]),
    .target(name: "LambdaRuntimes", dependencies: ["CatalogData", "CLibrary", "NativeBinaries", "PackageFiles"]),
    .target(name: "LoadSimulation", dependencies: ["NativeBinaries", "PackageFiles", "LambdaRuntimes"]),
    .target(
      name: "NodeModules",
      dependencies: [
        "CatalogData", "CLibrary", "NativeBinaries", "PackageFiles", "LambdaRuntimes", "LoadSimulation",
      ]),
    .target(
      name: "Audit",
      dependencies: [
        "CLibrary", "NativeBinaries", "PackageFiles", "LambdaRuntimes", "LoadSimulation", "NodeModules",
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .target(
      name: "Explanations",
      dependencies: [
        "NativeBinaries", "PackageFiles", "LambdaRuntimes", "LoadSimulation", "NodeModules", "Audit",
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    .target(
      name: "Reports",
      dependencies: [
        "NativeBinaries", "LambdaRuntimes", "NodeModules", "Audit", "Explanations",
        .product(name: "Rainbow", package: "Rainbow"),
      ]),
    .executableTarget(
      name: "airworthy",
      dependencies: [
        "NativeBinaries", "PackageFiles", "LambdaRuntimes", "LoadSimulation", "NodeModules", "Audit", "Explanations",
        "Reports", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      linkerSettings: [release]),
    .target(name: "ELFAssembler", path: "Tests/ELFAssembler"),
    .target(name: "ImageAssembler", path: "Tests/ImageAssembler"),
    .testTarget(name: "NativeBinariesTests", dependencies: ["NativeBinaries", "ELFAssembler"]),
    .testTarget(name: "PackageFilesTests", dependencies: ["PackageFiles", "ImageAssembler", "CZlib"]),
    .testTarget(name: "LambdaRuntimesTests", dependencies: ["LambdaRuntimes", "ELFAssembler"]),
    .testTarget(name: "LoadSimulationTests", dependencies: ["LoadSimulation", "ELFAssembler"]),
    .testTarget(name: "NodeModulesTests", dependencies: ["PackageFiles", "LoadSimulation", "NodeModules", "Reports"]),
    .testTarget(name: "AuditTests", dependencies: ["Audit", "Reports"]),
    .testTarget(name: "ExplanationsTests", dependencies: ["Explanations"], exclude: ["Cases"]),
    .testTarget(
      name: "CommandLineTests", dependencies: ["airworthy", "ELFAssembler", "ImageAssembler"], exclude: ["Golden"]),
  ],
  swiftLanguageModes: [.v6]
)

// `Fuzz/run` sets it. libFuzzer brings its own `main`, so the fuzz targets are built without the command and the tests.
if Context.environment["AIRWORTHY_FUZZ"] != nil {
  package.products = []
  package.targets.removeAll { ["Reports", "airworthy"].contains($0.name) || $0.type == .test }
  package.targets.append(.target(name: "FuzzInput", dependencies: ["PackageFiles"], path: "Fuzz/Input"))
  let targets: [(name: String, dependencies: [Target.Dependency])] = [
    ("ELF", ["NativeBinaries"]), ("MachO", ["NativeBinaries"]), ("PE", ["NativeBinaries"]),
    ("Archive", ["NativeBinaries"]), ("WebAssembly", ["NativeBinaries"]), ("LookAlike", ["NativeBinaries"]),
    ("Zip", ["PackageFiles"]), ("Tar", ["PackageFiles"]), ("Deflate", ["PackageFiles", "CZlib"]),
    ("NPM", ["NodeModules", "FuzzInput"]), ("JavaScript", ["NodeModules", "FuzzInput"]),
    ("Loader", ["LambdaRuntimes"]), ("Node", ["LambdaRuntimes"]),
    ("Environment", ["LoadSimulation", "ELFAssembler", "FuzzInput"]),
    ("Load", ["LoadSimulation", "ELFAssembler", "FuzzInput"]), ("Log", ["Explanations", "Audit"]),
  ]
  package.targets += targets.map { name, dependencies in
    .executableTarget(
      name: "Fuzz\(name)", dependencies: dependencies, path: "Fuzz/Targets/\(name)",
      swiftSettings: [.unsafeFlags(["-parse-as-library"])])
  }
}
