#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Decompresses zstd (RFC 8878), of any number of frames, with the machine's libzstd.
///
/// The library is opened when the first such layer is met: images with zstd are rare, and airworthy must build and run where
/// it is missing. It refuses windows of more than 128 MB (`ZSTD_WINDOWLOG_LIMIT_DEFAULT`), which bounds its memory.
final class ZstandardDecompressor: Decompressor {
  private let library: ZstandardLibrary
  private let stream: OpaquePointer
  private(set) var isComplete = true

  init() throws(ArchiveFailure) {
    guard let library = ZstandardLibrary.shared else {
      throw .libraryMissing(ZstandardLibrary.name, ZstandardLibrary.remedy)
    }
    guard let stream = library.create() else { throw .damaged("there is no memory to decompress it") }
    self.library = library
    self.stream = stream
  }

  deinit { _ = library.free(stream) }

  func step(
    _ input: inout UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(ArchiveFailure) -> Int {
    if isComplete, input.isEmpty { return 0 }
    var source = ZstandardLibrary.Buffer(
      start: UnsafeMutableRawPointer(mutating: input.baseAddress), count: input.count)
    var target = ZstandardLibrary.Buffer(start: output.baseAddress, count: output.count)
    repeat {
      let before = source.position
      let rest = library.decompress(stream, &target, &source)
      guard library.isError(rest) == 0 else { throw .damaged("its zstd data is damaged (\(library.name(rest)))") }
      // 0 says that a frame is complete and all that was made of it is out.
      isComplete = rest == 0
      if source.position == before { break }
    } while target.position == 0 && source.position < source.count
    input = UnsafeRawBufferPointer(rebasing: input[min(source.position, input.count)...])
    return min(target.position, output.count)
  }
}

/// What airworthy uses of libzstd; the names and signatures are those of `zstd.h`, stable since 1.0.
private struct ZstandardLibrary: @unchecked Sendable {
  #if canImport(Darwin)
    static let name = "libzstd.1.dylib"
    static let remedy = "brew install zstd"
    private static let places = [name, "/opt/homebrew/lib/\(name)", "/usr/local/lib/\(name)"]
  #else
    static let name = "libzstd.so.1"
    static let remedy = "apt-get install libzstd1, or dnf install libzstd"
    private static let places = [name]
  #endif

  static let shared = ZstandardLibrary()

  /// `ZSTD_inBuffer` and `ZSTD_outBuffer`, which have the same layout.
  struct Buffer {
    var start: UnsafeMutableRawPointer?
    var count: Int
    var position = 0
  }

  private typealias Create = @convention(c) () -> OpaquePointer?
  private typealias Free = @convention(c) (OpaquePointer?) -> Int
  private typealias Decompress =
    @convention(c) (OpaquePointer?, UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Int
  private typealias IsError = @convention(c) (Int) -> CUnsignedInt
  private typealias ErrorName = @convention(c) (Int) -> UnsafePointer<CChar>?

  private let createStream: Create
  private let freeStream: Free
  private let decompressStream: Decompress
  private let isErrorCode: IsError
  private let errorName: ErrorName

  /// `nil` where the library is not installed.
  private init?() {
    var handle: UnsafeMutableRawPointer?
    for place in Self.places where handle == nil { handle = dlopen(place, RTLD_NOW) }
    guard let handle, let create = dlsym(handle, "ZSTD_createDStream"), let free = dlsym(handle, "ZSTD_freeDStream"),
      let decompress = dlsym(handle, "ZSTD_decompressStream"), let isError = dlsym(handle, "ZSTD_isError"),
      let name = dlsym(handle, "ZSTD_getErrorName")
    else { return nil }
    createStream = unsafeBitCast(create, to: Create.self)
    freeStream = unsafeBitCast(free, to: Free.self)
    decompressStream = unsafeBitCast(decompress, to: Decompress.self)
    isErrorCode = unsafeBitCast(isError, to: IsError.self)
    errorName = unsafeBitCast(name, to: ErrorName.self)
  }

  func create() -> OpaquePointer? { createStream() }
  func free(_ stream: OpaquePointer) -> Int { freeStream(stream) }
  func isError(_ code: Int) -> CUnsignedInt { isErrorCode(code) }
  func name(_ code: Int) -> String { errorName(code).map { String(cString: $0) } ?? "error \(code)" }

  func decompress(_ stream: OpaquePointer, _ output: inout Buffer, _ input: inout Buffer) -> Int {
    withUnsafeMutablePointer(to: &output) { output in
      withUnsafeMutablePointer(to: &input) { input in
        decompressStream(stream, UnsafeMutableRawPointer(output), UnsafeMutableRawPointer(input))
      }
    }
  }
}
