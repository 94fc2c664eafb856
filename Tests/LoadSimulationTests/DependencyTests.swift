import ELFAssembler
import LambdaRuntimes
import NativeBinaries
import PackageFiles
import Testing

@testable import LoadSimulation

@Suite struct DependencyTests {
  @Test("What was read of the environment's libraries is not taken for a package's at the same path")
  func boundObjects() {
    var world = World()
    world.nodeNeeds = ["libx.so"]
    let (old, new) = (ELFAssembler(soname: "libx.so"), ELFAssembler(soname: "libx.so", symbols: [.defined("extra")]))
    let object = addon([.undefined("extra", .data)])
    let missing = thrown("/var/task/addon.node: undefined symbol: extra")
    world.root.files["usr/lib64/libx.so"] = old.bytes()
    #expect(world.load(object).outcome == missing)
    world.boundObjects = ["usr/lib64/libx.so": new]
    #expect(world.load(object).outcome == .loads)
    world.boundObjects = ["var/task/lib/libx.so": new]
    world.root.files["usr/lib64/libx.so"] = nil
    world.task.files["lib/libx.so"] = old.bytes()
    #expect(world.load(object).outcome == missing)
  }

  @Test("A missing library is named by its bare soname")
  func missing() {
    let load = World().load(addon(needed: ["libmissing.so.7"]))
    #expect(load.outcome == thrown("libmissing.so.7: cannot open shared object file: No such file or directory"))
    #expect(
      load.failure == .missingLibrary(name: "libmissing.so.7", neededBy: "/var/task/addon.node", skipped: []))
  }

  @Test("DT_RPATH comes before LD_LIBRARY_PATH, DT_RUNPATH after it, the default directories last")
  func order() {
    var world = World()
    for path in ["task/rpath/libx.so", "lib/libx.so"] where path.hasPrefix("task/") {
      world.task.files[String(path.dropFirst(5))] = ELFAssembler(soname: "libx.so").bytes()
    }
    world.task.files["lib/libx.so"] = ELFAssembler(soname: "libx.so").bytes()
    func via(_ change: (inout ELFAssembler) -> Void) -> [String] {
      var object = addon(needed: ["libx.so"])
      change(&object)
      return world.load(object).objects.dropFirst().map { "\($0.via.rawValue) \($0.path ?? "")" }
    }
    #expect(via { $0.rpath = "$ORIGIN/rpath" } == ["DT_RPATH /var/task/rpath/libx.so"])
    #expect(via { $0.runpath = "${ORIGIN}/rpath" } == ["LD_LIBRARY_PATH /var/task/lib/libx.so"])
    // With a DT_RUNPATH the DT_RPATH is not looked at.
    #expect(
      via {
        $0.rpath = "$ORIGIN/rpath"
        $0.runpath = "/nowhere"
      } == ["LD_LIBRARY_PATH /var/task/lib/libx.so"])
    world.task.files["lib/libx.so"] = nil
    #expect(via { $0.runpath = "${ORIGIN}/rpath" } == ["DT_RUNPATH /var/task/rpath/libx.so"])
  }

  @Test("Before glibc 2.37 directories named by the processor's capabilities come first, the longest first")
  func legacyCapabilities() {
    func found(_ directories: [String], _ capabilities: [String], glibc: GLibCVersion = GLibCVersion(2, 34)) -> String?
    {
      var world = World()
      world.glibc = glibc
      world.hardwareCapabilities = capabilities
      for directory in directories { world.addLibrary("lib64/\(directory)libx.so", ELFAssembler(soname: "libx.so")) }
      return world.load(addon(needed: ["libx.so"])).objects.last?.path
    }
    let avx512 = ["avx512_1", "x86_64"]
    #expect(found(["", "avx512_1/"], avx512) == "/lib64/avx512_1/libx.so")
    #expect(found(["", "avx512_1/"], ["x86_64"]) == "/lib64/libx.so")
    #expect(found(["", "avx512_1/"], avx512, glibc: GLibCVersion(2, 37)) == "/lib64/libx.so")
    #expect(found(["haswell/", "haswell/avx512_1/", "avx512_1/x86_64/"], avx512) == "/lib64/haswell/avx512_1/libx.so")
    #expect(found(["haswell/", "tls/", "avx512_1/x86_64/"], avx512) == "/lib64/tls/libx.so")
    #expect(found(["", "avx512_1/x86_64/"], avx512) == "/lib64/avx512_1/x86_64/libx.so")
    #expect(found(["", "x86_64/avx512_1/"], avx512) == "/lib64/libx.so")
  }

  @Test("A library for another machine on the way is passed over; one that is no ELF file ends the load")
  func candidates() {
    var world = World()
    var arm = ELFAssembler(soname: "libx.so")
    arm.machine = 183
    world.root.files["lib64/libx.so"] = arm.bytes()
    world.task.files["lib/libx.so"] = ELFAssembler(soname: "libx.so").bytes()
    #expect(world.load(addon(needed: ["libx.so"])).outcome == .loads)
    world.root.files["lib64/libx.so"] = Array(repeating: UInt8(ascii: "x"), count: 100)
    #expect(world.load(addon(needed: ["libx.so"])).outcome == thrown("/lib64/libx.so: invalid ELF header"))
  }

  @Test("Found only as a 32-bit file, the bare soname is given a wrong class")
  func wrongClass() {
    var world = World()
    var small = ELFAssembler(soname: "libx.so")
    small.is64Bit = false
    small.machine = 3
    world.root.files["lib64/libx.so"] = small.bytes()
    #expect(world.load(addon(needed: ["libx.so"])).outcome == thrown("libx.so: wrong ELF class: ELFCLASS32"))
  }

  @Test("What Node.js has loaded counts as loaded, whatever lies beside the addon")
  func alreadyLoaded() {
    var world = World()
    world.task.files["libc.so.6"] = [1]
    var object = addon()
    object.rpath = "$ORIGIN"
    let load = world.load(object)
    #expect(load.outcome == .loads)
    #expect(load.objects.last?.via == .alreadyLoaded)
    #expect(load.objects.last?.path == "/lib64/libc.so.6")
  }

  @Test("A dependency's RPATH reaches what it needs itself; a RUNPATH of the addon does not")
  func inheritance() {
    var world = World()
    world.task.files["deep/liba.so"] = ELFAssembler(soname: "liba.so", needed: ["libb.so"]).bytes()
    world.task.files["deep/libb.so"] = ELFAssembler(soname: "libb.so").bytes()
    var object = addon(needed: ["liba.so"])
    object.rpath = "$ORIGIN/deep"
    #expect(world.load(object).outcome == .loads)
    object.rpath = nil
    object.runpath = "$ORIGIN/deep"
    #expect(
      world.load(object).outcome
        == thrown("libb.so: cannot open shared object file: No such file or directory"))
  }

  @Test("Libraries that need each other in a ring end the search")
  func ring() {
    var world = World()
    world.task.files["lib/liba.so"] = ELFAssembler(soname: "liba.so", needed: ["libb.so"]).bytes()
    world.task.files["lib/libb.so"] = ELFAssembler(soname: "libb.so", needed: ["liba.so"]).bytes()
    #expect(world.load(addon(needed: ["liba.so"])).outcome == .loads)
  }

  @Test(
    "Of several undefined symbols that of the object is told which this glibc relocates first",
    arguments: [
      (["liba.so": ["libb.so"], "libb.so": ["liba.so"]], ["liba.so", "libb.so"], "liba.so", "libb.so"),
      (["liba.so": ["libb.so"], "libb.so": ["libc.so"], "libc.so": ["liba.so"]], ["liba.so"], "libb.so", "libc.so"),
      (
        ["liba.so": [], "libb.so": [], "libc.so": ["liba.so", "libb.so"]], ["liba.so", "libb.so", "libc.so"], "liba.so",
        "liba.so"
      ),
    ])
  func order(_ graph: [String: [String]], _ needed: [String], _ since235: String, _ before: String) {
    for (glibc, first) in [(GLibCVersion(2, 36), since235), (GLibCVersion(2, 34), before)] {
      var world = World()
      world.glibc = glibc
      for (name, needed) in graph {
        world.task.files["lib/" + name] =
          ELFAssembler(soname: name, needed: needed, symbols: [.undefined("gone", .data)]).bytes()
      }
      #expect(
        world.load(addon(needed: needed)).outcome == thrown("/var/task/lib/\(first): undefined symbol: gone"))
    }
  }

  @Test("Hundreds of libraries in rings are put in order in a moment", .timeLimit(.minutes(1)), arguments: [34, 36])
  func rings(_ minor: Int) {
    var world = World()
    world.glibc = GLibCVersion(2, minor)
    let count = 400
    for index in 0..<count {
      let needed = [1, 7, count - 1].map { "lib\((index + $0) % count).so" }
      world.task.files["lib/lib\(index).so"] = ELFAssembler(soname: "lib\(index).so", needed: needed).bytes()
    }
    #expect(world.load(addon(needed: ["lib0.so", "lib99.so"])).outcome == .loads)
  }
}
