import ArgumentParser
import Audit
import LambdaRuntimes

/// The options that say what a package is checked for.
struct TargetOptions: ParsableArguments {
  @Option(
    name: .long, help: ArgumentHelp("A Lambda runtime, such as nodejs20.x; repeatable.", valueName: "id"))
  var runtime: [String] = []

  @Option(name: .long, help: ArgumentHelp("x86_64 or arm64; repeatable.", valueName: "arch"))
  var arch: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The Node.js release, for provided.al2 and provided.al2023, or to override the runtime's.", valueName: "version"))
  var nodeVersion: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Take the libraries from this root file system, or image archive, instead of the catalog.", valueName: "path"))
  var sysroot: String?

  @Option(
    name: .long, help: ArgumentHelp("Take Node.js's facts from this executable.", valueName: "file"))
  var node: String?

  @Option(
    name: .long, help: ArgumentHelp("Use an environment that `airworthy capture` wrote.", valueName: "file"))
  var environment: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The x86-64 ISA level of the CPU, 1 to 4; Lambda documents AVX2, which is level 3.", valueName: "level"))
  var isaLevel: Int?

  @OptionGroup
  var dates: DayOption

  func validate() throws {
    if let isaLevel, !(1...4).contains(isaLevel) { throw ValidationError("--isa-level is 1, 2, 3 or 4.") }
    if environment != nil, sysroot != nil || node != nil {
      throw ValidationError("--environment already holds the root file system and Node.js: drop --sysroot and --node.")
    }
    if sysroot != nil || environment != nil, runtime.count > 1 || arch.count > 1 {
      throw ValidationError("A real environment is one target: give --runtime and --arch at most once.")
    }
  }

  var request: TargetRequest {
    var request = TargetRequest()
    request.runtimes = runtime
    request.architectures = arch
    request.nodeVersion = nodeVersion
    request.sysroot = sysroot
    request.nodeFile = node
    request.environmentFile = environment
    request.isaLevel = isaLevel
    request.today = dates.day
    return request
  }
}
