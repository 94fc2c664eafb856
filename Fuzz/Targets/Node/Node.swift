import LambdaRuntimes
import NativeBinaries

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
  let file = RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: start, count: count))
  var effort = ParsingEffort()
  effort.followedInstructions = 64
  _ = try? NodeExecutable(parsing: file, effort: effort)
  return 0
}
