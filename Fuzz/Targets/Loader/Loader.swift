import NativeBinaries

@testable import LambdaRuntimes

/// ld.so's cache, and the facts that are read out of ld.so itself.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
  let file = RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: start, count: count))
  for architecture in Architecture.allCases {
    // Each path takes an entry of 24 bytes.
    precondition(LoaderCache(cache: file, architecture: architecture).paths.count <= count / 24)
  }
  _ = LoaderFacts(loader: file)
  return 0
}
