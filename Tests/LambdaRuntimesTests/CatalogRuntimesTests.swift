import Testing

@testable import LambdaRuntimes

@Suite struct CatalogRuntimesTests {
  let catalog = Catalog.builtIn

  /// The dates of cfn-lint's LmbdRuntimeLifecycle.json: released, deprecated, creation blocked, updates blocked.
  @Test(arguments: [
    ("nodejs", "al1", "2014-11-13", "2016-08-30", "2016-09-30", "2016-10-31"),
    ("nodejs4.3", "al1", "2016-04-07", "2020-03-05", "2020-02-03", "2020-03-05"),
    ("nodejs4.3-edge", "al1", "2017-07-17", "2020-03-05", "2019-03-31", "2019-04-30"),
    ("nodejs6.10", "al1", "2017-03-22", "2019-08-12", "2019-07-12", "2019-08-12"),
    ("nodejs8.10", "al1", "2018-04-02", "2020-03-06", "2020-02-04", "2020-03-06"),
    ("nodejs10.x", "al2", "2019-05-15", "2021-07-30", "2021-07-30", "2022-02-14"),
    ("nodejs12.x", "al2", "2019-11-18", "2023-03-31", "2023-03-31", "2023-04-30"),
    ("nodejs14.x", "al2", "2021-02-03", "2023-12-04", "2024-01-09", "2027-03-03"),
    ("nodejs16.x", "al2", "2022-05-12", "2024-06-12", "2027-02-01", "2027-03-03"),
    ("nodejs18.x", "al2", "2022-11-18", "2025-09-01", "2027-02-01", "2027-03-03"),
    ("nodejs20.x", "al2023", "2023-11-15", "2026-04-30", "2027-02-01", "2027-03-03"),
    ("nodejs22.x", "al2023", "2024-11-22", "2027-04-30", "2027-06-01", "2027-07-01"),
    ("nodejs24.x", "al2023", "2025-11-25", "2028-04-30", "2028-06-01", "2028-07-01"),
    ("nodejs26.x", "al2023", "2026-07-24", "-", "-", "-"),
    ("provided", "al1", "2018-11-29", "2024-01-08", "2024-02-08", "2027-03-03"),
    ("provided.al2", "al2", "2020-08-12", "2026-07-31", "2027-02-01", "2027-03-03"),
    ("provided.al2023", "al2023", "2023-11-10", "2029-06-30", "2029-07-31", "2029-08-31"),
  ])
  func `A runtime has its operating system and dates`(
    id: String, system: String, released: String, deprecated: String, creation: String, updates: String
  ) throws {
    let runtime = try catalog.runtime(id)
    #expect(runtime.operatingSystem.rawValue == system)
    #expect(runtime.released.description == released)
    #expect((runtime.deprecated?.description ?? "-") == deprecated)
    #expect((runtime.blocksCreation?.description ?? "-") == creation)
    #expect((runtime.blocksUpdates?.description ?? "-") == updates)
  }

  @Test func `There are exactly the seventeen runtimes`() {
    #expect(catalog.runtimes.count == 17)
    #expect(Set(catalog.runtimes.map(\.id)).count == 17)
  }

  @Test func `arm64 came with Amazon Linux 2 and nodejs12_x`() {
    let arm = Set(catalog.runtimes.filter { $0.architectures.contains(.arm64) }.map(\.id))
    let x86Only: Set = ["nodejs", "nodejs4.3", "nodejs4.3-edge", "nodejs6.10", "nodejs8.10", "nodejs10.x", "provided"]
    #expect(arm.union(x86Only).count == 17 && arm.isDisjoint(with: x86Only))
    #expect(catalog.runtimes.allSatisfy { $0.architectures.contains(.x86_64) })
  }

  @Test(arguments: [
    ("2023-11-14", "announced"), ("2023-11-15", "supported"), ("2026-04-29", "supported"), ("2026-04-30", "deprecated"),
    ("2027-01-31", "deprecated"), ("2027-02-01", "creation-blocked"), ("2027-03-03", "updates-blocked"),
  ])
  func `The status of nodejs20_x follows its dates`(day: String, status: String) throws {
    let today = try #require(CalendarDate(day))
    #expect(try catalog.runtime("nodejs20.x").status(on: today).rawValue == status)
  }

  @Test func `A preview is a preview, and never the newest runtime`() throws {
    let today = try #require(CalendarDate("2026-09-20"))
    #expect(try catalog.runtime("nodejs26.x").status(on: today) == .preview)
    #expect(catalog.newestRuntime(on: today)?.id == "nodejs24.x")
    #expect(catalog.newestRuntime(on: try #require(CalendarDate("2025-11-24")))?.id == "nodejs22.x")
    #expect(catalog.newestRuntime(on: try #require(CalendarDate("2014-01-01"))) == nil)
  }

  @Test func `The environment of a runtime is the one that its functions see`() throws {
    let runtime = try catalog.runtime("nodejs20.x")
    #expect(
      runtime.libraryPath.joined(separator: ":")
        == "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib")
    #expect(
      runtime.nodePath.joined(separator: ":")
        == "/opt/nodejs/node20/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules:/var/runtime:/var/task")
    #expect(runtime.nodeExecutable == "/var/lang/bin/node")
    #expect(runtime.loadedLibraries.contains("libcrypto.so.3"))
    #expect(try !catalog.runtime("nodejs16.x").loadedLibraries.contains("libcrypto.so.3"))
    #expect(try catalog.runtime("nodejs").libraryPath.first == "/lib64")
    #expect(try catalog.runtime("provided.al2").libraryPath.first == "/var/lang/lib")
  }

  @Test func `Images are named as the registry names them`() throws {
    #expect(try catalog.runtime("nodejs20.x").image(for: .arm64) == "public.ecr.aws/lambda/nodejs:20-arm64")
    #expect(try catalog.runtime("nodejs26.x").image(for: .arm64) == "public.ecr.aws/lambda/nodejs:26-preview")
    #expect(try catalog.runtime("provided.al2023").image(for: .x86_64) == "public.ecr.aws/lambda/provided:al2023")
    #expect(try catalog.runtime("nodejs22.x").buildImage == "public.ecr.aws/sam/build-nodejs22.x")
    #expect(try catalog.runtime("nodejs4.3").image == nil)
  }

  @Test func `Quotas are Lambda's`() {
    #expect(catalog.quotas.unzippedBytes == 250 * 1024 * 1024)
    #expect(catalog.quotas.zippedUploadBytes == 50 * 1024 * 1024)
    #expect(catalog.quotas.layers == 5)
  }
}

@Suite struct CatalogTargetTests {
  let catalog = Catalog.builtIn

  @Test(arguments: [
    ("nodejs20", "nodejs20.x"), ("node20.x", "nodejs20.x"), ("20", "nodejs20.x"), ("nodejs2.0x", "nodejs20.x"),
    ("nodejs21.x", "nodejs20.x"), ("nodesj22.x", "nodejs22.x"), ("provided.al2022", "provided.al2023"),
    ("provided-al2", "provided.al2"),
  ])
  func `An unknown runtime's error names the nearest one and all known ones`(name: String, nearest: String) throws {
    let error = #expect(throws: TargetError.self) { try catalog.runtime(name) }
    let text = try #require(error).description
    #expect(text.contains("did you mean \(nearest)?"), "\(text)")
    for runtime in catalog.runtimes { #expect(text.contains(runtime.id)) }
  }

  @Test(arguments: ["", "python3.12-something-else", String(repeating: "nodejs", count: 10_000), "\u{1B}[2J\n"])
  func `A name like none has no nearest runtime and one short line`(name: String) throws {
    let error = #expect(throws: TargetError.self) { try catalog.runtime(name) }
    let text = try #require(error).description
    #expect(!text.contains("did you mean") && !text.contains("\n") && !text.contains("\u{1B}"))
    #expect(text.utf8.count < 400)
  }

  @Test(arguments: [
    ("x64", "x86_64"), ("amd64", "x86_64"), ("X86_64", "x86_64"), ("aarch64", "arm64"), ("arm64", "arm64"),
  ])
  func `Architectures go by the names of Node_js, Docker and the kernel too`(name: String, expected: String) throws {
    #expect(Architecture(name: name)?.rawValue == expected)
  }

  @Test func `An architecture knows what others call it`() {
    #expect(Architecture.x86_64.nodeName == "x64" && Architecture.arm64.nodeName == "arm64")
    #expect(Architecture.x86_64.elfMachine == 62 && Architecture.arm64.elfMachine == 183)
    #expect(Architecture.arm64.dockerPlatform == "linux/arm64" && Architecture.x86_64.dockerPlatform == "linux/amd64")
    #expect(Architecture(name: "riscv64") == nil && Architecture(name: "") == nil)
  }

  @Test func `A target that does not exist is refused`() throws {
    #expect(throws: TargetError.unknownArchitecture("mips")) {
      try catalog.target(runtime: "nodejs20.x", architecture: "mips")
    }
    #expect(throws: TargetError.architectureNotAvailable(runtime: "nodejs10.x", .arm64, available: [.x86_64])) {
      try catalog.target(runtime: "nodejs10.x", architecture: "arm64")
    }
    #expect(throws: TargetError.unknownNodeVersion("twenty")) {
      try catalog.target(runtime: "provided.al2", nodeVersion: "twenty")
    }
  }

  @Test func `A provided runtime needs a Node_js version, a managed one has its own`() throws {
    #expect(throws: TargetError.nodeVersionNeeded(runtime: "provided.al2023")) {
      try catalog.target(runtime: "provided.al2023")
    }
    #expect(try catalog.target(runtime: "provided.al2023", nodeVersion: "v22.14.0").nodeVersion.minor == 14)
    #expect(try catalog.target(runtime: "provided.al2", nodeVersion: "22").nodeVersion.description == "22.23.2")
    #expect(try catalog.target(runtime: "nodejs20.x", architecture: "x64").nodeVersion.description == "20.20.2")
    #expect(try catalog.target(runtime: "nodejs22.x", nodeVersion: "22.11.0").nodeVersion.minor == 11)
  }

  @Test(arguments: ["20.20", "20.20.2.1", "20..2", "v", "20.20.x", "-1.0.0", "99999.0.0", "20.20.2-nightly", "٢.0.0"])
  func `What is no Node_js version is not read as one`(text: String) {
    #expect(NodeVersion(text) == nil)
  }

  @Test(arguments: [
    "2026-02-29", "2026-13-01", "2026-00-10", "2026-1-01", "20260101", "2026-01-01T00:00", "", "٢٠٢٦-01-01",
  ])
  func `What is no day is not read as one`(text: String) {
    #expect(CalendarDate(text) == nil)
  }

  @Test(arguments: [
    (0, "1970-01-01"), (-1, "1969-12-31"), (11_016, "2000-02-29"), (19_782, "2024-02-29"), (20_717, "2026-09-21"),
  ])
  func `Days are counted from 1970`(days: Int, text: String) {
    #expect(CalendarDate(daysSince1970: days).description == text)
    #expect(CalendarDate(text) == CalendarDate(daysSince1970: days))
  }
}

@Suite struct CatalogSpeedTests {
  /// Measured under 1 ms each in a debug build; the bound is loose for busy machines.
  @Test(arguments: ["runtimes", "base image", "releases", "symbols"])
  func `Reading one file of the catalog takes a moment`(file: String) {
    let time = ContinuousClock().measure {
      switch file {
      case "runtimes": _ = RuntimesFile(CatalogValue(file: "runtimes.json"))
      case "base image": _ = Catalog.builtIn.baseImage(.al2023, .x86_64)
      case "releases": _ = NodeReleases(CatalogValue(file: "node-releases.json"))
      default: _ = NodeAPISymbols(CatalogValue(file: "node-api-symbols.json"))
      }
    }
    #expect(time < .milliseconds(100))
  }

  @Test func `A file that the catalog does not have is none`() {
    #expect(Catalog.builtIn.baseImage(.al1, .arm64) == nil)
  }
}
