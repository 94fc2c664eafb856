import NativeBinaries

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
  let file = RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: start, count: count))
  let archive = StaticArchive(parsing: file)
  for member in archive.members { precondition(member.byteCount >= 0 && member.offset >= 0) }
  return 0
}
