import NativeBinaries

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
  let file = RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: start, count: count))
  for slice in MachO.Image(parsing: file).slices { _ = slice.architectureName }
  return 0
}
