import Testing

@testable import LambdaRuntimes

@Suite struct CatalogBaseImageTests {
  let catalog = Catalog.builtIn

  static let images: [(Runtime.OperatingSystem, Architecture)] = [
    (.al1, .x86_64), (.al2, .x86_64), (.al2, .arm64), (.al2023, .x86_64), (.al2023, .arm64),
  ]

  func image(_ system: Runtime.OperatingSystem, _ architecture: Architecture) throws -> BaseImage {
    try #require(catalog.baseImage(system, architecture))
  }

  func versions(_ image: BaseImage, _ soname: String) throws -> SymbolVersions {
    let paths = image.libraries.all.map(\.path).filter { $0.hasSuffix("/" + soname) }
    let known = paths.compactMap { image.libraries.versions(of: $0) }
    return try #require(known.first, "\(soname)")
  }

  @Test(arguments: images)
  func `Every image of every runtime is there, and says whose it is`(
    system: Runtime.OperatingSystem, architecture: Architecture
  ) throws {
    let image = try image(system, architecture)
    #expect(image.operatingSystem == system && image.architecture == architecture)
    let parts = image.dynamicLinker.split(separator: "/")
    let directory = image.directoryLinks["/" + parts[0]] ?? String(parts[0])
    let linker = "/" + directory + "/" + parts[1]
    #expect(image.libraries.files.contains(image.libraries.resolved(linker)), "\(linker)")
    #expect(!image.source.isEmpty)
    for soname in ["libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "libstdc++.so.6", "libgcc_s.so.1"] {
      #expect(try versions(image, soname).complete)
    }
  }

  @Test func `Amazon Linux 1 was never on arm64`() {
    #expect(catalog.baseImage(.al1, .arm64) == nil)
  }

  @Test(arguments: images)
  func `Links lead to files of the same image, and every file with versions is one`(
    system: Runtime.OperatingSystem, architecture: Architecture
  ) throws {
    let libraries = try image(system, architecture).libraries
    let files = Set(libraries.files)
    #expect(files.count == libraries.files.count)
    for (link, target) in libraries.links {
      #expect(!files.contains(link))
      #expect(files.contains(libraries.resolved(link)), "\(link) → \(target)")
    }
    for path in libraries.symbolVersions.keys { #expect(files.contains(path), "\(path)") }
  }

  @Test(arguments: [
    (Runtime.OperatingSystem.al1, "2.17"), (.al2, "2.26"), (.al2023, "2.34"),
  ])
  func `libc ends at the release of its glibc`(system: Runtime.OperatingSystem, glibc: String) throws {
    for architecture in Architecture.allCases {
      guard let image = catalog.baseImage(system, architecture) else { continue }
      #expect(image.glibc == glibc)
      #expect(try versions(image, "libc.so.6").highest("GLIBC") == glibc)
      #expect(try versions(image, "libc.so.6").defines("GLIBC_PRIVATE") == true)
      #expect(try versions(image, "libc.so.6").defines("GLIBC_ABI_DT_RELR") == false)
      for versions in image.libraries.symbolVersions.values {
        let newest = versions.highest("GLIBC") ?? "0"
        #expect(newest.split(separator: ".").compactMap { Int($0) }.last ?? 0 <= Int(glibc.dropFirst(2)) ?? 0)
      }
    }
  }

  @Test func `Amazon Linux 2023 has GLIBC_2_34 and GLIBC_2_35 nowhere`() throws {
    for architecture in Architecture.allCases {
      let image = try image(.al2023, architecture)
      #expect(try versions(image, "libc.so.6").defines("GLIBC_2.34") == true)
      #expect(image.libraries.symbolVersions.values.allSatisfy { !$0.defined.contains("GLIBC_2.35") })
      #expect(try versions(image, "libm.so.6").defines("GLIBC_2.35") == false)
    }
  }

  @Test func `arm64 begins at GLIBC_2_17, x86_64 at GLIBC_2_2_5`() throws {
    #expect(try versions(image(.al2, .arm64), "libc.so.6").defined.first == "GLIBC_2.17")
    #expect(try versions(image(.al2, .x86_64), "libc.so.6").defined.first == "GLIBC_2.2.5")
  }

  @Test(arguments: [
    (Runtime.OperatingSystem.al1, "3.4.24", "1.3.11"), (.al2, "3.4.24", "1.3.11"), (.al2023, "3.4.33", "1.3.15"),
  ])
  func `libstdcxx ends where its compiler does`(
    system: Runtime.OperatingSystem, glibcxx: String, cxxabi: String
  ) throws {
    for architecture in Architecture.allCases {
      guard let image = catalog.baseImage(system, architecture) else { continue }
      let versions = try versions(image, "libstdc++.so.6")
      #expect(versions.highest("GLIBCXX") == glibcxx && versions.highest("CXXABI") == cxxabi)
      #expect(versions.defines("CXXABI_TM_1") == true)
      #expect(versions.defines("CXXABI_FLOAT128") == (architecture == .x86_64))
    }
  }

  @Test func `nodejs24_x has an older libstdcxx of its own, nodejs22_x none`() throws {
    for (id, architecture) in [("nodejs24.x", Architecture.x86_64), ("nodejs24.x", .arm64), ("nodejs26.x", .arm64)] {
      let files = try #require(catalog.runtimeFiles(catalog.runtime(id), architecture))
      let versions = try #require(files.versions(of: "/var/lang/lib/libstdc++.so.6"))
      #expect(versions.defines("GLIBCXX_3.4.32") == true && versions.defines("GLIBCXX_3.4.33") == false)
      #expect(versions.highest("CXXABI") == "1.3.14")
    }
    let files = try #require(catalog.runtimeFiles(catalog.runtime("nodejs22.x"), .x86_64))
    #expect(!files.all.contains { $0.path.contains("libstdc++") })
    #expect(files.all.contains { $0.path == "/var/lang/lib/libcrypto.so.3" })
    #expect(try catalog.runtimeFiles(catalog.runtime("nodejs12.x"), .x86_64) == nil)
    #expect(try catalog.runtimeFiles(catalog.runtime("provided.al2023"), .x86_64) == nil)
  }

  @Test func `What AWS built itself is known in part`() throws {
    let files = try #require(catalog.runtimeFiles(catalog.runtime("nodejs20.x"), .x86_64))
    let openSSL = try #require(files.versions(of: "/var/lang/lib/libcrypto.so.3"))
    #expect(openSSL.defines("OPENSSL_3.0.0") == true)
    #expect(openSSL.defines("OPENSSL_3.5.0") == nil)
    #expect(try versions(image(.al2023, .x86_64), "libcrypto.so.3").defines("OPENSSL_3.5.0") == true)
    #expect(try versions(image(.al2023, .x86_64), "libcrypto.so.3").defines("OPENSSL_3.6.0") == false)
  }

  @Test func `libmvec exists on x86_64 only, and the linkers have their own names`() throws {
    for system in [Runtime.OperatingSystem.al2, .al2023] {
      #expect(try image(system, .x86_64).libraries.all.contains { $0.path == "/usr/lib64/libmvec.so.1" })
      #expect(try !image(system, .arm64).libraries.all.contains { $0.path.contains("libmvec") })
      #expect(try image(system, .x86_64).dynamicLinker == "/lib64/ld-linux-x86-64.so.2")
      #expect(try image(system, .arm64).dynamicLinker == "/lib/ld-linux-aarch64.so.1")
      #expect(try image(system, .arm64).libraries.all.contains { $0.path == "/usr/lib/ld-linux-aarch64.so.1" })
    }
  }

  @Test(arguments: [
    ("libexpat.so.1", true, true, false), ("libuuid.so.1", true, true, true), ("libcrypt.so.1", true, false, false),
    ("libgomp.so.1", true, false, false), ("libatomic.so.1", false, false, false), ("libnss3.so", true, false, false),
    ("libnspr4.so", true, true, false), ("libssl.so.10", true, true, false), ("libssl.so.3", false, false, true),
    ("libssl.so.1.1", false, false, false), ("libffi.so.6", true, true, false), ("libffi.so.8", false, false, true),
    ("libxml2.so.2", true, false, true), ("libz.so.1", true, true, true), ("libpng15.so.15", false, true, false),
    ("libcrypt.so.2", false, false, false), ("libnsl.so.1", true, true, false), ("libstdc++.so.6", true, true, true),
  ])
  func `A library is where the presence matrix has it`(name: String, al1: Bool, al2: Bool, al2023: Bool) throws {
    func present(_ system: Runtime.OperatingSystem) throws -> Bool {
      let names = try image(system, .x86_64).libraries.all.map(\.path)
      return names.contains("/lib64/" + name) || names.contains("/usr/lib64/" + name)
    }
    #expect(try present(.al1) == al1 && present(.al2) == al2 && present(.al2023) == al2023)
  }

  @Test func `Names lead to the files behind them`() throws {
    let al2 = try image(.al2, .x86_64).libraries
    #expect(al2.resolved("/usr/lib64/libc.so.6") == "/usr/lib64/libc-2.26.so")
    #expect(al2.resolved("/usr/lib64/ld-linux-x86-64.so.2") == "/usr/lib64/ld-2.26.so")
    #expect(al2.resolved("/usr/lib64/libcrypto.so.10") == "/usr/lib64/libcrypto.so.1.0.2k")
    #expect(al2.resolved("/usr/lib64/libgcc_s.so.1") == "/usr/lib64/libgcc_s-7-20180712.so.1")
    let al2023 = try image(.al2023, .arm64)
    #expect(al2023.libraries.resolved("/usr/lib64/libz.so.1") == "/usr/lib64/libz.so.1.2.11")
    #expect(al2023.libraries.resolved("/usr/lib/ld-linux-aarch64.so.1") == "/usr/lib/ld-linux-aarch64.so.1")
    let al2Arm = try image(.al2, .arm64).libraries
    #expect(al2Arm.resolved("/usr/lib/ld-linux-aarch64.so.1") == "/usr/lib64/ld-2.26.so")
    #expect(al2023.directoryLinks["/lib64"] == "usr/lib64")
    #expect(try image(.al1, .x86_64).directoryLinks.isEmpty)
    #expect(al2023.defaultDirectories == ["/lib64", "/usr/lib64"])
  }

  @Test func `A ring of links ends`() {
    let ring = LibraryFiles(links: ["/a/x": "y", "/a/y": "x"])
    #expect(["/a/x", "/a/y"].contains(ring.resolved("/a/x")))
    #expect(LibraryFiles(links: ["/x": "../../../y"]).resolved("/x") == "/y")
  }

  @Test func `The libstdcxx of earlier images is remembered`() throws {
    let earlier = try #require(image(.al2023, .x86_64).history.first { $0.library == "libstdc++.so.6" })
    #expect(earlier.versions["GLIBCXX"] == "3.4.29" && earlier.until.description == "2025-06-04")
  }
}
