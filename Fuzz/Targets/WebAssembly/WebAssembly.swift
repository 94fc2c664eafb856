import NativeBinaries

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
  let file = RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: start, count: count))
  let module = WebAssembly.Module(parsing: file)
  // Each needs a byte of its own.
  precondition(module.imports.count + module.exports.count + module.sections.count <= count)
  return 0
}
